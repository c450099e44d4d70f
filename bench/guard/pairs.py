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
