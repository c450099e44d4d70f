"""What is said under the id of a request is said of the entry that it was given."""

from contextlib import closing
from pathlib import Path

import pytest

from cache import SemanticCache, SqliteAnswers
from cache.sqlite import given
from cache.sqlite.forgetting import forget
from cache.store import Given
from storage import Database
from storage.migrations import CACHE
from tests.cache.conftest import Clock, answer, asked
from tests.cache.storing import NOW, entry, exact
from vocabulary import Money

QUESTION = "How do I reset my router?"
REWORDED = "What should I do to reset my router?"


@pytest.fixture
def cache(remembered: SemanticCache) -> SemanticCache:
    """Remembers an answer that the request `first` was given by a model."""
    remembered.remember(asked(QUESTION), answer("Hold the button."), request_id="first")
    return remembered


def serve(cache: SemanticCache, request_id: str, question: str = REWORDED) -> bool:
    hit = cache.look(asked(question))
    if hit is not None:
        cache.served(asked(question), hit, saved=Money(7), request_id=request_id)
    return hit is not None


def verdicts(store: SqliteAnswers) -> list[bool]:
    [listed] = [each for each in store.listed(limit=9) if each.found.answer.text[:4] == "Hold"]
    return [verdict.good for verdict in listed.found.verdicts]


def test_a_word_on_a_hit_is_a_verdict_on_its_entry(
    cache: SemanticCache, store: SqliteAnswers
) -> None:
    assert serve(cache, "hit")
    spoken = store.say("hit", good=True)
    assert spoken is not None
    assert (spoken.model, spoken.fresh, spoken.first_id) == ("llama", False, "first")
    assert 0.5 < spoken.confidence < 1
    assert verdicts(store) == [True]


def test_a_bad_hit_is_never_served_again_to_that_question(
    cache: SemanticCache, store: SqliteAnswers
) -> None:
    assert serve(cache, "hit")
    store.say("hit", good=False)
    assert not serve(cache, "another", REWORDED)
    assert serve(cache, "third", QUESTION)  # the very same question may still be


def test_after_two_bad_words_an_entry_is_served_to_nobody(
    cache: SemanticCache, store: SqliteAnswers
) -> None:
    serve(cache, "hit")
    serve(cache, "again")
    store.say("hit", good=False)
    store.say("again", good=False)
    assert not serve(cache, "third", QUESTION)


def test_a_bad_word_on_a_models_answer_ends_its_entry(
    cache: SemanticCache, store: SqliteAnswers
) -> None:
    spoken = store.say("first", good=False)
    assert spoken is not None
    assert (spoken.fresh, spoken.first_id, spoken.confidence) == (True, "first", 1.0)
    assert not serve(cache, "hit", QUESTION)


def test_the_last_word_of_a_request_stands_alone(
    cache: SemanticCache, store: SqliteAnswers
) -> None:
    for good in (False, False, True):
        store.say("first", good=good)
    assert verdicts(store) == [True]
    assert serve(cache, "hit", QUESTION)


def test_asking_anew_after_a_word_is_no_second_word(
    cache: SemanticCache, store: SqliteAnswers
) -> None:
    serve(cache, "hit", QUESTION)
    store.say("hit", good=True)
    assert not cache.again(asked(QUESTION))
    assert verdicts(store) == [True]


def test_of_an_unknown_request_nothing_is_said(cache: SemanticCache, store: SqliteAnswers) -> None:
    assert store.say("nobody", good=False) is None
    assert verdicts(store) == []


def test_entries_are_found_by_the_request_that_a_model_gave_them_to(cache: SemanticCache) -> None:
    serve(cache, "hit")
    found = cache.given_first(["first", "hit", "nobody"])
    assert {name: each.found.question for name, each in found.items()} == {"first": QUESTION}


def test_a_note_goes_with_its_entry(store: SqliteAnswers, tmp_path: Path) -> None:
    store.put(entry("a", request_id="first"))
    assert store.say("first", good=True)
    store.put(entry("a", "anew", request_id="second"))
    assert store.say("first", good=True) is None
    store.close()
    forget(tmp_path / "cache.db", lambda created, texts: True)
    with closing(Database(tmp_path / "cache.db", CACHE)) as db:
        assert db.rows("select count(*) from given") == [(0,)]


def test_notes_are_bounded_in_age_and_number(
    store: SqliteAnswers, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(entry("a"))
    [listed] = store.listed(limit=1)

    def give(name: str, at: int) -> None:
        store.give(
            Given(
                request_id=name,
                entry_id=listed.found.id,
                similarity=1,
                confidence=1,
                mark="",
                at=at,
            )
        )

    give("old", NOW)
    give("newer", NOW + given.KEEP_MS)
    assert store.say("old", good=True) is not None  # exactly as old as may be
    give("newest", NOW + given.KEEP_MS + 1)
    assert store.say("old", good=True) is None
    monkeypatch.setattr(given, "KEEP", 1)
    give("last", NOW + given.KEEP_MS + 2)
    assert store.say("newest", good=True) is None
    assert store.say("last", good=True) is not None
    assert exact(store, "a") == "an answer"


def test_nothing_is_noted_of_an_entry_that_is_gone(store: SqliteAnswers) -> None:
    store.give(Given(request_id="late", entry_id=99, similarity=1, confidence=1, mark="", at=NOW))
    assert store.say("late", good=False) is None
