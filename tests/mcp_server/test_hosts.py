"""The entry for desktop hosts: it starts a working server, and `doctor` finds it where it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from mcp_server.hosts import configurations
from mcp_server.keys import Keys
from mcp_server.setup.file import HostFileError
from tests.homes import Home
from tests.mcp_server.processes import HOMEWARD

EXAMPLE = Path(__file__).parents[2] / "claude_desktop_config.example.json"


def entry() -> dict[str, Any]:
    servers: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))["mcpServers"]
    return dict(servers["homeward"])


# --- the shipped example --------------------------------------------------------------------


def test_the_example_runs_the_installed_command_and_nothing_by_its_name_in_an_index() -> None:
    assert entry() == {"command": "/path/to/homeward", "args": ["mcp"]}


@pytest.mark.slow
@pytest.mark.anyio
async def test_the_examples_arguments_and_variables_start_a_working_server(
    local_home: Home,
) -> None:
    started = StdioServerParameters(
        command=HOMEWARD,
        args=entry()["args"],
        env=local_home.for_process() | entry().get("env", {}),
    )
    async with Client(started) as client:
        report = await client.call_tool("cost_report", {})
        plan = await client.call_tool("route_prompt", {"prompt": "hello", "dry_run": True})
    assert not report.is_error
    assert not plan.is_error


def test_a_host_that_hands_over_blank_keys_hands_over_none(home: Home) -> None:
    blank = {"ANTHROPIC_API_KEY": "", "OPENAI_API_KEY": "${user_config.openai}"}
    keys = Keys(blank, home.places.dotenv)
    assert [keys.find((name,)) for name in blank] == [None, None]


# --- where hosts keep their lists -----------------------------------------------------------

PLATFORMS = {
    "darwin": "Library/Application Support",
    "win32": "AppData/Roaming",
    "linux": ".config",
}
OURS = {"command": "uvx", "args": ["homeward", "mcp"]}


def put(path: Path, data: object) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platforms_files_are_found_with_our_entry(tmp_path: Path, platform: str) -> None:
    support = tmp_path / PLATFORMS[platform]
    claude = put(
        support / "Claude" / "claude_desktop_config.json", {"mcpServers": {"homeward": OURS}}
    )
    cursor = put(tmp_path / ".cursor" / "mcp.json", {"mcpServers": {"other": {}}})
    code = put(support / "Code" / "User" / "mcp.json", {"servers": {"homeward": OURS}})
    assert list(configurations({}, tmp_path, platform)) == [
        ("Claude Desktop", claude, OURS),
        ("Cursor", cursor, None),
        ("VS Code", code, OURS),
    ]


@pytest.mark.parametrize(
    ("platform", "variable"), [("win32", "APPDATA"), ("linux", "XDG_CONFIG_HOME")]
)
def test_a_folder_that_the_environment_names_is_looked_in(
    tmp_path: Path, platform: str, variable: str
) -> None:
    (tmp_path / "elsewhere" / "Claude").mkdir(parents=True)
    environ = {variable: str(tmp_path / "elsewhere")}
    [(name, path, ours)] = configurations(environ, tmp_path / "home", platform)
    assert (name, ours) == ("Claude Desktop", None)
    assert path == tmp_path / "elsewhere" / "Claude" / "claude_desktop_config.json"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_host_that_is_not_installed_is_not_mentioned(tmp_path: Path, platform: str) -> None:
    assert list(configurations({}, tmp_path, platform)) == []


def test_a_byte_order_mark_as_windows_editors_put_it_is_read_over(tmp_path: Path) -> None:
    put(
        tmp_path / ".cursor" / "mcp.json", "\ufeff" + json.dumps({"mcpServers": {"homeward": OURS}})
    )
    [(_, _, ours)] = configurations({}, tmp_path, "linux")
    assert ours == OURS


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("{not json", "It is not JSON"),
        ("[]", "does not hold an object"),
        ('"homeward"', "does not hold an object"),
        ({"mcpServers": []}, "'mcpServers' is not an object"),
        ({"mcpServers": {"homeward": "yes"}}, "'homeward' is not an object"),
    ],
)
def test_a_file_that_setup_would_leave_says_what_is_wrong_with_it(
    tmp_path: Path, data: object, says: str
) -> None:
    put(tmp_path / ".cursor" / "mcp.json", data)
    [(_, _, trouble)] = configurations({}, tmp_path, "linux")
    assert isinstance(trouble, HostFileError)
    assert says in trouble.what


def test_an_empty_file_has_no_entry_yet(tmp_path: Path) -> None:
    put(tmp_path / ".cursor" / "mcp.json", {})
    [(_, _, ours)] = configurations({}, tmp_path, "linux")
    assert ours is None


def test_an_entry_in_a_file_that_is_a_link_counts_and_a_link_without_one_is_trouble(
    tmp_path: Path,
) -> None:
    kept = put(tmp_path / "dotfiles" / "mcp.json", {"mcpServers": {"homeward": OURS}})
    (tmp_path / ".cursor").mkdir()
    (tmp_path / ".cursor" / "mcp.json").symlink_to(kept)
    [(_, _, ours)] = configurations({}, tmp_path, "linux")
    assert ours == OURS
    kept.write_text("{}", encoding="utf-8")
    [(_, _, trouble)] = configurations({}, tmp_path, "linux")
    assert "is a link" in str(trouble)
