"""`homeward prices refresh` and `prices reset`: a newer price table, when the person wants one."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import anyio
import anyio.to_thread
import typer
from rich.markup import escape
from rich.table import Table

from ledger.errors import UnusablePrices
from ledger.prices import Listing, Prices
from ledger.refreshed import LARGEST, Refreshed, installed, providers_in, read, remove, write
from mcp_server.cli.person import NeedsTerminal
from mcp_server.cli.prices import brief, listing_of, names_here
from mcp_server.cli.running import screen, told, with_app
from mcp_server.house import prices_of
from mcp_server.places import places
from mcp_server.wiring import App
from whitelist import Whitelist, hosts
from whitelist.door import Door

WITHIN_S = 60.0


def refresh_prices(*, yes: bool, address: str | None = None) -> None:
    """Fetch the published table now, show what it changes for the models that are known or were
    used here, and use it from the next start on if the person says so.

    `address` is where it is published, genai-prices' own where none is given.
    """
    from genai_prices.update_prices import DEFAULT_UPDATE_URL

    async def work(app: App) -> None:
        if not (yes or sys.stdin.isatty()):
            raise NeedsTerminal(
                "Only a person at a terminal can be asked whether to use a new price table.",
                fix="Run this in a terminal, or say --yes.",
            )
        table = Refreshed(
            on=datetime.now(UTC).date(),
            over=installed(),
            data=await fetched(address or DEFAULT_UPDATE_URL, proxy=app.settings.proxy),
        )
        providers_in(table.data)
        before = prices_of(app.settings, partial(read, app.places.prices))
        after = prices_of(app.settings, lambda: table)
        used = {row.name for row in app.report("all", "model").rows if "/" in row.name}
        names = sorted(used | set(await names_here(app)))
        _show(list(_changed(names, before, after)), len(names))
        if not yes:
            await anyio.to_thread.run_sync(partial(typer.confirm, "Use this table?", abort=True))
        write(app.places.prices, table)
        screen().print(f"From now on prices are those of genai-prices, {table.on}.")

    with_app(work)


def reset_prices() -> None:
    """Remove the table that was fetched."""
    with told():
        gone = remove(places().prices)
        was = "Removed the table that was fetched. " if gone else ""
        screen().print(f"{was}Prices are those of genai-prices {installed()}.")


async def fetched(address: str, *, proxy: str | None = None, within_s: float = WITHIN_S) -> bytes:
    """What is published at an address. Nothing but the request for it is sent, and to no other
    host: redirects are refused.

    Raises:
        UnusablePrices: it could not be had in `within_s` seconds, or is far too long.
        Refused: it is elsewhere by now.
    """
    import httpx2

    host = hosts.parse(address).name
    door = Door(origins=(), whitelist=lambda: Whitelist(cloud_apis=(host,)), proxy=proxy)
    held = bytearray()
    try:
        with anyio.fail_after(within_s):
            async with door.client().stream("GET", address) as response:
                if response.status_code != 200:
                    raise _not_had(host, f"it answered with status {response.status_code}")
                async for piece in response.aiter_bytes():
                    held += piece
                    if len(held) > LARGEST:
                        raise _not_had(host, "it sent far more than a price table")
    except TimeoutError:
        raise _not_had(host, "it took too long") from None
    except httpx2.HTTPError as error:
        raise _not_had(host, type(error).__name__) from error
    finally:
        await door.aclose()
    return bytes(held)


def _not_had(host: str, why: str) -> UnusablePrices:
    return UnusablePrices(
        f"The price table at {host} could not be fetched: {why}.",
        fix="Nothing was changed. Check the network, or try again later.",
    )


def _changed(
    names: list[str], before: Prices, after: Prices
) -> Iterator[tuple[str, Listing | None, Listing | None]]:
    for name in names:
        was, then = listing_of(before, name), listing_of(after, name)
        if _terms(was) != _terms(then):
            yield name, was, then


def _terms(listing: Listing | None) -> tuple[object, ...] | None:
    """What of a listing is money: all but whose word it is."""
    if listing is None:
        return None
    return listing.rates, listing.batch, listing.estimated, listing.hourly, listing.changes


def _show(changes: list[tuple[str, Listing | None, Listing | None]], of: int) -> None:
    out = screen()
    if not changes:
        out.print(f"No price of the {of} models known or used here changes.")
        return
    table = Table("model", "now", "then", box=None)
    for name, was, then in changes:
        table.add_row(escape(name), _told(was), _told(then))
    out.print(table)
    out.print("US dollars a million tokens, in/out; batch in brackets.", style="dim")


def _told(listing: Listing | None) -> str:
    if listing is None:
        return "not known: refused"
    later = "".join(f"; from {day}: {brief(rates)}" for day, rates in listing.changes)
    guess = " (estimate)" if listing.estimated else ""
    return f"{brief(listing.rates)} ({brief(listing.batch)}){later}{guess}"
