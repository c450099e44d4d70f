"""The table of vendors' formats: what each describes is found, and nothing hides it."""

import random
import re
from collections.abc import Iterator
from re import _constants as op  # the parsed form of a pattern has no public name
from re import _parser as parser
from typing import Any

import pytest

from whitelist import detect
from whitelist.detector.scan import Patterns, scan
from whitelist.detector.secrets import Format, VendorSecrets, formats

TABLE = formats()
PRINTABLE = [chr(code) for code in range(33, 127)]


def branches(parsed: Any) -> int:
    """How many alternatives stand first in a pattern."""
    found = [len(value[1]) for code, value in parsed if code is op.BRANCH]
    inner = [branches(value[3]) for code, value in parsed if code is op.SUBPATTERN]
    return max([1, *found, *inner])


def made(parsed: Any, branch: int, rng: random.Random) -> str:
    """A text that a pattern matches: of each choice the one of that number, the rest at random."""
    return "".join(piece for code, value in parsed for piece in pieces(code, value, branch, rng))


def pieces(code: Any, value: Any, branch: int, rng: random.Random) -> Iterator[str]:
    if code is op.LITERAL:
        yield chr(value)
    elif code is op.NOT_LITERAL:
        yield rng.choice([c for c in PRINTABLE if ord(c) != value])
    elif code is op.IN:
        yield rng.choice([c for c in PRINTABLE if re.fullmatch(of_set(value), c)] or [" "])
    elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
        low, high, inside = value
        for _ in range(low if low or high > 1 else rng.randint(0, 1)):
            yield made(inside, branch, rng)
    elif code is op.SUBPATTERN:
        yield made(value[3], branch, rng)
    elif code is op.BRANCH:
        yield made(value[1][branch % len(value[1])], branch, rng)
    else:
        assert code is op.AT, code


def of_set(items: Any) -> str:
    """The character class again, from its parsed form."""
    classes = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_WORD: r"\w", op.CATEGORY_SPACE: r"\s"}
    out = ""
    for code, value in items:
        if code is op.NEGATE:
            out += "^"
        elif code is op.RANGE:
            out += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            out += re.escape(chr(value)) if code is op.LITERAL else classes[value]
    return f"[{out}]"


@pytest.mark.parametrize("row", TABLE, ids=[row.vendor for row in TABLE])
def test_every_form_of_a_vendors_secrets_is_found(row: Format) -> None:
    parsed, rng = parser.parse(row.pattern), random.Random(row.vendor)
    for branch in range(branches(parsed)):
        secret = made(parsed, branch, rng).strip()
        text = f"This is it: {secret}"
        found = detect(text).items
        spans = [(i.start, i.end) for i in found if i.kind == "SECRET"]
        kept = "".join(c for n, c in enumerate(text) if not any(a <= n < b for a, b in spans))
        assert spans, secret
        assert len(kept) < len(text) - 10, (secret, kept)


def test_the_table_says_of_each_format_whose_it_is_and_where_it_is_described() -> None:
    assert len(TABLE) >= 160
    assert len({row.vendor for row in TABLE}) == len(TABLE)
    assert all(row.vendor and row.docs for row in TABLE)


def test_no_flood_of_other_text_hides_a_secret_from_all_patterns_at_once() -> None:
    """RE2 finds nothing, and says nothing, where it runs out of memory for its states."""
    rng = random.Random(11)
    noise = "".join(rng.choices("ABCDEFGHabcdefgh01234567+/_-.=: ", k=400_000))
    key = "ghp_" + "".join(rng.choices("abcdefgh01234567", k=36))
    hits = list(VendorSecrets(TABLE)(scan(f"{noise} {key}", examples=False)))
    assert (len(noise) + 1, len(noise) + 1 + len(key)) in [(start, end) for _, start, end in hits]


def test_patterns_are_told_apart_by_their_place_in_the_list() -> None:
    patterns = Patterns(["aa+", "b", "c"])
    assert patterns.found_in(b"xxcxxaaax") == [0, 2]
    assert patterns.found_in(b"") == []
