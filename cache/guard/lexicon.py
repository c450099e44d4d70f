"""The guard's table of English: which words may stand for each other, and which never."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Groups = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """`words.toml`, ready to be asked. A word may be of several groups of the same meaning."""

    english: frozenset[str]
    foreign: frozenset[str]
    asking: frozenset[str]
    spelt: Mapping[str, str]
    misspelt: Mapping[str, str]
    unaccented: Mapping[str, str]
    irregular: Mapping[str, str]
    endings: frozenset[frozenset[str]]
    wavering: frozenset[frozenset[str]]
    ordered: frozenset[str]
    limits: frozenset[str]
    measures: frozenset[str]
    phrases: Mapping[str, str]
    same: Groups
    near: Groups
    terms: Groups
    technical: frozenset[str]
    beside: Mapping[str, frozenset[str]]
    opposite: frozenset[tuple[str, str]]
    plain: frozenset[str]
    cased: frozenset[str]
    twofold: frozenset[str]
    symbols: frozenset[str]
    chemical: tuple[str, ...]
    classes: Mapping[str, str]
    soft: Mapping[str, str]
    slack: Mapping[str, str]

    def alike(self, one: str, other: str, around: Set[str] = frozenset()) -> str | None:
        """`same` if one may stand for the other where all else is equal, `near` if perhaps.

        `around` are the words of both texts.
        """
        if (one, other) in self.opposite:
            return None
        apart: frozenset[str] = frozenset()
        if not around.isdisjoint(self.beside.get(one, apart) | self.beside.get(other, apart)):
            return None
        tables = (("same", self.same), ("near", self.near))
        if not around.isdisjoint(self.technical):
            tables = (("same", self.terms), ("near", {}))
        nothing: frozenset[int] = frozenset()
        for kind, groups in tables:
            if not groups.get(one, nothing).isdisjoint(groups.get(other, nothing)):
                return kind
        return None


@cache
def lexicon() -> Lexicon:
    table = tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))
    pairs = (tuple(row.split()) for row in table["opposite"])
    return Lexicon(
        english=frozenset(table["english"].split()),
        foreign=frozenset(table["foreign"].split()),
        asking=frozenset(table["asking"].split()),
        spelt=_pairs(table["spelt"]),
        misspelt=_pairs(table["misspelt"]),
        unaccented=_pairs(table["unaccented"]),
        irregular=_pairs(table["irregular"]),
        endings=_sets(table["endings"]),
        wavering=_sets(table["wavering"]),
        ordered=frozenset(table["ordered"].split()),
        limits=frozenset(table["limits"].split()),
        measures=frozenset(table["measures"].split()),
        phrases=dict(row.split(" = ") for row in table["phrases"]),
        same=_groups(table["same"]),
        near=_groups(table["near"]),
        terms=_groups(table["terms"]),
        technical=frozenset(table["technical"].split()),
        beside={word: frozenset(row.split()) for word, row in table["beside"].items()},
        opposite=frozenset(pair for one, two in pairs for pair in ((one, two), (two, one))),
        plain=frozenset(table["plain"].split()),
        cased=frozenset(table["cased"].split()),
        twofold=frozenset(table["twofold"].split()),
        symbols=frozenset(table["symbols"].split()),
        chemical=tuple(table["chemical"].split()),
        classes={word: kind for kind, row in table["classes"].items() for word in row.split()},
        soft={word: kind for kind, row in table["soft"].items() for word in row.split()},
        slack={word: kind for kind, row in table["slack"].items() for word in row.split()},
    )


def _pairs(text: str) -> Mapping[str, str]:
    return dict(pair.split("=") for pair in text.split())


def _sets(text: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split("/")) for pair in text.split())


def _groups(rows: list[str]) -> Groups:
    groups: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(rows):
        for word in row.split():
            groups[word].add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


@cache
def known() -> frozenset[str]:
    """Words that are no slips of the pen; `bench/guard/words.py` says where they come from."""
    text = (files(__package__) / "known.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
