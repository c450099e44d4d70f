"""Choices and outcomes last, are bounded, can be forgotten, and hold no text."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from routing.learning.outcomes import Choice, Learned, UnknownRequest
from routing.learning.sqlite import SqliteOutcomes
from storage import Database
from storage.migrations import HOME
from tests.routing.learning.worlds import LARGE, MIDDLE, NOON, SMALL, World, choice


def ids() -> Iterator[str]:
    return (f"{number:012x}" for number in count(1))


def learned(through: int) -> Learned:
    return Learned(through=through, prior_version="1", at=NOON, outcomes=through, says="Why not.")


def test_a_choice_comes_back_as_it_was(outcomes: SqliteOutcomes) -> None:
    made = choice(explored=True, kind="code", least=0.6)
    outcomes.note(made)
    found = outcomes.found(made.request_id)
    assert found.choice == made
    assert found.outcomes == ()
    assert found.settled(SMALL) is None


def test_a_choice_is_noted_once(outcomes: SqliteOutcomes) -> None:
    outcomes.note(choice(kind="code"))
    outcomes.note(choice(kind="chat"))
    assert outcomes.found(choice().request_id).choice.kind == "code"


def test_the_last_word_counts_and_the_first_is_kept(outcomes: SqliteOutcomes) -> None:
    outcomes.note(choice())
    outcomes.reward(choice().request_id, "good")
    outcomes.reward(choice().request_id, "bad")
    found = outcomes.found(choice().request_id)
    assert [each.signal for each in found.outcomes] == ["good", "bad"]
    worth = found.settled(SMALL)
    assert worth is not None
    assert worth.reward == 0


def test_an_outcome_is_of_the_model_that_answered_unless_another_is_named(
    outcomes: SqliteOutcomes,
) -> None:
    outcomes.note(choice(answered=MIDDLE))
    assert outcomes.reward(choice().request_id, "good").model == MIDDLE
    assert outcomes.reward(choice().request_id, "check_failed", model=SMALL).model == SMALL
    assert outcomes.reward(choice().request_id, "judge", model=LARGE, reward=0.7).reward == 0.7
    assert outcomes.found(choice().request_id).rewarded() == (MIDDLE, SMALL, LARGE)


def test_an_unknown_id_says_what_ids_look_like_and_how_long_they_last(
    outcomes: SqliteOutcomes,
) -> None:
    with pytest.raises(UnknownRequest, match=r"Ids look like 3f9a0c27b1d4 .* 30 days"):
        outcomes.reward("nonsense", "good")
    with pytest.raises(UnknownRequest):
        outcomes.found("nonsense")


def test_an_outcome_of_a_model_that_was_not_asked_is_refused(outcomes: SqliteOutcomes) -> None:
    outcomes.note(choice())
    with pytest.raises(UnknownRequest, match="not among those considered"):
        outcomes.reward(choice().request_id, "good", model="cloud/other")


@pytest.mark.parametrize("reward", [None, -0.1, 1.1, float("nan")])
def test_a_grade_must_lie_between_nothing_and_one(
    outcomes: SqliteOutcomes, reward: float | None
) -> None:
    outcomes.note(choice())
    with pytest.raises(ValueError, match="judge"):
        outcomes.reward(choice().request_id, "judge", reward=reward)


def test_recent_experiences_come_in_the_order_in_which_their_first_outcomes_came(
    outcomes: SqliteOutcomes,
) -> None:
    for name, _ in zip(ids(), range(4), strict=False):
        outcomes.note(choice(request_id=name))
    for name in ("000000000003", "000000000001", "000000000003", "000000000002"):
        outcomes.reward(name, "good")
    found = outcomes.recent(prior_version="1").experiences
    assert [each.choice.request_id[-1] for each in found] == ["3", "1", "2"]
    assert [each.number for each in found] == [1, 2, 4]
    newest = outcomes.recent(prior_version="1", limit=2).experiences
    assert [each.choice.request_id[-1] for each in newest] == ["1", "2"]


def test_only_experiences_with_a_model_are_given_where_one_is_named(
    outcomes: SqliteOutcomes,
) -> None:
    outcomes.note(choice(request_id="a" * 12))
    outcomes.note(choice(request_id="b" * 12, answered=LARGE))
    outcomes.reward("a" * 12, "good")
    outcomes.reward("b" * 12, "good")
    found = outcomes.recent(prior_version="1", model=LARGE).experiences
    assert [each.choice.request_id for each in found] == ["b" * 12]


def test_what_another_prior_noted_is_skipped_and_counted(outcomes: SqliteOutcomes) -> None:
    outcomes.note(choice(request_id="a" * 12, prior_version="0"))
    outcomes.note(choice(request_id="b" * 12))
    outcomes.reward("a" * 12, "good")
    outcomes.reward("b" * 12, "good")
    recent = outcomes.recent(prior_version="1")
    assert [each.choice.request_id for each in recent.experiences] == ["b" * 12]
    assert recent.skipped == 1


@pytest.mark.parametrize(
    "damage",
    ["considered = '{'", "considered = '[[1]]'", "features = x'007e'", "at = 9e15"],
)
def test_a_damaged_row_hides_no_other(
    outcomes: SqliteOutcomes, database: Database, damage: str
) -> None:
    for name in ("a" * 12, "b" * 12):
        outcomes.note(choice(request_id=name))
        outcomes.reward(name, "good")
    with database.transaction() as db:
        db.execute(f"update choices set {damage} where request_id = ?", ("a" * 12,))  # noqa: S608
    recent = outcomes.recent(prior_version="1")
    assert [each.choice.request_id for each in recent.experiences] == ["b" * 12]
    assert recent.skipped == 1


def test_the_same_question_is_found_again_for_a_while(outcomes: SqliteOutcomes) -> None:
    outcomes.note(choice(request_id="a" * 12, at=NOON - timedelta(minutes=5)))
    outcomes.note(choice(request_id="b" * 12, at=NOON - timedelta(minutes=3)))
    outcomes.note(choice(request_id="c" * 12, at=NOON, question="e" * 32))
    assert outcomes.asked_before("d" * 32, NOON - timedelta(minutes=4)) == "b" * 12
    assert outcomes.asked_before("d" * 32, NOON - timedelta(minutes=2)) is None


def test_more_than_the_newest_are_not_kept_and_those_with_outcomes_for_themselves(
    database: Database,
) -> None:
    outcomes = SqliteOutcomes(database, now=lambda: NOON, keep=10)
    for number, name in zip(range(40), ids(), strict=False):
        outcomes.note(choice(request_id=name, at=NOON - timedelta(minutes=40 - number)))
        if number % 2:
            outcomes.reward(name, "good")
    outcomes.note(choice())
    tally = outcomes.tally("1")
    assert (tally.requests, tally.rewarded) == (20, 10)
    kept = [each.choice.request_id for each in outcomes.every()]
    assert kept[0] == f"{22:012x}"
    assert database.rows("select count(*) from rewards") == [(10,)]


def test_old_ones_go_by_themselves_those_with_outcomes_later(database: Database) -> None:
    now = [NOON]
    outcomes = SqliteOutcomes(database, now=lambda: now[0])
    outcomes.note(choice(request_id="a" * 12))
    outcomes.note(choice(request_id="b" * 12))
    outcomes.reward("b" * 12, "good")

    def kept_after(days: int) -> list[str]:
        now[0] = NOON + timedelta(days=days)
        outcomes.note(choice(request_id="c" * 12, at=now[0]))
        return [each.choice.request_id[0] for each in outcomes.every()]

    assert kept_after(29) == ["a", "b", "c"]
    assert kept_after(31) == ["b", "c"]
    assert "b" not in kept_after(366)


def test_who_talks_on_and_on_of_one_answer_fills_no_disk(
    outcomes: SqliteOutcomes, database: Database
) -> None:
    outcomes.note(choice())
    for _ in range(100):
        outcomes.reward(choice().request_id, "bad")
    outcomes.reward(choice().request_id, "good")
    assert database.rows("select count(*) from rewards") == [(32,)]
    worth = outcomes.found(choice().request_id).settled(SMALL)
    assert worth is not None
    assert worth.reward == 1


def test_what_is_forgotten_is_gone_with_its_outcomes(
    outcomes: SqliteOutcomes, database: Database
) -> None:
    for name in ("a" * 12, "b" * 12):
        outcomes.note(choice(request_id=name))
        outcomes.reward(name, "good")

    def first(made: Choice) -> bool:
        return made.request_id == "a" * 12

    assert outcomes.forget(first, dry_run=True) == 1
    assert outcomes.forget(first) == 1
    assert [each.choice.request_id for each in outcomes.every()] == ["b" * 12]
    assert database.rows("select count(*) from rewards") == [(1,)]


def test_who_fitted_something_to_what_is_forgotten_can_see_it(database: Database) -> None:
    now = [NOON]
    outcomes = SqliteOutcomes(database, now=lambda: now[0])
    outcomes.note(choice())
    outcomes.learn(learned(1))
    now[0] += timedelta(hours=1)
    outcomes.forget(lambda made: True)
    after = outcomes.learned()
    assert after is not None
    assert (after.through, after.at) == (1, now[0])


def test_a_reset_leaves_nothing_and_no_number_is_given_again(outcomes: SqliteOutcomes) -> None:
    outcomes.note(choice())
    outcomes.reward(choice().request_id, "good")
    outcomes.learn(learned(1))
    assert outcomes.reset() == 1
    assert outcomes.learned() is None
    assert list(outcomes.every()) == []
    outcomes.note(choice())
    outcomes.reward(choice().request_id, "good")
    [again] = outcomes.recent(prior_version="1").experiences
    assert again.number == 2


def test_what_was_learned_up_to_is_kept(outcomes: SqliteOutcomes) -> None:
    assert outcomes.learned() is None
    outcomes.learn(learned(1))
    outcomes.learn(learned(7))
    assert outcomes.learned() == learned(7)


def test_experiences_can_be_carried_to_another_home(
    outcomes: SqliteOutcomes, tmp_path: Path
) -> None:
    for each in World(seed=1).log(20):
        assert outcomes.put(each)
        assert not outcomes.put(each)
    other = SqliteOutcomes(Database(tmp_path / "other.db", HOME), now=lambda: NOON)
    for each in outcomes.every():
        other.put(each)
    assert list(other.every()) == list(outcomes.every())


def test_two_processes_work_on_one_file(outcomes: SqliteOutcomes, database: Database) -> None:
    other = SqliteOutcomes(Database(database.path, HOME), now=lambda: NOON)
    outcomes.note(choice())
    other.reward(choice().request_id, "bad")
    outcomes.reward(choice().request_id, "good")
    assert outcomes.found(choice().request_id) == other.found(choice().request_id)
    assert len(other.found(choice().request_id).outcomes) == 2


def test_a_home_of_the_release_before_is_brought_up_to_date(tmp_path: Path) -> None:
    Database(tmp_path / "home.db", HOME[:2]).close()
    outcomes = SqliteOutcomes(Database(tmp_path / "home.db", HOME), now=lambda: NOON)
    outcomes.note(choice())
    assert outcomes.tally("1").requests == 1
