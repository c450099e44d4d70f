"""Evidence at any moment: seldom false, honest about what it does not know, soon enough."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.experiments import World, alarms, drawn, stopped, stops
from ledger.experiments.evidence import ALPHA, capital, evidence, harm, scores
from ledger.experiments.sizes import needed


@pytest.mark.parametrize(
    "world",
    [
        World(rate=0.5),
        World(rate=0.8, share=0.2),
        World(rate=0.95),
        World(rate=0.75, share=0.2, drift=0.2),
    ],
    ids=str,
)
def test_looking_after_every_request_seldom_finds_what_is_not_there(world: World) -> None:
    told, naive, _ = alarms(world, 200, units=1_000, seed=11)
    assert told <= ALPHA
    assert naive > 0.2  # the world is one in which looking does harm to those who do not mind


@pytest.mark.parametrize(("gain", "share"), [(0.05, 0.5), (0.1, 0.2), (0.1, 0.5)])
def test_a_difference_is_mostly_found_after_as_many_as_was_said(gain: float, share: float) -> None:
    said = needed(0.4, share, gain)
    found = stops(World(rate=0.8, gain=gain, share=share), 100, said, seed=5)
    assert np.mean(found <= said) >= 0.75
    assert np.mean(found <= said / 4) < 0.5  # what was said is not far too much


def test_the_interval_holds_the_truth_at_all_looks_together() -> None:
    world, held = World(rate=0.7, gain=0.1, share=0.3), 0
    values, to_b = drawn(world, 40, 600, np.random.default_rng(3))
    for row, b in zip(values, to_b, strict=True):
        looks = [evidence(row[:n], b[:n], 0.3) for n in range(60, 601, 60)]
        held += all(look.low <= 0.1 <= look.high for look in looks)
    assert held >= 38


def test_skewed_costs_raise_no_more_alarms() -> None:
    rng, fired = np.random.default_rng(2), 0
    for _ in range(200):
        costs = np.clip(rng.lognormal(-4, 1.5, 1_000), 0, 1)
        fired += evidence(costs, rng.random(1_000) < 0.5, 0.5).decided_after is not None
    assert fired <= 10


@pytest.mark.parametrize(("gain", "least", "most"), [(0.05, 0, 0), (-0.05, 0, 0.01), (-0.4, 1, 1)])
def test_a_guard_stops_harm_and_nothing_else(gain: float, least: float, most: float) -> None:
    ended = stopped(World(rate=0.85, gain=gain), 100, 1_000, 0.05, seed=9)
    assert least <= ended <= most


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60),
    st.floats(0.05, 0.95),
)
@settings(deadline=None)
def test_whatever_comes_no_stake_is_lost_whole_and_the_ends_are_in_order(
    pairs: list[tuple[float, bool]], share: float
) -> None:
    values = np.array([pair[0] for pair in pairs])
    to_b = np.array([pair[1] for pair in pairs])
    z = scores(values, to_b, share)
    assert np.abs(z).max() <= 1 / min(share, 1 - share) + 1e-9
    for difference in (-1.0, 0.0, 1.0):
        assert np.isfinite(capital(z, share, difference)).all()
    told = evidence(values, to_b, share)
    assert -1 <= told.low <= told.high <= 1
    assert 0 <= told.e_value <= told.highest
    assert harm(values, to_b, share, tolerance=0.1).highest >= 1


def test_the_test_and_the_interval_say_the_same() -> None:
    values, to_b = drawn(World(rate=0.5, gain=0.3), 1, 400, np.random.default_rng(1))
    for end in range(10, 401, 10):
        told = evidence(values[0][:end], to_b[0][:end], 0.5)
        assert (told.low <= 0 <= told.high) == (told.e_value < 1 / ALPHA)
    assert told.higher is True
    assert told.low > 0


def test_what_was_decided_stays_decided() -> None:
    values, to_b = drawn(World(rate=0.5, gain=0.4), 1, 300, np.random.default_rng(1))
    first = evidence(values[0], to_b[0], 0.5)
    against = np.concatenate((values[0], 1 - values[0], 1 - values[0]))
    later = evidence(against, np.tile(to_b[0], 3), 0.5)
    assert first.decided_after is not None
    assert later.decided_after == first.decided_after
    assert later.e_value < later.highest
    assert later.higher is True


def test_before_anything_is_seen_everything_is_possible() -> None:
    told = evidence(np.empty(0), np.empty(0, dtype=bool), 0.5)
    assert (told.number, told.low, told.high, told.e_value) == (0, -1, 1, 1)
    assert not harm(np.empty(0), np.empty(0, dtype=bool), 0.5, tolerance=0.1).fired


@pytest.mark.parametrize(
    ("fewer", "more"),
    [
        ((0.4, 0.5, 0.1), (0.4, 0.5, 0.05)),
        ((0.3, 0.5, 0.1), (0.4, 0.5, 0.1)),
        ((0.4, 0.5, 0.1), (0.4, 0.1, 0.1)),
        ((0.0, 0.5, 0.1), (0.0, 0.1, 0.1)),
    ],
)
def test_smaller_and_noisier_differences_take_longer(
    fewer: tuple[float, float, float], more: tuple[float, float, float]
) -> None:
    assert needed(*fewer) < needed(*more)


def test_no_number_finds_a_difference_of_nothing() -> None:
    with pytest.raises(ValueError, match="positive"):
        needed(0.4, 0.5, 0)
