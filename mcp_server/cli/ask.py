"""`homeward ask`: one prompt, streamed as it comes."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import anyio.to_thread
from rich.console import Console

from ledger import dollars
from mcp_server.by_reference import read
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
    files: Sequence[str],
    system: str,
    prefer: Prefer,
    model: str | None,
    max_cost_usd: float | None,
    max_tokens: int | None,
    fresh: bool,
    improve: str | None,
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
            improve=improve,
            caller="homeward ask",
            origin="terminal",
        )
    about = Console(stderr=True, highlight=False)

    async def work(app: App) -> None:
        if dry_run:
            decision = await app.switchboard.plan(request)
            about.print(f"Nothing was sent. {in_short(decision)}", markup=False)
            return
        if app.cache is not None:  # a moment for the encoder may save a whole call
            await anyio.to_thread.run_sync(app.encoder.wait, ENCODER_WITHIN_S)
        out = _Out(about)
        with out:
            asked = await _with_documents(app, request, files, out) if files else request
            answer = await app.switchboard.answer(asked, on_text=out.text, on_step=out.step)
            out.rest(answer.text)
        about.print(_facts(answer), style="dim", markup=False)
        if answer.improvable:
            about.print(_how_to_improve(answer, prompt), style="dim", markup=False)
        for notice in answer.notices:
            about.print(notice, style="yellow", markup=False)
        if why:
            about.print(in_short(answer.decision), markup=False)

    with_app(work)


async def _with_documents(app: App, request: Request, files: Sequence[str], out: "_Out") -> Request:
    folders = (await anyio.to_thread.run_sync(app.whitelist)).folders
    return replace(request, documents=await read(files, folders, out.step))


class _Out:
    """Prints an answer as it comes, and keeps what is said about it on lines of its own.

    A person sees it grow, also one that is then set aside; a file or a pipe gets nothing but the
    answer that stands.
    """

    def __init__(self, about: Console) -> None:
        self._about = about
        self._live = sys.stdout.isatty()
        self._shown = ""

    async def text(self, piece: str) -> None:
        if self._live:
            self._shown += piece
            _show(piece)

    async def step(self, sentence: str) -> None:
        if self._shown:  # it came from a model that then failed, or was doubted
            self._about.print(f"\n— set aside; {sentence} —", style="yellow", markup=False)
        self._shown = ""

    def rest(self, text: str) -> None:
        """The answer that stands, unless it is what came last: one from the cache, for example."""
        if self._shown == text:
            return
        if self._shown:
            self._about.print("\n— set aside; this stands: —", style="yellow", markup=False)
        self._shown = text
        _show(text)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        if self._shown:
            _show("\n")


def _show(text: str) -> None:
    """A model's words may not steer the terminal of whoever reads them."""
    if sys.stdout.isatty():
        text = "".join(each for each in text if each in "\n\t" or each.isprintable())
    sys.stdout.write(text)
    sys.stdout.flush()


def _how_to_improve(answer: Answer, prompt: str) -> str:
    sure = "" if answer.confidence is None else f" ({answer.confidence:.0%} sure)"
    given = "-" if prompt == "-" else '"…"'
    return (
        f"Answered cheaply, checked{sure}. For a better model send it again with "
        f"--improve {answer.request_id}: homeward ask {given} --improve {answer.request_id}"
    )


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
