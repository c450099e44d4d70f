"""Exploration is rare, stays among what is permitted, and its probabilities are exact."""

from collections import Counter
from random import Random

import pytest

from routing.learning.exploring import Explorer, Option, choose, probabilities


def option(p: float, cost: float, doubt: float = 0.1) -> Option:
    return Option(p=p, doubt=doubt, cost=cost)


CASES = {
    "clear": ([option(0.9, 0), option(0.95, 1)], 0.5),
    "close": ([option(0.7, 0), option(0.8, 1), option(0.95, 5)], 0.75),
    "nobody is good enough": ([option(0.5, 0), option(0.55, 1), option(0.6, 5)], 0.99),
    "equally cheap": ([option(0.7, 0), option(0.74, 0), option(0.9, 1)], 0.75),
    "doubts differ": ([option(0.7, 0, 0.01), option(0.6, 1, 0.3), option(0.7, 2, 0.05)], 0.72),
    "no doubt": ([option(0.7, 0, 0.0), option(0.8, 1, 0.0)], 0.75),
    "one": ([option(0.2, 0)], 0.9),
}


@pytest.mark.parametrize(
    ("options", "least", "index"),
    [
        ([option(0.9, 5), option(0.8, 1), option(0.6, 0)], 0.75, 1),
        ([option(0.75, 0), option(0.9, 1)], 0.75, 0),
        ([option(0.5, 0), option(0.7, 1), option(0.6, 5)], 0.75, 1),
        ([option(0.8, 0), option(0.9, 0)], 0.75, 1),
    ],
    ids=["cheapest good enough", "just good enough", "best of the poor", "better of the equal"],
)
def test_the_rule(options: list[Option], least: float, index: int) -> None:
    assert choose(options, least) == index


@pytest.mark.parametrize("case", CASES)
def test_probabilities_are_those_of_drawing_from_the_forecasts(case: str) -> None:
    options, least = CASES[case]
    chances = probabilities(options, least)
    assert sum(chances) == pytest.approx(1)
    rng = Random(7)
    runs = 20_000
    seen: Counter[int] = Counter()
    order = sorted(range(len(options)), key=lambda i: (options[i].cost, -options[i].p))
    for _ in range(runs):
        drawn = [rng.gauss(each.p, each.doubt) for each in options]
        passed = [index for index in order if drawn[index] >= least]
        seen[passed[0] if passed else drawn.index(max(drawn))] += 1
    for index, chance in enumerate(chances):
        assert chance == pytest.approx(seen[index] / runs, abs=0.015)


def test_what_is_drawn_follows_the_propensities_that_are_logged() -> None:
    options, least = CASES["close"]
    explorer = Explorer(Random(3), share=0.3)
    drawn = [explorer.draw(options, least=least) for _ in range(8_000)]
    for index in range(len(options)):
        expected = sum(each.propensities[index] for each in drawn) / len(drawn)
        seen = sum(each.index == index for each in drawn) / len(drawn)
        assert seen == pytest.approx(expected, abs=0.015)
    assert all(sum(each.propensities) == pytest.approx(1) for each in drawn)


def test_at_no_moment_is_more_explored_than_the_share_and_one() -> None:
    options = [option(0.7, 0, 0.5), option(0.75, 0, 0.5), option(0.74, 1, 0.5)]
    explorer = Explorer(Random(1), share=0.05)
    for number in range(1, 3001):
        explorer.draw(options, least=0.76)
        assert explorer.explored <= 0.05 * number + 1
    assert explorer.explored > 30


def test_what_other_processes_explored_counts() -> None:
    explorer = Explorer(Random(1), requests=100, explored=50)
    drawn = [explorer.draw(CASES["close"][0], least=0.75) for _ in range(800)]
    assert not any(each.explored for each in drawn)


@pytest.mark.parametrize("first", [None, 2])
def test_a_private_request_is_never_an_experiment(first: int | None) -> None:
    explorer = Explorer(Random(1), share=1.0)
    options, least = CASES["close"]
    for _ in range(200):
        drawn = explorer.draw(options, least=least, first=first, may_explore=False)
        assert drawn.index == (choose(options, least) if first is None else first)
        assert drawn.propensities[drawn.index] == 1
        assert not drawn.explored


def test_what_a_strategy_would_ask_first_is_usually_asked() -> None:
    explorer = Explorer(Random(1))
    drawn = [explorer.draw(CASES["close"][0], least=0.75, first=2) for _ in range(400)]
    assert sum(each.index == 2 for each in drawn) >= 380
    assert all(each.explored == (each.index != 2) for each in drawn)


def test_choosing_among_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        Explorer(Random(1)).draw([], least=0.5)
