"""`homeward setup`: shows what it would change, changes what is agreed to, and takes it back."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests import keyrings
from tests.homes import Home
from tests.mcp_server.commands import Said, Terminal, homeward, process
from tests.mcp_server.processes import HOMEWARD
from tests.wire.listening import Listening, Reply, Request

OTHER = '{\n  "mcpServers": {\n    "other": {"command": "x", "env": {"KEY": "sk-3"}}\n  }\n}\n'


@pytest.fixture
def person(home: Home, tmp_path: Path) -> Path:
    """The folder of a person who has Cursor, with a server in it, and Zed; no Ollama is seen."""
    folder = tmp_path / "person"
    (folder / ".cursor").mkdir(parents=True)
    (folder / ".config" / "zed").mkdir(parents=True)
    (folder / ".cursor" / "mcp.json").write_text(OTHER, encoding="utf-8")
    home.environ |= {"HOME": str(folder), "PATH": str(folder)}
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below by its name, but what Homeward keeps itself and the copies it makes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".bak"
    }


def states(said: Said) -> dict[str, str]:
    return {each["host"]: each["state"] for each in json.loads(said.out)["hosts"]}


def entry(file: Path, servers: str = "mcpServers") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))[servers]["homeward"]
    return found


# --- without a person -----------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--dry-run", "--yes")])
def test_nobody_has_agreed_so_it_is_shown_and_nothing_changes(
    home: Home, person: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    before = snapshot(tmp_path)
    said = homeward(home, "setup", *options)
    assert (said.status, said.err) == (0, "")
    assert f"+++ {person}/.cursor/mcp.json (new)" in said.out
    assert '+    "homeward": {' in said.out
    assert "sk-3" not in said.out
    assert ("`--yes` agrees to it" in said.out) is (options == ())
    assert snapshot(tmp_path) == before


def test_with_yes_it_is_written_and_everything_is_checked(local_home: Home, person: Path) -> None:
    said = homeward(local_home, "setup", "--yes")
    assert said.status == 0
    assert entry(person / ".cursor" / "mcp.json")["command"] == HOMEWARD
    assert entry(person / ".config" / "zed" / "settings.json", "context_servers")["args"] == ["mcp"]
    [copy] = (person / ".cursor").glob("*.bak")
    assert copy.read_text(encoding="utf-8") == OTHER
    assert f"What it was is in {copy}" in said.out
    assert "Ollama has tiny:latest." in said.out
    assert "✓ Cursor configured in" in said.out
    assert "✓ ollama has tiny:latest" in said.out
    again = homeward(local_home, "setup", "--yes")
    assert again.out.count("Homeward is already in") == 2
    assert [*(person / ".cursor").glob("*.bak")] == [copy]


def test_what_is_missing_is_said_and_the_status_tells(home: Home, person: Path) -> None:
    said = homeward(home, "setup", "--yes")
    assert said.status == 1
    assert "Ollama is not installed" in said.out
    assert "ollama pull " in said.out
    assert "✗ models There is no model to ask." in said.out
    assert "✓ Zed configured in" in said.out


def test_remove_gives_back_what_was_there(home: Home, person: Path) -> None:
    before = snapshot(person)
    homeward(home, "setup", "--yes")
    shown = homeward(home, "setup", "--remove")
    assert '-    "homeward": {' in shown.out
    assert "homeward" in (person / ".cursor" / "mcp.json").read_text(encoding="utf-8")
    said = homeward(home, "setup", "--remove", "--yes")
    assert (said.status, said.err) == (0, "")
    assert snapshot(person) == before
    assert "What suits this machine" not in said.out
    nothing = homeward(home, "setup", "--remove", "--yes", "--json")
    assert states(nothing) == {"cursor": "absent", "zed": "absent"}


def test_remove_leaves_an_entry_of_our_name_that_is_not_ours(home: Home, person: Path) -> None:
    file = person / ".cursor" / "mcp.json"
    theirs = '{"mcpServers": {"homeward": {"url": "http://127.0.0.1:8765/mcp"}}}'
    file.write_text(theirs, encoding="utf-8")
    said = homeward(home, "setup", "--remove", "--yes")
    assert said.status == 1
    assert "does not start Homeward's own program" in said.out
    assert file.read_text(encoding="utf-8") == theirs


def test_only_the_hosts_that_are_named_are_touched(home: Home, person: Path) -> None:
    homeward(home, "setup", "zed", "--yes")
    assert (person / ".cursor" / "mcp.json").read_text(encoding="utf-8") == OTHER
    assert (person / ".config" / "zed" / "settings.json").exists()


@pytest.mark.parametrize("name", ["emacs", "windsurf"])
def test_a_host_that_is_not_here_is_refused_before_anything_is_written(
    home: Home, person: Path, name: str
) -> None:
    said = homeward(home, "setup", "cursor", name, "--yes")
    assert said.status == 1
    assert name in said.err
    assert (person / ".cursor" / "mcp.json").read_text(encoding="utf-8") == OTHER


def test_a_damaged_file_is_left_and_the_others_are_written(local_home: Home, person: Path) -> None:
    file = person / ".cursor" / "mcp.json"
    file.write_text("{broken", encoding="utf-8")
    said = homeward(local_home, "setup", "--yes")
    assert said.status == 1
    assert f"{file} was left as it is. It is not JSON: line 1" in said.out
    assert 'The entry, to be put in by hand: {"homeward": {"command": ' in said.out
    assert file.read_text(encoding="utf-8") == "{broken"
    assert (person / ".config" / "zed" / "settings.json").exists()
    assert homeward(local_home, "setup", "--remove", "--yes").status == 1


def test_without_any_host_the_entry_is_shown(home: Home, tmp_path: Path) -> None:
    said = homeward(home, "setup", HOME=str(tmp_path / "nobody"))
    assert said.status == 0
    assert "No assistant's folder was found on this machine." in said.out
    assert 'The entry, to be put in by hand: {"homeward": {"command": ' in said.out


def test_a_program_that_is_named_is_what_hosts_start(home: Home, person: Path) -> None:
    ours = person / "my homeward"
    ours.touch(mode=0o755)
    homeward(home, "setup", "cursor", "--yes", "--command", str(ours))
    assert entry(person / ".cursor" / "mcp.json")["command"] == str(ours)
    said = homeward(home, "setup", "cursor", "--yes", "--command", str(person / "none"))
    assert (said.status, "is not a program" in said.err) == (1, True)


def test_damaged_settings_are_the_doctors_to_tell(home: Home, person: Path) -> None:
    home.settings("no toml")
    said = homeward(home, "setup", "--yes")
    assert said.status == 1
    assert "✗ settings" in said.out
    assert entry(person / ".cursor" / "mcp.json")["command"] == HOMEWARD


# --- JSON -----------------------------------------------------------------------------------


def test_programs_read_the_same_as_json(local_home: Home, person: Path) -> None:
    shown = homeward(local_home, "setup", "--json")
    assert states(shown) == {"cursor": "shown", "zed": "shown"}
    assert json.loads(shown.out)["doctor"] is None
    assert json.loads(shown.out)["models"]["has"] is None
    done = homeward(local_home, "setup", "--json", "--yes")
    assert (done.status, done.err) == (0, "")
    data = json.loads(done.out)
    assert states(done) == {"cursor": "written", "zed": "written"}
    assert Path(data["hosts"][0]["copy"]).read_text(encoding="utf-8") == OTHER
    assert data["models"]["has"] == ["tiny:latest"]
    assert {each["state"] for each in data["doctor"]} <= {"ok", "note"}
    assert states(homeward(local_home, "setup", "--json")) == {"cursor": "there", "zed": "there"}


# --- at a terminal --------------------------------------------------------------------------


def with_ollama(person: Path) -> Path:
    """A program `ollama` that writes down what it was asked for."""
    asked = person / "asked"
    program = person / "ollama"
    program.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n', encoding="utf-8")
    program.chmod(0o755)
    return asked


@pytest.mark.slow
def test_a_person_is_asked_for_each_host(local_home: Home, person: Path) -> None:
    local_home.environ["PYTHON_KEYRING_BACKEND"] = keyrings.NONE
    with Terminal(local_home, "setup") as terminal:
        terminal.until("Change ")
        terminal.type("n\n")
        terminal.until("was left as it is.")
        terminal.until("settings.json?")
        terminal.type("\n")
        assert terminal.end() == 0
    assert (person / ".cursor" / "mcp.json").read_text(encoding="utf-8") == OTHER
    assert (person / ".config" / "zed" / "settings.json").exists()
    assert "This machine has no system keyring that can be used." in terminal.seen
    assert "Which cloud's key?" not in terminal.seen  # nowhere to keep one, so none is asked for


@pytest.mark.slow
def test_a_key_goes_into_the_keyring_and_into_no_file_of_a_host(
    local_home: Home, person: Path, tmp_path: Path
) -> None:
    local_home.environ |= {
        "PYTHON_KEYRING_BACKEND": keyrings.KEPT,
        "KEPT_IN": str(tmp_path / "kept"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    (tmp_path / "kept").write_text("{}", encoding="utf-8")
    with Terminal(local_home, "setup", "cursor") as terminal:
        terminal.until("mcp.json?")
        terminal.type("y\n")
        terminal.until("Which cloud's key? (anthropic, openai, ")
        terminal.type("sk-too-early\n")
        terminal.until("That is none of these names.")
        assert terminal.seen.count("sk-too-early") == 1  # the terminal's own echo
        terminal.type("ollama\n")  # needs no key
        terminal.type("openai\n")
        terminal.until("api-keys): ")  # the last blank comes once nothing is shown any more
        terminal.type("sk-typed\n")
        terminal.until("Kept OPENAI_API_KEY")
        terminal.type("\n")
        terminal.end()
    assert terminal.seen.count("That is none of these names.") == 2
    assert "sk-typed" not in terminal.seen
    assert "sk-typed" in (tmp_path / "kept").read_text(encoding="utf-8")
    assert not [name for name, data in snapshot(person).items() if b"sk-typed" in data]


async def without_models(request: Request, reply: Reply) -> None:
    await reply.whole(200, b'{"models": []}', content_type="application/json")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "pulled"),
    [("", ""), ("{best}", "pull {best}\n"), ("ollama pull {best}", "pull {best}\n"), ("x; y", "")],
)
def test_a_model_is_fetched_only_if_the_person_names_one_of_those_shown(
    home: Home, person: Path, typed: str, pulled: str
) -> None:
    asked = with_ollama(person)
    home.environ["PYTHON_KEYRING_BACKEND"] = keyrings.NONE
    shown = json.loads(homeward(home, "setup", "--json").out)["models"]["suited"]
    best = shown[0]["name"]
    with (
        Listening(without_models) as ollama,
        Terminal(home, "setup", "cursor", OLLAMA_HOST=ollama.address) as terminal,
    ):
        terminal.until("mcp.json?")
        terminal.type("n\n")
        terminal.until("Ollama runs, but has no model.")
        terminal.until("Get which one now?")
        terminal.type(typed.format(best=best) + "\n")
        assert terminal.end() == 1
    done = asked.read_text(encoding="utf-8") if asked.exists() else ""
    assert done == pulled.format(best=best)


def test_an_ollama_that_does_not_run_is_to_be_started(home: Home, person: Path) -> None:
    with_ollama(person)
    assert "Ollama does not run: start it" in homeward(home, "setup", "--yes").out


# --- what was written works -----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_host_without_a_path_starts_what_was_written(home: Home, person: Path) -> None:
    """As a host in a graphical session does: no PATH, and no variable but those of the entry."""
    said = process(home, "setup", "cursor", "--yes")
    assert "Wrote" in said.out
    written = entry(person / ".cursor" / "mcp.json")
    assert os.path.isabs(written["command"])
    assert Path(written["env"]["HOMEWARD_CONFIG_DIR"]) == home.places.config
    started = StdioServerParameters(
        command=written["command"], args=written["args"], env={"PATH": "", **written["env"]}
    )
    async with Client(started) as client:
        listed = await client.list_tools()
    assert {"route_prompt", "cost_report"} <= {tool.name for tool in listed.tools}
