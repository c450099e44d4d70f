"""How sure an entry must be, after what people said of its hits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.judge import CERTAINTY
from cache.standing import NEVER, Verdict, bar, wilson

shares = st.floats(0.0, 1.0)
verdicts = st.builds(Verdict, similarity=shares, confidence=shares, good=st.booleans())
histories = st.lists(verdicts, max_size=12)


def said(good: bool, confidence: float = 0.9) -> Verdict:
    return Verdict(similarity=0.95, confidence=confidence, good=good)


def test_an_entry_nobody_judged_asks_for_no_more_than_any_other() -> None:
    assert bar([]) == CERTAINTY


def test_praise_never_makes_an_entry_looser() -> None:
    assert bar([said(True)] * 50) == CERTAINTY


def test_one_bad_verdict_stops_questions_like_the_one_judged() -> None:
    assert bar([said(True)] * 50 + [said(False, 0.9)]) > 0.9


def test_a_surer_question_may_still_be_served_after_one_bad_verdict() -> None:
    assert bar([said(True, 0.97)] * 5 + [said(False, 0.81)]) < 0.97


def test_an_answer_that_was_bad_for_the_same_question_is_never_served_again() -> None:
    assert bar([said(False, 0.999)]) == NEVER


def test_two_bad_verdicts_and_no_good_one_end_an_entry() -> None:
    assert bar([said(False, 0.81), said(False, 0.82)]) == NEVER


@given(histories, st.floats(0.0, 0.999))
def test_the_bar_is_never_below_the_global_one(history: list[Verdict], certainty: float) -> None:
    assert bar(history, certainty=certainty) >= certainty


@given(histories, verdicts)
def test_a_bad_verdict_never_lowers_the_bar(history: list[Verdict], last: Verdict) -> None:
    bad = Verdict(similarity=last.similarity, confidence=last.confidence, good=False)
    assert bar([*history, bad]) >= bar(history) - 1e-12


@given(histories, verdicts)
def test_a_good_verdict_never_raises_the_bar(history: list[Verdict], last: Verdict) -> None:
    good = Verdict(similarity=last.similarity, confidence=last.confidence, good=True)
    assert bar([*history, good]) <= bar(history) + 1e-12


@given(histories)
def test_what_was_judged_bad_is_below_the_bar(history: list[Verdict]) -> None:
    assert all(verdict.good or bar(history) > verdict.confidence for verdict in history)


@given(st.permutations([said(True), said(False, 0.82), said(True, 0.95), said(True, 0.99)]))
def test_the_order_of_verdicts_does_not_matter(history: list[Verdict]) -> None:
    assert bar(history) == pytest.approx(bar(sorted(history, key=lambda v: v.confidence)))


def test_wilsons_bound_is_the_published_one() -> None:
    # 8 of 10 at 95 % (z = 1.96): 0.490, as in Wilson's own table and every calculator since.
    assert math.isclose(wilson(8, 10, z=1.96), 0.4902, abs_tol=1e-4)
    assert wilson(0, 0) == 0.0
