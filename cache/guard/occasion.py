"""Prompts whose answer depends on more than their words: never found by likeness."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from cache.guard.normalise import INSTRUCTION, parted

LEANING = frozenset({"leans on what was said before", "says too little by itself"})
"""Reasons that hold only where nothing was given along with the prompt."""

_NAMED = re.compile(r"<([A-Z_]+)>")
_ASKING = re.compile(
    r"(?:\W|(?:please|kindly|now|just|go ahead and|(?:can|could|would|will) you"
    r"|i (?:want|need|would like) you to|i'd like you to|let's)\b)+"
)
"""What may stand before an order."""


def exact_only(text: str) -> str | None:
    """Why a question must not be answered by likeness; None if it may.

    Only what is asked is looked at, not the text that it is asked about: what happened "yesterday"
    in a passage to translate happened then for everybody.
    """
    ask, payload = parted(text)
    if not INSTRUCTION.search(ask):
        ask = f"{ask}\n{payload}"
    ask = ask.casefold()
    asking = _ASKING.match(ask)
    after = 0 if asking is None else asking.end()
    for reason, (start, anywhere) in _patterns().items():
        if payload and reason in LEANING:
            continue
        if any(each.match(ask, after) for each in start):
            return reason
        if any(each.search(ask) for each in anywhere):
            return reason
    return None


Patterns = tuple[Sequence[re.Pattern[str]], Sequence[re.Pattern[str]]]
"""What must stand at the start, and what may stand anywhere. In lower case; apart, because joined
they take twice as long."""


@cache
def _patterns() -> Mapping[str, Patterns]:
    table = tomllib.loads((files(__package__) / "occasions.toml").read_text(encoding="utf-8"))
    names: dict[str, str] = table["names"]

    def compiled(rows: list[str]) -> Sequence[re.Pattern[str]]:
        return [re.compile(_NAMED.sub(lambda match: names[match[1]], row)) for row in rows]

    return {
        reason: (compiled(kinds["start"]), compiled(kinds["anywhere"]))
        for reason, kinds in table["reasons"].items()
    }
