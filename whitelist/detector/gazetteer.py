"""The words of postal addresses in many languages, as addresses.toml has them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from whitelist.detector.lexicon import folded

Words = Mapping[str, bool]
"""Words that name a kind of street: True where one is enough, False where it needs more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Kinds of street by where they stand in a name, and the other words of an address."""

    before: Words
    after: Words
    endings: Words
    english: Words
    suffixes: frozenset[str]
    unlike: frozenset[str]
    signs: frozenset[str]
    particles: frozenset[str]
    directions: frozenset[str]
    public: frozenset[str]
    units: frozenset[str]
    boxes: frozenset[str]
    countries: frozenset[str]


@cache
def gazetteer() -> Gazetteer:
    """The table, read when it is first needed."""
    source = files("whitelist.detector").joinpath("addresses.toml").read_text("utf-8")
    table: Mapping[str, Mapping[str, str]] = tomllib.loads(source)
    words = {
        name: frozenset(folded(entry.strip()) for row in rows.values() for entry in row.split(","))
        for name, rows in table.items()
    }

    def both(name: str) -> Words:
        return dict.fromkeys(words[f"{name}_with_more"], False) | dict.fromkeys(words[name], True)

    return Gazetteer(
        before=both("before"),
        after=both("after"),
        endings=both("endings"),
        english=both("english"),
        suffixes=words["suffixes"],
        unlike=words["unlike"],
        signs=words["signs"],
        particles=words["particles"],
        directions=words["directions"],
        public=words["public"],
        units=words["units"],
        boxes=words["boxes"],
        countries=words["countries"],
    )
