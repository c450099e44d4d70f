"""The image and the compose file: nobody's rights, nothing writable, and a health check that tells.

No container engine is needed: the files are read as data, and the commands in them are run.
"""

import fnmatch
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml
from mcp.server import MCPServer

from deploy.bundle import ROOT
from mcp_server.cli.commands import app
from mcp_server.http import application
from mcp_server.keys import Keys
from mcp_server.servers import own_origins
from mcp_server.settings import SettingsError, load
from tests.homes import NOBODY, Home
from tests.mcp_server.processes import free_port, over_http

DOCKER = ROOT / "deploy" / "docker"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
TOKEN = "5f2c9a71be034d68a1c07e93b84d2fa6"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, a line each, with what is continued put together."""
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [
        (word, " ".join(rest.split()))
        for word, _, rest in (x.partition(" ") for x in lines)
        if word
    ]


def said(word: str) -> list[str]:
    return [rest for each, rest in instructions() if each == word]


def ignored() -> list[str]:
    return (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()


def parsed(arguments: list[str]) -> typer.Context:
    """The arguments as the command line understands them; it fails where it would."""
    group = typer.main.get_command(app)
    command = getattr(group, "commands", {})[arguments[0]]
    return command.make_context("homeward", arguments[1:])


@pytest.fixture
def served(local_home: Home) -> Iterator[int]:
    """What the image starts, with its own options, on a free port."""
    command = json.loads(said("CMD")[0])
    assert command[:3] == ["mcp", "--transport", "streamable-http"]
    with over_http(local_home, "streamable-http", *command[3:], HOMEWARD_TOKEN=TOKEN) as port:
        yield port


def health(port: int, token: str) -> int:
    command = [sys.executable, str(DOCKER / "health.py"), f"http://127.0.0.1:{port}/mcp"]
    environ = {"PATH": os.environ["PATH"], "HOMEWARD_TOKEN": token}
    return subprocess.run(command, env=environ, capture_output=True).returncode


# --- the image ------------------------------------------------------------------------------


def test_every_file_it_copies_is_there_and_not_ignored() -> None:
    copied = [part for rest in said("COPY") if "--from" not in rest for part in rest.split()[:-1]]
    assert [part for part in copied if not (ROOT / part).exists()] == []
    assert {f"!{part}" for part in copied} == {line for line in ignored() if line.startswith("!")}
    assert ignored()[1] == "*"


def test_every_room_that_the_wheel_carries_is_copied() -> None:
    rooms = PROJECT["tool"]["hatch"]["build"]["only-include"]
    assert [room for room in rooms if f"{room} {room}" not in said("COPY")] == []


@pytest.mark.parametrize("secret", [".env", "homeward.db", "cache.db", ".git", ".venv", "tests"])
def test_nothing_private_of_a_checkout_gets_in(secret: str) -> None:
    kept = [line[1:] for line in ignored() if line.startswith("!")]
    assert [pattern for pattern in kept if fnmatch.fnmatch(secret, pattern)] == []


def test_its_base_is_a_python_that_homeward_supports() -> None:
    bases = {rest.split()[0] for rest in said("FROM")}
    [base] = bases
    version = re.fullmatch(r"python:(3\.\d+)-slim-bookworm", base)
    assert version is not None
    classifier = f"Programming Language :: Python :: {version[1]}"
    assert classifier in PROJECT["project"]["classifiers"]


def test_it_runs_as_nobody_in_particular() -> None:
    assert said("USER") == ["10001:10001"]
    after = [word for word, _ in instructions()]
    assert "RUN" not in after[after.index("USER") :]


def test_its_settings_are_understood_and_its_keys_need_no_keyring() -> None:
    settings = load(DOCKER / "homeward.toml", {})
    assert settings.privacy.audit_key == settings.privacy.cache_key == "file"


def test_its_ollama_is_at_home(tmp_path: Path) -> None:
    address = SERVICES["homeward"]["environment"]["OLLAMA_HOST"]
    keys = Keys({"OLLAMA_HOST": address}, tmp_path / ".env")
    assert address in own_origins(load(DOCKER / "homeward.toml", {}), keys)
    assert address not in own_origins(load(tmp_path / "none.toml", {}), keys)


def test_what_it_starts_is_understood_and_asks_for_a_token() -> None:
    arguments = json.loads(said("CMD")[0])
    assert json.loads(said("ENTRYPOINT")[0]) == ["homeward"]
    given = parsed(arguments).params
    public = tuple(given["public_host"])
    port = given["port"]
    assert said("EXPOSE") == [str(port)]
    for token in ("", "sk-1234", "short"):
        with pytest.raises(SettingsError, match="HOMEWARD_TOKEN"):
            application(
                MCPServer("nobody"),
                given["transport"],
                host=given["host"],
                port=port,
                public_hosts=public,
                environ={"HOMEWARD_TOKEN": token},
            )


@pytest.mark.slow
def test_its_health_check_tells_a_server_from_none(served: int) -> None:
    assert "CMD" in said("HEALTHCHECK")[0]
    assert health(served, TOKEN) == 0
    assert health(served, "another") == 1
    assert health(free_port(), TOKEN) == 1


@pytest.mark.slow
def test_its_health_check_takes_the_refusal_that_names_an_oauth_server(local_home: Home) -> None:
    local_home.settings(
        '[http]\nissuer = "https://login.example"\naudience = "https://homeward.example/mcp"\n'
        f'jwks = "{NOBODY}/keys"\n'
    )
    command = json.loads(said("CMD")[0])
    with over_http(local_home, "streamable-http", *command[3:], HOMEWARD_TOKEN="") as port:
        assert health(port, "") == 0
        assert health(port, TOKEN) == 1


@pytest.mark.slow
def test_its_health_check_takes_no_other_refusal(served: int) -> None:
    assert health(served, "") == 1


# --- the compose file -----------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_can_do_and_write_as_little_as_possible(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] > 0
    assert "privileged" not in service
    assert [
        mount for mount in service["volumes"] if mount.split(":")[0] not in COMPOSE["volumes"]
    ] == []
    assert re.search(r":[^:}]*\d", service["image"]), "an image without a version changes by itself"


def test_only_homeward_is_reached_and_only_from_this_machine() -> None:
    assert SERVICES["homeward"]["ports"] == ["127.0.0.1:8765:8765"]
    assert "ports" not in SERVICES["ollama"]
    assert SERVICES["homeward"]["user"] == said("USER")[0]


def test_the_compose_file_starts_what_the_command_line_knows() -> None:
    command = [re.sub(r"\$\{\w+:-(.*?)\}", r"\1", part) for part in SERVICES["homeward"]["command"]]
    assert command == json.loads(said("CMD")[0])
    build = SERVICES["homeward"]["build"]
    assert (DOCKER / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    assert SERVICES["homeward"]["image"] == f"homeward:{PROJECT['project']['version']}"


def test_there_is_no_token_unless_somebody_writes_one() -> None:
    example = (DOCKER / ".env.example").read_text(encoding="utf-8")
    given = dict(line.split("=", 1) for line in example.splitlines() if re.match(r"[A-Z]", line))
    assert set(given.values()) == {""}
    environment = SERVICES["homeward"]["environment"]
    assert environment["HOMEWARD_TOKEN"] == "${HOMEWARD_TOKEN:-}"
    asked = set(re.findall(r"\$\{(\w+)", (DOCKER / "compose.yaml").read_text(encoding="utf-8")))
    assert set(given) <= asked


def test_a_variable_that_was_left_out_is_no_setting(tmp_path: Path) -> None:
    blank = {n: v for n, v in SERVICES["homeward"]["environment"].items() if v.endswith(":-}")}
    assert len(blank) > 3
    assert Keys(dict.fromkeys(blank, ""), tmp_path / ".env").environment() == {}
