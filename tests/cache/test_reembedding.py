"""Stored questions get a vector of the encoder in use: all of them, once, by one process."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from cache import Embed, Reembedding, SqliteAnswers
from cache.reembedding import BATCH, LEASE_MS
from cache.sqlite import vectors
from cache.store import Entry, Vector
from storage import StorageError
from tests.cache.conftest import SCOPE, Clock, WordEmbed, answer

NOW = 1_800_000_000_000


class Interrupted(WordEmbed):
    """Does something while a text is embedded."""

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__(space="new")
        self._then = then

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._then()
        return super().embed(texts)


def looks(text: str, embed: Embed) -> bool:
    return embed.fits(text) and "today" not in text


def keep(store: SqliteAnswers, *questions: str, space: str | None = None) -> None:
    for question in questions:
        vector = None
        if space:
            vector = Vector(space=space, values=WordEmbed().embed([question])[0].tobytes())
        entry = Entry(
            key=question,
            scope=SCOPE,
            question=question,
            answer=answer(question),
            created=NOW,
            expires=NOW + 1000,
            vector=vector,
        )
        store.put(entry)


def nearest(store: SqliteAnswers, question: str, *, space: str) -> str | None:
    vector = Vector(space=space, values=WordEmbed().embed([question])[0].tobytes())
    found = store.nearest(SCOPE, vector, k=1, now=NOW)
    return found[0].question if found else None


def reembed(store: SqliteAnswers, embed: Embed, clock: Clock) -> str | None:
    reembedding = Reembedding(store, looks=looks, clock=clock)
    reembedding.run(embed)
    return reembedding.progress


def test_what_a_first_search_would_read_is_read_before(
    store: SqliteAnswers, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "BLOCK", 2)
    keep(store, "how do I reset it", "how do I start it", "how do I mend it", space="new")
    assert reembed(store, WordEmbed(space="new"), clock) is None
    assert not store.warm("new")
    assert nearest(store, "how do I mend it", space="new") == "how do I mend it"


def test_questions_of_another_space_and_of_none_are_found_afterwards(
    store: SqliteAnswers, clock: Clock
) -> None:
    keep(store, "how do I reset it", space="old")
    keep(store, "how do I start it")
    embed = WordEmbed(space="new")
    assert nearest(store, "how do I reset it", space="new") is None
    said = reembed(store, embed, clock)
    assert said == "Stored questions given a vector of new: 2."
    assert nearest(store, "how do I reset it", space="new") == "how do I reset it"
    assert nearest(store, "how do I start it", space="new") == "how do I start it"
    assert nearest(store, "how do I start it", space="old") == "how do I reset it"
    assert reembed(store, embed, clock) is None


def test_questions_that_may_not_be_found_by_likeness_stay_so(
    store: SqliteAnswers, clock: Clock
) -> None:
    many = [f"what is new today about {number}" for number in range(BATCH + 1)]
    keep(store, *many, "word " * 13, "how do I reset it")
    assert reembed(store, WordEmbed(space="new"), clock) == (
        "Stored questions given a vector of new: 1."
    )
    assert store.contents().spaces == {"new": 1}


def test_when_told_to_stop_it_leaves_the_store_alone_and_the_next_one_goes_on(
    store: SqliteAnswers, clock: Clock
) -> None:
    keep(store, *(f"question {number}" for number in range(5)))
    texts: list[str] = []
    reembedding = Reembedding(store, looks=looks, clock=clock)

    def stop_at_the_third() -> None:
        texts.append("")
        if len(texts) == 3:
            reembedding.stop()

    reembedding.run(Interrupted(stop_at_the_third))
    assert store.contents().spaces == {"new": 2}
    clock.now += LEASE_MS / 1000
    assert reembed(store, WordEmbed(space="new"), clock) is not None
    assert store.contents().spaces == {"new": 5}


def test_one_process_does_it_for_all_and_the_others_wait(
    store: SqliteAnswers, clock: Clock
) -> None:
    keep(store, "how do I reset it")
    second = Reembedding(store, looks=looks, clock=clock)
    second.stop()
    first = Interrupted(lambda: second.run(WordEmbed(space="new")))
    assert reembed(store, first, clock) == "Stored questions given a vector of new: 1."
    assert second.progress == "Another process gives stored questions their vectors."
    other = reembed(store, WordEmbed(space="other"), clock)
    assert other == "Stored questions given a vector of other: 1."


def test_a_process_that_slept_leaves_it_to_the_one_that_took_over(
    store: SqliteAnswers, clock: Clock
) -> None:
    keep(store, *(f"question {number}" for number in range(BATCH + 1)))

    def sleep() -> None:
        clock.now += LEASE_MS / 1000 + 1
        now = round(clock.now * 1000)
        store.lease("re-embedding new", owner="another", now=now, until=now + LEASE_MS)

    reembed(store, Interrupted(sleep), clock)
    assert store.contents().spaces == {"new": BATCH}


def test_an_answer_that_is_forgotten_meanwhile_stays_forgotten(
    store: SqliteAnswers, clock: Clock
) -> None:
    keep(store, "how do I reset it", "how do I start it")
    said = reembed(store, Interrupted(store.clear), clock)
    assert said is None
    assert store.contents().spaces == {}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StorageError("The disk is full.", fix="Make room."), "next start goes on: The disk is"),
        (MemoryError("a person's text"), r"ended early \(MemoryError\)\.$"),
    ],
    ids=["of the database", "of anything else"],
)
def test_trouble_ends_it_with_a_sentence(
    store: SqliteAnswers, clock: Clock, error: Exception, said: str
) -> None:
    def fail() -> None:
        raise error

    keep(store, "how do I reset it")
    progress = reembed(store, Interrupted(fail), clock)
    assert progress is not None
    assert re.search(said, progress)
