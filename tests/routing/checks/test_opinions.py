"""Second opinions: how far answers agree, what a verdict says, how likely words were."""

import pytest

from routing.checks.agreement import agreement
from routing.checks.likelihood import likelihood
from routing.checks.signals import text_signals
from routing.checks.values import Question
from routing.checks.verification import says_yes, verification
from tests.routing.checks.asking import completion


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("Lima.", "lima", 1.0),
        ("The capital is Lima.", "It is the capital, Lima", 1.0),
        ("Lima", "Quito", 0.0),
        ("Yes.", "Yes, it is a star.", 1.0),
        ("Yes.", "No, it is a planet.", 0.0),
        ("True", "yes", 1.0),
        ("42", "12 + 30 = 42", 1.0),
        ("1,000", "1000", 1.0),
        ("42 km", "43 km", 0.0),
        ("eight legs", "8 legs", 1.0),
        ("", "Lima", 0.0),
        ("", "", 0.0),
        ("red and green", "red and blue", 0.5),
    ],
)
def test_short_answers_agree_by_what_they_mean(one: str, other: str, share: float) -> None:
    assert agreement(one, other) == share
    assert agreement(other, one) == share


@pytest.mark.parametrize(
    ("text", "logprobs", "verdict"),
    [
        ("Yes.", (), 1.0),
        ("no", (), 0.0),
        (" **Yes**, it is", (0.0,), 1.0),
        ("Yes", (-0.6931471805599453,), 0.75),
        ("No", (-0.6931471805599453,), 0.25),
        ("Perhaps", (), None),
        ("Nothing", (), None),
        ("", (), None),
    ],
)
def test_a_verdict_is_weighed_by_its_first_token(
    text: str, logprobs: tuple[float, ...], verdict: float | None
) -> None:
    assert says_yes(completion(text, logprobs=logprobs)) == pytest.approx(verdict)


def test_the_question_of_a_verdict_is_bounded_and_asks_for_few_tokens() -> None:
    asked = verification("q" * 100_000, "a" * 100_000)
    assert len(asked.messages[0].text) < 10_000
    assert asked.max_tokens <= 4
    assert asked.temperature == 0


def test_likelihood_has_nothing_to_say_without_probabilities() -> None:
    assert likelihood(()) == {}


def test_likelihood_of_a_long_answer_leaves_out_what_length_alone_decides() -> None:
    short, long = likelihood((-0.5, -1.5)), likelihood((-0.5, -1.5) * 50)
    assert short["logprob_mean"] == long["logprob_mean"] == -1.0
    assert short["logprob_unlikely"] == 0.5
    assert short["logprob_sum"] == -2.0
    assert set(short) - set(long) == {"logprob_min", "logprob_sum"}


def test_one_impossible_token_stays_a_bounded_signal() -> None:
    assert min(likelihood((-100.0, -0.1)).values()) >= -100.0
    assert likelihood((-100.0,) * 9)["logprob_sum"] == -20.0


@pytest.mark.parametrize(
    ("asked", "answer", "expected"),
    [
        ("What is the opposite of cheap?", "Cheap.", 1.0),
        ("What is the opposite of cheap?", "Expensive.", 0.0),
        ("Which is larger, 24 or 1?", "24.", 0.0),
        ("Is fire hot?", "Yes.", 0.0),
        ("Say cheap often.", "Say cheap often. " * 40, 0.0),
    ],
)
def test_an_answer_that_only_says_the_question_adds_nothing(
    asked: str, answer: str, expected: float
) -> None:
    assert text_signals(Question(text=asked), answer, ())["adds_nothing"] == expected


def test_an_answer_that_reckons_is_seen_through_its_numbers() -> None:
    asked = Question(text="Ann has 3 bags of 4 apples and gives 2 away. How many are left?")
    found = text_signals(asked, "She has 3 * 4 = 13 apples, so 13 / 2 = 6.5 are left.", ())
    assert found["sums_wrong"] == 1.0
    assert found["end_fraction"] == 1.0
    assert found["numbers_unused"] == 0.0


@pytest.mark.parametrize("answer", ["f(x) = g(x)", "if f(3) == 4:", "```\n2 + 2 = 4\n```"])
def test_code_is_no_reckoning(answer: str) -> None:
    assert "sums_right" not in text_signals(Question(text="Compare f(3) and 4."), answer, ())


@pytest.mark.parametrize(
    ("asked", "answer", "present"),
    [
        ("Ann has 3 bags of 4 apples. How many is that?", "She has 12.", True),
        ("Ann has 3 bags of 4 apples. How many is that?", "3 * 4 = 12", False),
        ("How many legs does a spider have?", "8", False),
        ("Ann has 3 bags of 4 apples. Who is she?", "A grocer of 40.", False),
    ],
)
def test_a_problem_answered_without_a_sum_is_a_signal(
    asked: str, answer: str, present: bool
) -> None:
    assert ("no_sums" in text_signals(Question(text=asked), answer, ())) is present


def test_an_answer_that_does_not_reckon_has_no_such_signals() -> None:
    assert set(text_signals(Question(text="Who?"), "Ada.", ())) == {
        "hedges",
        "turns",
        "adds_nothing",
    }


@pytest.mark.parametrize(
    ("asked", "answer", "present"),
    [
        ("What is 12 + 30?", "42", True),
        ("What is 12 + 30?", "forty-two", False),
        ("How are you?", "42", False),
    ],
)
def test_a_sum_that_was_asked_for_and_comes_out_is_a_signal(
    asked: str, answer: str, present: bool
) -> None:
    assert ("reckoned" in text_signals(Question(text=asked), answer, ())) is present
