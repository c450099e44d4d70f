"""The audit log: written first, chained, shared by processes, and honest about what happened."""

import json
import multiprocessing
import os
import resource
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import Database
from storage.migrations import HOME
from whitelist import Audit, AuditError, FileKey, SqliteHeads
from whitelist.audit_chain import Head

AT = 1_700_000_000.0
FORGED = [(0, "", ""), (0, "x", "0 x"), (1, "0" * 64, "0" * 64)]


def opened(folder: Path) -> Audit:
    """The log in a folder, as one process opens it."""
    return Audit(
        folder / "audit" / "audit.jsonl",
        key=FileKey(folder / "keys" / "audit.key"),
        heads=SqliteHeads(Database(folder / "home.db", HOME)),
        clock=lambda: AT,
    )


def noted(audit: Audit, number: int = 0, **changes: str) -> int:
    return audit.record(
        request_id=f"r{number}",
        decision=changes.get("decision", "sent"),
        reason=changes.get("reason", "hybrid chose it"),
        destination="api.anthropic.com",
        task="code_review",
        counts={"PERSON": 2, "EMAIL": 1},
        detector="1",
        caller=changes.get("caller", "test"),
        consent=changes.get("consent", ""),
    )


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return opened(tmp_path)


@pytest.fixture
def heads(tmp_path: Path) -> SqliteHeads:
    """Where the count of lines is kept, for a hand that would change it."""
    return SqliteHeads(Database(tmp_path / "home.db", HOME))


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "audit.key"


def whole(head: Head | None) -> Head:
    assert head is not None
    return head


def test_a_decision_is_on_the_disk_with_kinds_and_numbers_only(audit: Audit) -> None:
    assert noted(audit) == 1
    line = json.loads(audit.path.read_text())
    assert line.pop("mac")
    assert line == {
        "seq": 1,
        "at": "2023-11-14T22:13:20.000+00:00",
        "request_id": "r0",
        "decision": "sent",
        "reason": "hybrid chose it",
        "destination": "api.anthropic.com",
        "task": "code_review",
        "counts": {"EMAIL": 1, "PERSON": 2},
        "detector": "1",
        "caller": "test",
        "consent": "",
        "form": "as_is",
    }


def test_nobody_else_can_read_it(audit: Audit, key_path: Path) -> None:
    noted(audit)
    for path in (audit.path, key_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_untouched_log_verifies(audit: Audit) -> None:
    assert audit.verify().ok
    for number in range(5):
        noted(audit, number)
    found = audit.verify()
    assert (found.ok, found.entries, found.problem) == (True, 5, "")


def test_the_tail_is_the_last_decisions_oldest_first(audit: Audit) -> None:
    assert audit.tail(5) == []
    for number in range(5):
        noted(audit, number)
    assert [entry.request_id for entry in audit.tail(2)] == ["r3", "r4"]
    assert audit.tail(1)[0].counts == {"EMAIL": 1, "PERSON": 2}
    assert audit.tail(0) == []


def _change_a_word(lines: list[bytes]) -> list[bytes]:
    return [*lines[:1], lines[1].replace(b"sent", b"kept"), *lines[2:]]


def _renumber(lines: list[bytes]) -> list[bytes]:
    return [lines[0], *(x.replace(b'"seq": 3', b'"seq": 2') for x in lines[2:])]


def _replay(lines: list[bytes]) -> list[bytes]:
    return [*lines, lines[-1]]


@pytest.mark.parametrize(
    ("tamper", "line", "says"),
    [
        (_change_a_word, 2, "Line 2 was changed"),
        (lambda x: [x[0], *x[2:]], 2, "Line 2 is missing"),
        (_renumber, 2, "Line 2 was changed"),
        (lambda x: [x[1], x[0], *x[2:]], 1, "out of order"),
        (_replay, 5, "out of order"),
        (lambda x: x[:-1], 3, "ends after line 3, but 4 were written"),
        (lambda _: [], 0, "ends after line 0, but 4 were written"),
        (lambda x: [*x[:2], b"{garbage}\n", *x[2:]], 4, "not written by Homeward"),
        (lambda x: [*x[:3], x[3][:40]], 4, "ends after line 3"),
    ],
    ids=[
        "a word changed",
        "the middle cut",
        "the middle cut and the rest renumbered",
        "two lines swapped",
        "a line replayed",
        "the tail cut",
        "everything cut",
        "a line put in",
        "the last line halved",
    ],
)
def test_tampering_is_found_and_its_place_named(
    audit: Audit, tamper: Callable[[list[bytes]], list[bytes]], line: int, says: str
) -> None:
    for number in range(4):
        noted(audit, number)
    audit.path.write_bytes(b"".join(tamper(audit.path.read_bytes().splitlines(keepends=True))))
    found = audit.verify()
    assert not found.ok
    assert says in found.problem
    assert found.line == line


def test_a_cut_tail_still_shows_when_the_log_goes_on(audit: Audit) -> None:
    for number in range(4):
        noted(audit, number)
    audit.path.write_bytes(b"".join(audit.path.read_bytes().splitlines(keepends=True)[:2]))
    assert noted(audit) == 5
    assert "Line 3 is missing" in audit.verify().problem


@pytest.mark.parametrize("forged", [None, *FORGED], ids=["lost", "empty", "word", "zeros"])
def test_a_lost_or_forged_count_shows_also_later(
    audit: Audit, heads: SqliteHeads, forged: tuple[int, str, str] | None
) -> None:
    noted(audit)
    heads.clear()
    if forged is not None:
        heads.write(Head(count=forged[0], mac=forged[1], seal=forged[2]))
    assert "missing or was changed" in audit.verify().problem
    noted(audit)
    assert "When line 2 was written" in audit.verify().problem


def test_another_logs_count_does_not_fit(audit: Audit, heads: SqliteHeads) -> None:
    """Two logs under one key, as after a restored backup, and their counts exchanged."""
    noted(audit, 1)
    first = (audit.path.read_bytes(), whole(heads.read()))
    noted(audit, 2)
    audit.path.write_bytes(first[0])
    heads.write(first[1])
    noted(audit, 3)
    third = whole(heads.read())
    audit.path.write_bytes(first[0])
    heads.write(first[1])
    noted(audit, 4)
    heads.write(third)
    assert "not the log that the count" in audit.verify().problem


def test_another_key_does_not_verify(audit: Audit, key_path: Path, tmp_path: Path) -> None:
    noted(audit)
    key_path.write_bytes(os.urandom(32))
    assert not opened(tmp_path).verify().ok


@pytest.mark.parametrize(
    "half", [b'{"seq": 3, "at": "20', b"\x00\x00\x00", b'{"seq": 3, "mac": 5}']
)
def test_a_line_that_a_killed_process_left_half_is_closed_off(audit: Audit, half: bytes) -> None:
    noted(audit, 1)
    noted(audit, 2)
    with audit.path.open("ab") as log:
        log.write(half)
    assert (audit.verify().ok, audit.verify().half_lines) == (True, 1)
    assert noted(audit, 3) == 3
    found = audit.verify()
    assert (found.ok, found.entries, found.half_lines) == (True, 3, 1)
    assert [entry.request_id for entry in audit.tail(9)] == ["r1", "r2", "r3"]


@pytest.mark.parametrize("line", [b"{garbage\n", b'{"seq": 3}\n', b"half {garbage\n\n"])
def test_a_line_that_was_put_in_shows_then_and_later(audit: Audit, line: bytes) -> None:
    noted(audit, 1)
    with audit.path.open("ab") as log:
        log.write(line)
    assert not audit.verify().ok
    noted(audit, 2)
    assert "not written by Homeward" in audit.verify().problem


def test_a_line_that_lost_only_its_end_is_whole(audit: Audit) -> None:
    noted(audit, 1)
    audit.path.write_bytes(audit.path.read_bytes().rstrip(b"\n"))
    assert noted(audit, 2) == 2
    found = audit.verify()
    assert (found.ok, found.entries, found.half_lines) == (True, 2, 0)


def test_a_process_killed_before_it_counted_is_no_fault(audit: Audit, heads: SqliteHeads) -> None:
    noted(audit, 1)
    before = whole(heads.read())
    noted(audit, 2)
    heads.write(before)
    assert audit.verify().ok
    assert noted(audit, 3) == 3
    assert audit.verify().ok


def test_long_and_hostile_words_are_cut_and_cleaned(audit: Audit) -> None:
    noted(audit, caller="\x1b[31mevil\n" + "x" * 9999, reason="é" * 9999)
    entry = audit.tail(1)[0]
    assert entry.caller.startswith("evil xxx")
    assert len(entry.caller) == len(entry.reason) == 300
    assert audit.verify().ok


@pytest.mark.parametrize(
    ("left", "says"),
    [(None, "key is missing"), (b"short", "not the key"), (b"x" * 33, "not the key")],
    ids=["none", "short", "long"],
)
def test_a_lost_key_stops_everything_instead_of_starting_afresh(
    audit: Audit, key_path: Path, tmp_path: Path, left: bytes | None, says: str
) -> None:
    noted(audit)
    key_path.unlink()
    if left is not None:
        key_path.write_bytes(left)
    later = opened(tmp_path)
    for use in (lambda: noted(later), later.verify, lambda: later.fingerprint("a")):
        with pytest.raises(AuditError, match=says) as caught:
            use()
        assert "homeward audit restart" in caught.value.fix
    assert key_path.exists() == (left is not None)


@pytest.mark.parametrize("damage", ["key lost", "log garbled", "count lost"])
def test_a_damaged_log_is_set_aside_and_a_new_one_is_whole(
    audit: Audit, key_path: Path, heads: SqliteHeads, tmp_path: Path, damage: str
) -> None:
    noted(audit)
    if damage == "key lost":
        key_path.unlink()
    elif damage == "log garbled":
        audit.path.write_bytes(b"x" * (5 << 20))
    else:
        heads.clear()
    before = audit.path.read_bytes()
    later = opened(tmp_path)
    aside = later.restart()
    assert aside is not None
    assert aside.read_bytes() == before
    assert noted(later) == 1
    assert (later.verify().ok, later.verify().entries) == (True, 1)


def test_where_there_is_no_log_nothing_is_set_aside(audit: Audit) -> None:
    assert audit.restart() is None


def test_a_database_that_fails_is_an_error_of_the_log(audit: Audit, tmp_path: Path) -> None:
    other = Database(tmp_path / "home.db", HOME)
    other.rows("drop table audit_head")
    with pytest.raises(AuditError, match="count of the audit log's lines"):
        noted(audit)
    assert not audit.path.exists()


def test_a_log_without_an_end_stops_everything(audit: Audit) -> None:
    noted(audit)
    with audit.path.open("ab") as log:
        log.write(b"x" * (5 << 20))
    with pytest.raises(AuditError, match="damaged"):
        noted(audit)


def test_a_log_that_is_a_link_is_not_written_to(audit: Audit, tmp_path: Path) -> None:
    audit.path.parent.mkdir(parents=True)
    (tmp_path / "elsewhere").write_text("")
    audit.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuditError, match="cannot be used"):
        noted(audit)
    assert (tmp_path / "elsewhere").read_text() == ""


def test_a_full_disk_leaves_no_half_line_and_is_an_error(audit: Audit) -> None:
    noted(audit, 1)
    whole = audit.path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 50, limits[1]))
    try:
        with pytest.raises(AuditError) as caught:
            noted(audit, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "nothing is sent" in caught.value.fix
    assert audit.path.read_bytes() == whole
    assert noted(audit, 2) == 2
    assert audit.verify().ok


def test_a_key_is_there_whole_or_not_at_all(audit: Audit, key_path: Path) -> None:
    """Others read it without a lock, so at no moment may it be half."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))
    try:
        with pytest.raises(AuditError):
            FileKey(key_path).make()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(key_path.parent.iterdir()) == []
    assert noted(audit) == 1
    assert [path.name for path in key_path.parent.iterdir()] == ["audit.key"]


def _note_many(folder: Path, times: int) -> None:
    audit = opened(folder)
    for number in range(times):
        noted(audit, number)


def test_several_processes_write_one_whole_chain(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_note_many, args=(tmp_path, 20)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    found = opened(tmp_path).verify()
    assert (found.ok, found.entries) == (True, 60)


def test_a_killed_process_leaves_a_log_that_verifies_and_goes_on(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    worker = spawn.Process(target=_note_many, args=(tmp_path, 100_000))
    worker.start()
    audit = opened(tmp_path)
    while len(audit.tail(30)) < 30:  # it is well under way
        assert worker.is_alive()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    noted(audit)
    assert audit.verify().ok
