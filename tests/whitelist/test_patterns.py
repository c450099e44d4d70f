"""No pattern of the detector can take more than linear time: it is in how they are written."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from re import _constants as op  # the parsed form of a pattern has no public name
from re import _parser as parser
from typing import Any

import pytest

import whitelist.detector
from whitelist.detector.context import _RULES
from whitelist.detector.secrets import formats

MOST_TURNS = 2_000


def patterns() -> Iterator[tuple[str, str, int]]:
    for module in pkgutil.iter_modules(whitelist.detector.__path__, "whitelist.detector."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value.pattern, value.flags
    for rule in _RULES:
        yield f"context {rule.kind}", rule.follower.pattern, rule.follower.flags


def turns(parsed: Iterable[tuple[Any, Any]], nested: bool = False) -> int:
    """The most turns that repeats inside each other can take; an endless one must stand alone."""
    most = 1
    for code, value in parsed:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _low, high, inside = value
            assert high != op.MAXREPEAT or not nested, "an endless repeat inside another"
            within = turns(inside, nested=True)
            assert high != op.MAXREPEAT or within == 1, "a repeat inside an endless one"
            most = max(most, within * (1 if high == op.MAXREPEAT else high))
        elif code is op.SUBPATTERN:
            most = max(most, turns(value[3], nested))
        elif code is op.BRANCH:
            most = max(most, *(turns(branch, nested) for branch in value[1]))
        elif code in (op.ASSERT, op.ASSERT_NOT):
            most = max(most, turns(value[1], nested))
    return most


@pytest.mark.parametrize(("name", "pattern", "flags"), list(patterns()))
def test_every_repeat_is_bounded(name: str, pattern: str, flags: int) -> None:
    assert turns(parser.parse(pattern, flags)) <= MOST_TURNS


def test_every_vendor_has_its_source_and_a_literal_to_look_for_first() -> None:
    table = formats()
    assert len(table) >= 40
    assert all(min(map(len, row.literals)) >= 1 for row in table)
    assert len({row.vendor for row in table}) == len(table)
