"""Files of outcomes: which prompts a weak and a strong model got right."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """One file, or some of its rows. `weak`, `strong` [n] in [0, 1]; `tasks` name the benchmarks
    that a mixture is of; `answers` are the weak model's, where the file has them."""

    name: str
    prompts: tuple[str, ...]
    weak: Array
    strong: Array
    tasks: Array
    answers: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.prompts)

    def some(self, chosen: Array) -> "Rows":
        """The rows of these numbers, or where this is true."""
        numbers = np.arange(len(self))[chosen]
        return Rows(
            name=self.name,
            prompts=tuple(self.prompts[i] for i in numbers),
            weak=self.weak[numbers],
            strong=self.strong[numbers],
            tasks=self.tasks[numbers],
            answers=tuple(self.answers[i] for i in numbers) if self.answers else (),
        )


def read(path: Path) -> Rows:
    """Columns prompt, weak_ok, strong_ok; dataset or group, of which the finer names the task."""
    csv.field_size_limit(1 << 30)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    finer = max(("dataset", "group"), key=lambda name: len({row.get(name, "") for row in rows}))
    return Rows(
        name=path.stem,
        prompts=tuple(row["prompt"] for row in rows),
        weak=np.array([float(row["weak_ok"]) for row in rows]),
        strong=np.array([float(row["strong_ok"]) for row in rows]),
        tasks=np.array([f"{path.stem}/{row.get(finer, '')}" for row in rows]),
        answers=tuple(row["weak_answer"] for row in rows) if "weak_answer" in rows[0] else (),
    )


def folds(count: int, parts: int = 5, seed: int = 0) -> Sequence[tuple[Array, Array]]:
    """(train, test) numbers, `parts` times."""
    order = np.random.default_rng(seed).permutation(count)
    part = np.arange(count) % parts
    return [(order[part != number], order[part == number]) for number in range(parts)]


def joined(every: Sequence[Rows]) -> Rows:
    """Several files as one."""
    return Rows(
        name=" + ".join(each.name for each in every),
        prompts=tuple(prompt for each in every for prompt in each.prompts),
        weak=np.concatenate([each.weak for each in every]),
        strong=np.concatenate([each.strong for each in every]),
        tasks=np.concatenate([each.tasks for each in every]),
    )
