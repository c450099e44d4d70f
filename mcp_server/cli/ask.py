"""`homeward ask`: one prompt, streamed as it comes."""

import sys
from pathlib import Path

import anyio.to_thread
from rich.console import Console

from ledger import dollars
from mcp_server.cli.running import told, with_app
from mcp_server.replies import in_short, limit
from mcp_server.wiring import App
from switchboard import InvalidRequest
from switchboard.request import Answer, Prefer, Request

ENCODER_WITHIN_S = 2.0


def run_ask(
    prompt: str,
    *,
    context: Path | None,
    system: str,
    prefer: Prefer,
    model: str | None,
    max_cost_usd: float | None,
    max_tokens: int | None,
    fresh: bool,
    dry_run: bool,
    why: bool,
) -> None:
    """Answer on standard output; everything about the answer on standard error."""
    with told():
        request = Request(
            prompt=_read_stdin() if prompt == "-" else prompt,
            context=_read(context) if context else "",
            system=system,
            prefer=prefer,
            model=model,
            max_cost=None if max_cost_usd is None else limit(max_cost_usd),
            max_tokens=max_tokens,
            fresh=fresh,
            caller="homeward ask",
        )
    about = Console(stderr=True, highlight=False)

    async def work(app: App) -> None:
        if dry_run:
            decision = await app.switchboard.plan(request)
            about.print(f"Nothing was sent. {in_short(decision)}", markup=False)
            return
        streamed = False
        if app.cache is not None:  # a moment for the encoder may save a whole call
            await anyio.to_thread.run_sync(app.encoder.wait, ENCODER_WITHIN_S)

        async def on_text(piece: str) -> None:
            nonlocal streamed
            streamed = True
            sys.stdout.write(piece)
            sys.stdout.flush()

        async def on_step(sentence: str) -> None:
            nonlocal streamed
            if streamed:  # what was printed so far came from a model that then failed
                about.print(f"\n— broke off; {sentence} —", style="yellow", markup=False)
                streamed = False

        answer = await app.switchboard.answer(request, on_text=on_text, on_step=on_step)
        if not streamed:
            sys.stdout.write(answer.text)
        sys.stdout.write("\n")
        sys.stdout.flush()
        about.print(_facts(answer), style="dim", markup=False)
        for notice in answer.notices:
            about.print(notice, style="yellow", markup=False)
        if why:
            about.print(in_short(answer.decision), markup=False)

    with_app(work)


def _facts(answer: Answer) -> str:
    where = "this machine" if answer.local else "cloud"
    if answer.cached != "no":
        where = f"{answer.cached} cache hit"
    return (
        f"{answer.provider}/{answer.model} · {where} · "
        f"{answer.usage.input_tokens}+{answer.usage.output_tokens} tokens · "
        f"{dollars(answer.cost)} · {answer.total_ms} ms · {answer.request_id}"
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest(
            f"{path} is not UTF-8 text.", fix="Convert it first, for example with iconv."
        ) from error
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from error


def _read_stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidRequest("Standard input is not UTF-8 text.") from error
