"""What a call costs: the person's own prices first, then the published ones of its date."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from ledger.errors import UnknownPrice
from ledger.published import Published
from ledger.rates import Rates, Steps
from vocabulary import Money, Usage

OWN = "homeward.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A person's own price of one model, in micro-dollars a million tokens; 0 is free.

    Cached input costs what other input does unless it has a price of its own.
    """

    input_per_million: Money
    output_per_million: Money
    cached_per_million: Money | None = None
    cache_write_per_million: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What tokens cost, and whose price that is (`homeward.toml`, `genai-prices 0.2.3`)."""

    cost: Money
    source: str


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Prices:
    """Quotes by model and date. Safe to use from several threads.

    `overrides` are keyed `provider/model`, as models are named everywhere else, and win over the
    published table. `listed_as` gives the table's name for a provider where it is another one
    (`{"gemini": "google"}`), None where the provider is not the one the table means. The table is
    read on the first question about it, or by `load`.
    """

    def __init__(
        self,
        overrides: Mapping[str, Price] | None = None,
        *,
        listed_as: Mapping[str, str | None] | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._own = {name.lower(): _rates(price) for name, price in (overrides or {}).items()}
        self._listed_as = dict(listed_as or {})
        self._now = now
        self._reading = threading.Lock()
        self._published: Published | None = None

    def quote(self, provider: str, model: str, usage: Usage, at: datetime) -> Quote:
        """The cost of a call begun at `at`, rounded up to a whole micro-dollar.

        What runs locally is not asked about here: it costs nothing.

        Raises:
            UnknownPrice: no price is known for what was used.
        """
        rates, source = self._rates(provider, model, at)
        cost = rates.cost(usage) if rates else None
        if cost is None:
            raise UnknownPrice(
                f"The price of {provider}/{model} is not known, and is not taken to be zero.",
                fix=f'Add [prices."{provider}/{model}"] to homeward.toml, with '
                "input_usd_per_million and output_usd_per_million.",
            )
        return Quote(cost=cost, source=source)

    def known(self, provider: str, model: str) -> bool:
        """Whether both what it reads and what it writes can be priced today."""
        rates, _ = self._rates(provider, model, self._now())
        return rates is not None and rates.input is not None and rates.output is not None

    def _rates(self, provider: str, model: str, at: datetime) -> tuple[Rates | None, str]:
        own = self._own.get(f"{provider}/{model}".lower())
        if own is not None:
            return own, OWN
        listed = self._listed_as.get(provider, provider)
        if listed is None:
            return None, ""
        published = self.load()
        return published.rates(listed, model, at), published.source

    def load(self) -> Published:
        """Read the published table now (0.15 s of CPU), so that no call waits for it later."""
        with self._reading:
            if self._published is None:
                self._published = Published()
            return self._published


def _rates(price: Price) -> Rates:
    return Rates(
        input=_flat(price.input_per_million),
        output=_flat(price.output_per_million),
        cached=_maybe(price.cached_per_million),
        cache_write=_maybe(price.cache_write_per_million),
    )


def _flat(per_million: Money) -> Steps:
    return ((-1, Decimal(per_million) / 1_000_000),)


def _maybe(per_million: Money | None) -> Steps | None:
    return None if per_million is None else _flat(per_million)
