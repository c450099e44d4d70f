"""`homeward models`: every model there is, where it runs, what it costs, whether it may be used."""

import json
from typing import Any

import anyio.to_thread
from rich.markup import escape
from rich.table import Table

from ledger import UnknownPrice
from mcp_server.cli.encoder import encoder_of, show_encoder
from mcp_server.cli.running import screen, with_app
from mcp_server.wiring import App
from routing.values import Model
from vocabulary import Usage
from whitelist import check

TEN_THOUSAND = Usage(input_tokens=10_000), Usage(output_tokens=10_000)
"""A call of ordinary size: some prices rise with the length of a prompt."""


def list_models(*, as_json: bool, ask_clouds: bool) -> None:
    """Ask every server, and show what it has; then the encoder of the cache."""

    async def work(app: App) -> None:
        if ask_clouds:
            rules = await anyio.to_thread.run_sync(app.whitelist)
            await app.fleet.ask_clouds(lambda s: check("cloud_api", s.host, rules).allowed)
        models = await app.fleet.models()
        rows = await anyio.to_thread.run_sync(lambda: [_row(app, model) for model in models])
        silent = {r.server.provider: r.trouble for r in await app.fleet.reports() if r.trouble}
        encoder = await encoder_of(app)
        if as_json:
            print(json.dumps({"models": rows, "not_answering": silent, "encoder": encoder}))
            return
        _show(rows, silent)
        show_encoder(screen(), encoder)

    with_app(work)


def _row(app: App, model: Model) -> dict[str, Any]:
    try:
        prices = [app.pricing.of(model, usage) / 10_000 for usage in TEN_THOUSAND]
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
    out = screen()
    table = Table("model", "context", "quality", "USD/M in, out", "may be used", box=None)
    table.columns[0].no_wrap = True
    for row in rows:
        table.add_row(
            escape(row["id"]),  # a server's own word
            f"{row['context']:,}",
            f"{row['quality']:.2f}",
            _cost(row),
            "yes" if row["allowed"] else "no",
        )
    if rows:
        out.print(table)
    else:
        out.print("No model was found. `homeward doctor` says what to do.")
    for host in dict.fromkeys(row["where"] for row in rows if not row["allowed"]):
        out.print(
            f"{host} is not on the whitelist: `homeward whitelist add cloud_api {host}`",
            style="yellow",
            markup=False,
        )
    for trouble in silent.values():
        out.print(trouble, style="yellow", markup=False)


def _cost(row: dict[str, Any]) -> str:
    if row["where"] == "local":
        return "free"
    prices = row["usd_per_million"]
    return f"{prices[0]:g}, {prices[1]:g}" if prices else "unknown: refused"
