"""Changes one member of a JSON text and leaves every other character as it is.

Comments and trailing commas are understood where they are allowed, and stay.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mcp_server.setup.spans import (
    BLANKS,
    Member,
    NotJson,
    Object,
    ends_line_comment,
    object_at,
    without_comments,
    without_last_commas,
)


@dataclass(frozen=True)
class Text:
    """A text that holds a JSON object, or nothing yet. `comments`: they are allowed in it.

    Raises:
        NotJson: as it is made, if the text is something else.
    """

    text: str
    comments: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.value, dict):
            raise NotJson("It does not hold an object.", fix="It should begin with `{`.")

    @cached_property
    def value(self) -> dict[str, Any]:
        """What the text means; an empty one means an empty object."""
        if not self._plain.strip(BLANKS):
            return {}
        try:
            return json.loads(self._plain, parse_constant=_no_number)  # type: ignore[no-any-return]
        except json.JSONDecodeError as error:
            raise NotJson(
                f"It is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
                fix="Mend it by hand first.",
            ) from error
        except (ValueError, RecursionError) as error:
            raise NotJson(
                "It is no JSON that can be read.", fix="Mend it by hand first."
            ) from error

    def put(self, path: Sequence[str], value: Any) -> "Text":
        """With `value` at `path`; objects on the way are made where they are missing.

        Raises:
            NotJson: something else than an object is on the way.
        """
        if not self._plain.strip(BLANKS):
            return self._begun(_nested(path, value))
        found = object_at(self._plain, 0)
        for name in path[:-1]:
            member = found.member(name)
            if member is None:
                break
            found, path = self._inside(member), path[1:]
        member = found.member(path[0])
        if member is None:
            return self._with(found, path[0], _nested(path[1:], value))
        lines = _has_lines(self.text[member.value : member.end])
        made = self._written(value, self._indent_at(member.start), lines=lines)
        return self._edited([(member.value, member.end, made)])

    def cut(self, path: Sequence[str]) -> "Text":
        """Without the member at `path`, if there is one; objects on the way stay, perhaps empty.

        Raises:
            NotJson: something else than an object is on the way.
        """
        if not self.value:
            return self
        found = object_at(self._plain, 0)
        for name in path[:-1]:
            member = found.member(name)
            if member is None:
                return self
            found = self._inside(member)
        member = found.member(path[-1])
        return self if member is None else self._without(found, member)

    # --- where things are -------------------------------------------------------------------

    @cached_property
    def _bare(self) -> str:
        """The text with blanks for comments."""
        return without_comments(self.text) if self.comments else self.text

    @cached_property
    def _plain(self) -> str:
        """The text with blanks for comments and trailing commas: strict JSON, or none at all."""
        return without_last_commas(self._bare) if self.comments else self.text

    @cached_property
    def _unit(self) -> str:
        """What the file indents by."""
        first = re.search(r'^([ \t]+)"', self._plain, re.MULTILINE)
        return first[1] if first else "  "

    @cached_property
    def _end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def _inside(self, member: Member) -> Object:
        if self._plain[member.value] != "{":
            fix = "Make it one, `{}`, or take it out."
            raise NotJson(f"Its {member.name!r} is not an object.", fix=fix)
        return object_at(self._plain, member.value)

    def _indent_at(self, place: int) -> str:
        """The blanks that the line of `place` begins with."""
        line = self.text[:place].rpartition("\n")[2]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _comma(self, start: int, end: int) -> int:
        """Where the comma between two places is, or -1."""
        return self._bare.find(",", start, end)

    # --- what changes -----------------------------------------------------------------------

    def _begun(self, value: Any) -> "Text":
        """The first that a file holds; a comment that was all there was stays in front."""
        before = f"{self.text.rstrip(BLANKS)}{self._end}" if self.text.strip(BLANKS) else ""
        return Text(f"{before}{self._written(value, '', lines=True)}{self._end}", self.comments)

    def _with(self, found: Object, name: str, value: Any) -> "Text":
        """One member more, after the last, and written as that is: on lines of its own or not."""
        outer = self._indent_at(found.start)
        inner = outer + self._unit
        lines, trailing = True, False
        edits = []
        if found.members:
            last = found.members[-1]
            lines = _has_lines(self.text[found.start : found.close])
            trailing = self._comma(last.end, found.close) >= 0
            if not self.text[: last.start].rpartition("\n")[2].strip(BLANKS):
                inner = self._indent_at(last.start)
            if not trailing:
                edits.append((last.end, last.end, ","))
        after = len(self.text[: found.close].rstrip(BLANKS))  # a comment belongs to what it follows
        made = f"{json.dumps(name)}: {self._written(value, inner, lines=lines)}"
        made = f"{self._end}{inner}{made}" if lines else f" {made}"
        if trailing:
            made += ","
        if not found.members and not _has_lines(self.text[after : found.close]):
            made += self._end + outer
        return self._edited([*edits, (after, after, made)])

    def _without(self, found: Object, member: Member) -> "Text":
        """One member less, with one comma and the blanks before it."""
        where = found.members.index(member)
        others = [*found.members[where + 1 :]]
        comma = self._comma(member.end, others[0].start if others else found.close)
        start = len(self.text[: member.start].rstrip(BLANKS))
        end = member.end if comma < 0 else comma + 1
        if self.comments and ends_line_comment(self.text, start):
            following = self.text[end:].partition("\n")[0]
            if following.strip(BLANKS):  # it would become part of that comment
                start, end = member.start, end + len(following) - len(following.lstrip(BLANKS))
        edits = [(start, end, "")]
        if comma < 0 and where:
            before = self._comma(found.members[where - 1].end, member.start)
            edits.insert(0, (before, before + 1, ""))
        elif not (self.text[found.start + 1 : start] + self.text[end : found.close]).strip(BLANKS):
            edits = [(found.start + 1, found.close, "")]
        return self._edited(edits)

    def _edited(self, edits: Sequence[tuple[int, int, str]]) -> "Text":
        """With each part from start to end replaced; they are in order and do not overlap."""
        parts, done = [], 0
        for start, end, made in edits:
            parts += [self.text[done:start], made]
            done = end
        return Text("".join([*parts, self.text[done:]]), self.comments)

    def _written(self, value: Any, indent: str, *, lines: bool) -> str:
        """The value in the file's own style, its lines but the first indented."""
        if not lines:
            return json.dumps(value, ensure_ascii=False)
        made = json.dumps(value, ensure_ascii=False, indent=self._unit)
        return made.replace("\n", self._end + indent)


def _nested(path: Sequence[str], value: Any) -> Any:
    for name in reversed(path):
        value = {name: value}
    return value


def _has_lines(text: str) -> bool:
    return "\n" in text or "\r" in text


def _no_number(name: str) -> float:
    raise ValueError(name)
