"""How often a promised bound does not hold, and what it leaves at home: our test beside naive ones.

`python -m bench.promise [LABELS] [RUNS]`: simulated requests whose true risk is known. "Scan" takes
the loosest threshold at which the labels show at most alpha; "exact scan" the loosest of all that
the exact test passes. Both look at every threshold, which is what makes them break their promise.
"""

import sys
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from routing.learning.promise import ALPHA, DELTA, Label, fixed_sequence, tail

Floats = NDArray[np.float64]
Rule = Callable[[Sequence[Label]], float | None]

WORLDS: dict[str, tuple[float, float]] = {
    "forecasts say nothing, risk 0.20": (-1.386, 0.0),
    "forecasts say little, risk 0.23": (-1.2, 3.0),
    "forecasts say much, risk 0.28": (-1.0, 6.0),
    "hard requests, risk 0.38": (-0.5, 6.0),
    "forecasts decide, risk 0.48": (0.0, 10.0),
    "easy requests, risk 0.13": (-2.0, 3.0),
}
"""Log-odds of a worse answer at the mean forecast, and how steeply they fall with it."""


def drawn(
    rng: np.random.Generator, number: int, world: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Forecasts, and the true risk of each request."""
    middle, slope = world
    forecasts = np.round(rng.beta(4, 2, number), 3)
    return forecasts, 1 / (1 + np.exp(slope * (forecasts - 2 / 3) - middle))


def scan(labels: Sequence[Label]) -> float | None:
    return _loosest(labels, lambda worse, kept: worse <= ALPHA * kept)


def exact_scan(labels: Sequence[Label]) -> float | None:
    return _loosest(labels, lambda worse, kept: tail(worse, kept, ALPHA) <= DELTA)


def ours(labels: Sequence[Label]) -> float | None:
    return fixed_sequence(labels, ALPHA, DELTA)


def _loosest(labels: Sequence[Label], passes: Callable[[int, int], bool]) -> float | None:
    worse, best = 0, None
    ordered = sorted(labels, key=lambda each: -each.forecast)
    for kept, each in enumerate(ordered, start=1):
        worse += each.worse
        last = kept == len(ordered) or ordered[kept].forecast < each.forecast
        if last and passes(worse, kept):
            best = each.forecast
    return best


def tried(rule: Rule, world: tuple[float, float], labels: int, runs: int) -> tuple[float, float]:
    """Share of runs in which too much is worse of what stays, and the mean share that stays."""
    every, risks = drawn(np.random.default_rng(10**6), 50_000, world)
    broken, stays = 0, 0.0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        forecasts, risk = drawn(rng, labels, world)
        worse = rng.random(labels) < risk
        rows = [
            Label(forecast=float(f), worse=bool(w)) for f, w in zip(forecasts, worse, strict=True)
        ]
        threshold = rule(rows)
        if threshold is None:
            continue
        kept = every >= threshold
        stays += float(kept.mean())
        broken += bool(kept.any() and risks[kept].mean() > ALPHA)
    return broken / runs, stays / runs


def main() -> None:
    labels, runs = (int(each) for each in (*sys.argv[1:], *("300", "1000")[len(sys.argv) - 1 :]))
    print(f"{labels} labels, {runs} runs, at most {ALPHA:.0%} worse; broken (kept at home)")
    rules: dict[str, Rule] = {"ours": ours, "exact scan": exact_scan, "scan": scan}
    print(f"{'':34}" + "".join(f"{name:>18}" for name in rules))
    for name, world in WORLDS.items():
        cells = []
        for rule in rules.values():
            broken, stays = tried(rule, world, labels, runs)
            cells.append(f"{broken:>9.1%} ({stays:>4.0%})")
        print(f"{name:34}" + "".join(f"{cell:>18}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
