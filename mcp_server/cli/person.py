"""A person at a terminal: the one thing that a program which starts commands is not."""

import sys

import typer

from mcp_server.cli.running import screen
from mcp_server.places import places
from vocabulary import HomewardError
from whitelist.errors import Unusable


class NeedsTerminal(HomewardError):
    """Consent is given by a person at a terminal, not by a program that can start commands."""


def need_terminal() -> None:
    """Raises NeedsTerminal where no person can be typing. No option or variable stands in."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NeedsTerminal(
            "Only a person at a terminal can allow something.",
            fix=f"Run this in your own terminal, or edit {places().whitelist} yourself.",
        )


def typed_again(entry: str, question: str = "Type it again to allow it") -> None:
    """A person types the entry again. Raises Unusable where it was not the same."""
    need_terminal()
    if typer.prompt(question).strip() != entry:
        raise Unusable("That was not the same; nothing was allowed.")


def consent(what: str, entry: str) -> None:
    """Says what would be allowed and has it typed again. Raises as the two above."""
    need_terminal()
    screen().print(f"This lets Homeward use the {what} ", end="")
    screen().print(entry, style="bold", markup=False)
    typed_again(entry)
