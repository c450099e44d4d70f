"""What is written in another alphabet: base64, base32 and hexadecimal, wrapped or compressed."""

import base64
import binascii
import re
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from whitelist.detector.scan import Scan, linear

LAYERS = 3
"""How deep encodings are followed. What is still readable below counts as a secret."""

MOST_INFLATED = 64_000
"""How many bytes compressed data may hold for all of a layer, so that no bomb goes off."""

_LEAST_BYTES = 10
# One run, or lines of 40 and more with a last one; and pairs of hexadecimal digits set apart.
_RUN = (
    r"(?:[A-Za-z0-9+/_-]{40,}[ \t]*\r?\n[ \t>]*)+[A-Za-z0-9+/_-]{2,}={0,6}"
    r"|[A-Za-z0-9+/_-]{14,}={0,6}"
)
_PAIRS = r"\b[0-9A-Fa-f]{2}(?:[ :,\n]{1,2}(?:0x)?[0-9A-Fa-f]{2}){9,}\b"
_BLANK = re.compile(rb"[\s>]+")
_APART = re.compile(rb"[\s>/]+")
_PAIR_MARKS = re.compile(rb"0x|[ :,\n]")
_STANDARD = bytes.maketrans(b"-_", b"+/")
_HEX = re.compile(rb"(?:0[xX])?([0-9A-Fa-f]+)\Z")
_BASE32 = re.compile(rb"([A-Z2-7]{16,})={0,6}\Z")
_READABLE = bytes(range(32, 127)) + b"\t\n\r"
_UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BINARY = re.compile(rb"[^\x20-\x7e\t\n\r]{1,64}")
_COMPRESSED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_SEAM = "\n\x00\n"  # no finder reads across it


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """All that a text holds encoded, as one text; where each piece of it starts, and where it
    stood. `unread` are the places of what could not be read in full.
    """

    text: str
    starts: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    unread: tuple[tuple[int, int], ...]

    def place(self, start: int) -> tuple[int, int]:
        """Where the piece stood that holds `text[start]`."""
        return self.places[bisect_right(self.starts, start) - 1]


@cache
def _candidates() -> tuple[Any, Any]:
    return linear(_RUN), linear(_PAIRS)


def layer(scan: Scan) -> Layer:
    """What is encoded in a text, decoded once."""
    room = MOST_INFLATED
    texts: list[str] = []
    starts: list[int] = []
    places: list[tuple[int, int]] = []
    unread: list[tuple[int, int]] = []
    at = 0
    for data, start, end in _decoded(scan):
        if data.startswith(_COMPRESSED):
            data, whole = _inflated(data, room)
            room -= len(data)
            if not whole:
                unread.append((start, end))
        text = _readable(data)
        if text is not None:
            texts.append(text)
            starts.append(at)
            places.append((start, end))
            at += len(text) + len(_SEAM)
    return Layer(
        text=_SEAM.join(texts), starts=tuple(starts), places=tuple(places), unread=tuple(unread)
    )


def _decoded(scan: Scan) -> Iterator[tuple[bytes, int, int]]:
    """What each candidate decodes to that may be text or compressed, with its place."""
    runs, pairs = _candidates()
    for match in runs.finditer(scan.raw):
        run, start = match.group(), match.start()
        data = _from_run(_BLANK.sub(b"", run))
        if data is not None:
            yield data, start, match.end()
            continue
        for part in re.split(_APART, run) if _APART.search(run) else ():
            data = _from_run(part) if len(part) >= 14 else None
            if data is not None:
                place = start + run.index(part)
                yield data, place, place + len(part)
    for match in pairs.finditer(scan.raw):
        data = binascii.unhexlify(_PAIR_MARKS.sub(b"", match.group()))
        if _promising(data):
            yield data, match.start(), match.end()


def _from_run(run: bytes) -> bytes | None:
    digits = _HEX.match(run)
    if digits is not None:
        data = binascii.unhexlify(digits[1][: len(digits[1]) // 2 * 2])
        if _promising(data):
            return data
    letters = _BASE32.match(run)
    if letters is not None:
        data = _base32(letters[1])
        if _promising(data):
            return data
    body = run.rstrip(b"=").translate(_STANDARD)
    body = body[: len(body) - (len(body) % 4 == 1)]
    data = binascii.a2b_base64(body + b"=" * (-len(body) % 4))
    return data if _promising(data) else None


def _base32(letters: bytes) -> bytes:
    whole = letters[: len(letters) - {1: 1, 3: 1, 6: 1}.get(len(letters) % 8, 0)]
    return base64.b32decode(whole + b"=" * (-len(whole) % 8))


def _promising(data: bytes) -> bool:
    if len(data) < _LEAST_BYTES:
        return False
    return data.startswith(_COMPRESSED) or _readable(data) is not None


def _inflated(data: bytes, room: int) -> tuple[bytes, bool]:
    """What zlib or gzip made smaller, at most `room` bytes of it, and whether that is all."""
    unpacked = zlib.decompressobj(wbits=47)  # reads both headers
    try:
        inflated = unpacked.decompress(data, max(1, room))
    except zlib.error:
        return b"", True  # no compressed data after all
    return inflated, not unpacked.unconsumed_tail


def _readable(data: bytes) -> str | None:
    """`data` as text: ASCII, UTF-8 or UTF-16, or the readable part of what is mostly that."""
    odd = len(data.translate(None, _READABLE))
    if odd == 0:
        return data.decode("ascii")
    if 0.4 * len(data) < data.count(0) <= 0.5 * len(data) + 1:
        return data.replace(b"\x00", b"").decode("latin-1")  # UTF-16 of a western language
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\x00"
    if not _UNREADABLE.search(text):
        return text
    if len(data) >= 24 and odd <= len(data) // 4:
        return _BINARY.sub(b" ", data).decode("ascii")
    return None
