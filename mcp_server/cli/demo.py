"""`homeward demo`: real prompts through the real path, on real models, in a home of its own."""

import os
import tempfile
import tomllib
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from rich.console import Console

from mcp_server.cli.demo_table import Line, Show
from mcp_server.cli.running import told
from mcp_server.places import Places, places
from mcp_server.wiring import App, build
from routing.providers.gemma import GEMMA_NAME, GEMMA_STOP, GEMMA_TEMPLATE, gemma
from routing.providers.llamacpp import EmbeddedServer
from switchboard.request import Prefer, Request
from vocabulary import HomewardError

MAX_TOKENS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPrompt:
    """One row of demo.toml."""

    text: str
    note: str
    context: str = ""
    model: str | None = None
    prefer: Prefer = "auto"


def run_demo(*, cloud: bool, plain: bool) -> None:
    """Nothing of the person's own configuration, cache or ledger is touched; nothing leaves."""
    with told():
        anyio.run(_run, cloud, plain)


async def _run(cloud: bool, plain: bool) -> None:
    console = Console(highlight=False)
    prompts = [DemoPrompt(**row) for row in _shipped()["prompt"]]
    async with _home(console, cloud=cloud) as app:
        show = Show(console, [prompt.text for prompt in prompts], plain=plain)
        with show:
            for number, prompt in enumerate(prompts):
                show.asking(number)
                show.told(number, await _ask(app, prompt))
        report = await anyio.to_thread.run_sync(lambda: app.report("today", "source"))
        show.summary(report, baseline=app.baseline_name, stand_in=cloud)
        _say_how_far_to_trust(console, app)


def _shipped() -> dict[str, Any]:
    text = files("mcp_server").joinpath("demo.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


async def _ask(app: App, prompt: DemoPrompt) -> Line:
    request = Request(
        prompt=prompt.text,
        context=prompt.context,
        model=prompt.model,
        prefer=prompt.prefer,
        max_tokens=MAX_TOKENS,
        caller="homeward demo",
    )
    try:
        return Line.answered(prompt.note, await app.switchboard.answer(request))
    except HomewardError as error:
        return Line.refused(prompt.note, error)


@asynccontextmanager
async def _home(console: Console, *, cloud: bool) -> AsyncIterator[App]:
    """A temporary home with its own ledger, cache and whitelist; the models are the person's."""
    mine = places()
    with tempfile.TemporaryDirectory(prefix="homeward-demo-") as folder, ExitStack() as stack:
        where = _places(Path(folder), mine.models)
        # The demo's audit log goes with its home, so its key is no business of the keyring's.
        where.settings.write_text('[privacy]\naudit_key = "file"\n', encoding="utf-8")
        environ = {name: os.environ[name] for name in ("OLLAMA_HOST",) if name in os.environ}
        if cloud:
            console.print("Starting the model that plays the cloud …", style="dim")
            stand_in = await anyio.to_thread.run_sync(_stand_in, mine.models)
            stack.callback(stand_in.close)
            address = stand_in.address.removesuffix("/v1")
            environ |= {
                "ANTHROPIC_API_KEY": stand_in.key,
                "ANTHROPIC_BASE_URL": address,
                "OPENAI_API_KEY": stand_in.key,
            }
            _allow(where.whitelist, address.removeprefix("http://"))
        app = await _with_a_local_model(where, environ)
        try:
            console.print("Loading the encoder of the semantic cache …", style="dim")
            await anyio.to_thread.run_sync(app.encoder.wait, 120)
            if app.encoder.failure:
                console.print(app.encoder.failure, style="yellow", markup=False)
            yield app
        finally:
            await app.aclose()


async def _with_a_local_model(where: Places, environ: dict[str, str]) -> App:
    """The person's Ollama answers where it runs and has a model; else the embedded Gemma does."""
    app = await anyio.to_thread.run_sync(lambda: build(where, environ=environ))
    if any(model.local for model in await app.fleet.models()):
        return app
    await app.aclose()
    text = where.settings.read_text(encoding="utf-8")
    where.settings.write_text(f"{text}[providers.embedded]\nenabled = true\n", encoding="utf-8")
    return await anyio.to_thread.run_sync(lambda: build(where, environ=environ))


def _places(folder: Path, models: Path) -> Places:
    config, data, cache = (folder / name for name in ("config", "data", "cache"))
    for each in (config, data, cache):
        each.mkdir(mode=0o700)
    return Places(config=config, data=data, cache=cache, models=models)


def _allow(path: Path, host: str) -> None:
    """The demo's whitelist: the stand-in only, for the kinds of task that document 002 allows, and
    simple ones, so that a doubtful answer to one has somewhere to go.
    """
    path.touch(mode=0o600)
    tasks = "[allowed_for_cloud]\nsimple_completion = true\n"
    path.write_text(f'cloud_apis = ["{host}"]\n{tasks}', encoding="utf-8")


def _stand_in(models: Path) -> EmbeddedServer:
    return EmbeddedServer(
        gemma(models),
        alias=GEMMA_NAME,
        chat_template=_shipped()["examples"].lstrip() + GEMMA_TEMPLATE,
        stop=GEMMA_STOP,
        context=4096,
    )


def _say_how_far_to_trust(console: Console, app: App) -> None:
    if "embedded" not in app.settings.providers:
        return
    console.print(
        "\n[bold]How far to trust these answers.[/] No Ollama with a model was found, so a very "
        "small model (Gemma 3 270M, Google's Gemma Terms) answered here. It knows short, "
        "common facts and gets much else wrong, arithmetic for example; the numbers in the table "
        "are real. For answers worth having install Ollama from ollama.com/download, run "
        "`ollama pull llama3.2:3b`, and run this demo again."
    )
