"""The many ways in which models write a tag that they were told to copy."""

import re
from collections.abc import Mapping, Sequence

from whitelist.detector.findings import KINDS
from whitelist.detector.tags import TAGGED

# Brackets: escaped for Markdown once or twice, as entities, percent-encoded, in full width.
_OPENING = ("[", r"\[", r"\\[", "&#91;", "&#x5b;", "&lsqb;", "&lbrack;", "%5b", "\uff3b", "\u3010")
_CLOSING = ("]", r"\]", r"\\]", "&#93;", "&#x5d;", "&rsqb;", "&rbrack;", "%5d", "\uff3d", "\u3011")


def _any(spellings: Sequence[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, spellings))})"


def _beginnings(spellings: Sequence[str]) -> str:
    return _any([each[:length] for each in spellings for length in range(1, len(each))])


def _begun(*steps: tuple[str, str]) -> str:
    """A pattern for a text that ends before all of `steps` are done.

    Each is a pair of patterns: the whole step, and what there may be of it where the text ends.
    """
    pattern = "(?!)"
    for whole, part in reversed(steps):
        pattern = rf"(?:{part}\Z|{whole}{pattern})"
    return pattern


_OPEN, _CLOSE = _any(_OPENING), _any(_CLOSING)
_JOINT = r"\\{0,2}_"
_BARE = "|".join(rf"{kind}(?<!\w{kind})" for kind in TAGGED)

# Both alternatives begin with what is rare: that is what makes the search fast.
TAG_LIKE = re.compile(
    rf"(?ai)(?P<open>{_OPEN})(?P<second>{_OPEN})? ?(?P<kind>[a-z]{{2,12}})"
    rf"(?:(?P<joint>{_JOINT}|[ -])(?P<number>[0-9]{{1,6}})"
    rf"(?:{_JOINT}(?P<suffix>[a-z0-9]{{1,8}}))?)?"
    rf"(?: ?(?P<close>{_CLOSE})(?P<last>{_CLOSE})?)?"
    rf"|(?P<bare>(?-i:{_BARE}){_JOINT}[0-9]{{1,6}}(?:{_JOINT}[a-z0-9]{{4}})?)(?!\w)"
)
"""Whatever could be meant as a tag, also misspelled, half of one, or without its brackets."""

UNFINISHED = re.compile(
    "(?ai)"
    + _begun(
        (_OPEN, _beginnings(_OPENING)),
        (f"{_OPEN}?", f"{_beginnings(_OPENING)}?"),
        (" ?", ""),
        ("[a-z]{2,12}", "[a-z]?"),
        (rf"(?:{_JOINT}|[ -])?", r"\\{0,2}"),
        ("[0-9]{0,6}", ""),
        (f"(?:{_JOINT})?", r"\\{0,2}"),
        ("(?:(?<=_)[a-z0-9]{1,8})?", ""),
        (" ?", ""),
        (f"{_CLOSE}?", f"{_beginnings(_CLOSING)}?"),
        (_CLOSE, f"{_beginnings(_CLOSING)}?"),
    )
)
"""What stands at the end of a text and could become a tag, in brackets, by what follows."""

LONGEST = 80
"""More characters than anything that UNFINISHED matches."""


def named(match: re.Match[str]) -> str:
    """Which tag is meant, as the key of `by_name`."""
    if match["bare"]:
        return match["bare"].replace("\\", "").casefold()
    parts = (match["kind"], match["number"], match["suffix"])
    return "_".join(part for part in parts if part).casefold()


def by_name(tags: Mapping[str, str]) -> dict[str, str]:
    return {tag.strip("[]").casefold(): value for tag, value in tags.items()}


def is_plain(match: re.Match[str]) -> bool:
    """Whether it cannot mean anything but the tag: its brackets are there and in pairs. A single
    pair is enough only around what is otherwise spelled as it was.
    """
    if match["bare"] or not match["close"] or bool(match["second"]) != bool(match["last"]):
        return False
    return bool(match["second"]) or (match["kind"].isupper() and match["joint"] not in (" ", "-"))


def is_broken(match: re.Match[str]) -> bool:
    """Whether what is no known tag was probably meant to be one."""
    kind = match["kind"]
    signs = (kind.upper() in KINDS) + kind.isupper() + (match["number"] is not None)
    return signs >= (2 if match["second"] else 3)


def mimics_tag(text: str) -> bool:
    """Whether `text` holds, of its own, what a tag could be mistaken for."""
    return any(
        match["bare"] or (match["number"] and match["kind"].upper() in KINDS)
        for match in TAG_LIKE.finditer(text)
    )
