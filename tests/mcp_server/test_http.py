"""Who may be served over HTTP, decided before anything listens."""

import re
import secrets
import socket
from pathlib import Path

import pytest

from mcp_server.http import application, host_name, looks_made_up
from mcp_server.server import create
from mcp_server.settings import SettingsError
from tests.homes import Home
from tests.mcp_server.commands import homeward, process

ROOT = Path(__file__).parents[2]
LONG = {"HOMEWARD_TOKEN": "wjq7-Zk2m-9fTx-bR4d-6hNc-Y3vs-P8wl"}


@pytest.mark.parametrize(
    ("environ", "names", "says"),
    [
        ({}, ("home.lan",), "needs a token"),
        ({"HOMEWARD_TOKEN": "sk-1234"}, ("home.lan",), "could be guessed"),
        ({"HOMEWARD_TOKEN": "short"}, ("home.lan",), "could be guessed"),
        (LONG, (), "--public-host"),
        (LONG, ("https://home.lan",), "not the name of a host"),
    ],
    ids=["no-token", "well-known", "short", "no-name", "address"],
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


def test_a_token_that_looks_made_up_is_refused_on_this_machine_too() -> None:
    with pytest.raises(SettingsError, match="could be guessed"):
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
        "the-output-of-openssl-rand-hex-24",
        "hunter2hunter2hunter2",
        "hunter2hunter2hunter2hunter2hunter2hunter2",
        "correcthorsebatterystaple",
        "correct-horse-battery-staple-and-a-dog-2026",
        "CorrectHorseBatteryStapleIsMine2026",
        "Homeward-Token-2026-11-21!",
        "your-api-key-here-please",
        "REPLACE_WITH_RANDOM_STRING",
        "iloveyouiloveyou",
        "<your-bearer-value>",
        "1234567890abcdef1234567890abcdef",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        f"{LONG['HOMEWARD_TOKEN']} {LONG['HOMEWARD_TOKEN']}",
    ],
)
def test_what_stands_in_everybodys_examples_looks_made_up(token: str) -> None:
    assert looks_made_up(token)


def test_what_was_drawn_does_not_look_made_up() -> None:
    drawn = [secrets.token_hex(24), secrets.token_hex(32), secrets.token_urlsafe(32)]
    assert [token for token in drawn if looks_made_up(token)] == []


def test_no_document_shows_a_token_that_works() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    shown = {
        token
        for page in pages
        for token in re.findall(r"HOMEWARD_TOKEN=([^\s`]+)", page.read_text(encoding="utf-8"))
    }
    assert "YOUR-TOKEN" in shown
    assert [token for token in shown if not looks_made_up(token)] == []


@pytest.mark.parametrize(
    ("given", "compared"),
    [
        ("home.lan", "home.lan"),
        ("Home.LAN.", "home.lan"),
        ("192.168.1.5", "192.168.1.5"),
        ("FD00::1", "[fd00::1]"),
        ("[fd00::1]", "[fd00::1]"),
    ],
)
def test_a_public_name_is_taken_as_names_are_compared(given: str, compared: str) -> None:
    assert host_name(given) == compared


@pytest.mark.parametrize(
    "given",
    [
        "http://home.lan",
        "home.lan:8765",
        "home.lan/mcp",
        "home.lan:*",
        "*",
        "",
        ".",
        "ho me",
        "a@b",
    ],
)
def test_a_public_name_that_could_never_match_is_refused_at_the_start(given: str) -> None:
    with pytest.raises(SettingsError, match="not the name of a host"):
        host_name(given)


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


@pytest.mark.parametrize("port", ["0", "-1", "65536", "99999"])
def test_a_port_that_is_none_is_told(home: Home, port: str) -> None:
    said = homeward(home, "mcp", "--transport", "sse", "--port", port)
    assert (said.status, said.out) == (2, "")
    assert "'--port': Input should be" in said.err


def test_a_port_that_others_have_is_told_and_nothing_is_promised(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as others:
        port = str(others.getsockname()[1])
        said = process(home, "mcp", "--transport", "streamable-http", "--port", port)
    assert said.status != 0
    assert "address already in use" in said.err
    assert "serves" not in said.err
    assert "Traceback" not in said.err
