"""A host's file is read with care, replaced whole, and copied first."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mcp_server.setup.file import LARGEST, HostFileError, copies, read, read_copy, write

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mcp.json"
    path.write_bytes(b"before")
    return path


def test_the_copy_is_for_this_person_alone_and_never_written_over(path: Path) -> None:
    path.chmod(0o644)
    first = write(path, before=b"before", after=b"after", now=NOW)
    second = write(path, before=b"after", after=b"last", now=NOW)
    assert first is not None
    assert second is not None
    assert first.name == "mcp.json.homeward-20261121-200000.bak"
    assert [each.read_bytes() for each in (first, second, path)] == [b"before", b"after", b"last"]
    assert [each.stat().st_mode & 0o777 for each in (first, second, path)] == [0o600, 0o600, 0o644]
    assert copies(path) == [first, second]
    assert len([*path.parent.iterdir()]) == 3


def test_a_file_that_was_changed_meanwhile_is_left(path: Path) -> None:
    with pytest.raises(HostFileError, match="was changed meanwhile"):
        write(path, before=b"earlier", after=b"after", now=NOW)
    assert path.read_bytes() == b"before"
    with pytest.raises(HostFileError, match="was changed meanwhile"):
        write(path, before=None, after=b"after", now=NOW)
    assert path.read_bytes() == b"before"
    assert [*path.parent.iterdir()] == [path]


def test_where_there_is_nothing_nothing_is_read(tmp_path: Path) -> None:
    assert read(tmp_path / "no" / "file") is None
    (tmp_path / "file").touch()
    assert read(tmp_path / "file" / "below") is None
    assert copies(tmp_path / "no" / "file") == []
    assert read_copy(tmp_path / "no") == b""


def test_a_link_is_refused_and_what_it_leads_to_is_left(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(path)
    with pytest.raises(HostFileError, match=r"is a link to .*mcp\.json"):
        read(link)
    (tmp_path / "mcp.json.homeward-1.bak").symlink_to(path)
    assert copies(path) == []


def test_a_read_only_file_is_refused(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(HostFileError, match="read-only"):
        read(path)


def test_what_is_no_file_or_far_too_large_is_refused(tmp_path: Path, path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for wrong in ("pipe", "."):
        with pytest.raises(HostFileError, match="no file that a host would have made"):
            read(tmp_path / wrong)
    os.truncate(path, LARGEST + 1)  # a hole: it takes no room
    with pytest.raises(HostFileError, match="no file that a host would have made"):
        read(path)
    assert read_copy(path) == b""


def test_what_the_system_refuses_is_said_in_a_sentence(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 300)
    with pytest.raises(HostFileError, match="cannot be read: File name too long"):
        read(long)
    (tmp_path / "a file").touch()
    with pytest.raises(HostFileError, match="cannot be written"):
        write(tmp_path / "a file" / "mcp.json", before=None, after=b"x", now=NOW)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make somebody else's file")
def test_a_file_stays_its_owners_when_root_sets_it_up(path: Path) -> None:
    os.chown(path, 12345, 12346)
    write(path, before=b"before", after=b"after", now=NOW)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12346)
