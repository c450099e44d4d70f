"""Pairs that look alike and are not, and pairs that look different and are the same; both ways."""

# ruff: noqa: E501 - tables of questions

import pytest

from cache.guard import TrainedGuard
from cache.judge import CERTAINTY

TRAPS = """
numbers: How do I boil 2 eggs?|How do I boil 12 eggs?
numbers: What is 15% of 80?|What is 50% of 80?
numbers: Set the timeout to 30 seconds|Set the timeout to 30 minutes
numbers: What is new in Python 3.11?|What is new in Python 3.12?
numbers: How do I survive on $50 a week?|How do I survive on $500 a week?
numbers: Is a score of -5 good?|Is a score of 5 good?
numbers: Was 1918 a leap year?|Was 1981 a leap year?
numbers: Who was Henry VII?|Who was Henry VIII?
numbers: How do I use port 8080?|How do I use port 8000?
numbers: What is two plus two?|What is two plus three?
numbers: Explain article 5 of the treaty|Explain article 6 of the treaty
numbers: What is the 3rd amendment?|What is the 4th amendment?
units: Convert 10 miles to km|Convert 10 meters to km
units: How much is 5 GB of data?|How much is 5 MB of data?
units: Take 5 mg of melatonin|Take 5 g of melatonin
dates: Is the bank open on Monday?|Is the bank open on Sunday?
dates: What happened in June 1944?|What happened in July 1944?
names: What is the population of Chad?|What is the population of Mali?
names: what is the tallest building in dubai|what is the tallest building in doha
names: How do I install Redis on Debian?|How do I install Redis on Fedora?
names: how do i reverse a string in rust|how do i reverse a string in ruby
names: Is Anna Karenina a novel by Tolstoy?|Is Anna Karenina a novel by Chekhov?
names: How do I learn React?|How do I learn Preact?
names: What is Nuxt?|What is Next?
names: How do I use the Numpy package?|How do I use the Numba package?
names: How old is Brian May?|How old is Brian Cox?
names: was ist die hauptstadt von polen|was ist die hauptstadt von ungarn
names: cual es la capital de peru|cual es la capital de chile
names: Quelle est la capitale du Niger ?|Quelle est la capitale du Nigeria ?
entities: How do I bake rye bread?|How do I bake corn bread?
entities: Are tomatoes bad for dogs?|Are tomatoes bad for cats?
entities: How do I treat infarction?|How do I treat infraction?
entities: What is nuclear policy?|What is unclear policy?
entities: Is my angle acute?|Is my angel acute?
entities: Where is the dairy?|Where is the diary?
entities: How do I file a complaint?|How do I file a compliant?
negation: Is this mushroom edible?|Is this mushroom not edible?
negation: Which countries have an army?|Which countries have no army?
negation: What should I pack?|What should I not pack?
negation: I can eat nuts, what should I order?|I can't eat nuts, what should I order?
negation: List all days except Friday|List all days including Friday
negation: Can I drive with a licence?|Can I drive without a licence?
negation: Is it possible to sue?|Is it impossible to sue?
negation: Who has always lived here?|Who has never lived here?
negation: Why is it legal?|Why is it illegal?
negation: Name a reversible process|Name an irreversible process
negation: Is the agreement binding?|Is the agreement non-binding?
negation: Is the code thread safe?|Is the code thread unsafe?
negation: Show files that match|Show files that don't match
opposites: How do I start the server?|How do I stop the server?
opposites: How do I mute a contact?|How do I unmute a contact?
opposites: What are symptoms of high blood sugar?|What are symptoms of low blood sugar?
opposites: How do I gain weight?|How do I lose weight?
opposites: What are the pros of nuclear power?|What are the cons of nuclear power?
opposites: How do I upload a photo?|How do I download a photo?
opposites: How do I encrypt a disk?|How do I decrypt a disk?
opposites: How do I add a user?|How do I remove a user?
opposites: When does the shop open?|When does the shop close?
opposites: How do I zip a folder?|How do I unzip a folder?
opposites: How do I subscribe to the list?|How do I unsubscribe from the list?
opposites: How do I deposit a cheque?|How do I withdraw a cheque?
opposites: How do I buy shares?|How do I sell shares?
opposites: What causes hypertension?|What causes hypotension?
opposites: What is an inner join?|What is an outer join?
opposites: Is the minimum wage rising?|Is the maximum wage rising?
opposites: Sort the list in ascending order|Sort the list in descending order
opposites: How do I lend money?|How do I borrow money?
opposites: What is my upload speed limit?|What is my download speed limit?
opposites: How do I hide a column?|How do I show a column?
opposites: How do I log in?|How do I log out?
opposites: How do I turn on airplane mode?|How do I turn off airplane mode?
opposites: How do I turn the lights on?|How do I turn the lights off?
direction: How do I fly from Madrid to Rome?|How do I fly from Rome to Madrid?
direction: How do I convert JSON to YAML?|How do I convert YAML to JSON?
direction: What comes before noon?|What comes after noon?
direction: Is the key under the mat?|Is the key on the mat?
direction: How do I move in?|How do I move out?
direction: Translate this from English to Thai|Translate this to English from Thai
direction: What is exported to China?|What is exported from China?
direction: Is it cheaper than gas?|Is it cheaper by gas?
comparison: Is 10 greater than 9?|Is 10 less than 9?
comparison: Which bank has the highest fee?|Which bank has the lowest fee?
comparison: What is the fastest train?|What is the slowest train?
comparison: Is Go faster than Java?|Is Java faster than Go?
comparison: Is rice better than bread?|Is bread better than rice?
order: Did Carthage defeat Rome?|Did Rome defeat Carthage?
order: How do I copy A to B?|How do I copy B to A?
order: Does Ann manage Tom?|Does Tom manage Ann?
order: Can a cat eat a dog's food?|Can a dog eat a cat's food?
order: What do old men give young women?|What do young men give old women?
order: Is a poodle a dog?|Is a dog a poodle?
order: What is subtracting 3 from 8?|What is subtracting 8 from 3?
order: What did the teacher say about the student?|What did the student say about the teacher?
order: What is the largest city in the smallest state?|What is the smallest city in the largest state?
order: Who taught Plato and influenced Aristotle?|Who influenced Plato and taught Aristotle?
order: Is blue cheese made from white milk?|Is white cheese made from blue milk?
order: Does stress cause insomnia?|Does insomnia cause stress?
order: Can the tenant evict the owner?|Can the owner evict the tenant?
order: house boat|boat house
quantifier: Are all birds able to fly?|Are some birds able to fly?
quantifier: List every planet|List each second planet
quantifier: Do I need both forms?|Do I need either form?
quantifier: Can I bring only one bag?|Can I bring at least one bag?
quantifier: Give me up to three names|Give me more than three names
quantifier: Do most people tip?|Do few people tip?
quantifier: Do many people tip?|Do few people tip?
quantifier: Delete all my files|Delete my first file
quantifier: How many people voted?|How many people almost voted?
referents: Summarise my essay|Summarise your essay
referents: What is his salary?|What is her salary?
referents: Undo this change|Undo that change
referents: Is my passport valid?|Is your passport valid?
referents: What does he owe me?|What do I owe him?
referents: What happens to the next payment?|What happens to the last payment?
referents: Tell me about yourself|Tell me about myself
referents: How do you store my data?|How do I store my data?
referents: How do you verify my identity?|How do I verify my identity?
referents: How do you work?|How do I work?
question: When was the bridge built?|Why was the bridge built?
question: Who signed the deal?|When was the deal signed?
question: Where is the meeting?|When is the meeting?
question: How much does it cost?|How long does it cost?
question: How many legs does it have?|How much legs does it have?
question: Why is my card blocked?|How is my card blocked?
question: What is a trust?|Why is a trust?
modality: Can I vape on a train?|Should I vape on a train?
modality: Must I declare a gift?|May I declare a gift?
modality: Do I have to tip?|Can I tip?
modality: Will it rain if it is cloudy?|Could it rain if it is cloudy?
tense: Who is the CEO of Nokia?|Who was the CEO of Nokia?
tense: Has the parcel arrived?|Will the parcel arrive?
tense: Why was I charged a fee?|Why will I be charged a fee?
tense: Is the road closed?|Was the road closed?
tense: How did Rome fund its army?|How does Rome fund its army?
format: Answer in one sentence: why is the sea salty|Answer in one paragraph: why is the sea salty
format: Explain gravity briefly|Explain gravity in detail
format: Write a poem about rain|Write a story about rain
format: List the planets as a table|List the planets as bullets
format: Explain it in German: what is a mutex|Explain it in French: what is a mutex
payload: Translate to Spanish: I love you|Translate to Spanish: I hate you
payload: Fix the grammar: he go home|Fix the grammar: she go home
payload: Summarize: The court upheld the ban.|Summarize: The court lifted the ban.
payload: What is the sentiment of this text: great phone|What is the sentiment of this text: poor phone
payload: Explain this code:\\nx = a[0]|Explain this code:\\nx = a[1]
payload: Fix this:\\nfor i in range(n):|Fix this:\\nfor i in range(m):
payload: Classify this review: loved it|Classify this review: loathed it
code: What does x == y do?|What does x != y do?
code: What does x > y do?|What does x >= y do?
code: What does i++ do?|What does i-- do?
code: What is a && b?|What is a || b?
code: What does `len(x)` return?|What does `max(x)` return?
code: What does list.append do?|What does list.extend do?
code: How do I use getElementById?|How do I use getElementByClass?
code: What is foo_bar?|What is foo_baz?
code: What is ./run.sh?|What is ./ran.sh?
code: return a - b|return b - a
code: x = True|x = False
code: print("a")|print("b")
code: SELECT name FROM users|SELECT id FROM users
code: SELECT * FROM t WHERE a AND b|SELECT * FROM t WHERE a OR b
code: while (x < 3)|while (x < 4)
code: grep -i foo|grep -v foo
code: git reset --hard|git reset --soft
code: How do I use std::vector?|How do I use std::list?
code: Is Map the same as map in Scala?|Is map the same as Map in Scala?
code: What is C#?|What is C?
code: What is C++?|What is C?
literal: open https://a.example/1|open https://a.example/2
literal: mail bob@a.example|mail rob@a.example
literal: Explain 'all is fair'|Explain 'all is unfair'
literal: Who said "I came"?|Who said "I saw"?
capitals: When do you polish silver at US bases?|When do you Polish silver at US bases?
capitals: Does turkey taste good in Ankara?|Does Turkey taste good in Ankara?
extra: What is insurance?|What is travel insurance?
extra: How do I renew my licence?|How do I renew my expired licence?
extra: How do I peel an egg?|How do I peel a raw egg?
extra: What is a vector?|What is a unit vector?
extra: How do I cancel an order?|How do I cancel a pending order?
extra: Why was my payment declined?|Why was my card payment declined?
extra: vitamin deficiency|vitamin A deficiency
extra: What is plan A?|What is a plan?
extra: How do I learn guitar?|How do I learn bass guitar?
extra: How do I get a loan?|How do I get a student loan?
extra: how do i sort a list|how do i sort a list in python
role: What must a landlord provide?|What must a tenant provide?
role: What does the plaintiff prove?|What does the defendant prove?
role: What does a nurse do for a doctor?|What does a doctor do for a nurse?
role: Is a wife liable for a husband's debt?|Is a husband liable for a wife's debt?
joining: Is it hot and dry?|Is it hot or dry?
joining: Do I need a visa and a ticket?|Do I need a visa or a ticket?
""".strip().splitlines()

SAME = """
How do I boil an egg?|how do i boil an egg
How do I boil an egg?|HOW DO I BOIL AN EGG?
How do I boil an egg?|How do I boil an egg
How do I boil an egg?|  How do  I boil an egg ?
How do I boil an egg?|Hi there, how do I boil an egg? Many thanks!
How do I boil an egg?|Could you please tell me how to boil an egg?
How do I boil an egg?|how to boil an egg
How do I boil an egg?|How can I boil an egg?
How do I boil an egg?|What's the best way to boil an egg?
How do I boil an egg?|What is a good way to boil an egg?
How do I boil an egg?|I want to boil an egg, how do I do that?
How do I boil an egg?|I would like to know how to boil an egg.
How do I boil an egg?|Does anyone know how to boil an egg?
How do I boil an egg?|How do I bol an egg?
How do I plan a garden?|How do I plan a gadren?
How do I plan a wedding?|How do I plan a weddding?
What is entropy?|what's entropy
What is entropy?|What does entropy mean?
What is entropy?|What is the meaning of entropy?
What is entropy?|Can you tell me what entropy is?
What is entropy?|Define entropy
Explain entropy|Please explain entropy to me.
Explain entropy|Could you give me an explanation of entropy?
What colour is the flag of Peru?|What color is the flag of Peru?
How do I organise a party?|How do I organize a party?
Why doesn't my car start?|Why does my car not start?
Why isn't my car starting?|Why is my car not starting?
It's cold. What should I wear?|It is cold. What should I wear?
How do I turn on dark mode?|How do I enable dark mode?
How do I turn dark mode on?|How do I switch on dark mode?
How do I switch off dark mode?|How do I disable dark mode?
How do I log in to the portal?|How do I sign in to the portal?
How do I set up a printer?|How do I setup a printer?
What is the difference between rent and lease?|What is the difference between lease and rent?
What's the difference between rent and lease?|How is rent different from lease?
Why is the sea salty?|What is the reason why the sea is salty?
How long does it take to fly to Tokyo?|How much time does it take to fly to Tokyo?
What is the cost of a passport?|How much does a passport cost?
What are the best parks in Rome?|Which are the best parks in Rome?
What are the best parks in Rome?|What is the best park in Rome?
What do you think of tax reform?|What is your opinion on tax reform?
How do you cook brown lentils?|How do I cook brown lentils?
How can one learn to swim?|How can I learn to swim?
Where can I buy a used piano?|Where do I buy a used piano?
Where can I buy a used piano?|where to buy a used piano
Can I freeze cooked pasta?|Is it possible to freeze cooked pasta?
How do I buy a bicycle?|How do I purchase a bicycle?
How do I repair a bicycle?|How do I fix a bicycle?
What is 10% of 50?|What is 10 percent of 50?
How far is 5km?|How far is 5 km?
What are three uses of salt?|What are 3 uses of salt?
Is e-mail secure?|Is email secure?
Is Wi-Fi safe at airports?|Is wifi safe at airports?
What does "ad hoc" mean?|What does “ad hoc” mean?
How do I get the number of rows?|how do I get the number of the rows
What causes hiccups?|What actually causes hiccups?
Do I need milk and eggs?|Do I need eggs and milk?
What are movie ratings based on?|What are film ratings based on?
quelle heure est-il à Paris en été ?|Quelle heure est-il à Paris en été?
¿Cómo se dice gato?|cómo se dice gato
What is a good recipe for soup? Thank you!|What is a good recipe for soup?
Quick question: what is a fjord?|What is a fjord?
I'd like to know why cats purr|Why do cats purr?
How do I use `map` in JS?|how do I use `map` in JS?
Fix this code: x = foo(|please fix this code: x = foo(
""".strip().splitlines()


def sure(stored: str, asked: str) -> bool:
    """With a cosine as high as pairs like these have."""
    return TrainedGuard().confidence(stored, asked, 0.97) >= CERTAINTY


@pytest.mark.parametrize("row", TRAPS)
def test_what_differs_in_meaning_is_never_served(row: str) -> None:
    stored, asked = row.partition(": ")[2].replace("\\n", "\n").split("|")[:2]
    if "||" in row:
        stored, asked = "What is a && b?", "What is a || b?"
    assert not sure(stored, asked)
    assert not sure(asked, stored)


def test_nine_in_ten_light_rewordings_are_served() -> None:
    missed = [
        row for row in SAME if not (sure(*row.split("|")) and sure(*reversed(row.split("|"))))
    ]
    assert len(missed) * 10 <= len(SAME), missed
