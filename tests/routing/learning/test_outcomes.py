"""What an answer was worth after all that was said of it; how a question is known again."""

import numpy as np
import pytest

from routing.learning.outcomes import Outcome, digest, packed, settled, unpacked
from routing.learning.signals import SIGNALS, SignalName
from tests.routing.learning.worlds import NOON, SMALL

KEY = b"k" * 32


def said(signal: SignalName, reward: float | None = None) -> Outcome:
    kind = SIGNALS[signal]
    value = kind.reward if kind.reward is not None else reward
    assert value is not None
    return Outcome(model=SMALL, signal=signal, reward=value, weight=kind.weight, at=NOON)


@pytest.mark.parametrize(
    ("outcomes", "reward", "weight"),
    [
        ([said("good")], 1.0, 1.0),
        ([said("good"), said("bad")], 0.0, 1.0),
        ([said("bad"), said("good")], 1.0, 1.0),
        ([said("bad"), said("judge", 1.0)], 0.0, 1.0),
        ([said("check_failed"), said("good")], 1.0, 1.0),
        ([said("good"), said("improve")], 0.0, 0.8),
        ([said("check_passed", 0.9)], 0.9, 0.3),
        ([said("check_passed", 0.9), said("again")], (0.9 * 0.3 + 0.2 * 0.5) / 0.8, 0.5),
        ([said("judge", 0.2), said("judge", 1.0)], 1.0, 0.6),
    ],
    ids=[
        "one word",
        "the last word counts",
        "whatever it is",
        "no grade outweighs the person",
        "nor a check",
        "asking for a stronger model is a word",
        "a guess is one where nobody spoke",
        "guesses are averaged by their weight",
        "of one kind the last counts",
    ],
)
def test_what_an_answer_was_worth(outcomes: list[Outcome], reward: float, weight: float) -> None:
    worth = settled(outcomes)
    assert worth is not None
    assert (worth.reward, worth.weight) == (pytest.approx(reward), weight)


def test_silence_is_worth_nothing_at_all() -> None:
    assert settled([]) is None


@pytest.mark.parametrize("other", ["what IS  it?", " What is it? ", "What is it\uff1f"])
def test_a_question_is_known_again_however_it_is_typed(other: str) -> None:
    assert digest(other, scope="a", key=KEY) == digest("What is it?", scope="a", key=KEY)


def test_a_question_is_not_known_again_by_another_asker_or_without_the_key() -> None:
    one = digest("What is it?", scope="a", key=KEY)
    assert one != digest("What is it?", scope="b", key=KEY)
    assert one != digest("What is it?", scope="a", key=b"x" * 32)
    assert one != digest("What was it?", scope="a", key=KEY)


def test_a_vector_comes_back_nearly_as_it_was() -> None:
    vector = np.random.default_rng(0).uniform(-1, 1, 100).astype(np.float32)
    assert len(packed(vector)) == 200
    assert np.abs(unpacked(packed(vector)) - vector).max() < 1e-3


@pytest.mark.parametrize("damaged", [b"\x00", b"\x00\x7e", b"\x00\x7c"], ids=["half", "nan", "inf"])
def test_a_damaged_vector_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpacked(damaged)
