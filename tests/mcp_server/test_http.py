"""Who may be served over HTTP, decided before anything listens."""

import pytest

from mcp_server.http import application
from mcp_server.server import create
from mcp_server.settings import SettingsError
from tests.homes import Home
from tests.mcp_server.commands import homeward

LONG = {"HOMEWARD_TOKEN": "x1y2z3-x1y2z3-x1y2z3"}


@pytest.mark.parametrize(
    ("environ", "names", "says"),
    [
        ({}, ("home.lan",), "HOMEWARD_TOKEN"),
        ({"HOMEWARD_TOKEN": "sk-1234"}, ("home.lan",), "HOMEWARD_TOKEN"),
        ({"HOMEWARD_TOKEN": "short"}, ("home.lan",), "HOMEWARD_TOKEN"),
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
