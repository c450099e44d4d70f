"""The systemd unit and the launch agent: understood by who reads them, and they start a server."""

import os
import plistlib
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import typer

from deploy.bundle import ROOT
from deploy.docker.health import healthy
from mcp_server.cli.commands import app
from mcp_server.places import places
from tests.homes import Home
from tests.mcp_server.processes import free_port, wait_for

UNIT = ROOT / "deploy" / "systemd" / "homeward.service"
AGENT = ROOT / "deploy" / "launchd" / "homeward.http.plist"


def unit() -> dict[str, list[str]]:
    """Every value of every key, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, value in re.findall(r"^(\w+)=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE):
        found[key].append(value)
    return found


@pytest.fixture
def person(tmp_path: Path) -> Path:
    """A home folder in which `homeward` is where pipx puts it."""
    (tmp_path / ".local" / "bin").mkdir(parents=True)
    homeward = Path(sys.executable).with_name("homeward")
    (tmp_path / ".local" / "bin" / "homeward").symlink_to(homeward)
    (tmp_path / "Library" / "Logs").mkdir(parents=True)
    return tmp_path


def test_the_unit_gives_away_no_right_it_does_not_need() -> None:
    said = unit()
    for key, value in {
        "NoNewPrivileges": "yes",
        "PrivateUsers": "yes",
        "PrivateTmp": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "read-only",
        "UMask": "0077",
        "SystemCallArchitectures": "native",
    }.items():
        assert said[key] == [value]


def test_the_unit_may_write_where_homeward_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", "/home/you")
    where = places({})
    short = {"%h": "/home/you", "%E": "/home/you/.config", "%C": "/home/you/.cache"}
    open_ = {short[path[:2]] + path[2:] for path in unit()["ReadWritePaths"]}
    if sys.platform == "linux":
        assert open_ == {str(where.config), str(where.data), str(where.cache)}


def test_both_start_a_command_that_exists() -> None:
    agent = plistlib.loads(AGENT.read_bytes())
    started = [unit()["ExecStart"][0], agent["ProgramArguments"][2].split(" 2>>")[0]]
    group = typer.main.get_command(app)
    for line in started:
        name, *arguments = line.split("homeward", 1)[1].strip('" ').split()
        given = getattr(group, "commands", {})[name].make_context("homeward", arguments).params
        assert (given["transport"], given["host"]) == ("streamable-http", "127.0.0.1")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_unit(person: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(person), "XDG_RUNTIME_DIR": str(person)}
    verify = ["systemd-analyze", "--user", "verify", str(UNIT)]
    done = subprocess.run(verify, env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_agent_restarts_what_failed_and_keeps_its_files_private() -> None:
    agent = plistlib.loads(AGENT.read_bytes())
    assert agent["Label"] == AGENT.stem
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert agent["Umask"] == 0o077


@pytest.mark.slow
def test_what_the_agent_runs_is_a_server(person: Path, local_home: Home) -> None:
    port = free_port()
    shell, flag, line = plistlib.loads(AGENT.read_bytes())["ProgramArguments"]
    environ = local_home.for_process() | {"HOME": str(person)}
    process = subprocess.Popen([shell, flag, line.replace("8765", str(port))], env=environ)
    log = person / "Library" / "Logs" / "homeward.log"
    try:
        wait_for(port, process)
        assert f":{port}/mcp" in log.read_text(encoding="utf-8")
        assert healthy(f"http://127.0.0.1:{port}/mcp", "")
    finally:
        process.terminate()
        process.wait(10)
