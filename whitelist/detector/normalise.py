"""One plain form for the many ways to write the same characters, with the way back to each."""

import html
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

# Drawn as nothing, or over the character before: soft hyphens, joiners, marks, variants, keycaps.
_INVISIBLE = (
    "\u00ad\u0300-\u036f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\u20e3\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
)
_HEX = "[0-9A-Fa-f]"
# What takes more characters than it means: invisible ones, HTML entities, percent-encoding and
# JSON's escapes (each also escaped again), `[at]`, tags for bold type. It starts from one of a few
# characters, so that a text without them costs next to nothing.
_LONGER = re.compile(
    rf"[&%=\\\[({{<{_INVISIBLE}](?:"
    rf"(?P<nothing>(?<=[{_INVISIBLE}])[{_INVISIBLE}]{{0,64}})"
    r"|(?<=&)(?:amp;|#38;){0,4}(?P<entity>#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8});"
    r"|(?P<utf8>(?<=%)(?:25){0,4}[CcDdEeFf][0-9A-Fa-f](?:%(?:25){0,4}[89ABab][0-9A-Fa-f]){1,3})"
    r"|(?<=%)(?:25){0,4}(?P<percent>0[9AaDd]|2[0-9A-Fa-f]|3[A-Fa-f]|40|5[B-Fb-f]|60|7[B-Eb-e]"
    # Letters and digits only among others that are encoded: a password may hold `%46`.
    rf"|[3-7]{_HEX}(?:(?=%)|(?<=%{_HEX}{_HEX}%{_HEX}{_HEX})|(?<={_HEX}{_HEX}%25{_HEX}{_HEX})))"
    r"|(?<=\\)\\{0,3}(?:u(?P<code>[0-9a-fA-F]{4})|x(?P<byte>[2-7][0-9a-fA-F]|0[9aAdD])"
    r"|u\{(?P<point>[0-9a-fA-F]{2,6})\}|U(?P<long>[0-9a-fA-F]{8}))"
    r"|(?<=\\)\\{0,3}(?P<escape>[nrt\"'/@_.*`~-])"
    r"|(?P<quoted>(?<=\w=)40(?=[A-Za-z][\w-]{0,62}\.[A-Za-z]{2}))"
    r"|(?<=<)(?P<tag>/?(?:b|i|u|em|strong|span|code|mark|tt|wbr)/?>)"
    r"|(?<=[\[({<]) ?(?P<spelled>at|AT|At|dot|DOT|Dot|[@.]) ?[\])}>] ?"
    r")"
)
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\u30fc"
_PLAIN = {
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u02bc"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u3002\uff61\u00b7\u2027\u2219\u22c5\u30fb"), "."),
    **dict.fromkeys(map(ord, "\u2044\u2215"), "/"),
    **dict.fromkeys(map(ord, "\u2028\u2029\x85"), "\n"),
    **dict.fromkeys(map(ord, "\u2236\ua789"), ":"),
    **dict.fromkeys(map(ord, "\u24d0\u24b6"), "@"),  # a in a circle
}
# Unicode's tag characters: drawn as nothing, yet a model reads them as the ASCII they stand for.
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_TAG_BASE = 0xE0000
_APART = "\n\0\n\0\n"  # nothing is found across it
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


class Piece(NamedTuple):
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
        stop = last.start + (end - last.at) if last.verbatim else last.end
        return (begin, stop) if begin < stop else (last.start, first.end)

    def _piece(self, place: int) -> Piece:
        return self.pieces[bisect_right(self.pieces, place, key=lambda piece: piece.at) - 1]


def plain(text: str) -> Plain:
    """Full-width and other compatibility forms, dashes, blanks, quotes and digits as ASCII has
    them; what is spelled out or escaped (`&#64;`, `%40`, `\\u0040`, `[at]`) resolved, and what is
    invisible left out. What tag characters spell stands after the rest.
    """
    out: list[str] = []
    pieces: list[Piece] = []
    at = last = 0
    for match in _LONGER.finditer(text):
        meant = _meaning(match)
        if meant is None:
            continue
        start, end = match.span()
        if match.lastgroup == "spelled" and start > last and text[start - 1] == " ":
            start -= 1
        if start > last:
            out.append(text[last:start])
            pieces.append(Piece(at, last, start, True))
            at += start - last
        if meant:
            out.append(meant)
            pieces.append(Piece(at, start, end, False))
            at += len(meant)
        last = end
    if last < len(text):
        out.append(text[last:])
        pieces.append(Piece(at, last, len(text), True))
        at += len(text) - last
    _append_tags(text, at, out, pieces)
    return Plain(text=_compatible("".join(out)), pieces=tuple(pieces))


def _append_tags(text: str, at: int, out: list[str], pieces: list[Piece]) -> None:
    """What the tag characters of `text` spell, run after run, set apart from what is before."""
    if text.isascii():
        return
    for number, run in enumerate(_TAGS.finditer(text)):
        start, end = run.span()
        if number == 0:
            out.append(_APART)
            pieces.append(Piece(at, start, end, False))
            at += len(_APART)
        out.append("".join(chr(ord(char) - _TAG_BASE) for char in run[0]))
        pieces.append(Piece(at, start, end, True))
        at += end - start


def _meaning(match: re.Match[str]) -> str | None:
    """What it stands for; None where it only looks as if it stood for something."""
    kind = str(match.lastgroup)
    value = match[kind]
    if kind in ("nothing", "tag"):
        return ""
    if kind == "quoted":  # quoted-printable (RFC 2045), where it must be an address
        return "@"
    if kind == "spelled":
        return "@" if value.lower() in ("at", "@") else "."
    if kind == "escape":
        return _CONTROL.get(value, value)
    if kind == "entity":
        meant = html.unescape(f"&{value};")
        return meant if len(meant) == 1 else None
    if kind == "utf8":
        return unquote(re.sub("%(?:25)*", "%", "%" + value))
    code = int(value, 16)
    return chr(code) if 9 <= code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else None


def _compatible(text: str) -> str:
    if text.isascii():
        return text
    forms = _Forms(_PLAIN)
    return _BEYOND_ASCII.sub(lambda run: run[0].translate(forms), text)


class _Forms(dict[int, str]):
    """A table for str.translate that finds the compatibility form (NFKC) of a character, where
    that is a single one, and the ASCII digit of a digit, when it first meets it.
    """

    def __missing__(self, code: int) -> str:
        char = chr(code)
        digit = unicodedata.decimal(char, None)
        form = unicodedata.normalize("NFKC", char) if digit is None else str(digit)
        self[code] = form if len(form) == 1 else char
        return self[code]
