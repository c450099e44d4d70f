"""Keys and tokens that show by their own form: vendors' formats, and private keys."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

from whitelist.detector.scan import Hit, Scan, linear

_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,50}-----")
_PEM_REACH = 12_000
_PEM_LEAST = 64

# What documentation writes where a secret would stand. Not a secret, whoever asks.
_PLACEHOLDER = re.compile(
    r"(?i)^<|^\[\w|^\{\{|^\$[{(]?\w{1,64}[)}]?$|^%\w{1,64}%$|\$\{|\{\{|x{5,}|\*{3,}|\.{3}|"
    r"^(?:your|my|the|some|insert|replace|enter|add|put)[_ -]|"
    r"your[_-]?(?:api|key|token|secret|pass)|placeholder|change[_-]?(?:me|it)|redacted|dummy|"
    r"example|sample|fake|goes[_-]?here|^(?:null|none|nil|true|false|undefined|todo)$"
)
_LEAST_BITS = 3.0
_SHOWN = 64  # so much of a value is enough to judge it by
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one vendor's secrets look. `literals`: one of them must occur in the text."""

    vendor: str
    literals: tuple[bytes, ...]
    pattern: Any
    random: bool


def formats() -> tuple[Format, ...]:
    """The table in secrets.toml, compiled. Takes some tens of milliseconds."""
    table = tomllib.loads(files("whitelist.detector").joinpath("secrets.toml").read_text("utf-8"))
    return tuple(
        Format(
            vendor=row["vendor"],
            literals=tuple(literal.encode("ascii") for literal in row["with"]),
            pattern=linear(row["pattern"]),
            random=row.get("random", False),
        )
        for row in table["format"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorSecrets:
    """A finder for every format of a table."""

    table: tuple[Format, ...]

    def __call__(self, scan: Scan) -> Iterator[Hit]:
        for row in self.table:
            if not any(literal in scan.raw for literal in row.literals):
                continue
            for match in row.pattern.finditer(scan.raw):
                group = row.pattern.groups  # 0 is all of it; 1 where it needs a boundary of its own
                value = match.group(group).decode("latin-1")
                if is_placeholder(value) or (row.random and not looks_random(value)):
                    continue
                yield "SECRET", match.start(group), match.end(group)


def private_keys(scan: Scan) -> Iterator[Hit]:
    """Private keys in PEM's armour (RFC 7468), from its first to its last line."""
    for begin in _PEM.finditer(scan.text):
        end = scan.text.find("-----END", begin.end(), begin.end() + _PEM_REACH)
        stop = end if end != -1 else min(len(scan.text), begin.end() + _PEM_REACH)
        if stop - begin.end() < _PEM_LEAST:
            continue
        last = _PEM_END.match(scan.text, stop)
        yield "SECRET", begin.start(), last.end() if last is not None else stop


def is_placeholder(value: str) -> bool:
    """Whether `value` only stands for a secret: `YOUR_API_KEY`, `<token>`, `xxxxxxxx`, `$VAR`."""
    return _PLACEHOLDER.search(value) is not None


def looks_random(value: str) -> bool:
    """Whether no word or name looks like that: three bits a character (Shannon), and digits or
    capitals where no language has them.
    """
    return (_DIGIT.search(value) is not None or is_jumbled(value)) and entropy(value) >= _LEAST_BITS


def is_jumbled(value: str) -> bool:
    """Small and capital letters alternate, and capitals stand together, more often than even
    camelCase makes them.
    """
    value = value[:_SHOWN]
    if len(value) < 16 or value.islower() or value.isupper():
        return False
    turns = sum(a.islower() != b.islower() for a, b in pairwise(value))
    capitals = sum(a.isupper() and b.isupper() for a, b in pairwise(value))
    return turns > 0.3 * len(value) and capitals > 0.08 * len(value)


def entropy(value: str) -> float:
    """Shannon's entropy in bits a character, of the characters as they are counted in `value`."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())
