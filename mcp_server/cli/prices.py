"""`homeward prices` and `prices show`: what models cost, whose price it is, and when it changes."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import partial
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ledger.prices import Listing, Prices
from ledger.rates import Rates, Steps
from ledger.refreshed import read
from mcp_server.cli.running import screen, told, with_app
from mcp_server.house import local_cost_of, prices_of
from mcp_server.keys import Keys
from mcp_server.places import Places, places
from mcp_server.settings import Settings, load
from mcp_server.wiring import App
from vocabulary import HomewardError

KINDS = ("input", "output", "cached", "cache_write", "cache_write_1h")
"""What tokens are priced by, for programs; people are shown the first four."""

COLUMNS = dict(zip(KINDS[:4], ("in", "out", "cached", "write"), strict=True))


class NoSuchPrice(HomewardError):
    """What was named is no model, or no day."""


def list_prices(*, as_json: bool) -> None:
    """Every cloud model known here, and those that savings are counted against."""

    async def work(app: App) -> None:
        table = prices_of(app.settings, partial(read, app.places.prices))
        rows = [(name, listing_of(table, name)) for name in await names_here(app)]
        home = sorted(model.id for model in await app.fleet.models() if model.local)
        if as_json:
            models = {name: listing and in_full(listing) for name, listing in rows}
            print(json.dumps({"models": models, "local": home, "notice": table.notice}))
            return
        out = screen()
        _show(out, rows)
        _show_local(out, home, app.settings)
        _warn(out, table)

    with_app(work)


def show_price(name: str, at: str | None, *, as_json: bool) -> None:
    """Every price of one model at an instant. It need not be known here."""
    with told():
        settings, here = _settings()
        table = prices_of(settings, partial(read, here.prices))
        found = listing_of(table, name, _instant(at))
        if as_json:
            print(json.dumps({"model": name, "notice": table.notice} | (in_full(found))))
            return
        out = screen()
        _show(out, [(name, found)])
        _warn(out, table)


async def names_here(app: App) -> list[str]:
    """The cloud models that could be asked here, and the baselines, as `provider/model`."""
    known = {model.id for model in await app.fleet.models() if not model.local}
    return sorted(known | {"/".join(each) for each in app.pricing.baselines.models})


def listing_of(table: Prices, name: str, at: datetime | None = None) -> Listing | None:
    """The prices of `provider/model`; None where they are not known.

    Raises:
        NoSuchPrice: it is not spelt like a model.
    """
    provider, _, model = name.partition("/")
    if not provider or not model:
        raise NoSuchPrice(
            f"{name[:80]!r} is no model.",
            fix="Write it as provider/model: anthropic/claude-opus-5-5.",
        )
    return table.listing(provider, model, at)


def in_full(listing: Listing | None) -> dict[str, Any]:
    """A listing for programs: US dollars a million tokens, None where there is no such price."""
    if listing is None:
        return {"known": False}
    return {
        "known": True,
        "source": listing.source,
        "estimated": listing.estimated,
        "usd_per_million": _figures(listing.rates),
        "batch_usd_per_million": _figures(listing.batch),
        "hourly": listing.hourly,
        "changes": [
            {"from": day.isoformat(), "usd_per_million": _figures(rates)}
            for day, rates in listing.changes
        ],
    }


def brief(rates: Rates) -> str:
    """What is read and what is written, as `4/20`; with `+` where it rises with the length."""
    return f"{_usd(rates.input)}/{_usd(rates.output)}"


def _figures(rates: Rates) -> dict[str, Any]:
    return _row(rates) | {
        "above": [{"input_tokens": above} | _row(rates.at(above + 1)) for above in rates.thresholds]
    }


def _row(rates: Rates) -> dict[str, float | None]:
    flat = rates.at(0)
    return {kind: _number(getattr(flat, kind)) for kind in KINDS}


def _number(steps: Steps | None) -> float | None:
    return float(steps[0][1]) if steps else None


def _show(out: Console, rows: Iterable[tuple[str, Listing | None]]) -> None:
    table = Table("model", *COLUMNS.values(), "batch", "source", box=None)
    table.columns[0].no_wrap = table.columns[-2].no_wrap = True
    for name, listing in rows:
        if listing is None:
            unknown = "not known: refused"
            table.add_row(escape(name), *("" for _ in COLUMNS), "", unknown, style="yellow")
            continue
        source = escape(listing.source) + (", by the hour" if listing.hourly else "")
        _add(table, escape(name), listing.rates.at(0), brief(listing.batch.at(0)), source)
        for above in listing.rates.thresholds:
            later = listing.rates.at(above + 1), brief(listing.batch.at(above + 1))
            _add(table, f"  above {above:,} tokens", *later)
        for day, rates in listing.changes:
            _add(table, f"  from {day}: {brief(rates)}", rates)
    out.print(table)
    out.print("US dollars a million tokens; of those in a batch, in/out.", style="dim")


def _add(table: Table, name: str, rates: Rates, batch: str = "", source: str = "") -> None:
    table.add_row(name, *(_usd(getattr(rates, kind)) for kind in COLUMNS), batch, source)


def _usd(steps: Steps | None) -> str:
    """The first step of a price; one that is not listed is that of other tokens."""
    return f"{float(steps[0][1]):g}" + ("+" if len(steps) > 1 else "") if steps else "-"


def _show_local(out: Console, names: list[str], settings: Settings) -> None:
    if not names:
        return
    cost = local_cost_of(settings)
    said = "free"
    if cost is not None:
        said = f"{cost.an_hour / 1_000_000:g} an hour of answering ({cost.source})"
    out.print(f"{', '.join(names)}: {said}", markup=False)


def _warn(out: Console, table: Prices) -> None:
    if table.notice:
        out.print(table.notice, style="yellow", markup=False, soft_wrap=True)


def _settings() -> tuple[Settings, Places]:
    here = places()
    return load(here.settings, Keys({}, here.dotenv).environment()), here


def _instant(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise NoSuchPrice(
            f"{said[:40]!r} is no date.", fix="Write it as 2026-12-01, or 2026-12-01T07:00."
        ) from None
    if len(said) <= len("2026-12-01"):
        found = datetime.combine(found.date(), time(12))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
