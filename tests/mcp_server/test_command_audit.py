"""`homeward audit`: what left, and whether the record of it is whole."""

import json
import secrets
from pathlib import Path

import pytest

from tests import keyrings
from tests.homes import EASY, HARD, Home
from tests.mcp_server.commands import Terminal, homeward, process

ROOT = Path(__file__).parents[2]
VERIFY = ("audit", "verify")


def test_before_anything_left_the_record_says_so_and_is_whole(home: Home) -> None:
    assert homeward(home, "audit").out == "Nothing has left this machine.\n"
    said = homeward(home, *VERIFY)
    assert (said.status, said.out) == (0, "Whole: 0 entries, none changed, none missing.\n")


def test_what_left_is_shown_without_a_word_of_it(full_home: Home) -> None:
    word = f"xyzzy{secrets.token_hex(4)}"
    for number in range(3):
        ask = ("ask", f"{HARD} {word} {number}", "--max-tokens", "20", "--fresh")
        assert homeward(full_home, *ask).status == 0
    said = homeward(full_home, "audit")
    assert word not in said.everything
    lines = [line for line in said.out.splitlines() if "homeward ask" in line]
    assert len(lines) == 3
    assert all("sent" in line and "127.0.0.1:" in line and "none" in line for line in lines)
    assert homeward(full_home, "audit", "-n", "1").out.count("homeward ask") == 1
    assert "Whole: 3 entries" in homeward(full_home, *VERIFY).out


@pytest.mark.parametrize(
    "command", [("audit", "-n", "2", "--json"), ("audit", "show", "-n2", "--json")]
)
def test_programs_read_it_as_json(full_home: Home, command: tuple[str, ...]) -> None:
    for number in range(3):
        homeward(full_home, "ask", f"{HARD} {number}", "--max-tokens", "20", "--fresh")
    lines = json.loads(homeward(full_home, *command).out)
    assert [line["seq"] for line in lines] == [2, 3]
    assert lines[0]["form"] == "as_is"
    assert homeward(full_home, "audit", "show").out == homeward(full_home, "audit").out


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("changed", "audit.jsonl, line 2: Line 2 was changed"),
        ("removed", "audit.jsonl, line 2: Line 2 is missing"),
        ("cut", "audit.jsonl, line 2: It ends after line 2, but 3 were written."),
    ],
)
def test_a_record_that_was_tampered_with_is_told_with_the_line_and_how(
    full_home: Home, harm: str, says: str
) -> None:
    for number in range(3):
        homeward(full_home, "ask", f"{HARD} {number}", "--max-tokens", "20", "--fresh")
    lines = full_home.places.audit.read_text(encoding="utf-8").splitlines(keepends=True)
    left = {
        "changed": [lines[0], lines[1].replace("127.0.0.1", "127.0.0.9"), lines[2]],
        "removed": [lines[0], lines[2]],
        "cut": lines[:2],
    }[harm]
    full_home.places.audit.write_text("".join(left), encoding="utf-8")
    said = homeward(full_home, *VERIFY)
    assert said.status == 1
    assert says in said.out
    assert "Whole" not in said.everything


@pytest.mark.slow
def test_a_damaged_record_is_set_aside_by_a_person_and_a_new_one_is_whole(full_home: Home) -> None:
    homeward(full_home, "ask", HARD, "--max-tokens", "20")
    full_home.places.audit_key.unlink()
    assert "key is missing" in homeward(full_home, *VERIFY).err
    assert homeward(full_home, "audit", "restart", stdin=b"restart\n").status == 1
    before = full_home.places.audit.read_text(encoding="utf-8")
    with Terminal(full_home, "audit", "restart") as terminal:
        terminal.until("Type `restart`")
        terminal.type("restart\n")
        assert terminal.end() == 0
    [aside] = full_home.places.data.glob("audit-*.jsonl")
    assert aside.read_text(encoding="utf-8") == before
    assert homeward(full_home, *VERIFY).out.startswith("Whole: 0 entries")


@pytest.mark.slow
def test_a_keyring_that_is_missing_stops_clouds_and_not_the_local_models(full_home: Home) -> None:
    full_home.places.settings.write_text("", encoding="utf-8")
    full_home.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    said = process(full_home, "ask", HARD, "--max-tokens", "20", "--prefer", "cloud")
    assert 'write `audit_key = "file"` under [privacy] in homeward.toml' in said.everything
    assert not full_home.places.audit.exists()
    said = process(full_home, "ask", EASY, "--max-tokens", "20", "--prefer", "local")
    assert (said.status, bool(said.out)) == (0, True)
    assert not full_home.places.audit_key.exists()


@pytest.mark.slow
def test_with_a_keyring_the_key_is_in_no_file_of_ours(full_home: Home, tmp_path: Path) -> None:
    full_home.places.settings.write_text("", encoding="utf-8")
    full_home.environ |= {
        "PYTHON_KEYRING_BACKEND": keyrings.KEPT,
        "KEPT_IN": str(tmp_path / "kept.json"),
        "PYTHONPATH": str(ROOT),
    }
    assert process(full_home, "ask", HARD, "--max-tokens", "20").status == 0
    assert "Whole: 1 entries" in process(full_home, *VERIFY).out
    [name] = json.loads((tmp_path / "kept.json").read_text())
    assert name == "homeward/audit-key"
    assert not full_home.places.audit_key.exists()


def test_names_in_the_record_are_shown_as_they_are_not_as_markup(full_home: Home) -> None:
    homeward(full_home, "ask", HARD, "--max-tokens", "20")
    text = full_home.places.audit.read_text(encoding="utf-8")
    full_home.places.audit.write_text(text.replace("homeward ask", "[/x]Claude"), encoding="utf-8")
    assert "[/x]Claude" in homeward(full_home, "audit").out
