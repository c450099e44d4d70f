"""Each host is found where it keeps its list of servers, on every platform."""

from pathlib import Path

import pytest

from mcp_server.setup.locate import Target, UnknownHost, chosen, installed
from tests.mcp_server.setup.machines import HOSTS, Machine

MAC = "Library/Application Support"
ROAMING, LOCAL = "AppData/Roaming", "AppData/Local"
MSIX = f"{LOCAL}/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming"

CASES = [  # host, platform, the folder that shows it is there, its file
    ("claude-desktop", "darwin", f"{MAC}/Claude", f"{MAC}/Claude/claude_desktop_config.json"),
    (
        "claude-desktop",
        "win32",
        f"{ROAMING}/Claude",
        f"{ROAMING}/Claude/claude_desktop_config.json",
    ),
    ("claude-desktop", "win32", MSIX, f"{MSIX}/Claude/claude_desktop_config.json"),
    ("claude-desktop", "linux", ".config/Claude", ".config/Claude/claude_desktop_config.json"),
    ("claude-code", "darwin", ".claude", ".claude.json"),
    ("claude-code", "win32", ".claude", ".claude.json"),
    ("claude-code", "linux", ".claude", ".claude.json"),
    ("cursor", "darwin", ".cursor", ".cursor/mcp.json"),
    ("cursor", "win32", ".cursor", ".cursor/mcp.json"),
    ("cursor", "linux", ".cursor", ".cursor/mcp.json"),
    ("vscode", "darwin", f"{MAC}/Code/User", f"{MAC}/Code/User/mcp.json"),
    ("vscode", "win32", f"{ROAMING}/Code/User", f"{ROAMING}/Code/User/mcp.json"),
    ("vscode", "linux", ".config/Code/User", ".config/Code/User/mcp.json"),
    (
        "vscode-insiders",
        "darwin",
        f"{MAC}/Code - Insiders/User",
        f"{MAC}/Code - Insiders/User/mcp.json",
    ),
    (
        "vscode-insiders",
        "win32",
        f"{ROAMING}/Code - Insiders/User",
        f"{ROAMING}/Code - Insiders/User/mcp.json",
    ),
    (
        "vscode-insiders",
        "linux",
        ".config/Code - Insiders/User",
        ".config/Code - Insiders/User/mcp.json",
    ),
    ("windsurf", "darwin", ".codeium/windsurf", ".codeium/windsurf/mcp_config.json"),
    ("windsurf", "win32", ".codeium/windsurf", ".codeium/windsurf/mcp_config.json"),
    ("windsurf", "linux", ".codeium/windsurf", ".codeium/windsurf/mcp_config.json"),
    ("zed", "darwin", ".config/zed", ".config/zed/settings.json"),
    ("zed", "win32", f"{ROAMING}/Zed", f"{ROAMING}/Zed/settings.json"),
    ("zed", "linux", ".config/zed", ".config/zed/settings.json"),
]


@pytest.mark.parametrize(("host", "platform", "folder", "file"), CASES)
def test_a_host_is_there_where_its_folder_is(
    tmp_path: Path, host: str, platform: str, folder: str, file: str
) -> None:
    machine = Machine(home=tmp_path, platform=platform).has(folder)
    assert machine.targets() == {host: [file]}


@pytest.mark.parametrize("platform", ["darwin", "win32", "linux"])
def test_every_host_has_a_case_on_every_platform_and_none_is_found_in_an_empty_home(
    tmp_path: Path, platform: str
) -> None:
    assert {host for host, on, _, _ in CASES if on == platform} == set(HOSTS)
    assert Machine(home=tmp_path, platform=platform).targets() == {}


def test_on_windows_both_files_of_claude_desktop_are_found(tmp_path: Path) -> None:
    machine = Machine(home=tmp_path, platform="win32").has(MSIX, f"{ROAMING}/Claude")
    assert machine.targets() == {
        "claude-desktop": [
            f"{MSIX}/Claude/claude_desktop_config.json",
            f"{ROAMING}/Claude/claude_desktop_config.json",
        ]
    }


@pytest.mark.parametrize(
    ("platform", "variable", "folder", "file"),
    [
        ("linux", "XDG_CONFIG_HOME", "x/zed", "x/zed/settings.json"),
        ("win32", "APPDATA", "x/Zed", "x/Zed/settings.json"),
        (
            "win32",
            "LOCALAPPDATA",
            "x/Packages/Claude_1/LocalCache/Roaming",
            "x/Packages/Claude_1/LocalCache/Roaming/Claude/claude_desktop_config.json",
        ),
        ("linux", "CLAUDE_CONFIG_DIR", "x", "x/.claude.json"),
    ],
)
def test_folders_that_the_environment_names_are_looked_in(
    tmp_path: Path, platform: str, variable: str, folder: str, file: str
) -> None:
    machine = Machine(home=tmp_path, platform=platform, environ={variable: str(tmp_path / "x")})
    assert list(machine.has(folder).targets().values()) == [[file]]


def test_a_relative_xdg_folder_is_ignored_as_its_rules_say(tmp_path: Path) -> None:
    machine = Machine(home=tmp_path, environ={"XDG_CONFIG_HOME": "x"}).has(".config/zed")
    assert machine.targets() == {"zed": [".config/zed/settings.json"]}


def test_a_home_with_the_signs_of_a_pattern_in_its_name_is_looked_in(tmp_path: Path) -> None:
    machine = Machine(home=tmp_path / "[a]*?").has(".cursor")
    assert machine.targets() == {"cursor": [".cursor/mcp.json"]}


def test_a_file_with_the_folders_name_is_no_host(tmp_path: Path) -> None:
    (tmp_path / ".cursor").touch()
    assert Machine(home=tmp_path).targets() == {}


# --- choosing -------------------------------------------------------------------------------


def found(home: Path) -> list[Target]:
    Machine(home=home).has(".cursor", ".config/zed")
    return [*installed({}, home, "linux")]


def test_without_names_every_host_is_meant(tmp_path: Path) -> None:
    targets = found(tmp_path)
    assert chosen(targets, []) == targets
    assert [each.host.id for each in chosen(targets, ["zed"])] == ["zed"]


@pytest.mark.parametrize(
    ("name", "says"), [("emacs", "There is no host 'emacs'."), ("vscode", "vscode was not found")]
)
def test_a_name_that_is_no_host_here_is_refused(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(UnknownHost, match=says):
        chosen(found(tmp_path), ["cursor", name])
