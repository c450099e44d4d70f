"""What a model's name and size let us guess of it: quality, speed, context. Weak priors, all.

Quality is a Hill curve of the number of weights, `x / (1 + x)` with `x = (parameters / P0) ** K`:
smooth, rising, within (0, 1). It is laid through the two local points of the documents this
project implements, 0.70 at 3 billion weights and 0.80 at 8 billion. A family moves along it: one of
strength 2 is as good as a common model twice its size.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vocabulary import TaskKind

P0 = 0.644e9
K = 0.55
"""From 0.70 at 3e9 and 0.80 at 8e9."""

MIDDLING = 0.5
"""The quality of a model of which nothing is known: the middle of the scale."""

DEFAULT_CONTEXT = 8192

_CODE_TASKS = (
    TaskKind.CODE_GENERATION,
    TaskKind.CODE_REVIEW,
    TaskKind.DEBUGGING,
    TaskKind.INLINE_COMPLETION,
)
_REASONING_TASKS = (TaskKind.REASONING_TASKS, TaskKind.ARCHITECTURE_DESIGN)

_SIZE = re.compile(r"(?<![a-z0-9.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)([bm])(?![a-z0-9])")
_BLANKS = str.maketrans("", "", " -_")

_COMMON_SPEED = 30.0
_COMMON_SIZE = 8e9
_SLOWEST, _FASTEST = 1.0, 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One row of `[family]` in models.toml, which says what the fields mean."""

    name: str
    strength: float
    parameters: float
    context: int
    code: float | None = None
    reasoning: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What is thought of a model that nobody described."""

    quality: float
    quality_by_task: Mapping[TaskKind, float] = field(default_factory=dict)
    context: int
    speed: float


def read_families(rows: Mapping[str, Mapping[str, Any]]) -> tuple[Family, ...]:
    """Rows of `[family]`, longest name first, so that the first match is the closest."""
    return tuple(
        Family(
            name=name,
            strength=row["strength"],
            parameters=row["billions"] * 1e9,
            context=row["context"],
            code=row.get("code"),
            reasoning=row.get("reasoning"),
        )
        for name, row in sorted(rows.items(), key=lambda item: -len(item[0]))
    )


def guess(name: str, parameters: float | None, families: tuple[Family, ...]) -> Guess:
    """What a name (`llama3.2:3b`, `Qwen2.5-7B-Instruct-Q4_K_M`) and a number of weights suggest."""
    family = family_of(name, families)
    size = parameters or size_in(name) or (family.parameters if family else None)
    if size is None:
        return Guess(quality=MIDDLING, context=DEFAULT_CONTEXT, speed=_COMMON_SPEED)
    if family is None:
        return Guess(quality=quality_of(size), context=DEFAULT_CONTEXT, speed=speed_of(size))
    by_task: dict[TaskKind, float] = {}
    for strength, tasks in ((family.code, _CODE_TASKS), (family.reasoning, _REASONING_TASKS)):
        if strength is not None:
            by_task |= dict.fromkeys(tasks, quality_of(size * strength))
    return Guess(
        quality=quality_of(size * family.strength),
        quality_by_task=by_task,
        context=family.context,
        speed=speed_of(size),
    )


def family_of(name: str, families: tuple[Family, ...]) -> Family | None:
    """The family with the longest name that the last part of `name` contains."""
    plain = name.lower().rpartition("/")[2].translate(_BLANKS)
    return next((family for family in families if family.name in plain), None)


def size_in(name: str) -> float | None:
    """The number of weights that a name states (`:3b`, `-270m`, `8x7b`); the largest of several."""
    sizes = [
        float(experts or 1) * float(number) * (1e9 if unit == "b" else 1e6)
        for experts, number, unit in _SIZE.findall(name.lower())
    ]
    return max(sizes, default=None)


def quality_of(parameters: float) -> float:
    """The common curve, for a positive number of weights."""
    x = (parameters / P0) ** K
    return float(round(x / (1 + x), 3))


def speed_of(parameters: float) -> float:
    """Tokens a second on an ordinary computer: writing a token means reading every weight once."""
    return float(min(_FASTEST, max(_SLOWEST, round(_COMMON_SPEED * _COMMON_SIZE / parameters, 1))))
