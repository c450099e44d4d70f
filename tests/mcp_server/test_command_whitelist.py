"""What a person may let leave, and who may decide it: proposals and the whitelist itself."""

import json
from pathlib import Path

import pytest

from storage import Database
from storage.migrations import HOME
from tests.homes import Home
from tests.mcp_server.asking import question
from tests.mcp_server.commands import Terminal, homeward, process
from whitelist.sqlite import SqliteProposals
from whitelist.whitelist_file import load


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
    assert f"Nothing with the id '{waiting}' waits for a decision." in again.err
    assert allowed(home) == ()


def test_an_unknown_proposal_is_said_to_be_one(home: Home) -> None:
    said = homeward(home, "approve", "nope")
    assert said.status == 1
    assert "`homeward approve` lists what does." in said.err


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
    assert listed["sensitive"] == {"A": "ask", "B": "ask", "C": "send"}
    assert (listed["for_a_while"], listed["questions"]) == ([], [])


def test_the_list_is_plain_for_people(home: Home) -> None:
    home.allow("api.openai.com")
    said = homeward(home, "whitelist", "list")
    assert "cloud_apis: api.openai.com\ndomains: nothing\nmcp_servers: nothing\n" in said.out
    assert "sensitive: A ask, B ask, C send\n" in said.out
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


# --- a host for a while ---------------------------------------------------------------------


@pytest.mark.slow
def test_a_host_is_allowed_for_a_while_and_the_whitelist_is_untouched(home: Home) -> None:
    with Terminal(home, "approve", proposal(home), "--for", "15m") as terminal:
        terminal.until("Type it again to allow it")
        terminal.type("api.anthropic.com\n")
        assert terminal.end() == 0
    assert "Allowed for 900 seconds: api.anthropic.com" in terminal.seen
    assert allowed(home) == ()
    listed = json.loads(homeward(home, "whitelist", "list", "--json").out)
    assert listed["for_a_while"] == ["api.anthropic.com"]
    assert listed["pending"] == []
    [line] = json.loads(homeward(home, "audit", "--json").out)
    assert (line["decision"], line["destination"]) == ("host allowed", "api.anthropic.com")


def test_a_host_for_a_while_needs_a_terminal_too(home: Home) -> None:
    said = homeward(home, "approve", proposal(home), "--for", "1h", stdin=b"api.anthropic.com\n")
    assert said.status == 1
    assert "Only a person at a terminal" in said.err
    assert "for a while" not in homeward(home, "whitelist", "list").out


@pytest.mark.parametrize("duration", ["forever", "1", "1.5h", "-1h", ""])
def test_what_is_no_time_is_told(home: Home, duration: str) -> None:
    said = homeward(home, "approve", proposal(home), "--for", duration)
    assert said.status == 1
    assert "Write it like 15m or 1h." in said.err


# --- rules for sensitive data ---------------------------------------------------------------


def handling(home: Home) -> tuple[str, str, str]:
    now = load(home.places.whitelist).handling
    return (now.a, now.b, now.c)


def test_a_stricter_rule_needs_no_terminal(home: Home) -> None:
    said = homeward(home, "whitelist", "sensitive", "B", "local")
    assert (said.status, said.out) == (0, "Sensitive data of tier B: local\n")
    assert handling(home) == ("ask", "local", "send")


def test_a_looser_rule_needs_a_person(home: Home) -> None:
    said = homeward(home, "whitelist", "sensitive", "B", "redact", stdin=b"B redact\n")
    assert said.status == 1
    assert "Only a person at a terminal" in said.err
    assert handling(home) == ("ask", "ask", "send")


@pytest.mark.slow
def test_a_person_who_types_the_rule_again_loosens_it(home: Home) -> None:
    with Terminal(home, "whitelist", "sensitive", "B", "redact") as terminal:
        terminal.until("Type it again to allow it")
        terminal.type("B redact\n")
        assert terminal.end() == 0
    assert handling(home) == ("ask", "redact", "send")


@pytest.mark.parametrize(("tier", "rule"), [("A", "send"), ("A", "redact"), ("B", "send")])
def test_a_rule_that_a_tier_cannot_have_is_told(home: Home, tier: str, rule: str) -> None:
    said = homeward(home, "whitelist", "sensitive", tier, rule)
    assert said.status == 1
    assert f"Data of tier {tier} cannot be handled by `{rule}`." in said.err


@pytest.mark.parametrize(
    ("options", "rules"),
    [((), ("local", "local", "send")), (("--tier", "C"), ("local", "local", "local"))],
)
def test_tightening_takes_everything_back_and_asks_nobody(
    home: Home, options: tuple[str, ...], rules: tuple[str, str, str]
) -> None:
    home.allow("api.openai.com")
    waiting, asked = proposal(home), question(home)
    said = homeward(home, "whitelist", "tighten", *options)
    assert said.status == 0
    assert said.out.startswith("Taken back: 2 of what was allowed or asked for.\n")
    assert handling(home) == rules
    assert allowed(home) == ("api.openai.com",)
    assert homeward(home, "approve").out == "Nothing waits for your decision.\n"
    for gone in (waiting, asked):
        assert homeward(home, "approve", gone).status == 1


def test_tightening_works_also_where_the_settings_are_damaged(home: Home) -> None:
    asked = question(home)
    home.settings("nonsense = [")
    assert homeward(home, "whitelist", "tighten").status == 0
    home.settings("")
    assert homeward(home, "approve", asked).status == 1
