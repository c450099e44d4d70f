"""One host of `homeward setup`: its change is shown, agreed to, and made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mcp_server.cli.running import screen
from mcp_server.setup.change import Draft, added, removed
from mcp_server.setup.file import HostFileError, write
from mcp_server.setup.launch import Launch
from mcp_server.setup.locate import Target
from mcp_server.setup.shown import difference

State = Literal["written", "removed", "there", "absent", "shown", "declined", "refused"]
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one host's file. `copy` is where its old content lies.

    `there` and `absent`: nothing had to be changed. `shown`: nobody has agreed yet. `refused`:
    `what` says why, `fix` what to do.
    """

    host: str
    name: str
    file: str
    state: State
    difference: str = ""
    copy: str | None = None
    what: str = ""
    fix: str = ""


def connect(
    target: Target,
    launch: Launch | None,
    *,
    writes: bool,
    asks: Callable[[str], bool] | None,
    shows: bool,
    now: datetime,
) -> Done:
    """Put our entry into a host's file, or with no `launch` take it out.

    Nothing is written unless `writes`, and where a person `asks` only with their agreement.
    """
    try:
        draft = removed(target) if launch is None else added(target, launch)
        if not draft.changes:
            return _done(target, "absent" if launch is None else "there")
        change = difference(draft)
        if shows:
            _show(target, change)
        if not writes:
            return _done(target, "shown", change)
        if asks is not None and not asks(f"{_what(draft)} {target.file}?"):
            return _done(target, "declined", change)
        copy = write(target.file, before=draft.before, after=draft.after, now=now)
    except HostFileError as error:
        return _done(target, "refused", what=error.what, fix=error.fix)
    return _done(
        target,
        "removed" if launch is None else "written",
        change,
        copy=None if copy is None else str(copy),
        what="" if launch is None else target.host.afterwards,
    )


def tell(done: Done) -> None:
    """What became of it, for a person."""
    sentence, style = {
        "written": (f"Wrote {done.file}. {done.what}", "green"),
        "removed": (f"Homeward is no longer in {done.file}.", "green"),
        "there": (f"Homeward is already in {done.file}.", "green"),
        "absent": (f"Homeward is not in {done.file}.", ""),
        "shown": ("", ""),
        "declined": (f"{done.file} was left as it is.", ""),
        "refused": (f"{done.what} {done.fix}".rstrip(), "red"),
    }[done.state]
    out = screen()
    if sentence:
        out.print(f"[bold]{done.name}[/]: ", end="")
        out.print(sentence, style=style, markup=False, soft_wrap=True)
    if done.copy is not None:
        out.print(f"What it was is in {done.copy}", style="dim", markup=False, soft_wrap=True)


def _what(draft: Draft) -> str:
    if draft.after is None:
        return "Delete"
    return "Write" if draft.before is None else "Change"


def _show(target: Target, change: str) -> None:
    out = screen()
    out.print(target.host.name, style="bold", markup=False)
    for line in change.splitlines():
        out.print(line, style=_STYLES.get(line[:1], "dim"), markup=False, soft_wrap=True)


def _done(target: Target, state: State, change: str = "", **more: str | None) -> Done:
    return Done(
        host=target.host.id,
        name=target.host.name,
        file=str(target.file),
        state=state,
        difference=change,
        copy=more.get("copy"),
        what=more.get("what") or "",
        fix=more.get("fix") or "",
    )
