"""A price table that the person had fetched: one file, of which nothing is believed unchecked."""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.errors import UnusablePrices

if TYPE_CHECKING:
    from genai_prices.types import Provider

LARGEST = 16 * 1024 * 1024
"""Bytes; the table has about one million."""

LOWEST, HIGHEST = Decimal("0.0001"), Decimal(100_000)
"""US dollars a million tokens; the installed table has prices from 0.0011 to 600."""

_FIX = "`homeward prices refresh` fetches it anew, `homeward prices reset` removes it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """genai-prices' published data as it came. `on` is the day it was fetched (UTC), `over` the
    version of genai-prices that was installed then, whose own table it replaces.
    """

    on: date
    over: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def installed() -> str:
    """The version of genai-prices whose table is bundled here."""
    return version("genai-prices")


def providers_in(data: bytes) -> "list[Provider]":
    """The providers that published data lists, by the library's own parser.

    Raises:
        UnusablePrices: it is something else, or a price in it is none that can be believed.
    """
    from genai_prices.types import _providers_from_raw

    try:
        raw = json.loads(data, parse_float=Decimal)
        if not isinstance(raw, list) or not raw:
            raise _unreadable()
        for each in raw:
            each.pop("extractors", None)  # how to read answers, which newer tables do in newer ways
        providers = _providers_from_raw(raw)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _unreadable() from None
    if not all(_usable(price) for p in providers for model in p.models for price in _all(model)):
        raise _unreadable()
    return providers


def read(path: Path) -> Refreshed | None:
    """What was fetched; None where nothing was.

    Raises:
        UnusablePrices: it is damaged, or the installed table may be newer.
    """
    try:
        with path.open("rb") as file:
            header, data = file.readline(1000), file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusablePrices(f"{path} cannot be read: {error.strerror}.", fix=_FIX) from error
    try:
        said = json.loads(header)
        found = Refreshed(on=date.fromisoformat(said["on"]), over=str(said["over"]), data=data)
        whole = said["sha256"] == found.sha256
    except (ValueError, TypeError, KeyError, RecursionError):
        whole = False
    if not whole:
        raise UnusablePrices(
            f"The price table in {path} is damaged, so the installed one is used.", fix=_FIX
        )
    if found.over != installed():
        raise UnusablePrices(
            f"The price table of {found.on} was fetched beside genai-prices {found.over}; the "
            f"installed one of {installed()} may be newer, so that is used.",
            fix=_FIX,
        )
    return found


def write(path: Path, table: Refreshed) -> None:
    """Put the table in place of an earlier one, whole or not at all, for this person alone.

    Raises:
        UnusablePrices: it cannot be written.
    """
    said = {"on": table.on.isoformat(), "over": table.over, "sha256": table.sha256}
    try:
        fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # is made 0600
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(json.dumps(said).encode() + b"\n" + table.data)
                file.flush()
                os.fsync(fd)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UnusablePrices(
            f"{path} cannot be written: {error.strerror}.", fix="Check the disk and the folder."
        ) from error


def remove(path: Path) -> bool:
    """Go back to the installed table. Whether there was another.

    Raises:
        UnusablePrices: it cannot be removed.
    """
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UnusablePrices(
            f"{path} cannot be removed: {error.strerror}.", fix="Check who may write there."
        ) from error
    return True


def _all(model: Any) -> "list[Any]":
    """Every price of a model, of all dates and variants: an amount, or a base with tiers."""
    lists = model.prices if isinstance(model.prices, list) else [model]
    return [
        value
        for each in (*lists, *(model.price_variants or ()))
        for value in each.prices.__dict__.values()
        if value is not None
    ]


def _usable(price: Any) -> bool:
    """Whether a price is one that a model can have, in each of its tiers."""
    if isinstance(price, Decimal):
        return _is_amount(price)
    starts = [tier.start for tier in price.tiers]
    rising = all(a < b for a, b in pairwise([-1, *starts]))  # the library has put them in order
    return (
        rising
        and all(type(start) is int for start in starts)
        and all(map(_is_amount, (price.base, *(tier.price for tier in price.tiers))))
    )


def _is_amount(value: object) -> bool:
    """Zero is one: it counts as not known."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    return value == 0 or LOWEST <= value <= HIGHEST


def _unreadable() -> UnusablePrices:
    return UnusablePrices(
        "What was fetched is no price table that this Homeward can read.",
        fix="Nothing was changed. Upgrade Homeward, or try again later.",
    )
