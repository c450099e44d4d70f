"""Pairs of questions of our own making: whether the answer to one will do for the other.

Everyday, banking, code, travel, health, law and school, all in our own words. `same` pairs are the
same task asked in several ways; `other` pairs differ in what a guard must see.
"""

# ruff: noqa: E501 - tables of questions

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    kind: str
    stored: str
    asked: str
    same: bool


_TASKS = tuple(
    line.strip()
    for line in """
    replace a bicycle chain|bake a sourdough loaf|get wax out of a carpet|grow basil indoors|descale a kettle|whiten old trainers
    sharpen a kitchen knife|stop a dripping tap|fold a fitted sheet|dispute a card payment|open a savings account|close a joint account
    raise my card limit|transfer money abroad|unblock my debit card|change my PIN|order a new cheque book|set up a standing order
    activate my new card|reverse a linked list|parse a JSON file in Go|read a CSV file with pandas|undo a git rebase
    rename a column in MySQL|mock a clock in pytest|center a div with CSS|profile a slow query|rotate a log file
    find a cheap hotel in Lisbon|rebook a missed flight|get a visa for Vietnam|rent a car without a deposit|lower my blood pressure
    treat a sprained ankle|fall asleep faster|stop a nosebleed|contest a speeding ticket|write a simple will|end a lease early
    register a trademark|solve a quadratic equation|balance a chemical equation|write a book report|memorise the periodic table
    """.strip()
    .replace("\n", "|")
    .split("|")
)

_ASKED_HOW = (
    "How do I {}?", "How can I {}?", "how to {}", "What is the best way to {}?", "What's a good way to {}?",
    "Can you tell me how to {}?", "Please explain how to {}.", "I want to {}. How do I do that?",
    "What should I do to {}?", "Is there a way to {}?", "hi, how do i {}? thanks!", "What are some ways to {}?",
)  # fmt: skip

_TERMS = (
    "osmosis", "a stack overflow", "compound interest", "habeas corpus", "photosynthesis", "a mutex", "an overdraft",
    "jet lag", "a torque wrench", "herd immunity", "a subpoena", "inflation", "a closure in JavaScript", "a direct debit",
)  # fmt: skip
_ASKED_WHAT = (
    "What is {}?",
    "what's {}",
    "What does {} mean?",
    "Could you tell me what {} is?",
    "What is meant by {}?",
)

_PLACES = (
    "a post office",
    "cheap contact lenses",
    "the terms of my contract",
    "gluten-free bread",
    "a notary",
    "my tax number",
)
_ASKED_WHERE = (
    "Where can I find {}?",
    "Where do I find {}?",
    "where to find {}",
    "Do you know where I can find {}?",
)

_TWINS = (
    ("a cold", "the flu"), ("a list", "a tuple"), ("a loan", "a mortgage"), ("civil law", "criminal law"), ("TCP", "UDP"),
    ("mitosis", "meiosis"), ("an interface", "an abstract class"), ("a visa", "a passport"),
)  # fmt: skip
_ASKED_BETWEEN = (
    "What is the difference between {} and {}?", "What's the difference between {1} and {0}?", "difference between {} and {}",
    "How is {} different from {}?", "How do {} and {} differ?",
)  # fmt: skip

_SAME = """
    Why do cats purr?|What is the reason cats purr?
    Why is the sky blue?|Why's the sky blue
    What is the best laptop for students?|Which is the best laptop for students?
    What are the best books on statistics?|What is the best book on statistics?
    What are some good recipes for lentils?|What are the best recipes for lentils?
    What do you think about electric cars?|What is your opinion on electric cars?
    How long does it take to learn the violin?|How much time does it take to learn the violin?
    What is the price of a patent?|How much does a patent cost?
    How do I buy a house?|How do I purchase a house?
    How do I enable 2FA?|How do I turn on 2FA?
    How do I turn on two-factor authentication?|How do I turn two-factor authentication on?
    How do I turn off the alarm?|How do I switch the alarm off?
    What are the pros and cons of remote work?|What are the advantages and disadvantages of remote work?
    How do you lose weight?|How do I lose weight?
    How can we learn French quickly?|How can I learn French quickly?
    Is it possible to freeze cooked rice?|Can I freeze cooked rice?
    What really causes migraines?|What causes migraines?
    What colour is copper sulphate?|What color is copper sulphate?
    Do you know what time zone Lima is in?|What time zone is Lima in?
    How do I remove a folder in Linux?|How do I delete a directory in Linux?
    What is the main cause of acid rain?|What is the major cause of acid rain?
    How many calories are in an egg?|How many calories are there in an egg?
    How do I get my deposit back?|How can I get my deposit back please
    Should I rent or buy?|Should I buy or rent?
    What's the meaning of pro bono?|What does pro bono mean?
    What happens if I miss a payment?|What will happen if I miss a payment?
    How do I fix a leaking tap?|How do I repair a leaking tap?
    How do I convert 10 km to miles?|How do I convert ten kilometres to miles?
    How do I set up a VPN?|How do I setup a VPN?
    Which website is best for learning chess?|What website is best for learning chess?
    How do I log in to my account?|How do I sign in to my account?
    What are the best books for learning Java?|What are the best books on Java?
    What is the importance of sleep?|Why is sleep important?
    What is the effect of heat on ice?|How does heat affect ice?
    What are the causes of rust?|What causes rust?
    Which laptop is the best for students?|What is the best laptop for students?
    What should I do if I lose my card?|What do I do if I lose my card?
    Which places should I visit in Peru?|What are the best places to visit in Peru?
    What is the process to open an account?|How do I open an account?
    What are some tips to save money?|How do I save money?
    What was your worst mistake?|What is your worst mistake?
    What is the age of the earth?|How old is the earth?
    What is the main difference between cats and dogs?|What makes cats different from dogs?
"""

_OTHER = """
    numbers: How do I retry 3 times?|How do I retry 30 times?
    numbers: What happens after 90 days?|What happens after 9 days?
    units: Convert 40 kg to stone|Convert 40 g to stone
    dates: What happened on 4 July 1776?|What happened on 4 June 1776?
    names: How do I get from Oslo to Bergen?|How do I get from Oslo to Trondheim?
    names: how do i sort a list in python|how do i sort a list in java
    negation: Why does my phone charge?|Why doesn't my phone charge?
    negation: Which foods contain gluten?|Which foods contain no gluten?
    negation: How do I travel with a passport?|How do I travel without a passport?
    opposites: How do I enable 2FA?|How do I disable 2FA?
    opposites: How do I increase the font size?|How do I decrease the font size?
    opposites: What are the advantages of remote work?|What are the disadvantages of remote work?
    opposites: How do I lock my card?|How do I unlock my card?
    opposites: Is it legal to burn leaves?|Is it illegal to burn leaves?
    opposites: How do I import a database?|How do I export a database?
    direction: What is the train from Lyon to Nice?|What is the train from Nice to Lyon?
    direction: How do I convert euros to dollars?|How do I convert dollars to euros?
    direction: What should I eat before a race?|What should I eat after a race?
    comparison: Is rent higher than a mortgage?|Is rent lower than a mortgage?
    comparison: What is the best airline?|What is the worst airline?
    order: Does Alice follow Bob?|Does Bob follow Alice?
    order: Is Rust faster than Go?|Is Go faster than Rust?
    order: Can a landlord sue a tenant?|Can a tenant sue a landlord?
    order: What if the dog bites the boy?|What if the boy bites the dog?
    quantifier: Do all snakes bite?|Do any snakes bite?
    quantifier: Give me at least five ideas|Give me at most five ideas
    quantifier: Is every contract binding?|Is some contract binding?
    referent: review my changes|review your changes
    referent: Where is my order?|Where is their order?
    referent: How do I cancel this booking?|How do I cancel that booking?
    question word: When is the tax due?|Where is the tax due?
    question word: Why did Rome fall?|How did Rome fall?
    modality: Can I break my lease?|Must I break my lease?
    modality: Should I take ibuprofen?|Can I take ibuprofen?
    tense: Who is the mayor of Leeds?|Who was the mayor of Leeds?
    tense: Has my card arrived?|Will my card arrive?
    format: Give the result as JSON|Give the result as YAML
    format: Explain DNS in one sentence|Explain DNS in one paragraph
    language: Say hello in Dutch|Say hello in Danish
    payload: Translate to French: the red door|Translate to French: the blue door
    payload: Summarise this:\\nsales rose|Summarise this:\\nsales fell
    code: What does x += 1 do?|What does x -= 1 do?
    code: What does `a and b` return?|What does `a or b` return?
    code: What does arr.push(1) do?|What does arr.pop(1) do?
    code: if (a < b) return|if (a <= b) return
    code: How do I use os.path.join?|How do I use os.path.split?
    literal: What is in /etc/hosts?|What is in /etc/passwd?
    literal: Explain "to be"|Explain "not to be"
    extra: What is an account?|What is a joint account?
    extra: How do I sort a list?|How do I sort a linked list?
    extra: vitamin deficiency|vitamin D deficiency
    extra: How do I cancel my card?|How do I cancel my virtual card?
    extra: How do I delete a branch?|How do I delete a remote branch?
    role: What does a buyer sign?|What does a seller sign?
    capitals: How do I polish it in the US?|How do I Polish it in the US?
    doubt: How do I get people to pay?|How do I get to pay?
    doubt: Why do people lie?|Why do lions lie?
    doubt: Can I be sued?|Can I sue?
    doubt: How do I get paid?|How do I pay?
    doubt: How can I be blocked by the bank?|How can I block the bank?
    doubt: What does it mean to be charged?|What does it mean to charge?
    doubt: What is a person of interest?|What is interest?
    doubt: How do I ask them to refund me?|How do I ask to refund them?
    doubt: Why was I charged?|Why would I charge?
    doubt: Would you lend me money?|Would I lend you money?
    doubt: How do I make you an owner?|How do I make an owner?
    doubt: Should I call them?|Should I call it?
    doubt: Does it work as a proxy?|Does it work without a proxy?
    preposition: How do I log in to the bank?|How do I log out of the bank?
    preposition: How do I transfer money to a friend?|How do I transfer money from a friend?
    preposition: How do I move to Spain?|How do I move in Spain?
    preposition: What is money?|What is money for?
    preposition: What are you for?|What are you?
    preposition: What should I look for?|What should I look at?
    preposition: How do I read a file in Go?|How do I read a file to Go?
    preposition: Who is this letter to?|Who is this letter for?
    preposition: How do I search for a list?|How do I search in a list?
    preposition: How do I write to a file?|How do I write in a file by hand?
    preposition: What do I pay for insurance?|What do I pay in insurance fraud cases?
    preposition: How do I train for a dog show?|How do I train a dog?
    tips: What are some tips to save money?|How much money do I save?
    tips: What are some tips for waiters?|What are some tips for waitresses?
    tips: What are good strategies for chess?|What are good strategies for poker?
    tips: What is the process to open an account?|What is the process to close an account?
    tips: What is the process of mitosis?|What is the process of meiosis?
    tips: What does it take to become a pilot?|What does it take to become a captain?
    importance: What is the importance of sleep?|What is the importance of dreams?
    importance: What is the importance of salt?|What is the price of salt?
    importance: Why is salt important?|Why is salt harmful?
    importance: Why is the treaty important?|Is the treaty important?
    importance: Why was the treaty important?|Why is the treaty important?
    effect: How does sugar affect sleep?|How does sleep affect sugar?
    effect: What is the effect of heat on ice?|What is the effect of ice on heat?
    effect: What are the effects of caffeine on mice?|What are the effects of caffeine on men?
    effect: What is the effect of tax on rent?|What is the tax on rent?
    cause: What causes rust?|What prevents rust?
    cause: What are the causes of the war?|What are the effects of the war?
    cause: What is the reason for a recall?|What is the date of a recall?
    best: Which laptop is the best for students?|Which laptop is the cheapest for students?
    best: Which laptop is best for students?|Which laptop is best for teachers?
    best: Which bank is the best in Spain?|Which bank is the biggest in Spain?
    best: Who is better, Ann or Bob?|Who is better, Ann or Tom?
    best: Which is better, a loan or a lease?|Which is worse, a loan or a lease?
    best: What is the best time to visit Peru?|What is the best time to leave Peru?
    topic: What are the best books for learning Java?|What are the best books for learning Scala?
    topic: What are the best books on law?|What are the best books on tax law?
    topic: What are the best sites for renting?|What are the best sites for rent control?
    topic: Which course is for learning piano?|Which course is for teaching piano?
    place: Where can I eat in Rome?|Where can I stay in Rome?
    place: What is the best place to eat in Rome?|What is the best place to sleep in Rome?
    place: Which places should I visit in Peru?|Which places should I avoid in Peru?
    place: Where can I park in York?|Where can I find a park in York?
    was: What was your first job?|What is your next job?
    was: What was the best film of 1999?|What is the best film of 2009?
    was: What was your worst fear?|What is your best fear?
    was: Who was the best king?|Who is the best king?
    advice: What should I do if I lose my card?|What should I do if I find a card?
    advice: What should I do when I lose my job?|What should I do when I leave my job?
    advice: What can I do about noise?|What can I do without noise?
    advice: What do I do after an exam?|What do I do before an exam?
    advice: What should I do with old phones?|What should I do with new phones?
    difference: What is the difference between red cells and white cells?|What is the difference between red cells and red blood?
    difference: What makes a lease different from a loan?|What makes a lease different from a mortgage?
    difference: What is the biggest difference between cats and dogs?|What is the biggest cat?
    date: What date is Easter?|What day is Easter?
    date: What date does the term begin?|What date does the term end?
    date: What time does the shop open?|What date does the shop open?
    measure: What is the height of K2?|What is the age of K2?
    measure: What is the population of Oslo?|What is the height of Oslo?
    measure: How many people live in Bergen?|How many people work in Bergen?
    measure: What is the population of foxes in York?|What is the population of York?
    money: How do I live on 500 rupees?|How do I live on 500 dollars?
    money: What phone can I get under 5000 rs?|What phone can I get under 15000 rs?
    who: How did Trump win?|How did Hillary win?
    who: How large is the USA?|How large is the UK?
"""


def pairs() -> Iterator[Pair]:
    """All of them, in an order that does not change."""
    for kind, ways, things in (
        ("how", _ASKED_HOW, _TASKS), ("what", _ASKED_WHAT, _TERMS), ("where", _ASKED_WHERE, _PLACES),
    ):  # fmt: skip
        yield from _reworded(kind, ways, things)
        yield from _exchanged(kind, ways, things)
    for one, two in _TWINS:
        asked = [way.format(one, two) for way in _ASKED_BETWEEN]
        for stored, other in combinations(asked, 2):
            yield Pair(kind="between", stored=stored, asked=other, same=True)
    yield from _rows(_SAME, same=True)
    yield from _rows(_OTHER, same=False)


def _reworded(kind: str, ways: tuple[str, ...], things: tuple[str, ...]) -> Iterator[Pair]:
    for place, thing in enumerate(things):
        for step in (1, 2, 5):
            one, two = ways[place % len(ways)], ways[(place + step) % len(ways)]
            if one != two:
                yield Pair(kind=kind, stored=one.format(thing), asked=two.format(thing), same=True)


def _exchanged(kind: str, ways: tuple[str, ...], things: tuple[str, ...]) -> Iterator[Pair]:
    for place, (one, two) in enumerate(permutations(things, 2)):
        way = ways[place % len(ways)]
        if place % 7 == 0:
            yield Pair(kind=kind, stored=way.format(one), asked=way.format(two), same=False)


def _rows(table: str, *, same: bool) -> Iterator[Pair]:
    for line in filter(None, map(str.strip, table.splitlines())):
        kind, _, row = line.rpartition(": ") if same else line.partition(": ")
        stored, asked = (line if same else row).replace("\\n", "\n").split("|")
        label = "reworded" if same else kind
        yield Pair(kind=label, stored=stored, asked=asked, same=same)
        yield Pair(kind=label, stored=asked, asked=stored, same=same)
