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
from whitelist.detector.numbers import _IBAN_LENGTHS, _of
from whitelist.detector.sent import PLACES

MOST_TURNS = 2_000


def patterns() -> Iterator[tuple[str, str, int]]:
    for module in pkgutil.iter_modules(whitelist.detector.__path__, "whitelist.detector."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern):
                yield f"{module.name}.{name}", value.pattern, value.flags
    for place in PLACES:
        yield f"after {place.before}", place.value.pattern, place.value.flags
    for country in _IBAN_LENGTHS:
        yield f"IBAN of {country}", _of(country).pattern, 0


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
