"""What a call costs: the person's own prices first, then the published ones of its date."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Literal

from ledger.errors import UnknownPrice, UnusablePrices
from ledger.published import Published
from ledger.rates import Rates, Steps
from ledger.refreshed import Refreshed
from vocabulary import Money, Usage

OWN = "homeward.toml"

Unknown = Literal["refuse", "estimate"]
"""What happens where a price is not known: no quote, or one from the provider's dearest prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A person's own price of one model, in micro-dollars a million tokens; 0 is free.

    What is read from or written to the provider's prompt cache costs what other input does, and a
    batch what other calls do, unless they have prices of their own.
    """

    input_per_million: Money
    output_per_million: Money
    cached_per_million: Money | None = None
    cache_write_per_million: Money | None = None
    cache_write_1h_per_million: Money | None = None
    batch_input_per_million: Money | None = None
    batch_output_per_million: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What tokens cost, and whose price that is (`homeward.toml`, `genai-prices 0.2.3`).

    `estimated`: no price of this model is known, and the dearest of its provider stands in.
    """

    cost: Money
    source: str
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The price lists of one model at an instant: of an ordinary call, and of one in a batch.

    `changes` are the days (UTC) on which an ordinary price is known to change later, with the list
    from then on. `hourly`: it also depends on the time of day.
    """

    rates: Rates
    batch: Rates
    source: str
    estimated: bool = False
    hourly: bool = False
    changes: tuple[tuple[date, Rates], ...] = ()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Prices:
    """Quotes by model and date. Safe to use from several threads.

    `overrides` are keyed `provider/model`, as models are named everywhere else, and win over the
    published table. `listed_as` gives the table's name for a provider where it is another one
    (`{"gemini": "google"}`), None where the provider is not the one the table means. The table is
    read on the first question about it, or by `load`: what `fetched` gives, a newer one that the
    person had fetched (see `ledger.refreshed`), or else the installed one.
    """

    def __init__(
        self,
        overrides: Mapping[str, Price] | None = None,
        *,
        listed_as: Mapping[str, str | None] | None = None,
        unknown: Unknown = "refuse",
        fetched: Callable[[], Refreshed | None] = lambda: None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._own = {name.lower(): _rates(price) for name, price in (overrides or {}).items()}
        self._batch = {name.lower(): _in_batch(price) for name, price in (overrides or {}).items()}
        self._listed_as = dict(listed_as or {})
        self._unknown = unknown
        self._fetched = fetched
        self._now = now
        self._reading = threading.Lock()
        self._published: Published | None = None
        self._notice = ""

    @property
    def notice(self) -> str:
        """Why a table that was fetched is not used; empty where it is, or where there is none."""
        self.load()
        return self._notice

    def quote(
        self, provider: str, model: str, usage: Usage, at: datetime, *, batch: bool = False
    ) -> Quote:
        """The cost of a call begun at `at`, rounded up to a whole micro-dollar.

        `batch`: of a call in a batch, which may take a day. What runs locally is not asked about
        here.

        Raises:
            UnknownPrice: no price is known for what was used.
        """
        rates, source = self._rates(provider, model, at, batch=batch)
        cost = rates.cost(usage) if rates else None
        if cost is not None:
            return Quote(cost=cost, source=source)
        rates, source = self._stand_in(provider, at)
        cost = rates.cost(usage) if rates else None
        if cost is None:
            raise UnknownPrice(
                f"The price of {provider}/{model} is not known, and is not taken to be zero.",
                fix=f'Add [prices."{provider}/{model}"] to homeward.toml, with '
                "input_usd_per_million and output_usd_per_million.",
            )
        return Quote(cost=cost, source=source, estimated=True)

    def known(self, provider: str, model: str) -> bool:
        """Whether both what it reads and what it writes can be priced today, without guessing."""
        rates, _ = self._rates(provider, model, self._now())
        return rates is not None and rates.input is not None and rates.output is not None

    def listing(self, provider: str, model: str, at: datetime | None = None) -> Listing | None:
        """The price lists of a model at an instant, now if none is given; None where unknown."""
        at = self._now() if at is None else at
        rates, source = self._rates(provider, model, at)
        if rates is None:
            rates, source = self._stand_in(provider, at)
            if rates is None:
                return None
            return Listing(rates=rates, batch=rates, source=source, estimated=True)
        batch, _ = self._rates(provider, model, at, batch=True)
        listed = self._listed_as.get(provider, provider)
        if source == OWN or listed is None:
            return Listing(rates=rates, batch=batch or rates, source=source)
        table = self.load()
        then = [
            (day, table.rates(listed, model, datetime.combine(day, time(at.hour), UTC)))
            for day in table.changes(listed, model, at)
        ]
        return Listing(
            rates=rates,
            batch=batch or rates,
            source=source,
            hourly=table.by_the_hour(listed, model),
            changes=tuple((day, list_) for day, list_ in then if list_ is not None),
        )

    def _rates(
        self, provider: str, model: str, at: datetime, *, batch: bool = False
    ) -> tuple[Rates | None, str]:
        name = f"{provider}/{model}".lower()
        own = (self._batch if batch else self._own).get(name)
        if own is not None:
            return own, OWN
        listed = self._listed_as.get(provider, provider)
        if listed is None:
            return None, ""
        published = self.load()
        return published.rates(listed, model, at, batch=batch), published.source

    def _stand_in(self, provider: str, at: datetime) -> tuple[Rates | None, str]:
        """Where the person agreed to guess: prices that nothing of this provider exceeds."""
        listed = self._listed_as.get(provider, provider)
        if self._unknown == "refuse" or listed is None:
            return None, ""
        table = self.load()
        return table.dearest(listed, at), f"estimate: dearest of {provider} ({table.source})"

    def load(self) -> Published:
        """Read the table now (0.15 to 0.25 s of CPU), so that no call waits for it later."""
        with self._reading:
            if self._published is None:
                self._published = self._read()
            return self._published

    def _read(self) -> Published:
        try:
            return Published(self._fetched())
        except UnusablePrices as error:
            self._notice = str(error)
            return Published()


def _rates(price: Price) -> Rates:
    return Rates(
        input=_flat(price.input_per_million),
        output=_flat(price.output_per_million),
        cached=_maybe(price.cached_per_million),
        cache_write=_maybe(price.cache_write_per_million),
        cache_write_1h=_maybe(price.cache_write_1h_per_million),
    )


def _in_batch(price: Price) -> Rates:
    usual = _rates(price)
    return replace(
        usual,
        input=_maybe(price.batch_input_per_million) or usual.input,
        output=_maybe(price.batch_output_per_million) or usual.output,
    )


def _flat(per_million: Money) -> Steps:
    return ((-1, Decimal(per_million) / 1_000_000),)


def _maybe(per_million: Money | None) -> Steps | None:
    return None if per_million is None else _flat(per_million)
