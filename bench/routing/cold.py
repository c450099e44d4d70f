"""How well the prior routes benchmarks that it was not trained on.

    python -m bench.routing.cold FILE...

For every FILE the beliefs are moved by the other files only. For a file that is a mixture of
benchmarks also: each benchmark by a prior that has seen neither it nor its like (`GROUPS`), and the
whole mixture scored with these. Beside it: no outcomes at all, and the length of a prompt.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.routing.curve import apgr, band, calls_for
from bench.routing.rows import Array, Rows, read
from bench.routing.train import Parts, shipped_parts
from routing.prior.prior import Prior

GROUPS = (
    *(("gsm8k", "mgsm", "math"), ("mbpp", "human_eval", "crux"), ("natural_qa", "trivia_qa")),
    *(("arc", "openbook", "commonsense"), ("mmlu",), ("gpqa",), ("logicgrid",), ("commongen",)),
)
"""Benchmarks that are alike, by parts of their names."""


def gains(prior: Prior, rows: Rows) -> Array:
    return np.array([prior.gain(prior.sketch(prompt)) for prompt in rows.prompts])


def group(task: str) -> int:
    """The group of a benchmark; one of its own, if none names it."""
    last = task.rpartition("/")[2].lower()
    found = [n for n, names in enumerate(GROUPS) if any(name in last for name in names)]
    return found[0] if found else hash(last)


def without_its_like(parts: Parts, rows: Rows, every: Sequence[Rows]) -> Array:
    """The gains of `rows`, each by a prior that has seen no benchmark of its group."""
    scores = np.empty(len(rows))
    numbers = np.array([group(task) for task in rows.tasks])
    for number in np.unique(numbers):
        left = [each.some(np.array([group(t) != number for t in each.tasks])) for each in every]
        prior = parts.prior([each for each in left if len(each)])
        mine = numbers == number
        scores[mine] = gains(prior, rows.some(mine))
    return scores


def line(name: str, scores: Array, rows: Rows) -> str:
    low, high = band(scores, rows)
    calls = " ".join(f"{calls_for(scores, rows, wanted):6.1%}" for wanted in (0.5, 0.8))
    return f"  {name:34} {apgr(scores, rows):.3f} [{low:.3f}, {high:.3f}] {calls}"


def main() -> None:
    every = [read(Path(path)) for path in sys.argv[1:]]
    parts = shipped_parts()
    beliefs = parts.prior([])
    means: dict[str, list[float]] = {}
    for rows in every:
        others = [each for each in every if each is not rows]
        ways = {
            "length alone": np.array([float(len(prompt)) for prompt in rows.prompts]),
            "beliefs, no outcomes": gains(beliefs, rows),
            "moved by the other files": gains(parts.prior(others), rows),
        }
        if len(np.unique(rows.tasks)) > 1:
            ways["moved, but not by its like"] = without_its_like(parts, rows, every)
        print(f"{rows.name}, {len(rows):,} rows: APGR, 95 %, strong calls for 50 % and 80 %")
        for name, scores in ways.items():
            print(line(name, scores, rows), flush=True)
            means.setdefault(name, []).append(apgr(scores, rows))
    for name, found in means.items():
        print(f"{name}: mean {np.mean(found):.3f}, worst {min(found):.3f} of {len(found)}")


if __name__ == "__main__":
    main()
