"""Every text that is sent to a cloud: written down before it is sent, and never the text itself."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from whitelist.audit_chain import Head, Line, Verification, gap_seal, seal, verify_lines
from whitelist.audit_files import (
    append,
    last_line,
    make_folder,
    open_private,
    read_head,
    read_key,
    write_head,
)
from whitelist.errors import AuditError
from whitelist.locks import locked
from whitelist.plain import one_line

_FIELD = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. `at` is UTC in ISO 8601; `counts` is how many findings of each kind."""

    seq: int
    at: str
    request_id: str
    decision: str
    reason: str
    destination: str
    task: str
    counts: Mapping[str, int]
    detector: str
    caller: str = ""


class Audit:
    """An append-only log (JSON, a line each) chained by HMAC-SHA256, shared by several processes.

    Each line's `mac` covers the line and the `mac` before it, under a key in `key_path` that only
    the person can read. The count of lines is kept beside the log (`.head`), so that a cut tail
    shows too. `clock` gives Unix seconds. Whoever holds the key can write a new log: this finds
    accidents and other users, not the same user with intent.

    Every method may block for the disk or another process: call it from a worker thread.
    """

    def __init__(self, path: Path, key_path: Path, clock: Callable[[], float]) -> None:
        self.path = path
        self.key_path = key_path
        self._head_path = path.with_name(path.name + ".head")
        self._lock_path = path.with_name(path.name + ".lock")
        self._clock = clock

    def record(
        self,
        *,
        request_id: str,
        decision: str,
        reason: str,
        destination: str,
        task: str,
        counts: Mapping[str, int],
        detector: str,
        caller: str = "",
    ) -> int:
        """Write one decision to the disk, before anything is sent; its number in the log.

        Raises:
            AuditError: it could not be written. Do not send.
        """
        texts = {
            "request_id": request_id,
            "decision": decision,
            "reason": reason,
            "destination": destination,
            "task": task,
            "detector": detector,
            "caller": caller,
        }
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        body: dict[str, Any] = {
            "at": at,
            **{name: one_line(text, limit=_FIELD) for name, text in texts.items()},
            "counts": {kind: int(n) for kind, n in sorted(counts.items())},
        }
        with self._held():
            return self._append(body)

    def verify(self) -> Verification:
        """Recompute the whole chain; says which line breaks it.

        Raises:
            AuditError: the log or its key cannot be read.
        """
        with self._held():
            head = read_head(self._head_path)
            if head is None and not self.path.exists():
                return Verification(ok=True, entries=0)
            key = read_key(self.key_path, make=False)
            with open_private(self.path, os.O_RDWR | os.O_CREAT) as log:
                return verify_lines(log, key, head)

    def tail(self, n: int) -> list[Entry]:
        """The last `n` decisions, oldest first. Raises AuditError where the log cannot be read."""
        if n <= 0 or not self.path.exists():
            return []
        with self._held(), open_private(self.path, os.O_RDONLY) as log:
            lines = [line for raw in log if (line := Line.parse(raw)) is not None]
        return [_entry(line) for line in lines[-n:]]

    @contextmanager
    def _held(self) -> Iterator[None]:
        try:
            make_folder(self.path.parent)
            with locked(self._lock_path):
                yield
        except OSError as error:
            raise AuditError(
                f"The audit log {self.path} cannot be used: {error.strerror or error}.",
                fix="Check the disk and who owns the folder; nothing is sent meanwhile.",
            ) from error

    def _append(self, body: dict[str, Any]) -> int:
        head = read_head(self._head_path)
        with open_private(self.path, os.O_RDWR | os.O_CREAT) as log:
            size = log.seek(0, os.SEEK_END)
            fresh = size == 0 and head is None
            key = read_key(self.key_path, make=fresh)
            if fresh:
                head = Head.sealed(key, 0, "")
                write_head(self._head_path, head)
            last, gap = last_line(log, size)
            count, before = (last.seq, last.mac) if last else (0, "")
            if head is None or not head.genuine(key):
                body = {**body, "head": "missing or changed"}
            elif head.count > count:  # a tail was cut: go on from its end, so that it shows
                count, before = head.count, head.mac
            body = {"seq": count + 1, **body}
            if gap.strip(b"\n"):  # vouch for what a killed process left unfinished
                body["gap"] = gap_seal(key, gap)
            mac = seal(key, before, body)
            line = json.dumps({**body, "mac": mac}, ensure_ascii=True).encode() + b"\n"
            append(log, size, line if _ends_line(log, size) else b"\n" + line)
        write_head(self._head_path, Head.sealed(key, count + 1, mac))
        return count + 1


def _ends_line(log: Any, size: int) -> bool:
    if size == 0:
        return True
    log.seek(size - 1)
    return bool(log.read(1) == b"\n")


def _entry(line: Line) -> Entry:
    """Also of a line that was tampered with: what is shown must not depend on it being whole."""
    given = {name: line.body.get(name, "") for name in (f.name for f in fields(Entry))}
    counts = given["counts"] if isinstance(given["counts"], dict) else {}
    return Entry(**{**given, "counts": counts})
