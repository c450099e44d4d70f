"""The shipped prior: what it reads in a text, and what it makes of it."""

import itertools
import math

import numpy as np
import pytest

from routing.prior import ANCHORS, DIMENSIONS, OTHER, Prior, load
from routing.prior.kinds import kinds

PRIOR = load()
KINDS = {
    "hello, how are you?": "chat",
    "How do you say good morning in Spanish?": "translation",
    "Rewrite this sentence so that it sounds more polite": "rewording",
    "Write a poem about the first snow": "creative",
    "Draft an email to my teacher about a late homework": "drafting",
    "Write a Python function that reverses the words of a string": "code_writing",
    "What does this print? for i in range(3): print(i * i)": "code_reading",
    "Lisa buys 4 boxes of 12 eggs and uses 9. How many eggs are left?": "word_problem",
    "Prove that the sum of two continuous functions is continuous.": "higher_maths",
    "What is the pH of a 0.2 M solution of hydrochloric acid?": "chemistry",
    "The tenant refused to pay and the landlord sued for breach. Who wins?": "law",
}
HARDER = [
    ("thanks!", "Prove that there is no largest prime number."),
    ("What is the opposite of cold?", "Find the remainder when 5^77 is divided by 13."),
    ("Fix the spelling: I recieve the letter", "Find the bug in this loop: while i < n: i =- 1"),
    (
        "Tell me a joke",
        "Six guests sit in a row by five clues. Who sits next to Ana? 1. Bo sits first.",
    ),
    ("Suggest a name for a cat", "A 3 kg block slides down a slope of 20 degrees. Find its speed."),
]
ODD = {
    "nothing": "",
    "blanks": " \n\t ",
    "another script": "今天的天气怎么样",
    "one letter": "a",
    "no word": "?!… —",
    "a surrogate": "a \ud800 b",
    "zeros": "0" * 50_000,
    "brackets": "(" * 20_000,
    "a long word": "x" * 100_000,
    "a long text": "The sea was calm, and 12 boats left. " * 20_000,
    "accents": "éàü" * 5_000,
}


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_a_plain_request_is_told_by_its_kind(text: str, kind: str) -> None:
    assert PRIOR.sketch(text).kind == kind


@pytest.mark.parametrize(("easy", "hard"), HARDER)
def test_a_strong_model_adds_more_where_small_ones_lag(easy: str, hard: str) -> None:
    assert PRIOR.gain(PRIOR.sketch(easy)) < PRIOR.gain(PRIOR.sketch(hard))


@pytest.mark.parametrize("text", [*KINDS, *ODD.values()])
def test_a_better_model_is_never_less_likely_to_do(text: str) -> None:
    sketch = PRIOR.sketch(text)
    chances = [PRIOR.likely(quality / 20, sketch) for quality in range(21)]
    assert all(0 < one < other < 1 for one, other in itertools.pairwise(chances[1:20]))
    assert chances[0] <= chances[1]
    assert chances[19] <= chances[20] < 1


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_whatever_comes_in_is_a_bounded_sketch(text: str) -> None:
    sketch = PRIOR.sketch(text, turns=7)
    assert sketch.features.shape == (DIMENSIONS,)
    assert sketch.features.dtype == np.float32
    assert np.abs(sketch.features).max() <= 5
    assert 0 <= sketch.likeness <= 1


@pytest.mark.parametrize("text", ["", "今天的天气怎么样", "?!…"])
def test_a_text_without_known_words_is_of_no_kind(text: str) -> None:
    sketch = PRIOR.sketch(text)
    assert (sketch.kind, sketch.likeness < 0.2) == (OTHER, True)


def test_a_text_of_no_kind_is_in_the_middle_not_simple() -> None:
    gains = [
        PRIOR.gain(PRIOR.sketch(text)) for text in ("thanks!", "今天的天气怎么样", HARDER[0][1])
    ]
    assert gains == sorted(gains)
    assert gains[0] < gains[1] < gains[2]


def test_the_same_text_gives_the_same_sketch() -> None:
    first, second = (PRIOR.sketch("How far is the moon?") for _ in range(2))
    assert np.array_equal(first.features, second.features)


def test_a_longer_request_of_the_same_kind_needs_the_strong_model_more() -> None:
    short = "Tom has 3 apples and buys 4 more. How many apples has he?"
    more = " He gives 2 of them to Ann, who has 5 pears, and sells the rest for $3 each."
    assert PRIOR.gain(PRIOR.sketch(short)) < PRIOR.gain(PRIOR.sketch(short[:-26] + more * 6))


def test_only_what_is_looked_at_of_a_long_text_changes_its_kind() -> None:
    start, end = "word " * 1_000, " end" * 1_000
    one, other = (PRIOR.sketch(start + middle * 4_000 + end) for middle in ("abcd ", "efgh "))
    assert np.array_equal(one.features, other.features)


def test_the_reasons_name_the_kind_and_the_verdict() -> None:
    reasons = PRIOR.explain(PRIOR.sketch(HARDER[0][1]))
    assert reasons[0] == "like higher mathematics"
    assert reasons[-1] == "a strong model is thought to help more than usual"


def test_the_reasons_say_that_there_is_no_signal() -> None:
    assert "like no kind of request that is known" in PRIOR.explain(PRIOR.sketch("天气"))


def test_reasons_never_hold_words_of_the_text() -> None:
    said = " ".join(PRIOR.explain(PRIOR.sketch("zebra quokka: prove the wombat lemma")))
    assert not {"zebra", "quokka", "wombat"} & {*said.split()}


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_no_belief_is_certain_and_large_models_are_believed_better(kind: object) -> None:
    small, large = (getattr(kind, name) for name in ("small", "large"))
    assert 0.05 < small < large < 0.98


def test_there_are_fifteen_to_thirty_kinds() -> None:
    assert 15 <= len(kinds()) <= 30


def test_a_prior_without_weights_believes_its_bounds() -> None:
    flat = Prior(
        version="0", reader=PRIOR._reader, heads=np.zeros((2, DIMENSIONS), dtype=np.float32)
    )
    sketch = flat.sketch("anything")
    assert math.isclose(flat.likely(ANCHORS[0], sketch), 0.05)
    assert 0 < flat.gain(sketch) < 0.02


@pytest.mark.parametrize(
    "text",
    [
        "asdf qwer zxcv",
        "Beweise Schritt für Schritt, dass es unendlich viele Primzahlen gibt.",
        "Résume ce texte en une phrase: le chat dort sur le lit.",
        "法国的首都是哪里",
        "Докажи, что простых чисел бесконечно много.",
        "",
        "12345 ??? !!!",
    ],
)
def test_what_the_examples_cannot_know_is_of_no_kind_and_in_the_middle(text: str) -> None:
    prior = load()
    sketch = prior.sketch(text)
    assert sketch.kind == OTHER
    assert 0.5 < prior.likely(0.78, sketch) < 0.8


def test_an_english_request_with_a_foreign_word_in_it_is_still_read() -> None:
    sketch = load().sketch("What does the German word Schadenfreude mean, and where is it from?")
    assert sketch.kind != OTHER
