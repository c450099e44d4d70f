"""The words of postal addresses in many languages, as addresses.toml has them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from whitelist.detector.lexicon import folded

_LETTERS = re.compile(r"[\W\d_]")


class Kinds(NamedTuple):
    """What a word says of a street whose name comes after it, comes before it, or comes before it
    with the number in front: True where the word is enough, False where it needs more, None where
    it says nothing.
    """

    before: bool | None = None
    after: bool | None = None
    english: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Kinds of street by their words and by the ends of words, and the other words of an address.
    `long_ends` are the last letters of endings that count in small letters too, `box_ends` the
    last words of boxes, `country_heads` the first letters of countries, as far as no mark parts
    them.
    """

    kinds: Mapping[str, Kinds]
    endings: Mapping[str, bool]
    long_ends: frozenset[str]
    suffixes: frozenset[str]
    unlike: frozenset[str]
    signs: frozenset[str]
    particles: frozenset[str]
    directions: frozenset[str]
    public: frozenset[str]
    units: frozenset[str]
    boxes: frozenset[str]
    box_ends: frozenset[str]
    countries: frozenset[str]
    country_heads: frozenset[str]


UNMISTAKABLE = 5
"""Letters of an ending that counts in small letters too."""


@cache
def gazetteer() -> Gazetteer:
    """The table, read when it is first needed."""
    source = files("whitelist.detector").joinpath("addresses.toml").read_text("utf-8")
    table: Mapping[str, Mapping[str, str]] = tomllib.loads(source)
    words = {
        name: frozenset(folded(entry.strip()) for row in rows.values() for entry in row.split(","))
        for name, rows in table.items()
    }

    def both(name: str) -> Mapping[str, bool]:
        return dict.fromkeys(words[f"{name}_with_more"], False) | dict.fromkeys(words[name], True)

    endings = both("endings")
    return Gazetteer(
        kinds=_kinds(both("before"), both("after"), both("english")),
        endings=endings,
        long_ends=frozenset(
            end[-UNMISTAKABLE:] for end in endings if endings[end] and len(end) >= UNMISTAKABLE
        ),
        box_ends=frozenset(name.split()[-1] for name in words["boxes"]),
        country_heads=frozenset(_LETTERS.split(name, 1)[0] for name in words["countries"]),
        **{
            name: words[name]
            for name in (
                *("suffixes", "unlike", "signs", "particles", "directions", "public", "units"),
                *("boxes", "countries"),
            )
        },
    )


def _kinds(*tables: Mapping[str, bool]) -> Mapping[str, Kinds]:
    """One entry for each word. One with a point falls back on itself without, table by table."""
    return {
        word: Kinds(*(table.get(word, table.get(word.rstrip("."))) for table in tables))
        for word in frozenset().union(*tables)
    }
