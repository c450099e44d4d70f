"""Published prices by date: genai-prices' bundled table, or a newer one that the person fetched."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from ledger.rates import Rates, Steps, dearest
from ledger.refreshed import Refreshed, providers_in

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, TieredPrices

BATCH = {"processing": "batch"}
"""What the table calls a call that may take a day, in its price variants."""

_FREE = Rates(input=((-1, Decimal(0)),), output=((-1, Decimal(0)),))


class Published:
    """The table, read once (0.15 s of CPU, a fetched one 0.25 s). Its dates and hours are UTC.

    A provider must be named exactly as the table does: a server that merely has `openai` in its
    name has prices of its own. Models are matched as the table's own rules say, dated names and
    aliases too.

    Raises:
        UnusablePrices: what was fetched cannot be read.
    """

    def __init__(self, refreshed: Refreshed | None = None) -> None:
        from genai_prices.data_snapshot import DataSnapshot

        if refreshed is None:
            from genai_prices.data import providers

            self.source = f"genai-prices {version('genai-prices')}"
        else:
            providers = providers_in(refreshed.data)
            self.source = f"genai-prices {refreshed.on} refreshed"
        self._providers = {provider.id: provider for provider in providers}
        # Our own snapshot: nobody who updates the library's global one can change a running ledger.
        self._snapshot = DataSnapshot(providers=providers, from_auto_update=False)
        self._model = lru_cache(maxsize=4096)(self._find)
        self._dearest = lru_cache(maxsize=64)(self._find_dearest)

    def rates(
        self, provider: str, model: str, at: datetime, *, batch: bool = False
    ) -> Rates | None:
        """The price list of a model at an instant; None where the table has none.

        `batch`: of a call that may take a day. Where the table has no price for that it is the
        ordinary one, which is never lower.
        """
        found = self._model(provider, model)
        if found is None:
            return None
        # A model that is only passed on from another provider has that one's ordinary prices.
        own = batch and any(found is each for each in self._providers[provider].models)
        listed = _rates(found.get_prices(at.astimezone(UTC), BATCH if own else None))
        if listed is None and found.id.endswith(":free") and model.lower().endswith(":free"):
            return _FREE
        return listed

    def dearest(self, provider: str, at: datetime) -> Rates | None:
        """A price list that no model of the provider exceeds; None where nothing is priced."""
        return self._dearest(provider, at.astimezone(UTC).replace(second=0, microsecond=0))

    def changes(self, provider: str, model: str, after: datetime) -> tuple[date, ...]:
        """The days after an instant on which a price of the model is known to change, ascending."""
        found = self._model(provider, model)
        if found is None or not isinstance(found.prices, list):
            return ()
        today = after.astimezone(UTC).date()
        starts = {getattr(each.constraint, "start_date", today) for each in found.prices}
        later = sorted(day for day in starts if day > today)
        return tuple(day for day in later if len(self._about(provider, model, day)) > 1)

    def by_the_hour(self, provider: str, model: str) -> bool:
        """Whether the price depends on the time of day."""
        found = self._model(provider, model)
        prices = found.prices if found is not None and isinstance(found.prices, list) else []
        return any(hasattr(each.constraint, "start_time") for each in prices)

    def _about(self, provider: str, model: str, day: date) -> set[Rates | None]:
        """The prices at noon of the day before and of the day: some depend on the hour."""
        noon = datetime.combine(day, time(12), UTC)
        return {self.rates(provider, model, at) for at in (noon - timedelta(days=1), noon)}

    def _find(self, provider: str, model: str) -> "ModelInfo | None":
        if provider not in self._providers:
            return None
        try:
            return self._snapshot.find_provider_model(model, self._providers[provider], None, None)[
                1
            ]
        except (LookupError, re.error):  # a pattern of a fetched table may be none
            return None

    def _find_dearest(self, provider: str, at: datetime) -> Rates | None:
        found = self._providers.get(provider)
        lists = [_rates(model.get_prices(at)) for model in found.models] if found else []
        return dearest(rates for rates in lists if rates is not None)


def _rates(listed: "ModelPrice") -> Rates | None:
    """The part of a price list that text uses; None where it lists nothing, which is not free."""
    prices: dict[str, Decimal | TieredPrices | None] = listed.__dict__
    rates = Rates(
        input=_steps(prices.get("input_mtok")),
        output=_steps(prices.get("output_mtok")),
        cached=_steps(prices.get("cache_read_mtok")),
        cache_write=_steps(prices.get("cache_write_mtok")),
        cache_write_1h=_steps(prices.get("cache_write_1h_mtok")),
        reasoning=_steps(prices.get("output_reasoning_mtok")),
        request=_per_request(prices.get("requests_kcount")),
    )
    return None if rates.input is None and rates.output is None else rates


def _steps(price: "Decimal | TieredPrices | None") -> Steps | None:
    """A price by the length of the input; None where any step of it is not known, which zero is."""
    if price is None or isinstance(price, Decimal):
        return ((-1, price),) if price else None
    steps = (-1, price.base), *((tier.start, tier.price) for tier in price.tiers)
    return steps if all(amount for _, amount in steps) else None


def _per_request(per_thousand: "Decimal | TieredPrices | None") -> Decimal:
    return per_thousand * 1000 if isinstance(per_thousand, Decimal) else Decimal(0)
