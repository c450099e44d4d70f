"""What is learned from how served answers did: verdicts, "no, again", counts."""

import pytest

from cache import SemanticCache
from tests.cache.conftest import Clock, answer, asked
from vocabulary import Money

REWORDED = "What should I do to reset my router?"


def test_a_bad_verdict_ends_such_hits_and_a_good_one_does_not(remembered: SemanticCache) -> None:
    for good, served in ((True, True), (False, False)):
        hit = remembered.similar(asked(REWORDED))
        assert hit is not None
        assert remembered.judge(hit, good=good)
        assert (remembered.similar(asked(REWORDED)) is not None) is served


def test_a_bad_verdict_on_the_very_same_question_lasts_until_it_is_answered_anew(
    remembered: SemanticCache,
) -> None:
    question = asked("How do I reset my router?")
    hit = remembered.look(question)
    assert hit is not None
    assert remembered.judge(hit, good=False)
    assert remembered.look(question) is None
    remembered.remember(question, answer("Hold the button."))
    hit = remembered.look(question)
    assert hit is not None
    assert hit.text == "Hold the button."


@pytest.mark.parametrize(("after_s", "bad"), [(0, True), (14 * 60, True), (16 * 60, False)])
def test_a_fresh_answer_wanted_soon_after_a_hit_means_that_the_hit_was_bad(
    remembered: SemanticCache, clock: Clock, after_s: int, bad: bool
) -> None:
    question = asked(REWORDED)
    hit = remembered.look(question)
    assert hit is not None
    assert not remembered.again(question)  # found, but not served
    remembered.served(question, hit, saved=Money(7))
    assert not remembered.again(asked("Why do I reset my router?"))
    clock.now += after_s
    assert remembered.again(question) is bad
    assert not remembered.again(question)  # one hit is judged once
    assert (remembered.look(question) is None) is bad


def test_a_hit_is_counted_with_what_it_saved(remembered: SemanticCache) -> None:
    for _ in range(3):
        hit = remembered.look(asked(REWORDED))
        assert hit is not None
        remembered.served(asked(REWORDED), hit, saved=Money(7))
    [entry] = remembered.listed(limit=5)
    assert (entry.found.hits, entry.saved) == (3, 21)
