"""`homeward audit`: what left this machine, and whether the record of it is whole."""

import json
from dataclasses import asdict

import typer
from rich.markup import escape
from rich.table import Table

from mcp_server.cli.person import typed_again
from mcp_server.cli.running import screen, with_app
from mcp_server.wiring import App


def show_audit(lines: int, *, as_json: bool) -> None:
    """The last decisions, oldest first."""

    async def work(app: App) -> None:
        entries = app.audit.tail(lines)
        if as_json:
            print(json.dumps([asdict(entry) for entry in entries]))
            return
        table = Table(box=None)
        for title in ("time", "decision", "to", "task", "personal data", "form", "asked by"):
            table.add_column(title, overflow="fold")  # a record that is cut short is none
        for entry in entries:
            counts = ", ".join(f"{n}× {kind}" for kind, n in entry.counts.items()) or "none"
            form = str(entry.form).replace("_", " ")
            told_of = (entry.decision, entry.destination, entry.task, counts, form, entry.caller)
            table.add_row(*(escape(str(cell)) for cell in (entry.at, *told_of)))
        screen().print(table if table.row_count else "Nothing has left this machine.")

    with_app(work)


def verify_audit() -> None:
    """Whether the record is whole; where it is not, the line and how. Exit status 1 then."""

    async def work(app: App) -> None:
        result = app.audit.verify()
        if result.ok:
            screen().print(f"Whole: {result.entries} entries, none changed, none missing.")
            return
        where = "" if result.line is None else f"{app.audit.path}, line {result.line}: "
        screen().print(where + result.problem, style="red", markup=False, soft_wrap=True)
        screen().print(
            "Keep a copy and look into it. `homeward audit restart` sets it aside and begins a "
            "new one.",
            style="dim",
        )
        raise typer.Exit(1)

    with_app(work)


def restart_audit() -> None:
    """Set the record aside and begin a new one, after the person has said so."""

    async def work(app: App) -> None:
        screen().print("This sets the record aside, where it stays, and begins a new one.")
        typed_again("restart", "Type `restart` to do it")
        aside = app.audit.restart()
        screen().print(
            f"The old one is {aside}." if aside else "There was none.", markup=False, soft_wrap=True
        )

    with_app(work)
