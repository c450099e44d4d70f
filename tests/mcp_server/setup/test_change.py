"""Our entry goes into a host's file and out of it again, and nothing else changes."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_server.setup.change import Draft, added, removed
from mcp_server.setup.file import HostFileError, copies, write
from mcp_server.setup.launch import Launch
from mcp_server.setup.locate import Host, Target
from tests.mcp_server.setup.machines import HOSTS, LAUNCH, target
from tests.mcp_server.setup.texts import commented, strict

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
OTHER = Launch(command="/elsewhere/uvx", arguments=("homeward@0.0.1", "mcp"))


def carry_out(draft: Draft) -> Path | None:
    return write(draft.target.file, before=draft.before, after=draft.after, now=NOW)


def set_up(place: Target, launch: Launch = LAUNCH) -> dict[str, Any]:
    """Homeward's entry after setting it up; whatever it was before."""
    carry_out(added(place, launch))
    text = place.file.read_text(encoding="utf-8-sig")
    lines = [line for line in text.splitlines() if "//" not in line]
    servers: dict[str, Any] = json.loads("\n".join(lines))[place.host.servers]
    return dict(servers["homeward"])


EVERY = pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)


@EVERY
def test_where_there_is_no_file_one_is_made_and_deleted_again(tmp_path: Path, host: Host) -> None:
    place = target(tmp_path / "new" / "servers.json", host)
    entry = set_up(place)
    assert entry == {**host.entry, "command": LAUNCH.command, "args": ["mcp"]}
    assert place.file.stat().st_mode & 0o777 == 0o600
    assert not added(place, LAUNCH).changes
    carry_out(removed(place))
    assert not place.file.exists()


STYLES = {  # with a server of somebody else's, in each way that files are found
    "two blanks": b'{\n  "LIST": {\n    "other": {"url": "x"}\n  }\n}\n',
    "four, no end": b'{\n    "LIST": {\n        "other": {}\n    },\n    "theme": "dark"\n}',
    "tabs": b'{\n\t"LIST": {\n\t\t"other": {}\n\t}\n}\n',
    "Windows": b'\xef\xbb\xbf{\r\n  "LIST": {\r\n    "other": {}\r\n  }\r\n}\r\n',
    "one line": b'{"LIST":{"other":{}},"x":1}',
    "no list": b'{"theme": "dark"}',
    "empty list": b'{\n  "LIST": {}\n}\n',
    "empty object": b"{}",
    "empty": b"",
    "blank": b"\r\n",
    "only a mark": b"\xef\xbb\xbf",
}


@EVERY
@pytest.mark.parametrize("style", STYLES)
def test_a_file_of_any_style_is_as_before_once_homeward_is_out_again(
    tmp_path: Path, host: Host, style: str
) -> None:
    place = target(tmp_path / "servers.json", host)
    original = STYLES[style].replace(b"LIST", host.servers.encode())
    place.file.write_bytes(original)
    place.file.chmod(0o640)
    assert set_up(place)["command"] == LAUNCH.command
    new = place.file.read_bytes()
    assert new.startswith(b"\xef\xbb\xbf") is original.startswith(b"\xef\xbb\xbf")
    assert (b"\r\n" in new) is (b"\r\n" in original)
    assert not added(place, LAUNCH).changes
    carry_out(removed(place))
    assert place.file.read_bytes() == original
    assert place.file.stat().st_mode & 0o777 == 0o640


@given(st.sampled_from(["", "\ufeff"]), strict() | commented(), st.booleans())
def test_setup_and_remove_give_the_original_bytes(mark: str, text: str, twice: bool) -> None:
    original = (mark + text).encode()
    with tempfile.TemporaryDirectory() as folder:
        place = target(Path(folder) / "mcp.json")
        place.file.write_bytes(original)
        carry_out(added(place, OTHER if twice else LAUNCH))
        if twice:
            carry_out(added(place, LAUNCH))
        assert b"homeward" in place.file.read_bytes()
        carry_out(removed(place))
        assert place.file.read_bytes() == original


ZED = b"""// Zed settings
{
  "context_servers": {
    "other": { "command": "x" }, // keep it
  },
  "vim_mode": true,
}
"""


def test_comments_and_trailing_commas_stay(tmp_path: Path) -> None:
    place = target(tmp_path / "settings.json", "zed")
    place.file.write_bytes(ZED)
    carry_out(added(place, LAUNCH))
    ours = b"""    "homeward": {
      "command": "/home/you/.local/bin/homeward",
      "args": [
        "mcp"
      ]
    },
"""
    before, after = ZED.split(b'  },\n  "vim')
    assert place.file.read_bytes() == before + ours + b'  },\n  "vim' + after


def test_what_was_changed_since_stays_when_homeward_goes(tmp_path: Path) -> None:
    place = target(tmp_path / "settings.json", "zed")
    place.file.write_bytes(ZED)
    carry_out(added(place, LAUNCH))
    changed = place.file.read_bytes().replace(b"true", b"false")
    place.file.write_bytes(changed)
    carry_out(removed(place))
    assert place.file.read_bytes() == ZED.replace(b"true", b"false")


def test_without_the_copies_the_entry_alone_is_taken_out(tmp_path: Path) -> None:
    place = target(tmp_path / "mcp.json")
    place.file.write_bytes(b'{"mcpServers": {"other": {}}, "x": 1}')
    carry_out(added(place, LAUNCH))
    for copy in copies(place.file):
        copy.unlink()
    carry_out(removed(place))
    assert place.file.read_bytes() == b'{"mcpServers": {"other": {}}, "x": 1}'


def test_damaged_copies_are_passed_over(tmp_path: Path) -> None:
    place = target(tmp_path / "mcp.json")
    place.file.write_bytes(b"{ }")
    copy = carry_out(added(place, LAUNCH))
    assert copy is not None
    copy.write_bytes(b"{broken")
    (tmp_path / "mcp.json.homeward-9.bak").mkdir()
    carry_out(removed(place))
    assert json.loads(place.file.read_bytes()) == {"mcpServers": {}}


def test_removing_what_is_not_there_changes_nothing(tmp_path: Path) -> None:
    place = target(tmp_path / "mcp.json")
    assert not removed(place).changes
    place.file.write_bytes(b'{"mcpServers": {"other": {}}}')
    assert not removed(place).changes


# --- an entry that is there -----------------------------------------------------------------


def test_an_entry_with_another_command_is_brought_up_to_date_and_keeps_the_rest(
    tmp_path: Path,
) -> None:
    place = target(tmp_path / "mcp.json")
    old = {"command": "uvx", "args": ["homeward"], "env": {"A_KEY": "k"}, "disabled": True}
    place.file.write_text(json.dumps({"mcpServers": {"homeward": old, "z": {}}}))
    entry = set_up(place, Launch(command="/h", environ={"HOMEWARD_HOME": "/data"}))
    assert entry == {
        "command": "/h",
        "args": ["mcp"],
        "env": {"A_KEY": "k", "HOMEWARD_HOME": "/data"},
        "disabled": True,
    }
    assert not added(place, Launch(command="/h")).changes
    assert not added(place, Launch(command="/h", environ={"HOMEWARD_HOME": "/data"})).changes


def test_variables_are_put_into_an_entry_that_has_none(tmp_path: Path) -> None:
    place = target(tmp_path / "mcp.json")
    set_up(place)
    assert set_up(place, Launch(command="/h", environ={"OLLAMA_HOST": "x"})) == {
        "command": "/h",
        "args": ["mcp"],
        "env": {"OLLAMA_HOST": "x"},
    }


REFUSED = [
    (
        b'{"mcpServers": {"homeward": {"url": "http://127.0.0.1:8765/mcp"}}}',
        "connects to an address",
    ),
    (b'{"mcpServers": {"homeward": {"serverUrl": "http://x"}}}', "connects to an address"),
    (b'{"mcpServers": {"homeward": "yes"}}', "'homeward' is not an object"),
    (b'{"mcpServers": {"homeward": {"command": "x", "env": []}}}', "'env' is not an object"),
    (b'{"mcpServers": []}', "'mcpServers' is not an object"),
    (b"{broken", "not JSON: line 1"),
    (b"[]", "does not hold an object"),
    ('{"a": "ü"}'.encode("latin-1"), "not UTF-8"),
    ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
]


@pytest.mark.parametrize(("data", "says"), REFUSED)
def test_a_file_that_holds_something_else_is_refused_and_left(
    tmp_path: Path, data: bytes, says: str
) -> None:
    place = target(tmp_path / "mcp.json")
    place.file.write_bytes(data)
    with pytest.raises(HostFileError, match=says) as caught:
        added(place, Launch(command="/h", environ={"OLLAMA_HOST": "x"}))
    assert "was left as it is" in caught.value.what
    assert caught.value.fix
    assert place.file.read_bytes() == data
    assert [*tmp_path.iterdir()] == [place.file]


def test_claude_desktop_reads_no_comments_so_they_are_damage_to_it(tmp_path: Path) -> None:
    place = target(tmp_path / "claude_desktop_config.json", "claude-desktop")
    place.file.write_bytes(b"{} // note")
    with pytest.raises(HostFileError, match="not JSON"):
        added(place, LAUNCH)


# --- whose entry it is ----------------------------------------------------------------------

OURS = [
    {"command": "/home/you/.local/bin/homeward", "args": ["mcp"]},
    {"command": r"C:\Tools\Homeward.exe", "args": ["mcp"]},
    {"command": "homeward"},
    {"command": "/bin/uvx", "args": ["homeward@0.1.0", "mcp"]},
    {"command": "uvx", "args": ["--from", "/a/homeward.whl", "homeward", "mcp"]},
    {"command": "uv", "args": ["tool", "run", "homeward[otel]==0.1.0", "mcp"]},
    {"command": "/venv/bin/python", "args": ["-m", "mcp_server.cli", "mcp"]},
]
OTHERS: list[dict[str, Any]] = [
    {"url": "http://127.0.0.1:8765/mcp"},
    {"serverUrl": "http://x"},
    {"command": "/usr/bin/homeward-assistant", "args": ["mcp"]},
    {"command": "uvx", "args": ["homeward-bound"]},
    {"command": "npx", "args": ["homeward"]},
    {"command": "python", "args": ["-m", "mcp_server_git"]},
    {"command": "docker", "args": None},
    {"command": None, "args": ["homeward"]},
]


@pytest.mark.parametrize("entry", OURS, ids=str)
def test_an_entry_that_starts_homeward_is_taken_out_however_it_does(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    place = target(tmp_path / "mcp.json")
    other = {"command": "x"}
    place.file.write_text(json.dumps({"mcpServers": {"homeward": entry, "o": other}}))
    carry_out(removed(place))
    assert json.loads(place.file.read_bytes()) == {"mcpServers": {"o": other}}


@pytest.mark.parametrize("entry", OTHERS, ids=str)
def test_somebody_elses_entry_of_our_name_is_left_and_that_is_said(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    place = target(tmp_path / "mcp.json")
    place.file.write_text(json.dumps({"mcpServers": {"homeward": entry}}))
    with pytest.raises(HostFileError, match="may be another's") as caught:
        removed(place)
    assert "Cursor's file" in caught.value.fix
