"""What a person may let leave, and who may decide it: check, approve, whitelist, audit."""

import json
import secrets
from pathlib import Path

import pytest

from storage import Database
from storage.migrations import HOME
from tests.homes import HARD, Home
from tests.mcp_server.commands import Terminal, homeward, process
from whitelist.sqlite import SqliteProposals
from whitelist.whitelist_file import load

EMAIL = "ada.lovelace@analytical-engines.co.uk"
CARD = "4532 7189 0245 1067"
PERSONAL = f"Write to {EMAIL}, the card is {CARD}."


def proposal(home: Home, reason: str = "hard proofs", caller: str = "a test") -> str:
    """The id of a proposal to allow Anthropic, as an assistant would have made it."""
    books = Database(home.places.home_database, HOME)
    proposals = SqliteProposals(
        books,
        whitelist=lambda: load(home.places.whitelist),
        clock=lambda: 2_000_000_000.0,  # far ahead, so that it still waits today
        aliases={"anthropic": "api.anthropic.com"},
    )
    made = proposals.propose("cloud_api", "anthropic", reason, caller)
    books.close()
    return made.id


def allowed(home: Home) -> tuple[str, ...]:
    return load(home.places.whitelist).cloud_apis


# --- check ----------------------------------------------------------------------------------


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
        assert "never leaves this machine" in said.out
        assert "stays local" in said.out
    for secret in (EMAIL, "ada", CARD, "4532"):
        assert secret not in said.everything


def test_a_text_without_anything_personal_is_left_to_the_whitelist(home: Home) -> None:
    said = homeward(home, "check", "What is the capital of France?")
    assert said.status == 0
    assert "Nothing personal or secret was found." in said.out


def test_bytes_that_are_no_text_are_inspected_all_the_same(home: Home) -> None:
    said = homeward(home, "check", "-", "--json", stdin=b"\xff\xfe " + EMAIL.encode())
    assert json.loads(said.out)["counts"] == {"EMAIL": 1}


# --- consent --------------------------------------------------------------------------------

ASKING = [("approve",), ("whitelist", "add", "cloud_api", "anthropic")]


def command(home: Home, asking: tuple[str, ...]) -> tuple[str, ...]:
    return ("approve", proposal(home)) if asking == ("approve",) else asking


@pytest.mark.slow
@pytest.mark.parametrize("asking", ASKING, ids=["approve", "add"])
def test_a_person_who_types_the_entry_again_allows_it(home: Home, asking: tuple[str, ...]) -> None:
    with Terminal(home, *command(home, asking)) as terminal:
        terminal.until("Type it again to allow it")
        terminal.type("api.anthropic.com\n")
        assert terminal.end() == 0
    assert "Allowed: cloud_api api.anthropic.com" in terminal.seen
    assert allowed(home) == ("api.anthropic.com",)
    assert homeward(home, "approve").out == "Nothing waits for your decision.\n"


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["api.anthropic.co\n", "yes\n", "anthropic\n", "\x04"])
def test_anything_else_allows_nothing(home: Home, typed: str) -> None:
    waiting = proposal(home)
    with Terminal(home, "approve", waiting) as terminal:
        terminal.until("Type it again to allow it")
        terminal.type(typed)
        assert terminal.end() == 1
    assert allowed(home) == ()
    assert waiting in homeward(home, "approve").out


@pytest.mark.slow
def test_a_terminal_whose_output_goes_elsewhere_is_not_one(home: Home, tmp_path: Path) -> None:
    with Terminal(home, *ASKING[1], out=tmp_path / "out") as terminal:
        assert terminal.end() == 1
    assert "Only a person at a terminal" in terminal.seen
    assert allowed(home) == ()


SWITCHES = [
    {},
    {"HOMEWARD_YES": "1", "HOMEWARD_APPROVE": "1", "HOMEWARD_ASSUME_YES": "true"},
    {"CI": "", "FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "1"},
    {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUNBUFFERED": "1"},
]


@pytest.mark.parametrize("environ", SWITCHES, ids=["nothing set", "yes", "forced", "term"])
@pytest.mark.parametrize("asking", ASKING, ids=["approve", "add"])
def test_without_a_terminal_nothing_is_allowed_whatever_is_piped_in_or_set(
    home: Home, asking: tuple[str, ...], environ: dict[str, str]
) -> None:
    said = homeward(home, *command(home, asking), stdin=b"api.anthropic.com\n" * 3, **environ)
    assert said.status == 1
    assert "Only a person at a terminal can allow something." in said.err
    assert str(home.places.whitelist) in said.err
    assert allowed(home) == ()


@pytest.mark.slow
def test_nor_does_a_process_of_its_own_with_piped_input(home: Home) -> None:
    said = process(home, *ASKING[1], stdin=b"api.anthropic.com\n")
    assert said.status == 1
    assert "Only a person at a terminal" in said.err
    assert allowed(home) == ()


@pytest.mark.parametrize("option", ["--yes", "-y", "--force", "--confirm"])
def test_no_option_stands_in_for_consent(home: Home, option: str) -> None:
    assert homeward(home, *ASKING[1], option).status == 2
    assert homeward(home, "approve", proposal(home), option).status == 2
    assert allowed(home) == ()


# --- proposals ------------------------------------------------------------------------------


def test_what_waits_is_listed_with_who_asked_and_why(home: Home) -> None:
    assert homeward(home, "approve").out == "Nothing waits for your decision.\n"
    waiting = proposal(home, reason="for [bold]hard[/] proofs [/]", caller="[red]Claude")
    for said in (homeward(home, "approve"), homeward(home, "whitelist", "list")):
        assert said.status == 0
        line = next(line for line in said.out.splitlines() if waiting in line)
        for words in ("cloud_api", "api.anthropic.com", "[red]Claude", "[bold]hard[/] proofs [/]"):
            assert words in line


def test_a_refusal_needs_no_terminal_and_is_final(home: Home) -> None:
    waiting = proposal(home)
    said = homeward(home, "approve", waiting, "--refuse")
    assert (said.status, said.out) == (0, "Refused.\n")
    again = homeward(home, "approve", waiting)
    assert again.status == 1
    assert f"No proposal '{waiting}' waits for a decision." in again.err
    assert allowed(home) == ()


def test_an_unknown_proposal_is_said_to_be_one(home: Home) -> None:
    said = homeward(home, "approve", "nope")
    assert said.status == 1
    assert "`homeward approve` lists those that do." in said.err


# --- whitelist ------------------------------------------------------------------------------


def test_the_list_is_json_for_programs(home: Home) -> None:
    home.allow("api.openai.com", tasks="creative_writing = true\ncode_review = false")
    waiting = proposal(home)
    listed = json.loads(homeward(home, "whitelist", "list", "--json").out)
    assert listed["cloud_apis"] == ["api.openai.com"]
    assert (listed["domains"], listed["mcp_servers"]) == ([], [])
    assert "creative_writing" in listed["allowed_for_cloud"]
    assert "code_review" not in listed["allowed_for_cloud"]
    assert listed["pending"] == [{"id": waiting, "type": "cloud_api", "name": "api.anthropic.com"}]


def test_the_list_is_plain_for_people(home: Home) -> None:
    home.allow("api.openai.com")
    said = homeward(home, "whitelist", "list")
    assert "cloud_apis: api.openai.com\ndomains: nothing\nmcp_servers: nothing\n" in said.out
    assert str(home.places.whitelist) in said.out


def test_taking_an_entry_back_needs_no_terminal(home: Home) -> None:
    home.allow("api.openai.com", "api.anthropic.com")
    said = homeward(home, "whitelist", "remove", "cloud_api", "anthropic")
    assert (said.status, said.out) == (0, "No longer allowed: cloud_api api.anthropic.com\n")
    assert allowed(home) == ("api.openai.com",)
    again = homeward(home, "whitelist", "remove", "cloud_api", "anthropic")
    assert (again.status, again.out) == (0, "Was not allowed: cloud_api api.anthropic.com\n")


@pytest.mark.parametrize("verb", ["add", "remove"])
@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        ("cloud_api", "*.example.com", "no wildcard"),
        ("domain", ".com", "hosts that anyone can have"),
        ("task", "everything", "is not a kind of task"),
        ("mcp_server", "[red]", "letters, digits"),
    ],
    ids=["wildcard", "suffix", "task", "server"],
)
def test_an_entry_that_cannot_be_one_is_told_before_anyone_is_asked(
    home: Home, verb: str, kind: str, name: str, says: str
) -> None:
    said = homeward(home, "whitelist", verb, kind, name)
    assert said.status == 1
    assert says in said.err


@pytest.mark.parametrize(
    "arguments", [("whitelist", "list"), ("whitelist", "remove", "domain", "example.org")]
)
def test_a_damaged_whitelist_is_told_with_its_line(home: Home, arguments: tuple[str, ...]) -> None:
    home.allow()
    home.places.whitelist.write_text('\ncloud_apis = "all"\n', encoding="utf-8")
    said = homeward(home, *arguments)
    assert said.status == 1
    assert f"{home.places.whitelist}, line 2: cloud_apis is not a list of texts." in said.err


# --- audit ----------------------------------------------------------------------------------


def test_before_anything_left_the_record_says_so_and_is_whole(home: Home) -> None:
    assert homeward(home, "audit").out == "Nothing has left this machine.\n"
    said = homeward(home, "audit", "--verify")
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
    assert "Whole: 3 entries" in homeward(full_home, "audit", "--verify").out


@pytest.mark.parametrize("harm", ["changed", "removed", "cut"])
def test_a_record_that_was_tampered_with_is_told(full_home: Home, harm: str) -> None:
    for number in range(3):
        homeward(full_home, "ask", f"{HARD} {number}", "--max-tokens", "20", "--fresh")
    lines = full_home.places.audit.read_text(encoding="utf-8").splitlines(keepends=True)
    left = {
        "changed": [lines[0], lines[1].replace("127.0.0.1", "127.0.0.9"), lines[2]],
        "removed": [lines[0], lines[2]],
        "cut": lines[:2],
    }[harm]
    full_home.places.audit.write_text("".join(left), encoding="utf-8")
    said = homeward(full_home, "audit", "--verify")
    assert said.status == 1
    assert "Whole" not in said.everything


def test_names_in_the_record_are_shown_as_they_are_not_as_markup(full_home: Home) -> None:
    homeward(full_home, "ask", HARD, "--max-tokens", "20")
    text = full_home.places.audit.read_text(encoding="utf-8")
    full_home.places.audit.write_text(text.replace("homeward ask", "[/x]Claude"), encoding="utf-8")
    assert "[/x]Claude" in homeward(full_home, "audit").out
