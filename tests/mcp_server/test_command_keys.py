"""`homeward keys`: into the keyring unseen, named by their source, and never repeated anywhere."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from mcp import Client, stdio_client

from tests import keyrings
from tests.homes import HARD, Home
from tests.mcp_server.commands import Terminal, process
from tests.mcp_server.processes import stdio
from tests.wire.faulty import Faulty
from whitelist.system_keyring import WINDOWS_LIMIT

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
KEY = "sk-synthetic-0000-typed-by-hand"


@pytest.fixture
def home(home: Home, tmp_path: Path) -> Home:
    """A home on a machine with a keyring."""
    home.environ |= {
        "PYTHON_KEYRING_BACKEND": keyrings.KEPT,
        "KEPT_IN": str(tmp_path / "kept.json"),
        "PYTHONPATH": str(ROOT),
    }
    return home


def at_the_prompt(home: Home, typed: str) -> tuple[int, str]:
    """Exit status and all that was seen after `keys set openai`."""
    with Terminal(home, "keys", "set", "openai") as terminal:
        terminal.until("OpenAI key")
        terminal.until("): ")
        terminal.type(typed)
        return terminal.end(), terminal.seen


def kept(home: Home) -> dict[str, str]:
    path = Path(home.environ["KEPT_IN"])
    return dict(json.loads(path.read_text())) if path.exists() else {}


def everything_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_key_is_typed_unseen_and_kept_in_the_keyring_alone(home: Home) -> None:
    status, seen = at_the_prompt(home, f"{KEY}\n")
    assert status == 0
    assert "Kept OPENAI_API_KEY in the system keyring." in seen
    assert KEY not in seen
    assert kept(home) == {"homeward/OPENAI_API_KEY": KEY}
    for folder in (home.places.config, home.places.data, home.places.cache):
        assert KEY.encode() not in everything_under(folder)


def test_a_key_is_piped_in_where_the_person_says_so(home: Home) -> None:
    refused = process(home, "keys", "set", "openai", stdin=KEY.encode())
    assert refused.status == 1
    assert "Pipe it in with `--stdin`." in refused.err
    said = process(home, "keys", "set", "openai", "--stdin", stdin=f"{KEY}\n".encode())
    assert (said.status, KEY in said.everything) == (0, False)
    assert kept(home) == {"homeward/OPENAI_API_KEY": KEY}


@pytest.mark.parametrize(
    ("given", "says"),
    [(b"  \n", "No key was given"), ("“sk”".encode(), "no key has"), (b"a\nb", "no key has")],
    ids=["blank", "quoted", "two lines"],
)
def test_what_cannot_be_a_key_is_not_kept(home: Home, given: bytes, says: str) -> None:
    said = process(home, "keys", "set", "openai", "--stdin", stdin=given)
    assert said.status == 1
    assert says in said.err
    assert kept(home) == {}


@pytest.mark.parametrize("verb", ["set", "remove"])
@pytest.mark.parametrize("provider", ["nope", "embedded"])
def test_a_provider_without_keys_is_told_before_anyone_is_asked(
    home: Home, verb: str, provider: str
) -> None:
    said = process(home, "keys", verb, provider)
    assert said.status == 1
    assert f"There is no provider '{provider}'" in said.err
    assert "anthropic" in said.err


@pytest.mark.parametrize(
    "backend", [keyrings.NONE, keyrings.FORGETFUL, keyrings.PLAIN, keyrings.LOCKED]
)
def test_without_a_keyring_a_key_is_kept_nowhere_and_the_other_ways_are_named(
    home: Home, backend: str
) -> None:
    home.environ["PYTHON_KEYRING_BACKEND"] = backend
    status, seen = at_the_prompt(home, f"{KEY}\n")
    assert status == 1
    assert "The key was not kept." in seen
    assert "Set OPENAI_API_KEY in the host's configuration" in seen
    assert KEY not in seen
    assert KEY.encode() not in everything_under(home.places.config.parent)


def test_a_long_key_is_kept_where_there_is_room(home: Home) -> None:
    long = "k" * (WINDOWS_LIMIT + 1)
    assert process(home, "keys", "set", "groq", "--stdin", stdin=long.encode()).status == 0
    assert kept(home) == {"homeward/GROQ_API_KEY": long}


def test_keys_are_listed_by_source_alone(home: Home) -> None:
    process(home, "keys", "set", "groq", "--stdin", stdin=KEY.encode())
    home.environ["OPENAI_API_KEY"] = f"{KEY}-2"
    home.places.dotenv.touch(mode=0o600)
    home.places.dotenv.write_text(f"MISTRAL_API_KEY={KEY}-3\n", encoding="utf-8")
    said = process(home, "keys", "list", "--json")
    assert json.loads(said.out) == {
        "groq": "GROQ_API_KEY (keyring)",
        "openai": "OPENAI_API_KEY (environment)",
        "mistral": "MISTRAL_API_KEY (.env)",
    }
    plain = process(home, "keys", "list")
    assert "GROQ_API_KEY (keyring)" in plain.out
    assert "sk-" not in said.everything + plain.everything


def test_a_removed_key_is_gone_and_another_source_is_named(home: Home) -> None:
    assert process(home, "keys", "list").out == "There is no key.\n"
    process(home, "keys", "set", "openai", "--stdin", stdin=KEY.encode())
    home.environ["OPENAI_API_KEY"] = f"{KEY}-2"
    said = process(home, "keys", "remove", "openai")
    assert said.out == (
        "Removed OPENAI_API_KEY from the system keyring.\n"
        "There still is one: OPENAI_API_KEY (environment).\n"
    )
    assert kept(home) == {}
    again = process(home, "keys", "remove", "openai")
    assert again.out.startswith("The system keyring has no key of OpenAI.")


# --- canaries -------------------------------------------------------------------------------

CANARY = "canary0000-of-a-key-7f3a9c1e"


def in_the_environment(home: Home) -> None:
    home.environ["OPENAI_API_KEY"] = CANARY


def in_dotenv(home: Home) -> None:
    home.places.dotenv.touch(mode=0o600)
    home.places.dotenv.write_text(f"OPENAI_API_KEY={CANARY}\n", encoding="utf-8")


def in_the_keyring(home: Home) -> None:
    said = process(home, "keys", "set", "openai", "--stdin", stdin=CANARY.encode())
    assert said.status == 0


def in_the_address(home: Home) -> None:
    home.environ["OPENAI_API_KEY"] = CANARY
    home.environ["OPENAI_BASE_URL"] = home.environ["OPENAI_BASE_URL"].replace(
        "://", f"://me:{CANARY}@"
    )


def quoted(home: Home) -> None:
    home.environ["OPENAI_API_KEY"] = f"“{CANARY}”"


COMMANDS = [
    ("ask", HARD, "--max-tokens", "20", "--why", "--model", "openai/gpt-6-luna"),
    ("models", "--ask-clouds"),
    ("doctor", "--json"),
    ("config", "show"),
    ("keys", "list"),
    ("audit", "--json"),
]


@pytest.mark.parametrize(
    ("plant", "fault"),
    [
        (in_the_environment, "wrong-key"),
        (in_dotenv, "inside"),
        (in_the_keyring, "wrong-key"),
        (in_the_address, "wrong-key"),
        (quoted, "slams"),
    ],
)
def test_no_part_of_a_key_is_said_or_written_whatever_goes_wrong(
    home: Home, faulty: Faulty, plant: Callable[[Home], None], fault: str
) -> None:
    home.environ["OPENAI_BASE_URL"] = faulty.at(fault)
    home.allow(faulty.at(fault).split("/")[2])
    plant(home)
    said = [process(home, *command) for command in COMMANDS]
    assert said[0].status == 1  # something did go wrong
    assert not any(CANARY[8:] in each.everything for each in said)
    for folder in (home.places.data, home.places.cache):
        assert CANARY[8:].encode() not in everything_under(folder)


@pytest.mark.anyio
async def test_an_assistant_is_told_no_part_of_a_key_nor_is_the_hosts_log(
    home: Home, faulty: Faulty, tmp_path: Path
) -> None:
    home.environ |= {"OPENAI_API_KEY": CANARY, "OPENAI_BASE_URL": faulty.at("wrong-key")}
    home.allow(faulty.at("wrong-key").split("/")[2])
    asked = {"prompt": HARD, "model": "openai/gpt-6-luna", "max_tokens": 20}
    with (tmp_path / "log").open("w") as log:
        async with Client(stdio_client(stdio(home), errlog=log)) as client:
            result = await client.call_tool("route_prompt", asked)
    assert result.is_error
    assert CANARY[8:] not in result.model_dump_json()
    assert CANARY[8:] not in (tmp_path / "log").read_text()
