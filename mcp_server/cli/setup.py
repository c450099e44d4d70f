"""`homeward setup`: the hosts' files first, then a local model, keys, and the doctor's checks."""

import json
import os
import sys
import sysconfig
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import typer

from mcp_server.cli.doctor import examine, report
from mcp_server.cli.running import screen, told
from mcp_server.cli.setup_hosts import Done, connect, tell
from mcp_server.cli.setup_keys import offer_keys
from mcp_server.cli.setup_models import look_for_models, offer_models, show_models
from mcp_server.setup.entry import NAME, new_entry
from mcp_server.setup.launch import Launch, named, this_homeward
from mcp_server.setup.locate import chosen, installed, known
from mcp_server.setup.origin import origin, recorded


def run_setup(
    hosts: tuple[str, ...],
    *,
    dry_run: bool,
    yes: bool,
    remove: bool,
    command: Path | None,
    as_json: bool,
) -> None:
    """Change the hosts' files as far as somebody agrees; exit status 1 if something is left to do.

    Where nobody can be asked and nobody has agreed beforehand, it only shows what it would do.
    """
    person = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    writes = not dry_run and (yes or person)
    asks = _at_the_terminal if person and not yes else None
    with told():
        targets = chosen([*installed(os.environ, Path.home(), sys.platform)], hosts)
        launch = None if remove else _launch(command)
        done = []
        for target in targets:
            done.append(
                connect(
                    target, launch, writes=writes, asks=asks, shows=not as_json, now=datetime.now()
                )
            )
            if not as_json:
                tell(done[-1])
        if not as_json:
            _sum_up(done, launch, writes=writes, dry_run=dry_run)
        asked = writes and asks is not None
        _go_on(done, launch, writes=writes, person=asked, as_json=as_json)


def _go_on(
    done: list[Done], launch: Launch | None, *, writes: bool, person: bool, as_json: bool
) -> None:
    """What is left after the hosts: models, keys, checks; none of it when taking Homeward out."""
    refused = any(each.state == "refused" for each in done)
    if launch is None:
        if as_json:
            print(json.dumps({"hosts": [asdict(each) for each in done]}))
        raise typer.Exit(int(refused))
    seen = look_for_models(asks_ollama=writes)
    if not as_json:
        show_models(seen)
    if person:
        offer_models(seen)
        offer_keys()
    findings = examine() if writes else None
    if as_json:
        checked = None if findings is None else [asdict(each) for each in findings]
        hosts = [asdict(each) for each in done]
        print(json.dumps({"hosts": hosts, "models": asdict(seen), "doctor": checked}))
    elif findings is not None:
        screen().print()
        report(findings)
    mend = any(each.state == "mend" for each in findings or ())
    raise typer.Exit(int(refused or mend))


def _launch(command: Path | None) -> Launch:
    if command is not None:
        return named(command, os.environ)
    user = sysconfig.get_preferred_scheme("user")
    scripts = (sysconfig.get_path("scripts"), sysconfig.get_path("scripts", user))
    return this_homeward(
        os.environ,
        prefix=Path(sys.prefix),
        scripts=tuple(Path(each) for each in scripts),
        version=_version(),
        source=origin(recorded()),
    )


def _version() -> str:
    try:
        return version("homeward")
    except PackageNotFoundError:  # run from a folder; no installer has put it there
        return "0"


def _sum_up(done: list[Done], launch: Launch | None, *, writes: bool, dry_run: bool) -> None:
    out = screen()
    if launch is not None and (not done or any(each.state == "refused" for each in done)):
        if not done:
            out.print("No assistant's folder was found on this machine.")
        entry = json.dumps({NAME: new_entry(known()[0], launch)}, ensure_ascii=False)
        out.print(f"The entry, to be put in by hand: {entry}", markup=False, soft_wrap=True)
    if not writes and not dry_run and any(each.state == "shown" for each in done):
        out.print("Nothing was changed: nobody can be asked here. `--yes` agrees to it.")


def _at_the_terminal(question: str) -> bool:
    return typer.confirm(question, default=True)
