"""A person is shown what changes, and nothing that other servers were given."""

from pathlib import Path

from mcp_server.setup.change import added, removed
from mcp_server.setup.launch import Launch
from mcp_server.setup.shown import difference
from tests.mcp_server.setup.machines import LAUNCH, target

HELD = b"""{
  // the token is tok-1
  "mcpServers": {
    "homeward": {
      "command": "uvx",
      "args": ["homeward", "--secret", "mcp"],
      "env": { "OLLAMA_HOST": "127.0.0.1", "A_KEY": "sk-2" }
    }, /* or
    tok-3 */
    "other": { "args": ["sk-4 // \\"sk-5"], "port": 80 } // "sk-6"
  }
}
"""


def test_only_names_and_our_own_words_are_shown(tmp_path: Path) -> None:
    place = target(tmp_path / "mcp.json")
    place.file.write_bytes(HELD)
    shown = difference(added(place, Launch(command="/h")))
    assert '-      "command": "uvx",' in shown
    assert '+      "command": "/h",' in shown
    assert '"OLLAMA_HOST": "127.0.0.1", "A_KEY": "…"' in shown
    assert "// …" in difference(removed(place))
    for draft in (added(place, Launch(command="/h")), removed(place)):
        assert not [held for held in ("sk-", "tok-") if held in difference(draft)]


def test_a_new_file_and_one_that_goes_are_shown_whole(tmp_path: Path) -> None:
    place = target(tmp_path / "mcp.json")
    draft = added(place, LAUNCH)
    lines = difference(draft).splitlines()
    assert lines[:2] == ["--- (no file)", f"+++ {place.file} (new)"]
    assert draft.after is not None
    assert lines[3:] == [f"+{line}" for line in draft.after.decode().splitlines()]
    place.file.write_bytes(draft.after)
    assert difference(removed(place)).splitlines()[1] == "+++ (no file)"


def test_a_comma_that_is_added_is_a_change_too(tmp_path: Path) -> None:
    place = target(tmp_path / "mcp.json")
    place.file.write_text('{\n  "theme": "dark"\n}\n', encoding="utf-8")
    shown = difference(added(place, LAUNCH)).splitlines()
    assert '-  "theme": "…"' in shown
    assert '+  "theme": "…",' in shown
