"""Pairs of questions of our own making: whether the answer to one will do for the other.

Everyday, banking, code, travel, health, law and school, all in our own words. `same` pairs are the
same task asked in several ways; `other` pairs differ in what a guard must see.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    kind: str
    stored: str
    asked: str
    same: bool


def pairs() -> Iterator[Pair]:
    """All of them, in an order that does not change."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    for kind, named in (("how", "tasks"), ("what", "terms"), ("where", "places")):
        ways, things = table[f"asked_{kind}"], table[named]
        yield from _reworded(kind, ways, things)
        yield from _exchanged(kind, ways, things)
    for one, two in (row.split("|") for row in table["twins"]):
        asked = [way.format(one, two) for way in table["asked_between"]]
        for stored, other in combinations(asked, 2):
            yield Pair(kind="between", stored=stored, asked=other, same=True)
    yield from _rows(table["same"], same=True)
    yield from _rows(table["other"], same=False)


def _reworded(kind: str, ways: Sequence[str], things: Sequence[str]) -> Iterator[Pair]:
    for place, thing in enumerate(things):
        for step in (1, 2, 5):
            one, two = ways[place % len(ways)], ways[(place + step) % len(ways)]
            if one != two:
                yield Pair(kind=kind, stored=one.format(thing), asked=two.format(thing), same=True)


def _exchanged(kind: str, ways: Sequence[str], things: Sequence[str]) -> Iterator[Pair]:
    for place, (one, two) in enumerate(permutations(things, 2)):
        way = ways[place % len(ways)]
        if place % 7 == 0:
            yield Pair(kind=kind, stored=way.format(one), asked=way.format(two), same=False)


def _rows(table: str, *, same: bool) -> Iterator[Pair]:
    for line in filter(None, map(str.strip, table.splitlines())):
        kind, _, row = line.rpartition(": ") if same else line.partition(": ")
        stored, asked = (line if same else row).replace("\\n", "\n").split("|")
        label = "reworded" if same else kind
        yield Pair(kind=label, stored=stored, asked=asked, same=same)
        yield Pair(kind=label, stored=asked, asked=stored, same=same)
