"""`homeward check`: what a text holds and what would happen to it, without a word of it."""

import json
from pathlib import Path

import pytest

from tests.homes import Home
from tests.mcp_server.commands import homeward
from tests.whitelist import papers

EMAIL = "ada.lovelace@analytical-engines.co.uk"
CARD = "4532 7189 0245 1067"
PERSONAL = f"Write to {EMAIL}, the card is {CARD}."


@pytest.mark.parametrize("how", ["text", "file", "standard input"])
@pytest.mark.parametrize("form", [(), ("--json",)], ids=["table", "json"])
def test_what_a_text_holds_is_counted_and_its_words_are_never_repeated(
    home: Home, tmp_path: Path, how: str, form: tuple[str, ...]
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(PERSONAL, encoding="utf-8")
    text = {"text": PERSONAL, "file": str(path), "standard input": "-"}[how]
    said = homeward(home, "check", text, *form, stdin=PERSONAL.encode())
    assert said.status == 0
    if form:
        found = json.loads(said.out)
        assert (found["complete"], found["tier"]) == (True, "A")
        assert found["counts"] == {"CARD": 1, "EMAIL": 1}
    else:
        lines = {line.split()[0]: line for line in said.out.splitlines() if line.split()}
        assert "leaves only replaced by a tag, if you agree" in lines["CARD"]
        assert lines["EMAIL"].rstrip().endswith("leaves only if you agree")
        assert "So you are asked before any of this text goes to a cloud." in said.out
    for secret in (EMAIL, "ada", CARD, "4532"):
        assert secret not in said.everything


def test_a_text_without_anything_personal_is_left_to_the_whitelist(home: Home) -> None:
    said = homeward(home, "check", "What is the capital of France?")
    assert said.status == 0
    assert "Nothing personal or secret was found." in said.out


def test_bytes_that_are_no_text_are_inspected_all_the_same(home: Home) -> None:
    said = homeward(home, "check", "-", "--json", stdin=b"\xff\xfe " + EMAIL.encode())
    assert json.loads(said.out)["counts"] == {"EMAIL": 1}


@pytest.mark.parametrize(
    ("rules", "text", "each", "together"),
    [
        ('b = "redact"', EMAIL, "is replaced by a tag", "with tags in it"),
        ('b = "local"', EMAIL, "stays on this machine", "stays on this machine"),
        ('a = "local"', CARD, "stays on this machine", "stays on this machine"),
        ('b = "redact"', PERSONAL, "is replaced by a tag", "you are asked before"),
        ("", "My name is Ada Lovelace.", "may leave", "the whitelist decides"),
        ('c = "ask"', "My name is Ada Lovelace.", "if you agree", "you are asked before"),
    ],
)
def test_what_would_happen_follows_todays_rules(
    home: Home, rules: str, text: str, each: str, together: str
) -> None:
    home.allow(tasks=f"[sensitive]\n{rules}")
    said = homeward(home, "check", text)
    *table, last = said.out.splitlines()
    assert any(each in line for line in table)
    assert last.startswith("So ")
    assert together in last


def test_rules_that_cannot_be_read_are_told(home: Home) -> None:
    home.allow(tasks="[sensitive]\nb = 'send'")
    said = homeward(home, "check", EMAIL)
    assert (said.status, said.out) == (1, "")
    assert "`b` of sensitive" in said.err


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("letter.pdf", papers.pdf([f"Write to {EMAIL}."])),
        ("letter.docx", papers.docx(papers.paragraph(f"Write to {EMAIL}."))),
    ],
    ids=["pdf", "docx"],
)
def test_a_document_is_inspected_for_what_it_says(
    home: Home, tmp_path: Path, name: str, raw: bytes
) -> None:
    (tmp_path / name).write_bytes(raw)
    said = homeward(home, "check", str(tmp_path / name), "--json")
    assert json.loads(said.out)["counts"] == {"EMAIL": 1}


def test_a_document_that_cannot_be_read_is_said_to_be_so(home: Home, tmp_path: Path) -> None:
    (tmp_path / "locked.pdf").write_bytes(papers.encrypted_pdf())
    said = homeward(home, "check", str(tmp_path / "locked.pdf"))
    assert said.status == 1
    assert "locked.pdf is encrypted." in said.err


@pytest.mark.parametrize("name", ["~/nothing/here.txt", "./letter", "/nowhere/a.pdf", "rent.docx"])
def test_a_name_that_no_file_has_is_not_called_harmless(home: Home, name: str) -> None:
    said = homeward(home, "check", name)
    assert said.status == 1
    assert "there is no such file" in said.err
