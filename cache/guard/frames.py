"""Ways of asking that ask the same, put into one form. English only."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern, its replacement, and a mark if the two are not wholly the same, else nothing.

    `find` says whether it matches at all. Most do not, and to look costs a fifth of a substitution.
    """

    pattern: re.Pattern[str]
    find: Callable[[str], re.Match[str] | None]
    replacement: str
    mark: str


_ORDER = ("requests", "ways", "subjects", "tails", "meanings", "reasons", "kinds")
_NAMED = re.compile(r"<([A-Z_]+)>")


def contractions() -> Sequence[Rule]:
    """Short forms and units, before anything else is read."""
    return _tables()["contractions"]


def frames() -> Sequence[Rule]:
    """The ways of asking, in the order in which they are tried."""
    return _tables()["frames"]


def about_words(line: str) -> bool:
    """Whether a word itself is asked about, not what it means: how to spell or translate it."""
    return any(pattern.search(line) for pattern in _mentions())


@cache
def _mentions() -> Sequence[re.Pattern[str]]:
    table = tomllib.loads((files(__package__) / "frames.toml").read_text(encoding="utf-8"))
    return [re.compile(pattern) for pattern in table["mentions"]]


@cache
def _tables() -> Mapping[str, Sequence[Rule]]:
    table = tomllib.loads((files(__package__) / "frames.toml").read_text(encoding="utf-8"))
    names: dict[str, str] = table["names"]

    def rule(pattern: str, replacement: str, mark: str = "") -> Rule:
        whole = _NAMED.sub(lambda match: names.get(match[1], match[0]), pattern)
        compiled = re.compile(whole)
        find = compiled.match if whole.startswith("^") else compiled.search
        return Rule(pattern=compiled, find=find, replacement=replacement, mark=mark)

    return {
        "contractions": tuple(rule(*row) for row in table["contractions"]),
        "frames": tuple(rule(*row) for kind in _ORDER for row in table[kind]),
    }
