"""A replay of another way of choosing is right, or on the safe side, where the truth is known."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from routing.learning.outcomes import Choice, Experience
from routing.learning.replay import Policy, compare, doubly_robust, snips
from tests.routing.learning.worlds import (
    LARGE,
    NOON,
    SMALL,
    TRUTH,
    World,
    as_shipped,
    by_table,
    choice,
    considered,
    worth,
)

RUNS = 30

NOTHING_IS_HARD: Mapping[str, Mapping[str, float]] = {
    kind: {**models, SMALL: 0.99} for kind, models in TRUTH.items()
}
THE_WRONG_WAY_ROUND = TRUTH | {"chat": TRUTH["maths"], "maths": TRUTH["chat"]}

POLICIES: dict[str, Policy] = {
    "knows the truth": by_table(TRUTH),
    "thinks nothing is hard": by_table(NOTHING_IS_HARD),
    "has it the wrong way round": by_table(THE_WRONG_WAY_ROUND),
}
SHIPPED = by_table(as_shipped())


def test_between_two_that_choose_the_same_there_is_exactly_no_difference() -> None:
    comparison = compare(World(seed=1).log(200), SHIPPED, SHIPPED)
    assert (comparison.gain.mean, comparison.gain.low, comparison.differs) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("name", POLICIES)
def test_with_enough_exploration_the_estimates_are_right_on_average(name: str) -> None:
    misses = []
    for seed in range(RUNS):
        log = World(seed=seed, share=0.3).log(300)
        truth = worth(POLICIES[name], log)
        misses.append(
            (
                doubly_robust(log, POLICIES[name]).mean - truth,
                snips(log, POLICIES[name]).mean - truth,
                compare(log, POLICIES[name], SHIPPED).gain.mean - truth + worth(SHIPPED, log),
            )
        )
    for estimates in zip(*misses, strict=True):
        assert abs(sum(estimates) / RUNS) < 0.03


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("share", [0.05, 0.3])
def test_the_lower_bound_is_seldom_above_the_truth(name: str, share: float) -> None:
    covered = 0
    for seed in range(RUNS):
        log = World(seed=seed, share=share).log(300)
        gain = compare(log, POLICIES[name], SHIPPED).gain
        covered += gain.low <= worth(POLICIES[name], log) - worth(SHIPPED, log)
    assert covered / RUNS >= 0.7  # 0.9 is meant; a prior that is wrong costs some of it


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_a_change_that_loses_much_never_passes(share: float) -> None:
    for seed in range(RUNS):
        log = World(seed=seed, share=share).log(200)
        assert compare(log, POLICIES["thinks nothing is hard"], SHIPPED).gain.low < -0.05


def test_where_nothing_was_explored_all_is_guessed_and_the_bound_is_wide() -> None:
    blind = compare(World(seed=2, share=0.0).log(300), POLICIES["knows the truth"], SHIPPED)
    seen = compare(World(seed=2, share=0.3).log(300), POLICIES["knows the truth"], SHIPPED)
    assert blind.guessed == 1
    assert seen.guessed < 0.2
    assert blind.gain.mean - blind.gain.low > 0.05


def test_without_a_choice_in_common_the_log_alone_says_nothing() -> None:
    def largest(_: Choice) -> str:
        return LARGE

    log = [each for each in World(seed=3, share=0.0).log(50) if each.choice.model != LARGE]
    estimate = snips(log, largest)
    assert (estimate.mean, estimate.effective) == (0.0, 0.0)


def test_outcomes_that_say_little_count_little() -> None:
    def told(number: int, reward: float, weight: float) -> Experience:
        one = World(seed=0).log(1)[0]
        made = choice(considered=considered(), model=SMALL, at=NOON)
        outcome = one.outcomes[0]
        said = replace(outcome, model=SMALL, signal="judge", reward=reward, weight=weight)
        return Experience(number=number, choice=made, outcomes=(said,))

    log = [told(1, 1.0, 0.9), told(2, 0.0, 0.1)]
    assert snips(log, lambda made: SMALL).mean == pytest.approx(0.9)


def test_a_log_of_which_nothing_came_cannot_be_replayed() -> None:
    with pytest.raises(ValueError, match="none of these"):
        snips([Experience(number=1, choice=choice(), outcomes=())], SHIPPED)
