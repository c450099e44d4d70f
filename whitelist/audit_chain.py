"""The chain that ties the lines of the audit log together, and the proof that it is whole."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it stands in the log: everything in it but its `mac`, and that."""

    seq: int
    mac: str
    body: Mapping[str, Any]

    @classmethod
    def parse(cls, raw: bytes) -> Self | None:
        """None when this is no whole line, such as one that a killed process left half."""
        try:
            body = json.loads(raw)
            mac, seq = body.pop("mac"), body["seq"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if not isinstance(mac, str) or type(seq) is not int:
            return None
        return cls(seq=seq, mac=mac, body=body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How many lines were written and the last one's `mac`, kept apart from the log."""

    count: int
    mac: str
    seal: str

    @classmethod
    def sealed(cls, key: bytes, count: int, mac: str) -> Self:
        return cls(count=count, mac=mac, seal=keyed(key, f"head {count} {mac}".encode()))

    def genuine(self, key: bytes) -> bool:
        return hmac.compare_digest(self.seal, self.sealed(key, self.count, self.mac).seal)


class Heads(Protocol):
    """Keeps the head of one log. Each method may block, and raises what a database does."""

    def read(self) -> Head | None: ...

    def write(self, head: Head) -> None:
        """One that lags behind the log is no fault, so only the first need wait for the disk."""
        ...

    def clear(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether the log is as it was written. `line` (from 1) is where it first is not.

    `half_lines` counts what killed processes left unfinished; they are no fault.
    """

    ok: bool
    entries: int
    problem: str = ""
    line: int | None = None
    half_lines: int = 0


def keyed(key: bytes, content: bytes) -> str:
    """HMAC-SHA256 in hexadecimal (RFC 2104)."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def fingerprint(key: bytes, parts: Iterable[str]) -> str:
    """One value for exactly these texts in this order, which nobody can guess without the key.

    Each is preceded by its length, so that no two lists of texts look alike. Nothing else that the
    key seals begins like this.
    """
    content = hmac.new(key, b"content\n", hashlib.sha256)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        content.update(len(raw).to_bytes(8, "big") + raw)
    return content.hexdigest()


def seal(key: bytes, before: str, body: Mapping[str, Any]) -> str:
    """The `mac` of a line whose predecessor's is `before` (empty for the first)."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return keyed(key, f"{before}\n{text}".encode())


def is_half(gap: bytes) -> bool:
    """Whether these last bytes of a log can be what a killed process left: a line without end."""
    return bool(gap.strip(b"\n")) and not gap.endswith(b"\n")


def gap_seal(key: bytes, gap: bytes) -> str:
    """How a line vouches for the bytes of a half line before it."""
    return keyed(key, b"gap\n" + gap.strip(b"\n"))


def verify_lines(lines: Iterable[bytes], key: bytes, head: Head | None) -> Verification:
    """Recompute every `mac`; stored ones are only ever compared."""
    before, count, halves, gap, at_head, number = "", 0, 0, b"", "", 0

    def broken(problem: str, line: int | None) -> Verification:
        return Verification(ok=False, entries=count, problem=problem, line=line, half_lines=halves)

    if head is None or not head.genuine(key):
        return broken("The count that is kept of its lines is missing or was changed.", None)
    for number, raw in enumerate(lines, start=1):
        line = Line.parse(raw)
        if line is None:
            gap += raw
            continue
        problem = _problem(line, key, before, count, gap)
        if problem:
            return broken(problem, number)
        halves, gap = halves + bool(gap.strip(b"\n")), b""
        before, count = line.mac, line.seq
        at_head = line.mac if count == head.count else at_head
    if gap.strip(b"\n") and not is_half(gap):
        return broken("At the end stands something that was not written by Homeward.", number)
    halves += is_half(gap)
    if count < head.count:
        return broken(f"It ends after line {count}, but {head.count} were written.", number)
    if at_head != head.mac:
        return broken("It is not the log that the count of its lines belongs to.", None)
    return Verification(ok=True, entries=count, half_lines=halves)


def _problem(line: Line, key: bytes, before: str, count: int, gap: bytes) -> str:
    if line.seq != count + 1:
        return f"Line {count + 1} is missing or out of order; {line.seq} stands there."
    if gap.strip(b"\n") and line.body.get("gap") != gap_seal(key, gap):
        return "Before it stands something that was not written by Homeward."
    if not hmac.compare_digest(line.mac.encode(), seal(key, before, line.body).encode()):
        return f"Line {line.seq} was changed, or the one before it was."
    if line.body.get("head"):
        return f"When line {line.seq} was written, the count of lines was missing or changed."
    return ""
