"""A question to the person: shown in plain words, decided at a real terminal only."""

import json

import pytest

from tests.homes import Home
from tests.mcp_server.asking import granted, question
from tests.mcp_server.commands import Terminal, homeward

SHOWN = (
    *("api.openai.com", "openai/gpt-6-luna", "creative writing", "mcp:Cursor", "acme.pdf"),
    *("2 × e-mail address, 1 × phone number", "j•••@a•••.com, +49 •••67"),
)


def decided(home: Home, *typed: str, asked: str | None = None) -> tuple[int, str]:
    """Exit status and all that was seen, after these lines were typed at the prompts."""
    with Terminal(home, "approve", asked or question(home)) as terminal:
        prompts = ("Your choice", "again to send it there")
        for prompt, line in zip(prompts, typed, strict=False):
            terminal.until(prompt)
            terminal.type(line)
        return terminal.end(), terminal.seen


def decisions(home: Home) -> list[tuple[str, str]]:
    lines = json.loads(homeward(home, "audit", "--json").out)
    return [(line["decision"], line["form"]) for line in lines]


def test_questions_are_listed_beside_proposals(home: Home) -> None:
    waiting = question(home, caller="[red]Cursor[/]")
    for command in (("approve",), ("whitelist", "list")):
        said = homeward(home, *command)
        line = next(line for line in said.out.splitlines() if waiting in line)
        for words in ("api.openai.com", "2 × e-mail address", "[red]Cursor[/]"):
            assert words in line
        assert "j•••@" not in said.everything  # samples are for who decides


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "form"),
    [(("2\n",), "redacted"), (("3\n", "api.openai.com\n"), "as_is")],
    ids=["redacted", "as it is"],
)
def test_a_person_sees_what_to_whom_and_for_what_and_allows_it_once(
    home: Home, typed: tuple[str, ...], form: str
) -> None:
    status, seen = decided(home, *typed)
    assert status == 0
    assert all(words in seen for words in SHOWN)
    assert "Allowed once, within 15 minutes." in seen
    [grant] = granted(home)
    assert (grant.destination, grant.form) == ("api.openai.com", form)
    assert decisions(home) == [("consented", form)]
    assert homeward(home, "approve").out == "Nothing waits for your decision.\n"


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["1\n", "\n"], ids=["chosen", "enter alone"])
def test_a_person_keeps_it_local(home: Home, typed: str) -> None:
    status, seen = decided(home, typed)
    assert (status, "It stays on this machine." in seen) == (0, True)
    assert granted(home) == ()
    assert decisions(home) == [("refused", "as_is")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "typed",
    [("3\n", "yes\n"), ("3\n", "openai.com\n"), ("4\n",), ("yes\n",), ("\x04",)],
    ids=["yes", "nearly", "no such choice", "a word", "end of input"],
)
def test_anything_else_decides_nothing(home: Home, typed: tuple[str, ...]) -> None:
    asked = question(home)
    status, _ = decided(home, *typed, asked=asked)
    assert status == 1
    assert granted(home) == ()
    assert decisions(home) == []
    assert asked in homeward(home, "approve").out


@pytest.mark.slow
def test_a_secret_is_never_offered_as_it_is(home: Home) -> None:
    asked = question(home, counts={"CARD": 1}, samples=["card, 16 digits"])
    status, seen = decided(home, "3\n", asked=asked)
    assert status == 1
    assert "just as it is" not in seen
    assert granted(home) == ()


@pytest.mark.parametrize("option", [(), ("--browser",)])
def test_without_a_terminal_nothing_is_decided_whatever_is_piped_in(
    home: Home, option: tuple[str, ...]
) -> None:
    asked = question(home)
    said = homeward(home, "approve", asked, *option, stdin=b"2\n3\napi.openai.com\n")
    assert (said.status, said.out) == (1, "")
    assert "Only a person at a terminal can allow something." in said.err
    assert granted(home) == ()


def test_a_refusal_needs_no_terminal(home: Home) -> None:
    asked = question(home)
    said = homeward(home, "approve", asked, "--refuse")
    assert (said.status, said.out) == (0, "Refused.\n")
    assert decisions(home) == [("refused", "as_is")]
    assert homeward(home, "approve", asked).status == 1


def test_words_of_a_stranger_cannot_steer_the_terminal(home: Home) -> None:
    question(home, caller="\x1b[2Jevil", samples=["\x1b[31mx"], model="[bold]m[/]")
    said = homeward(home, "approve")
    assert "\x1b[2J" not in said.everything
