"""One plain form for the many ways to write the same characters, with the way back to each."""

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from urllib.parse import unquote

# What takes more characters than it means: zero-width ones, HTML entities, `%40`, ` [at] `.
_LONGER = re.compile(
    "(?P<nothing>[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060\ufeff]{1,64})"
    r"|(?P<entity>&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|commat|nbsp|amp|period|lowbar|ndash);)"
    r"|(?P<percent>%(?:40|2[BbEe]))"
    r"|(?P<at> ?[\[({](?:at|AT)[\])}] ?)"
    r"|(?P<dot> ?[\[({](?:dot|DOT)[\])}] ?)"
)
_MEANT = {"nothing": "", "at": "@", "dot": "."}

_PLAIN = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"'),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """`text[at:]` of the plain text, up to the next piece, stands for `original[start:end]`.

    A verbatim piece does so character by character, any other as a whole.
    """

    at: int
    start: int
    end: int
    verbatim: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """The plain form of a text, and where each piece of it came from."""

    text: str
    pieces: tuple[Piece, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]`, which is not empty, stands in the original."""
        first, last = self._piece(start), self._piece(end - 1)
        begin = first.start + (start - first.at if first.verbatim else 0)
        return begin, last.start + (end - last.at) if last.verbatim else last.end

    def _piece(self, place: int) -> Piece:
        return self.pieces[bisect_right(self.pieces, place, key=lambda piece: piece.at) - 1]


def plain(text: str) -> Plain:
    """Full-width and other compatibility forms, dashes, blanks and quotes as ASCII has them;
    what is spelled out (entities, `%40`, `[at]`) resolved, and what is invisible left out.
    """
    out: list[str] = []
    pieces: list[Piece] = []
    at = last = 0
    for match in _LONGER.finditer(text):
        at = _keep(text, last, match.start(), at, out, pieces)
        meant = _meaning(match)
        if meant:
            out.append(meant)
            pieces.append(Piece(at=at, start=match.start(), end=match.end(), verbatim=False))
        at, last = at + len(meant), match.end()
    _keep(text, last, len(text), at, out, pieces)
    joined = "".join(out)
    return Plain(
        text=joined if joined.isascii() else joined.translate(_Forms(_PLAIN)),
        pieces=tuple(pieces),
    )


def _keep(text: str, start: int, end: int, at: int, out: list[str], pieces: list[Piece]) -> int:
    if start == end:
        return at
    out.append(text[start:end])
    pieces.append(Piece(at=at, start=start, end=end, verbatim=True))
    return at + end - start


def _meaning(match: re.Match[str]) -> str:
    kind = str(match.lastgroup)
    if kind in _MEANT:
        return _MEANT[kind]
    return html.unescape(match[0]) if kind == "entity" else unquote(match[0])


class _Forms(dict[int, str]):
    """A table for str.translate that finds the compatibility form (NFKC) of a character, where
    that is a single one, when it first meets it.
    """

    def __missing__(self, code: int) -> str:
        char = chr(code)
        form = unicodedata.normalize("NFKC", char)
        self[code] = form if len(form) == 1 else char
        return self[code]
