"""Looking at an experiment after every request: how often it cries wolf, and how soon it sees.

`python -m bench.experiments [RUNS]`: simulated experiments, a look after every unit. First both
arms are the same, and every alarm is false: ours beside a two-sided z-test at 5 % that is repeated
with every look, and beside one that looks once, at the end. Then B differs by a known amount.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ledger.experiments.evidence import ALPHA, capital, harm, scores
from ledger.experiments.sizes import needed

Floats = NDArray[np.float64]

LONG = 2_000
"""Units of an experiment in which there is nothing to be found."""

NEVER = sys.maxsize
_FROM, _Z = 20, 1.959964
"""The z-test begins after so many units, and announces beyond this many deviations (5 %)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is true: the chance of a good answer in each arm, and how much it swings in time."""

    rate: float
    share: float = 0.5
    gain: float = 0.0
    drift: float = 0.0


NOTHING = (
    *(World(rate=rate, share=share) for rate in (0.5, 0.8, 0.95) for share in (0.5, 0.2)),
    *(World(rate=rate, share=share, drift=0.2) for rate in (0.5, 0.75) for share in (0.5, 0.2)),
)


def drawn(
    world: World, runs: int, units: int, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_]]:
    """Good or not, and whether it was B's; one experiment a row."""
    to_b = rng.random((runs, units)) < world.share
    swing = world.drift * np.sin(np.linspace(0, 4 * np.pi, units))
    good = rng.random((runs, units)) < world.rate + swing + world.gain * to_b
    return good.astype(float), to_b


def ours(values: Floats, to_b: NDArray[np.bool_], share: float) -> NDArray[np.int64]:
    """After how many units each experiment is decided; NEVER where it is not."""
    z = np.array([scores(*row, share) for row in zip(values, to_b, strict=True)])
    return _first(capital(z, share) >= np.log(1 / ALPHA))


def repeated(values: Floats, to_b: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The same for a z-test of two shares, repeated with every unit."""
    return _first(_deviates(values, to_b))


def once(values: Floats, to_b: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a z-test of two shares announces a difference, looking at the end only."""
    return np.asarray(_deviates(values, to_b)[:, -1])


def alarms(world: World, runs: int, *, units: int = LONG, seed: int = 0) -> tuple[float, ...]:
    """Shares of experiments that announce a difference: ours, repeated, once."""
    values, to_b = drawn(world, runs, units, np.random.default_rng(seed))
    return (
        float((ours(values, to_b, world.share) < NEVER).mean()),
        float((repeated(values, to_b) < NEVER).mean()),
        float(once(values, to_b).mean()),
    )


def stops(world: World, runs: int, units: int, *, seed: int = 0) -> NDArray[np.int64]:
    """After how many units a difference that is there is found, sorted."""
    values, to_b = drawn(world, runs, units, np.random.default_rng(seed))
    return np.sort(ours(values, to_b, world.share))


def stopped(world: World, runs: int, units: int, tolerance: float, *, seed: int = 0) -> float:
    """Share of experiments that a guard of quality ends; `gain` below zero is harm."""
    values, to_b = drawn(world, runs, units, np.random.default_rng(seed))
    rows = zip(1 - values, to_b, strict=True)
    fired = [harm(bad, b, world.share, tolerance=tolerance).fired for bad, b in rows]
    return float(np.mean(fired))


def _deviates(values: Floats, to_b: NDArray[np.bool_]) -> NDArray[np.bool_]:
    n_b = np.cumsum(to_b, axis=1)
    number = np.arange(1, values.shape[1] + 1)
    n_a = number - n_b
    good_b = np.cumsum(values * to_b, axis=1)
    good = np.cumsum(values, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = good / number
        apart = good_b / n_b - (good - good_b) / n_a
        z = apart / np.sqrt(pooled * (1 - pooled) * (1 / n_b + 1 / n_a))
    return np.asarray((np.abs(z) > _Z) & (number >= _FROM))


def _first(hit: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.where(hit.any(axis=1), hit.argmax(axis=1) + 1, NEVER)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    began = time.perf_counter()
    print(f"Nothing to be found: {runs} experiments, a look after each of {LONG} units")
    print(f"{'good, share of B':34}{'ours':>8}{'z-test, repeated':>18}{'once':>8}")
    for seed, world in enumerate(NOTHING):
        told = alarms(world, runs, seed=seed)
        swings = f", swings by {world.drift}" if world.drift else ""
        name = f"{world.rate:.2f}, {world.share}{swings}"
        print(f"{name:34}{told[0]:>8.1%}{told[1]:>18.1%}{told[2]:>8.1%}", flush=True)
    few = max(runs // 10, 20)
    print(f"\nB is better than 0.80: {few} experiments")
    titles = ("half by", "80 % by", "estimate", "z-test, once")
    print(f"{'difference, share of B':26}" + "".join(f"{title:>14}" for title in titles))
    for gain in (0.02, 0.05, 0.10):
        for share in (0.5, 0.2):
            world = World(rate=0.8, gain=gain, share=share)
            deviation = float(np.sqrt(0.8 * 0.2))
            guess = needed(deviation, share, gain)
            found = stops(world, few, int(guess * 1.6))
            half, most = (_told(found[int(few * part)]) for part in (0.5, 0.8))
            fixed = _fixed(gain, share)
            row = (half, most, f"{guess:,}", f"{fixed:,}")
            print(f"{f'{gain:.2f}, {share}':26}" + "".join(f"{c:>14}" for c in row), flush=True)
    print(f"\nA guard that tolerates 0.05: {few * 2} experiments of {LONG} units that it ends")
    for gain in (0.05, 0.0, -0.05, -0.1, -0.2, -0.4):
        share_ended = stopped(World(rate=0.85, gain=gain), few * 2, LONG, 0.05)
        print(f"  B {gain:+.2f}: {share_ended:.1%}", flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s")


def _fixed(gain: float, share: float) -> int:
    """Units of a z-test that looks once, for four experiments of five to be decided."""
    variance = 0.8 * 0.2 * (1 / share + 1 / (1 - share))
    return int(np.ceil((1.96 + 0.8416) ** 2 * variance / gain**2))


def _told(number: np.int64) -> str:
    return "later" if number == NEVER else f"{number:,}"


if __name__ == "__main__":
    main()
