"""What outcomes of the traffic itself add: in five folds, and with a few hundred of them.

    python -m bench.routing.labels FILE... [--answers FILE]

For every FILE the prior is moved by the other files only; then the posterior learns what both
models did with some of its prompts, and routes the rest. The same for five folds from nothing but
0.5, and, with --answers, with what the weak model's answer tells of itself.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.routing.curve import apgr, band
from bench.routing.rows import Array, Rows, folds, read
from bench.routing.train import shipped_parts
from routing.learning.posterior import Posterior
from routing.prior.answers import answer_features
from routing.prior.prior import ANCHORS, Prior
from routing.prior.sketching import Sketch

LABELS, DRAWS = (0, 30, 100, 300, 1_000, 3_000), 10
MODELS = ("weak", "strong")
ANSWER_PENALTY = 300.0


class Known:
    """Sketches and prior probabilities of all rows, made once."""

    def __init__(self, prior: Prior, rows: Rows, *, warm: bool = True) -> None:
        self.rows = rows
        self.sketches: list[Sketch] = [prior.sketch(prompt) for prompt in rows.prompts]
        self.prior = [
            [prior.likely(q, each) if warm else 0.5 for q in ANCHORS] for each in self.sketches
        ]
        self.rewards = np.stack([rows.weak, rows.strong], axis=1)

    def learned(self, numbers: Sequence[int]) -> Posterior:
        posterior = Posterior()
        for i in numbers:
            for side, model in enumerate(MODELS):
                posterior.learn(
                    model, self.prior[i][side], self.sketches[i], float(self.rewards[i, side])
                )
        return posterior

    def gains(self, posterior: Posterior, numbers: Sequence[int]) -> Array:
        found = [
            [
                posterior.forecast(model, self.prior[i][side], self.sketches[i]).p
                for side, model in enumerate(MODELS)
            ]
            for i in numbers
        ]
        return np.array([strong - weak for weak, strong in found])

    def in_folds(self, seed: int = 0) -> Array:
        scores = np.empty(len(self.rows))
        for train, test in folds(len(self.rows), seed=seed):
            scores[test] = self.gains(self.learned(train), test)
        return scores


def with_answers(known: Known, seed: int = 0) -> Array:
    """Gains in five folds, where the weak model's answer is seen before the strong one is asked."""
    rows = known.rows
    seen = np.array(
        [answer_features(*each) for each in zip(rows.prompts, rows.answers, strict=True)]
    )
    table = np.array([sketch.features for sketch in known.sketches], dtype=np.float64)
    prior = np.array(known.prior)
    scores = np.empty(len(rows))
    for train, test in folds(len(rows), seed=seed):
        centre, spread = seen[train].mean(axis=0), np.maximum(seen[train].std(axis=0), 0.03)
        x = np.hstack([table, np.clip((seen - centre) / spread, -4, 4)])
        gram = x[train].T @ x[train] + ANSWER_PENALTY * np.eye(x.shape[1])
        weights = np.linalg.solve(gram, x[train].T @ (known.rewards - prior)[train])
        scores[test] = (prior[test] + x[test] @ weights) @ (-1, 1)
    return scores


def few(known: Known) -> None:
    count = len(known.rows)
    for labels in LABELS:
        if labels > count * 0.8:
            continue
        found = []
        for seed in range(DRAWS):
            order = np.random.default_rng(seed).permutation(count)
            rest = order[labels:]
            posterior = known.learned(order[:labels])
            found.append(apgr(known.gains(posterior, rest), known.rows.some(rest)))
        print(f"  {labels:5} labels: {np.mean(found):.3f} ± {np.std(found):.3f}", flush=True)


def told(name: str, scores: Array, rows: Rows) -> None:
    low, high = band(scores, rows)
    print(f"  {name}: {apgr(scores, rows):.3f} [{low:.3f}, {high:.3f}]", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--answers", type=Path)
    given = parser.parse_args()
    parts = shipped_parts()
    every = [read(path) for path in given.files]
    for rows in every:
        print(f"{rows.name}, {len(rows):,} rows, APGR")
        known = Known(parts.prior([each for each in every if each is not rows]), rows)
        told("five folds", known.in_folds(), rows)
        told("five folds, from nothing", Known(parts.prior([]), rows, warm=False).in_folds(), rows)
        few(known)
    if given.answers:
        rows = read(given.answers)
        others = [each for each in every if "gsm8k" not in each.name]
        print(f"{rows.name}, {len(rows):,} rows, APGR with the weak answer seen")
        told("five folds", with_answers(Known(parts.prior(others), rows)), rows)


if __name__ == "__main__":
    main()
