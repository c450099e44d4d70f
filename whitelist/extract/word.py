"""Word documents (docx): body, tables, headers, footers, notes and comments, as people see them.

Read as a stream of XML events, so that neither size nor depth of the document matters. Parts are
found by the types the archive declares; relationships, which can lead outside, are never followed.
"""

import re
from collections.abc import Mapping

from defusedxml.ElementTree import DefusedXMLParser

from .found import Text
from .parts import content_types, unpacked

_PARTS: tuple[tuple[str, str], ...] = (
    (".header+xml", "Header"),
    (".main+xml", ""),
    (".footnotes+xml", "Footnotes"),
    (".endnotes+xml", "Endnotes"),
    (".comments+xml", "Comments"),
    (".footer+xml", "Footer"),
)
"""The end of each part's content type, in the order of reading, and the title it gets."""
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_DELETED = ("del", "moveFrom")
_LEFT_OUT = (*_DELETED, "Fallback", "pPr", "rPr", "tabs", "instrText")
_PICTURES = ("blip", "imagedata", "chart")
_OFF = ("0", "false", "off")
_HEADING = re.compile(r"heading ?([1-6])", re.IGNORECASE)


def read_docx(raw: bytes, text: Text) -> None:
    """Raises Unreadable: too much, encrypted or damaged."""
    archive = unpacked(raw)
    types = content_types(archive)
    seen: set[str] = set()
    for end, title in _PARTS:
        for name in sorted(name for name, type_ in types.items() if type_.endswith(end)):
            part = Text(text.characters, notices=text.notices)
            parser = DefusedXMLParser(target=_Part(part), forbid_dtd=True)
            parser.feed(archive.read(name))
            parser.close()
            whole = part.whole().strip()
            if whole and whole not in seen:  # every section repeats its header
                seen.add(whole)
                text.add(f"# {title}\n{whole}\n\n" if title else f"{whole}\n\n")


class _Part:
    """Takes the events of one part's XML (WordprocessingML, ECMA-376 part 1, 17) into `text`."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._skipped = 0  # how many elements deep we are in what is left out
        self._is_text = self._in_run = self._hidden = False
        self._rows: list[int] = []  # of each table we are in, how many cells the row has so far

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        values = {_local(key): value for key, value in attributes.items()}
        if self._skipped:
            self._skipped += 1
            self._property(name, values)
        elif name in _LEFT_OUT:
            self._skipped = 1
            self._text.notices["deletions_left_out"] += name in _DELETED
        else:
            self._begin(name, values)

    def end(self, tag: str) -> None:
        name = _local(tag)
        self._is_text = False
        if self._skipped:
            self._skipped -= 1
        elif name == "r":
            self._in_run = self._hidden = False
        elif name == "p":
            self._text.add(" " if self._rows else "\n")
        elif name == "tr" and self._rows:
            self._rows.pop()
            self._text.line()

    def data(self, words: str) -> None:
        if self._is_text and self._hidden:
            self._text.notices["hidden_left_out"] = 1
        elif self._is_text:
            self._text.add(words)

    def close(self) -> None:
        """Called at the end of the part."""

    def _begin(self, name: str, values: Mapping[str, str]) -> None:
        if name == "t":
            self._is_text = True
        elif name == "r":
            self._in_run = True
        elif name in _SIGNS:
            self._text.add(_SIGNS[name])
        elif name == "tr":
            self._rows.append(0)
        elif name == "tc" and self._rows:
            self._text.add("| " if self._rows[-1] else "")
            self._rows[-1] += 1
        elif name in _PICTURES:
            self._text.notices["pictures_left_out"] = 1
        else:
            self._text.add(_label(name, values))

    def _property(self, name: str, values: Mapping[str, str]) -> None:
        heading = _HEADING.fullmatch(values.get("val", "")) if name == "pStyle" else None
        if heading:
            self._text.add("#" * int(heading[1]) + " ")
        elif name == "numPr":
            self._text.add("- ")
        elif name == "vanish" and self._in_run:
            self._hidden = values.get("val") not in _OFF


def _label(name: str, values: Mapping[str, str]) -> str:
    """How a note is tied to its place, and who made a comment."""
    if name in ("footnoteReference", "endnoteReference"):
        return f"[{values.get('id', '')}]"
    if name in ("footnote", "endnote"):
        return f"[{values.get('id', '')}] "
    return f"{values.get('author', '')}: " if name == "comment" else ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
