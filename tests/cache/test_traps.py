"""Pairs of questions in our own words: traps that must never be served, rewordings that should be.

Written without sight of the guard; `row` names the trap or the class of difference. Nothing here
may be used to train or tune it.
"""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.stream import tally_of
from cache import Embed, Judge, SemanticCache, SqliteAnswers, TrainedGuard, load
from tests.cache.conftest import Clock, answer, asked

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
Pair = tuple[str, str, str]


def rows(name: str) -> list[Pair]:
    """Row, stored question, asked question."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return [(r["row"], r["stored"], r["asked"]) for r in csv.DictReader(file, delimiter="\t")]


TRAPS, REWORDINGS = rows("traps.tsv"), rows("rewordings.tsv")
ROWS = {
    "window", "long text", "payload", "referent", "order", "number", "unit", "date", "name",
    "identifier", "path", "url", "code", "quoted", "negation", "antonym", "comparison",
    "direction", "quantifier", "format", "length", "language", "question word", "follow-up",
    "time", "personal", "side effect", "chance",
}  # fmt: skip


@pytest.fixture(scope="session")
def encoder(encoder_folder: Path) -> Embed:
    return load("all-MiniLM-L6-v2", folder=encoder_folder)


@pytest.fixture(scope="session")
def served(encoder: Embed) -> Callable[[list[Pair]], list[Pair]]:
    """Those of some pairs whose stored answer the judge would serve."""

    def those(pairs: list[Pair]) -> list[Pair]:
        scores = Judge(TrainedGuard()).score([(a, b) for _, a, b in pairs], encoder)
        return [pair for pair, score in zip(pairs, scores, strict=True) if score >= 0.5]

    return those


@pytest.fixture
def cache(store: SqliteAnswers, encoder: Embed, clock: Clock) -> SemanticCache:
    """The whole cache as it ships: a real store, the real encoder, the trained guard."""
    return SemanticCache(store, encoder=lambda: encoder, guard=TrainedGuard(), clock=clock)


def test_the_tables_cover_every_trap_with_enough_pairs_and_none_twice() -> None:
    assert {row for row, _, _ in TRAPS} >= ROWS
    assert len(TRAPS) >= 300
    assert len(REWORDINGS) >= 150
    counted = Counter(frozenset(pair[1:]) for pair in TRAPS + REWORDINGS)
    assert [pair for pair, times in counted.items() if times > 1 or len(pair) < 2] == []


def test_no_trap_is_served_in_either_direction(
    served: Callable[[list[Pair]], list[Pair]],
) -> None:
    wrong = served(TRAPS + [(row, b, a) for row, a, b in TRAPS])
    assert not wrong, f"{len(wrong)} of {2 * len(TRAPS)}: {wrong}"


def test_nine_in_ten_light_rewordings_are_served(
    served: Callable[[list[Pair]], list[Pair]],
) -> None:
    missed = sorted(set(REWORDINGS) - set(served(REWORDINGS)))
    assert len(missed) <= 0.1 * len(REWORDINGS), f"{len(missed)} of {len(REWORDINGS)}: {missed}"


def test_a_cache_that_holds_one_side_of_every_trap_never_serves_it_for_the_other(
    cache: SemanticCache,
) -> None:
    """All at once: the nearest stored question is then often another row's."""
    sides = {a: {b for _, x, b in TRAPS if x == a} for _, a, _ in TRAPS}
    for stored in sides:
        assert cache.remember(asked(stored), answer(stored))
    wrong = []
    for stored, others in sides.items():
        for other in others:
            hit = cache.exact(asked(other)) or cache.similar(asked(other))
            if hit is not None and hit.text != other:
                wrong.append((stored, other, hit.text))
    assert not wrong, f"{len(wrong)}: {wrong}"


def test_every_seventh_light_rewording_finds_its_answer_among_all_the_others(
    cache: SemanticCache, served: Callable[[list[Pair]], list[Pair]]
) -> None:
    """The whole cache serves what the judge alone would."""
    sample = served(REWORDINGS)[::7]
    for _, stored, _ in REWORDINGS:
        cache.remember(asked(stored), answer(stored))
    found = {}
    for _, _, other in sample:
        hit = cache.exact(asked(other)) or cache.similar(asked(other))
        found[other] = None if hit is None else hit.text
    assert found == {other: stored for _, stored, other in sample}


def test_of_a_thousand_questions_with_known_answers_hardly_one_is_answered_wrongly(
    encoder: Embed, tmp_path: Path
) -> None:
    tally = tally_of(TrainedGuard(), encoder, count=1000, seed=11, folder=tmp_path)
    assert tally.hits > 100
    assert tally.wrong_share <= 0.005, tally.wrong
