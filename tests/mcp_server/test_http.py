"""Who may be served over HTTP, decided before anything listens."""

import secrets

import pytest

from mcp_server.http import application, can_be_guessed
from mcp_server.server import create
from mcp_server.settings import SettingsError
from tests.homes import Home
from tests.mcp_server.commands import homeward

LONG = {"HOMEWARD_TOKEN": "wjq7-Zk2m-9fTx-bR4d"}


@pytest.mark.parametrize(
    ("environ", "names", "says"),
    [
        ({}, ("home.lan",), "needs a token"),
        ({"HOMEWARD_TOKEN": "sk-1234"}, ("home.lan",), "can be guessed"),
        ({"HOMEWARD_TOKEN": "short"}, ("home.lan",), "can be guessed"),
        (LONG, (), "--public-host"),
    ],
    ids=["no-token", "well-known", "short", "no-name"],
)
def test_beyond_this_machine_a_token_and_a_name_are_needed(
    environ: dict[str, str], names: tuple[str, ...], says: str
) -> None:
    with pytest.raises(SettingsError) as error:
        application(
            create(),
            "sse",
            host="0.0.0.0",
            port=1,
            public_hosts=names,
            environ=environ,
        )
    assert says in str(error.value)


def test_a_token_that_can_be_guessed_is_refused_on_this_machine_too() -> None:
    with pytest.raises(SettingsError, match="can be guessed"):
        application(
            create(), "sse", host="127.0.0.1", port=1, environ={"HOMEWARD_TOKEN": "changeme"}
        )


@pytest.mark.parametrize(
    "token",
    [
        "sk-1234",
        "changeme",
        "sk-1234567890abcdef",
        "change-me-change-me",
        "passwordpassword",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "12345678901234567890",
        "abcdefghijklmnopqrstuvwxyz",
        "ababababababababababab",
        "homeward-secret-token",
        "test-token-for-admin",
        "qwertyuiop-qwertyuiop",
        "x7Kq",
    ],
)
def test_what_stands_in_everybodys_examples_can_be_guessed(token: str) -> None:
    assert can_be_guessed(token)


def test_what_was_drawn_cannot_be_guessed() -> None:
    drawn = [draw(n) for draw in (secrets.token_hex, secrets.token_urlsafe) for n in (24, 32)]
    assert [token for token in drawn if can_be_guessed(token)] == []


@pytest.mark.parametrize("transport", ["sse", "streamable-http"])
def test_with_both_it_is_served(transport: str) -> None:
    app = application(
        create(),
        transport,  # type: ignore[arg-type]  # the parametrised strings are the literals
        host="0.0.0.0",
        port=1,
        public_hosts=("home.lan",),
        environ=LONG,
    )
    assert app.routes


def test_the_command_says_what_is_missing_and_serves_nobody(home: Home) -> None:
    said = homeward(home, "mcp", "--transport", "sse", "--host", "0.0.0.0")
    assert (said.status, said.out) == (2, "")
    assert "Set HOMEWARD_TOKEN" in said.err
