"""Every text that is sent to a cloud: written down before it is sent, and never the text itself."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.errors import StorageError
from whitelist.audit_chain import (
    Head,
    Heads,
    Line,
    Verification,
    fingerprint,
    gap_seal,
    is_half,
    seal,
    verify_lines,
)
from whitelist.audit_files import append, last_line, make_folder, open_private
from whitelist.audit_key import AuditKey
from whitelist.errors import AuditError
from whitelist.grants import Form
from whitelist.locks import locked
from whitelist.plain import one_line

_FIELD = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. `at` is UTC in ISO 8601; `counts` is how many findings of each kind.

    `consent` is the id of the question to the person, empty where none was asked; `form` is how
    the text travelled.
    """

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
    consent: str = ""
    form: str = "as_is"


class Audit:
    """An append-only log (JSON, a line each) chained by HMAC-SHA256, shared by several processes.

    Each line's `mac` covers the line and the `mac` before it, under a `key` that only the person
    can read; it is read once, when first needed. `heads` keeps the count of lines, so that a cut
    tail shows too. `clock` gives Unix seconds. Whoever holds the key can write a new log: this
    finds accidents and other users, not the same user with intent.

    Every method may block for the disk, the keyring or another process: call it from a worker
    thread.
    """

    def __init__(
        self, path: Path, *, key: AuditKey, heads: Heads, clock: Callable[[], float]
    ) -> None:
        self.path = path
        self._lock_path = path.with_name(path.name + ".lock")
        self._source = key
        self._known: bytes | None = None
        self._heads = heads
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
        consent: str = "",
        form: Form = "as_is",
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
            "consent": consent,
            "form": form,
        }
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        body: dict[str, Any] = {
            "at": at,
            **{name: one_line(text, limit=_FIELD) for name, text in texts.items()},
            "counts": {kind: int(n) for kind, n in sorted(counts.items())},
        }
        self._look_for_key()
        with self._held():
            return self._append(body)

    def fingerprint(self, *parts: str) -> str:
        """A keyed hash of exactly these texts (HMAC-SHA256 in hexadecimal), to know them again by.

        Raises:
            AuditError: there is no key.
        """
        self._look_for_key()
        if self._known is None:
            with self._held():
                self._key(fresh=not self._begun())
        return fingerprint(self._known or b"", parts)

    def verify(self) -> Verification:
        """Recompute the whole chain; says which line breaks it.

        Raises:
            AuditError: the log or its key cannot be read.
        """
        self._look_for_key()
        with self._held():
            if not self._begun():
                return Verification(ok=True, entries=0)
            with open_private(self.path, os.O_RDWR | os.O_CREAT) as log:
                return verify_lines(log, self._key(fresh=False), self._heads.read())

    def restart(self) -> Path | None:
        """Set the log aside and begin a new one; where the old one lies now, if there was one.

        The way out for one that lost its key or was damaged. Raises AuditError as `record` does.
        """
        with self._held():
            aside = None
            if self.path.exists():
                at = datetime.fromtimestamp(self._clock(), UTC).strftime("%Y%m%dT%H%M%S.%fZ")
                aside = self.path.with_name(f"{self.path.stem}-{at}{self.path.suffix}")
                self.path.rename(aside)
            self._heads.clear()
        return aside

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
        except StorageError as error:
            raise AuditError(
                f"The count of the audit log's lines cannot be kept. {error.what}", fix=error.fix
            ) from error

    def _begun(self) -> bool:
        return self._heads.read() is not None or (
            self.path.exists() and self.path.stat().st_size > 0
        )

    def _look_for_key(self) -> None:
        """Before the log is locked: a keyring may be slow, and others must not wait for it."""
        if self._known is None:
            self._known = self._source.read()

    def _key(self, *, fresh: bool) -> bytes:
        """The key, made now where there is none and no line has needed one."""
        if self._known is None:
            self._known = self._source.read() or (self._source.make() if fresh else None)
        if self._known is None:
            raise AuditError(
                "The audit log's key is missing.",
                fix="Put it back (`audit_key` under [privacy] in homeward.toml says where it was), "
                "or begin a new log with `homeward audit restart`.",
            )
        return self._known

    def _append(self, body: dict[str, Any]) -> int:
        head = self._heads.read()
        with open_private(self.path, os.O_RDWR | os.O_CREAT) as log:
            size = log.seek(0, os.SEEK_END)
            fresh = size == 0 and head is None
            key = self._key(fresh=fresh)
            if fresh:
                head = Head.sealed(key, 0, "")
                self._heads.write(head)
            last, gap = last_line(log, size)
            count, before = (last.seq, last.mac) if last else (0, "")
            if head is None or not head.genuine(key):
                body = {**body, "head": "missing or changed"}
            elif head.count > count:  # a tail was cut: go on from its end, so that it shows
                count, before = head.count, head.mac
            body = {"seq": count + 1, **body}
            if is_half(gap):  # vouch for what a killed process left unfinished
                body["gap"] = gap_seal(key, gap)
            mac = seal(key, before, body)
            line = json.dumps({**body, "mac": mac}, ensure_ascii=True).encode() + b"\n"
            append(log, size, line if _ends_line(log, size) else b"\n" + line)
        self._heads.write(Head.sealed(key, count + 1, mac))
        return count + 1


def _ends_line(log: Any, size: int) -> bool:
    if size == 0:
        return True
    log.seek(size - 1)
    return bool(log.read(1) == b"\n")


def _entry(line: Line) -> Entry:
    """Also of a line that was tampered with: what is shown must not depend on it being whole."""
    defaults = {"caller": "", "consent": "", "form": "as_is"}
    given = {f.name: line.body.get(f.name, defaults.get(f.name, "")) for f in fields(Entry)}
    counts = given["counts"] if isinstance(given["counts"], dict) else {}
    return Entry(**{**given, "counts": counts})
