"""What the documents and the example show is what `homeward setup` writes."""

import re
from pathlib import Path

import pytest

from mcp_server.setup.change import added
from mcp_server.setup.launch import Launch
from mcp_server.setup.locate import Host
from tests.mcp_server.setup.machines import HOSTS, LAUNCH, target

ROOT = Path(__file__).parents[3]
PAGES = {"vscode-insiders": "vscode"}
"""Hosts whose page is another's."""


def written(folder: Path, host: Host, launch: Launch) -> str:
    """A fresh file of that host."""
    draft = added(target(folder / "fresh.json", host), launch)
    assert draft.after is not None
    return draft.after.decode()


def page(host: Host) -> str:
    path = ROOT / "docs" / "hosts" / f"{PAGES.get(host.id, host.id)}.md"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_each_hosts_page_shows_what_is_written(tmp_path: Path, host: Host) -> None:
    snippets = re.findall(r"^```json\n(.*?)^```$", page(host), re.MULTILINE | re.DOTALL)
    assert snippets == [written(tmp_path, host, LAUNCH)]


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_each_hosts_page_names_its_command_and_its_file(host: Host) -> None:
    assert f"homeward setup {host.id}\n" in page(host)
    named = set(re.findall(r"[\w.]+\.json", page(host)))
    assert {Path(place.file).name for place in host.places} <= named


def test_the_example_is_what_is_written_for_claude_desktop(tmp_path: Path) -> None:
    launch = Launch(command="/path/to/homeward")
    example = (ROOT / "claude_desktop_config.example.json").read_text(encoding="utf-8")
    assert example == written(tmp_path, HOSTS["claude-desktop"], launch)
