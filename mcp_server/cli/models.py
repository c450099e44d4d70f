"""`homeward models`: every model there is, where it runs, what it costs, whether it may be used."""

import json
from typing import Any

import anyio.to_thread
from rich.console import Console
from rich.table import Table

from cache.encoder import prepare
from ledger import UnknownPrice
from mcp_server.cli.running import told, with_app
from mcp_server.places import make_private, places
from mcp_server.wiring import App
from routing.values import Model
from vocabulary import Usage
from whitelist import check

MILLION = Usage(input_tokens=1_000_000), Usage(output_tokens=1_000_000)


def list_models(*, as_json: bool) -> None:
    """Ask every server, and show what it has."""

    async def work(app: App) -> None:
        models = await app.fleet.models()
        rows = await anyio.to_thread.run_sync(lambda: [_row(app, model) for model in models])
        silent = {r.server.provider: r.trouble for r in await app.fleet.reports() if r.trouble}
        if as_json:
            print(json.dumps({"models": rows, "not_answering": silent}))
            return
        _show(rows, silent)

    with_app(work)


def prepare_encoder() -> None:
    """Write the encoder's graph where the cache looks for it."""
    with told():
        where = places()
        make_private(where.cache)
        folder = prepare(where.models)
    Console().print(f"The encoder is ready in {folder}", markup=False)


def _row(app: App, model: Model) -> dict[str, Any]:
    try:
        prices = [app.pricing.of(model, usage) / 1_000_000 for usage in MILLION]
    except UnknownPrice:
        prices = []
    allowed = model.local or check("cloud_api", model.host, app.whitelist()).allowed
    return {
        "id": model.id,
        "where": "local" if model.local else model.host,
        "context": model.context,
        "quality": round(model.quality, 2),
        "usd_per_million": prices or None,
        "allowed": allowed,
    }


def _show(rows: list[dict[str, Any]], silent: dict[str, str]) -> None:
    out = Console(highlight=False)
    table = Table(
        "model", "where", "context", "quality", "USD per million in/out", "may be used", box=None
    )
    for row in rows:
        prices = row["usd_per_million"]
        cost = "free" if row["where"] == "local" else "unknown: refused"
        if prices and row["where"] != "local":
            cost = f"{prices[0]:g} / {prices[1]:g}"
        table.add_row(
            row["id"],
            row["where"],
            f"{row['context']:,}",
            f"{row['quality']:.2f}",
            cost,
            "yes" if row["allowed"] else "not on the whitelist",
        )
    if rows:
        out.print(table)
    else:
        out.print("No model was found. `homeward doctor` says what to do.")
    for name, trouble in silent.items():
        out.print(f"{name}: {trouble}", style="yellow", markup=False)
