"""Where things stand in a text of JSON, with comments or without.

Comments and trailing commas are overwritten with blanks in a copy of the same length. The standard
library reads that copy, so that it alone decides what JSON is and where each value ends.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from vocabulary import HomewardError

BLANKS = " \t\r\n"
_STRING = r'"(?:[^"\\]|\\.)*"'
_COMMENTS = re.compile(rf"{_STRING}|//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_COMMAS = re.compile(rf"{_STRING}|,(?=[{BLANKS}]*[}}\]])", re.DOTALL)
_DECODER = json.JSONDecoder()


class NotJson(HomewardError):
    """The text is not JSON, or holds something else where we have to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`start` is where its name begins, `value` where its value does, `end` just after that."""

    name: str
    start: int
    value: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """An object in the text: from its brace at `start` to the one at `close`."""

    start: int
    close: int
    members: tuple[Member, ...]

    def member(self, name: str) -> Member | None:
        """The member of that name, if there is one.

        Raises:
            NotJson: there are two, and programs differ in which one they take.
        """
        found = [each for each in self.members if each.name == name]
        if len(found) > 1:
            raise NotJson(f"It has {name!r} twice.", fix="Take one of them out.")
        return found[0] if found else None


def without_comments(text: str) -> str:
    """The text with blanks for comments."""
    return _COMMENTS.sub(_blanked("/"), text)


def without_last_commas(text: str) -> str:
    """The text with blanks for commas that nothing follows."""
    return _COMMAS.sub(_blanked(","), text)


def ends_line_comment(text: str, at: int) -> bool:
    """Whether a comment that goes on to the end of its line ends at `at`."""
    return any(
        found.end() == at and found[0].startswith("//") for found in _COMMENTS.finditer(text)
    )


def object_at(plain: str, at: int) -> Object:
    """The object that begins at `at`, or after the blanks there, in a text that is strict JSON."""
    start = _skip(plain, at)
    members = []
    place = _skip(plain, start + 1)
    while plain[place] != "}":
        name, end = _DECODER.raw_decode(plain, place)
        value = _skip(plain, _skip(plain, end) + 1)  # after the colon
        _, end = _DECODER.raw_decode(plain, value)
        members.append(Member(name=name, start=place, value=value, end=end))
        place = _skip(plain, end)
        if plain[place] == ",":
            place = _skip(plain, place + 1)
    return Object(start=start, close=place, members=tuple(members))


def _skip(text: str, place: int) -> int:
    """The first place from here on that is not blank."""
    while text[place] in BLANKS:
        place += 1
    return place


def _blanked(begins: str) -> Callable[[re.Match[str]], str]:
    """Overwrites what begins with that, and leaves texts as they are."""

    def overwrite(found: re.Match[str]) -> str:
        return re.sub(r"[^\r\n]", " ", found[0]) if found[0].startswith(begins) else found[0]

    return overwrite
