"""What people write when they want something easy or hard, read once from `cues.toml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from vocabulary import TaskKind

T = TypeVar("T")

Phrase = tuple[str, ...]
"""Lower-case words, in order."""

Curve = tuple[tuple[float, float], ...]
"""Points (size, weight), sizes rising."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Phrases that say one thing about a prompt; `cues.toml` tells what the fields mean."""

    says: str
    weight: float
    task: TaskKind | None
    material: bool
    phrases: tuple[Phrase, ...]
    verbs: frozenset[str]
    nouns: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """The whole table.

    `by_first_word` and `by_verb` find the cues that a word may begin, so that looking costs the
    same however long the table grows.
    """

    all: Mapping[str, Cue]
    by_first_word: Mapping[str, tuple[tuple[Phrase, str], ...]]
    by_verb: Mapping[str, tuple[str, ...]]
    weight: Mapping[str, float]
    curve: Mapping[str, Curve]
    words: Mapping[str, frozenset[Phrase]]
    marks: Mapping[str, tuple[str, ...]]


@cache
def cues() -> Cues:
    """The shipped table; read when first asked for, and kept."""
    import tomllib

    with Path(__file__).with_name("cues.toml").open("rb") as file:
        return read_cues(tomllib.load(file))


def read_cues(data: Mapping[str, Any]) -> Cues:
    """The table that parsed TOML of the shape of `cues.toml` describes."""
    table = {name: _cue(row) for name, row in data["cue"].items()}
    return Cues(
        all=table,
        by_first_word=_grouped(
            [(phrase[0], (phrase, name)) for name, cue in table.items() for phrase in cue.phrases]
        ),
        by_verb=_grouped([(verb, name) for name, cue in table.items() for verb in cue.verbs]),
        weight=data["weight"],
        curve={name: tuple((x, y) for x, y in rows) for name, rows in data["curve"].items()},
        words={name: frozenset(_phrases(text)) for name, text in data["words"].items()},
        marks={name: tuple(marks) for name, marks in data["marks"].items()},
    )


def _cue(row: Mapping[str, Any]) -> Cue:
    return Cue(
        says=row["says"],
        weight=row["weight"],
        task=TaskKind(row["task"]) if "task" in row else None,
        material=row.get("material", False),
        phrases=_phrases(row.get("phrases", "")),
        verbs=frozenset(phrase[0] for phrase in _phrases(row.get("verbs", ""))),
        nouns=frozenset(phrase[0] for phrase in _phrases(row.get("nouns", ""))),
    )


def _phrases(text: str) -> tuple[Phrase, ...]:
    return tuple(words for part in text.split(",") if (words := tuple(part.split())))


def _grouped(pairs: Sequence[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
