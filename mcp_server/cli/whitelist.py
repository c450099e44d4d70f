"""What may leave this machine: see it, change it, decide about proposals, read the audit log."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from mcp_server.cli.running import screen, told, with_app
from mcp_server.keys import Keys
from mcp_server.places import Places, places
from mcp_server.servers import hosts_by_name
from mcp_server.settings import load
from mcp_server.wiring import App
from switchboard import InvalidRequest
from vocabulary import HomewardError
from whitelist import KEYS, Findings, Proposal, ResourceType, Unusable
from whitelist.detector.detect import detect
from whitelist.editing import add, remove
from whitelist.resources import canonical_name


class NeedsTerminal(HomewardError):
    """Consent is given by a person at a terminal, not by a program that can start commands."""


def check_text(text: str, *, as_json: bool) -> None:
    """Say what a text holds. Its own words are never printed."""
    with told():
        findings = detect(_text_of(text))
    if as_json:
        print(json.dumps(_as_data(findings)))
        return
    if not findings.complete:
        screen().print(
            f"Could not be inspected in full ({findings.failure}): stays local.", style="red"
        )
        return
    if not findings.items:
        screen().print(
            "Nothing personal or secret was found. The whitelist decides where it may go."
        )
        return
    table = Table("kind", "tier", "how many", "what happens", box=None, header_style="dim")
    what = {
        "A": "never leaves this machine",
        "B": "stays local",
        "C": "a signal; the whitelist decides",
    }
    tiers = {finding.kind: finding.tier for finding in findings.items}
    for kind, number in findings.counts().items():
        table.add_row(kind, tiers[kind], str(number), what[tiers[kind]])
    screen().print(table)


def approve_proposal(proposal_id: str | None, *, refuse: bool) -> None:
    """Decide about one proposal, or list those that wait."""

    async def work(app: App) -> None:
        if proposal_id is None:
            _show_pending(app.proposals.pending())
            return
        proposal = app.proposals.get(proposal_id)
        if proposal is None or proposal.state != "pending":
            raise Unusable(
                f"No proposal {proposal_id!r} waits for a decision.",
                fix="`homeward approve` lists those that do.",
            )
        if refuse:
            app.proposals.decide(proposal.id, approved=False)
            screen().print("Refused.")
            return
        _show_pending([proposal])
        _consent(proposal.resource_type, proposal.resource_name)
        add(app.places.whitelist, proposal.resource_type, proposal.resource_name)
        app.proposals.decide(proposal.id, approved=True)
        screen().print(f"Allowed: {proposal.resource_type} {proposal.resource_name}", markup=False)

    with_app(work)


def list_whitelist(*, as_json: bool) -> None:
    """The four lists, and what waits."""

    async def work(app: App) -> None:
        whitelist, pending = app.whitelist(), app.proposals.pending()
        lists = {KEYS[kind]: list(whitelist.entries(kind)) for kind in KEYS}
        if as_json:
            waiting = [
                {"id": p.id, "type": p.resource_type, "name": p.resource_name} for p in pending
            ]
            print(json.dumps({**lists, "pending": waiting}))
            return
        for key, entries in lists.items():
            screen().print(f"[bold]{key}[/]: ", end="")
            screen().print(", ".join(entries) or "nothing", markup=False)
        screen().print(str(app.places.whitelist), style="dim", markup=False, soft_wrap=True)
        if pending:
            _show_pending(pending)

    with_app(work)


def add_entry(kind: ResourceType, name: str) -> None:
    """Allow an entry, after the person has typed it again."""

    async def work(app: App) -> None:
        entry = canonical_name(kind, name, app.aliases)
        if entry in app.whitelist().entries(kind):
            screen().print(f"Allowed already: {kind} {entry}", markup=False)
            return
        _consent(kind, entry)
        add(app.places.whitelist, kind, entry)
        screen().print(f"Allowed: {kind} {entry}", markup=False)

    with_app(work)


def remove_entry(kind: ResourceType, name: str) -> None:
    """Take an entry back. Tightening needs nobody's approval, and nothing but the file itself."""
    with told():
        where = places()
        entry = canonical_name(kind, name, _aliases(where))
        gone = remove(where.whitelist, kind, entry)
    screen().print(f"{'No longer' if gone else 'Was not'} allowed: {kind} {entry}", markup=False)


def _aliases(where: Places) -> Mapping[str, str]:
    """The hosts that providers' names stand for; none while the settings cannot be read."""
    try:
        keys = Keys(os.environ, where.dotenv)
        return hosts_by_name(load(where.settings, keys.environment()), keys)
    except HomewardError:
        return {}


def show_audit(lines: int, *, verify: bool) -> None:
    """The last decisions, or whether the record is whole."""

    async def work(app: App) -> None:
        if verify:
            result = app.audit.verify()
            if not result.ok:
                screen().print(str(result.problem), style="red", markup=False)
                raise typer.Exit(1)
            screen().print(f"Whole: {result.entries} entries, none changed, none missing.")
            return
        table = Table("time", "decision", "to", "task", "personal data", "asked by", box=None)
        for entry in app.audit.tail(lines):
            counts = ", ".join(f"{n}× {kind}" for kind, n in entry.counts.items()) or "none"
            told_of = (entry.decision, entry.destination, entry.task, counts, entry.caller)
            table.add_row(*(escape(str(cell)) for cell in (entry.at, *told_of)))
        screen().print(table if table.row_count else "Nothing has left this machine.")

    with_app(work)


def _consent(kind: ResourceType, entry: str) -> None:
    """A person types the entry again. No option or variable can stand in for this."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NeedsTerminal(
            "Only a person at a terminal can allow something.",
            fix=f"Run this in your own terminal, or edit {places().whitelist} yourself.",
        )
    screen().print(f"This lets Homeward use the {kind} ", end="")
    screen().print(entry, style="bold", markup=False)
    if typer.prompt("Type it again to allow it").strip() != entry:
        raise Unusable("That was not the same; nothing was allowed.")


def _show_pending(pending: list[Proposal]) -> None:
    if not pending:
        screen().print("Nothing waits for your decision.")
        return
    table = Table("id", "type", "name", "asked by", "its reason (the assistant's words)", box=None)
    for proposal in pending:
        table.add_row(
            proposal.id,
            proposal.resource_type,
            escape(proposal.resource_name),
            escape(proposal.caller),
            escape(proposal.reason),
        )
    screen().print(table)
    screen().print("Allow one with `homeward approve ID`, refuse it with `--refuse`.", style="dim")


def _text_of(text: str) -> str:
    if text == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    path = Path(text)
    try:
        is_file = len(text) < 4096 and path.is_file()
    except OSError:
        return text
    if not is_file:
        if not any(letter.isspace() for letter in text):  # perhaps a name that was mistyped
            print("(No file has that name: it is read as a text.)", file=sys.stderr)
        return text
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error


def _as_data(findings: Findings) -> dict[str, object]:
    return {
        "complete": findings.complete,
        "tier": findings.tier,
        "counts": findings.counts(),
        "detector": findings.version,
    }
