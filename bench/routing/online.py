"""Learning while routing: a stream of requests of which only the chosen model's outcome is seen.

    python -m bench.routing.online TRAFFIC.CSV [MORE.CSV ...] [--others FILE ...] [--seeds N]

Requests of all TRAFFIC come in one random order; 40 % go to the strong model, by a running quantile
of the forecast gain, one in twenty by a Thompson draw instead. The prior is moved by the outcomes
in OTHERS only. Share of the gap recovered (PGR; random 0.40) by request, mean and standard
deviation over seeds and all seeds pooled: with every outcome seen, with one in five, without
learning, and learning from nothing but 0.5.
"""

import argparse
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.routing.labels import MODELS, Known
from bench.routing.rows import Array, joined, read
from bench.routing.train import shipped_parts
from routing.learning.posterior import Posterior

STRONG, EXPLORED, WINDOW = 0.40, 0.05, 100
SPANS = ((0, 500), (500, 1_000), (1_000, 2_000), (2_000, 4_000))


def run(known: Known, *, seed: int, seen: float, learns: bool = True) -> Array:
    """For each request in its order: its row, and whether the strong model was chosen."""
    drawn = np.random.default_rng(seed)
    posterior = Posterior()
    recent: deque[float] = deque(maxlen=WINDOW)
    chosen = np.empty((len(known.rows), 2), dtype=int)
    for turn, row in enumerate(drawn.permutation(len(known.rows))):
        sketch, prior = known.sketches[row], known.prior[row]
        found = [
            posterior.forecast(model, prior[side], sketch) for side, model in enumerate(MODELS)
        ]
        gain = found[1].p - found[0].p
        recent.append(gain)
        border = np.quantile(recent, 1 - STRONG)
        if drawn.random() < EXPLORED:
            gain += drawn.normal(0, np.hypot(found[0].doubt, found[1].doubt))
        side = int(gain > border or (gain == border and drawn.random() < STRONG))
        chosen[turn] = row, side
        if learns and drawn.random() < seen:
            reward = float(known.rewards[row, side])
            posterior.learn(MODELS[side], prior[side], sketch, reward)
    return chosen


def recovered(known: Known, chosen: Array, span: tuple[int, int]) -> tuple[float, float]:
    """PGR, and the share of strong calls, of some turns."""
    rows, sides = chosen[slice(*span)].T
    weak, strong = known.rewards[rows].T
    got = known.rewards[rows, sides].mean()
    return float((got - weak.mean()) / (strong.mean() - weak.mean())), float(sides.mean())


def told(name: str, known: Known, runs: Sequence[Array]) -> None:
    cells = []
    for span in SPANS:
        found = np.array([recovered(known, chosen, span) for chosen in runs])
        pooled = _pooled(known, runs, span)
        mean, spread = found[:, 0].mean(), found[:, 0].std()
        cells.append(f"{mean:.2f} ± {spread:.2f} (pooled {pooled:.2f}, {found[:, 1].mean():.0%})")
    print(f"{name:34} {' | '.join(cells)}", flush=True)


def _pooled(known: Known, runs: Sequence[Array], span: tuple[int, int]) -> float:
    """PGR of all runs' turns together: the gap of a few hundred rows varies much by chance."""
    return recovered(known, np.concatenate([c[slice(*span)] for c in runs]), (0, 10**9))[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("traffic", type=Path, nargs="+")
    parser.add_argument("--others", type=Path, nargs="*", default=())
    parser.add_argument("--seeds", type=int, default=8)
    given = parser.parse_args()
    rows, others = joined([read(path) for path in given.traffic]), map(read, given.others)
    parts = shipped_parts()
    warm = Known(parts.prior(list(others)), rows)
    cold = Known(parts.prior([]), rows, warm=False)
    seeds = range(given.seeds)
    print(f"{rows.name}: PGR by request, {', '.join(f'{a}-{b}' for a, b in SPANS)}; strong calls")
    told("prior, not learning", warm, [run(warm, seed=s, seen=0, learns=False) for s in seeds])
    told("prior, learning", warm, [run(warm, seed=s, seen=1.0) for s in seeds])
    told("prior, one outcome in five seen", warm, [run(warm, seed=s, seen=0.2) for s in seeds])
    told("from nothing", cold, [run(cold, seed=s, seen=1.0) for s in seeds])
    told("from nothing, one in five seen", cold, [run(cold, seed=s, seen=0.2) for s in seeds])


if __name__ == "__main__":
    main()
