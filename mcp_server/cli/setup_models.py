"""The local model's part of `homeward setup`: is Ollama there, and what suits this machine."""

import shutil
import subprocess
from dataclasses import dataclass

import anyio
import typer
from rich.table import Table

from mcp_server.cli.running import run, screen
from mcp_server.setup.machine import GB, LocalModel, memory, suited, video_memory
from mcp_server.wiring import App
from vocabulary import HomewardError

OLLAMA = "ollama"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What there is. `runs` and `has` are None where nobody asked the server."""

    program: str | None
    runs: bool | None
    has: tuple[str, ...] | None
    memory: int | None
    video_memory: int | None
    suited: tuple[LocalModel, ...]


def look_for_models(*, asks_ollama: bool) -> Seen:
    """Look at the machine, and if wished ask Ollama; settings that cannot be used ask nobody."""
    runs, has = None, None
    if asks_ollama:
        try:
            runs, has = anyio.run(run, _ask)
        except HomewardError:  # the doctor says what is wrong with them
            runs, has = None, None
    amount, video = memory(), video_memory()
    return Seen(
        program=shutil.which(OLLAMA),
        runs=runs,
        has=has,
        memory=amount,
        video_memory=video,
        suited=tuple(suited(amount, video)),
    )


def show_models(seen: Seen) -> None:
    """What there is, and where there is no local model what to get."""
    out = screen()
    out.print()
    if seen.has:
        out.print(f"Ollama has {', '.join(seen.has)}.", markup=False, soft_wrap=True)
        return
    if seen.program is None and not seen.runs:
        out.print("Ollama is not installed: ollama.com/download. Then get a model.")
    elif seen.runs is False:
        out.print("Ollama does not run: start it, or run `ollama serve`. Then get a model.")
    elif seen.runs:
        out.print("Ollama runs, but has no model.")
    much = "" if seen.memory is None else f" ({seen.memory / GB:.0f} GB of memory)"
    table = Table("command", "download", "good for", box=None, header_style="dim")
    for model in seen.suited:
        table.add_row(f"ollama pull {model.name}", f"{model.download_gb:g} GB", model.good_for)
    out.print(f"What suits this machine{much}; the smaller, the sooner it answers:")
    out.print(table)


def offer_models(seen: Seen) -> None:
    """Get a model, if Ollama is there, has none, and the person names one."""
    if seen.program is None or not seen.runs or seen.has:
        return
    name = typer.prompt("Get which one now? (Enter for none)", default="", show_default=False)
    name = name.strip().removeprefix("ollama pull").strip()
    if name in {model.name for model in seen.suited}:
        subprocess.run([seen.program, "pull", name], check=False)  # noqa: S603
    elif name:
        screen().print(f"{name} is none of these; `ollama pull` gets any.", markup=False)


async def _ask(app: App) -> tuple[bool, tuple[str, ...]]:
    models = await app.fleet.models()
    reports = await app.fleet.reports()
    runs = any(each.server.provider == OLLAMA and each.offers is not None for each in reports)
    return runs, tuple(each.name for each in models if each.provider == OLLAMA and each.local)
