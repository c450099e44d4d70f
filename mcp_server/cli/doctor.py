"""`homeward doctor`: what works, what does not, and how to mend it."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import anyio
import anyio.to_thread
import typer

from ledger.callers.sqlite import callers
from mcp_server.cli.running import run, screen, told
from mcp_server.hosts import configurations
from mcp_server.wiring import App
from routing.fleet import Report
from routing.providers.vendors import vendors
from storage import StorageError
from vocabulary import HomewardError
from whitelist import check
from whitelist.plain import one_line

State = Literal["ok", "note", "mend"]
MOST_CALLERS = 20
MARKS = {"ok": "[green]✓[/]", "note": "[yellow]•[/]", "mend": "[red]✗[/]"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `fix` says what to do about it."""

    about: str
    state: State
    what: str
    fix: str = ""


def run_doctor(*, as_json: bool) -> None:
    """Look at everything; exit status 1 if something has to be mended."""
    with told():
        found = examine()
    if as_json:
        print(json.dumps([asdict(each) for each in found]))
    else:
        report(found)
    raise typer.Exit(int(any(each.state == "mend" for each in found)))


def examine() -> list[Finding]:
    """Look at everything."""
    try:
        found = anyio.run(run, _look)
    except HomewardError as error:  # nothing can be wired before this is mended
        about = "ledger" if isinstance(error, StorageError) else "settings"
        found = [Finding(about=about, state="mend", what=error.what, fix=error.fix)]
    return [*found, *_hosts(), *_platform()]


def report(found: list[Finding]) -> None:
    """Each finding with its mark, for a person."""
    out = screen()
    for each in found:
        out.print(f"{MARKS[each.state]} [bold]{each.about}[/] ", end="")
        out.print(each.what, each.fix, markup=False, soft_wrap=True)


async def _look(app: App) -> list[Finding]:
    found = [*_settings(app), *_telemetry(app), *await _servers(app), *_keys(app)]
    found += await anyio.to_thread.run_sync(_limits, app)
    found += await anyio.to_thread.run_sync(_databases, app)
    return [*found, *await anyio.to_thread.run_sync(_routing, app), *await _encoder(app)]


def _settings(app: App) -> Iterator[Finding]:
    path = app.places.settings
    yield Finding(
        about="settings",
        state="ok",
        what=f"{path if path.exists() else 'defaults'}, profile {app.settings.profile}, "
        f"{app.settings.effective.monthly_usd:g} USD a month",
    )
    try:
        hosts = app.whitelist().cloud_apis
    except HomewardError as error:
        yield Finding(about="whitelist", state="mend", what=error.what, fix=error.fix)
        return
    yield Finding(
        about="whitelist",
        state="ok",
        what=f"clouds that may be asked: {', '.join(hosts) or 'none, everything stays local'}",
    )


def _telemetry(app: App) -> Iterator[Finding]:
    trouble = app.telemetry_trouble
    if trouble is not None:
        what = f"Nothing is told to a collector. {trouble.what}"
        yield Finding(about="telemetry", state="mend", what=what, fix=trouble.fix)


def _limits(app: App) -> list[Finding]:
    """Limits for callers that nobody is: a name that is spelt otherwise would never be noticed."""
    named = [limit.name for limit in app.budget.limits if limit.scope == "caller"]
    if not named:
        return []
    try:
        seen = callers(app.database)
    except HomewardError:  # books that cannot be read have a finding of their own
        return []
    known = ", ".join(repr(one_line(name, limit=80)) for name in seen[:MOST_CALLERS])
    return [
        Finding(
            about="limits",
            state="note",
            what=f"The caller {name!r} has a limit, and has asked nothing yet.",
            fix=f"Those who asked, the latest first: {known or 'nobody'}.",
        )
        for name in named
        if name not in seen
    ]


async def _servers(app: App) -> list[Finding]:
    found = []
    reports = await app.fleet.reports()
    models = await app.fleet.models()
    for report in reports:
        name = report.server.provider
        if not report.server.local:
            if not vendors()[name].cloud:
                found.append(_elsewhere(report))
            continue
        here = [model.name for model in models if model.provider == name and model.local]
        if report.offers is None:
            fix = "Then get a model: `ollama pull llama3.2:3b`." if name == "ollama" else ""
            found.append(Finding(about=name, state="note", what=report.trouble, fix=fix))
        elif not here:
            found.append(
                Finding(
                    about=name,
                    state="mend",
                    what="It runs, but has no model.",
                    fix="Get one: `ollama pull llama3.2:3b`."
                    if name == "ollama"
                    else "Load one there.",
                )
            )
        else:
            more = f" and {len(here) - 3} more" if len(here) > 3 else ""
            found.append(Finding(about=name, state="ok", what=f"has {', '.join(here[:3])}{more}"))
    if not models:
        found.append(
            Finding(
                about="models",
                state="mend",
                what="There is no model to ask.",
                fix="Install Ollama and pull a model, or set a cloud key and allow its host.",
            )
        )
    return found


def _elsewhere(report: Report) -> Finding:
    """A model server on another machine, which is a cloud until the person says it is theirs."""
    name, host = report.server.provider, report.server.host
    return Finding(
        about=name,
        state="ok" if report.offers is not None else "note",
        what=f"{host} is another machine, so it counts as a cloud. {report.trouble}".rstrip(),
        fix=f"If it is yours, add [providers.{name}] with mine = true to homeward.toml.",
    )


def _keys(app: App) -> list[Finding]:
    """Which keys there are and whether they may be used; never what they are."""
    found = []
    if (dotenv := app.keys.distrusted) is not None:
        what = f"{dotenv} can be changed by others, so it is not read."
        found.append(Finding(about="keys", state="mend", what=what, fix=f"`chmod 600 {dotenv}`"))
    for vendor in vendors().values():
        key = app.keys.find(vendor.key_variables)
        if key is None or not vendor.cloud:
            continue
        host = app.aliases[vendor.name]
        allowed = _allowed(app, host)
        found.append(
            Finding(
                about=vendor.name,
                state="ok" if allowed else "note",
                what=f"key from {key[1]}" + ("" if allowed else f", but {host} is not allowed"),
                fix="" if allowed else f"Allow it: `homeward whitelist add cloud_api {host}`.",
            )
        )
    return found or [
        Finding(
            about="keys",
            state="note",
            what="No cloud key is set; everything is answered on this machine.",
            fix="Set one (ANTHROPIC_API_KEY, …) if you want clouds as well.",
        )
    ]


def _allowed(app: App, host: str) -> bool:
    try:
        return check("cloud_api", host, app.whitelist()).allowed
    except HomewardError:  # a whitelist that cannot be read has its own finding
        return False


def _clouds(app: App) -> bool:
    try:
        return bool(app.whitelist().cloud_apis)
    except HomewardError:
        return False


def _databases(app: App) -> list[Finding]:
    return [_ledger(app), _cache(app), _audit(app)]


def _ledger(app: App) -> Finding:
    where = app.places.home_database
    try:
        app.report("today", "model")
        if app.database.sound():
            return Finding(about="ledger", state="ok", what=str(where))
        error = HomewardError(f"The database {where} is damaged.", fix="Move it aside.")
    except HomewardError as failed:
        error = failed
    return Finding(about="ledger", state="mend", what=error.what, fix=error.fix)


def _cache(app: App) -> Finding:
    if app.cache is None:
        return Finding(about="cache", state="note", what="Switched off in homeward.toml.")
    try:
        kept = app.cache.stats()
    except HomewardError as error:
        return Finding(about="cache", state="mend", what=error.what, fix=error.fix)
    if app.cache.notice:
        return Finding(about="cache", state="note", what=app.cache.notice)
    lie = "encrypted" if app.cache.encrypted else "in plain text"
    where = app.places.encrypted_cache if app.cache.encrypted else app.places.cache_database
    return Finding(about="cache", state="ok", what=f"{kept.entries} answers, {lie}, in {where}")


def _audit(app: App) -> Finding:
    try:
        seen = app.audit.verify()
    except HomewardError as error:
        # Without a cloud that may be asked nothing is recorded, and nothing has to be mended.
        needed = app.places.audit.exists() or _clouds(app)
        state: State = "mend" if needed else "note"
        return Finding(about="audit", state=state, what=error.what, fix=error.fix)
    if seen.ok:
        lies = "a file" if app.settings.privacy.audit_key == "file" else "the system keyring"
        what = f"{seen.entries} lines, whole; its key is in {lies}"
        return Finding(about="audit", state="ok", what=what)
    return Finding(
        about="audit",
        state="mend",
        what=str(seen.problem),
        fix="Someone or something changed the record; keep a copy and look into it. `homeward "
        "audit restart` then begins a new one.",
    )


def _routing(app: App) -> list[Finding]:
    prior = app.prior()
    if prior is None:
        return [Finding(about="routing", state="note", what=app.prior.trouble)]
    kept = "learns from outcomes" if app.settings.routing.learn else "learns nothing, as you wish"
    return [Finding(about="routing", state="ok", what=f"prior {prior.version}, {kept}")]


async def _encoder(app: App) -> list[Finding]:
    if app.cache is None:
        return []
    ready = await anyio.to_thread.run_sync(app.encoder.wait, 60)
    if ready is not None:
        return [Finding(about="encoder", state="ok", what=f"{ready.space}, semantic cache works")]
    return [
        Finding(
            about="encoder",
            state="note",
            what=app.encoder.failure
            or "It is still being loaded; until then only exact repeats come from the cache.",
        )
    ]


def _hosts() -> Iterator[Finding]:
    for name, path, entry in configurations(os.environ, Path.home(), sys.platform):
        if isinstance(entry, HomewardError):
            yield Finding(about=name, state="note", what=entry.what, fix=entry.fix)
        elif entry is None:
            yield Finding(
                about=name,
                state="note",
                what=f"{path} has no Homeward entry.",
                fix="`homeward setup` adds it (claude_desktop_config.example.json shows what).",
            )
        else:
            yield Finding(about=name, state="ok", what=f"configured in {path}")


def _platform() -> Iterator[Finding]:
    try:
        installed = f"homeward {version('homeward')}"
    except PackageNotFoundError:
        installed = "homeward, not installed as a package"
    yield Finding(
        about="platform",
        state="ok",
        what=f"{installed}, mcp {version('mcp')}, Python {sys.version.split()[0]}, {sys.platform}",
    )
