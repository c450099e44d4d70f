"""`homeward batch`: a file of prompts, sent at once, and their answers fetched later."""

import json
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
from rich.markup import escape
from rich.table import Table

from ledger import dollars
from ledger.batches import Batch
from mcp_server.cli.batch_file import asked_in
from mcp_server.cli.lines import Unreadable, new_file
from mcp_server.cli.running import screen, told, with_app
from mcp_server.wiring import App
from routing.errors import ProviderTimeout, ProviderUnavailable
from routing.providers.batches import Progress
from switchboard.batch_choosing import Sorted
from switchboard.batch_settling import Came
from switchboard.batching import Standing

SHORT = 12
"""Letters of an id that are shown."""


def send_batch(path: Path, *, dry_run: bool, as_json: bool) -> None:
    """Send what may go; say which prompts stay, and why."""
    with told():
        asked = list(asked_in(path))
        if not asked:
            raise Unreadable(
                f"{path} has no prompt in it.", fix='Write a line {"id": "a1", "prompt": "…"}.'
            )

    async def work(app: App) -> None:
        batch = None
        if dry_run:
            chosen = await app.batching.choosing.sort(asked)
        else:
            with _sending():
                sent = await app.batching.send(asked)
            batch, chosen = sent.batch, sent.sorted
        if as_json:
            print(json.dumps(_as_json(batch, chosen)))
        else:
            _say(batch, chosen, dry_run=dry_run)

    with_app(work)


def show_batches(*, as_json: bool) -> None:
    """Every batch with its state."""

    async def work(app: App) -> None:
        found = await app.batching.standing()
        if as_json:
            print(json.dumps([_standing_json(each) for each in found]))
            return
        out = screen()
        if not found:
            out.print("There are no batches.")
            return
        table = Table("id", "sent", "prompts", "state", box=None)
        table.columns[0].no_wrap = table.columns[1].no_wrap = True
        for each in found:
            at = f"{each.batch.created:%Y-%m-%d %H:%M}"
            table.add_row(each.batch.id[:SHORT], at, str(each.lines), escape(_state(each)))
        out.print(table)

    with_app(work)


def fetch_batch(wanted: str | None, out: Path) -> None:
    """Write the answers, each after it is settled."""

    async def work(app: App) -> None:
        batch = await anyio.to_thread.run_sync(app.batching.find, wanted)
        with _asking(batch, "fetch"):
            progress = await app.batching.look(batch)
        if progress.status != "ended":
            raise Unreadable(
                f"The batch {batch.id[:SHORT]} is still worked on: {progress.processing} prompts "
                "are not answered yet.",
                fix="Try again later; it takes a day at most.",
            )
        endings: dict[str, int] = {}
        cost = 0
        with new_file(out) as file, _whole_or_gone(out), _asking(batch, "fetch"):
            async with aclosing(app.batching.fetch(batch)) as results:
                async for came in results:
                    file.write(json.dumps(_answer(came)).encode() + b"\n")
                    endings[came.ending] = endings.get(came.ending, 0) + 1
                    cost += came.outcome.cost
        if str(out) != "-":
            said = ", ".join(f"{number} {ending}" for ending, number in sorted(endings.items()))
            screen().print(
                f"Wrote {out}: {said or 'nothing'}; {cost / 1_000_000:.6f} USD.", markup=False
            )

    with_app(work)


def cancel_batch(wanted: str) -> None:
    """Ask the provider to stop."""

    async def work(app: App) -> None:
        batch = await anyio.to_thread.run_sync(app.batching.find, wanted)
        with _asking(batch, "cancel"):
            await app.batching.cancel(batch)
        screen().print(
            f"The batch {batch.id[:SHORT]} is being cancelled. `homeward batch fetch` gives what "
            "was answered by then.",
            soft_wrap=True,
        )

    with_app(work)


@contextmanager
def _sending() -> Iterator[None]:
    """Says of a connection that broke what it means for a batch: another model helps nobody."""
    try:
        yield
    except (ProviderUnavailable, ProviderTimeout) as error:
        if not error.safe_to_retry:
            error.fix = (
                "Whether the batch arrived is not known, so its money stays held and sending it "
                "again may cost twice: `homeward batch status`, and look at the provider's console."
            )
        raise


@contextmanager
def _asking(batch: Batch, command: str) -> Iterator[None]:
    """The same of one that was sent."""
    try:
        yield
    except (ProviderUnavailable, ProviderTimeout) as error:
        error.fix = (
            f"Nothing is lost: the provider keeps the batch. Run `homeward batch {command} "
            f"{batch.id[:SHORT]}` again in a while."
        )
        raise


@contextmanager
def _whole_or_gone(out: Path) -> Iterator[None]:
    """Leaves no half of the answers behind: all of them can be fetched again."""
    try:
        yield
    except BaseException:
        if str(out) != "-":
            out.unlink(missing_ok=True)
        raise


def _say(batch: Batch | None, chosen: Sorted, *, dry_run: bool) -> None:
    out = screen()
    number = len(chosen.ready)
    if batch is not None:
        out.print(
            f"Sent {number} prompts as batch {batch.id[:SHORT]}. They cost "
            f"{dollars(chosen.worst_case)} at most, which is held until they are fetched.",
            soft_wrap=True,
            markup=False,
        )
        out.print(f"`homeward batch fetch {batch.id[:SHORT]} --out answers.jsonl` within 24 hours.")
    elif dry_run and number:
        out.print(
            f"Nothing was sent. {number} prompts would go, for at most "
            f"{dollars(chosen.worst_case)}.",
            markup=False,
        )
    else:
        out.print("Nothing was sent.")
    for label, why in chosen.left_out:
        out.print(f"{label} stays: {why}", style="yellow", markup=False, soft_wrap=True)


def _as_json(batch: Batch | None, chosen: Sorted) -> dict[str, Any]:
    return {
        "batch": None if batch is None else batch.id,
        "worst_case_usd": chosen.worst_case / 1_000_000,
        "prompts": [
            {
                "id": each.asked.label,
                "model": each.candidate.model.id,
                "worst_case_usd": each.line.held / 1_000_000,
            }
            for each in chosen.ready
        ],
        "left_out": [{"id": label, "reason": why} for label, why in chosen.left_out],
    }


def _standing_json(each: Standing) -> dict[str, Any]:
    return {
        "batch": each.batch.id,
        "provider": each.batch.provider,
        "provider_id": each.batch.remote,
        "state": each.batch.state,
        "created": each.batch.created.isoformat(),
        "held_until": each.batch.until.isoformat(),
        "prompts": each.lines,
        "trouble": each.trouble,
        "progress": None if each.progress is None else _counts(each.progress),
    }


def _counts(progress: Progress) -> dict[str, Any]:
    return {
        "status": progress.status,
        "processing": progress.processing,
        "succeeded": progress.succeeded,
        "errored": progress.errored,
        "canceled": progress.canceled,
        "expired": progress.expired,
    }


def _state(each: Standing) -> str:
    batch, progress = each.batch, each.progress
    if each.trouble:
        return each.trouble
    if batch.state in ("preparing", "sending"):
        return (
            "being sent, or it was broken off: whether the provider has it is not known. Its money "
            f"is held until {batch.until:%Y-%m-%d %H:%M} UTC, and counts as spent then"
            if batch.state == "sending"
            else "being prepared"
        )
    if batch.state == "failed":
        return "not sent"
    if batch.state == "fetched":
        return "fetched"
    if progress is None or progress.status == "ended":
        return "ended: `homeward batch fetch`"
    return f"{progress.status.replace('_', ' ')}, {progress.processing} to go"


def _answer(came: Came) -> dict[str, Any]:
    given = came.completion
    if given is None:
        return {"id": came.label, "result": came.ending}
    return {
        "id": came.label,
        "result": came.ending,
        "text": given.text,
        "finish": given.finish,
        "model": came.outcome.model_served,
        "input_tokens": given.usage.input_tokens,
        "output_tokens": given.usage.output_tokens,
        "cost_usd": came.outcome.cost / 1_000_000,
    }
