"""Published prices by date: genai-prices' bundled table, which is never fetched anew by itself."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from ledger.rates import Rates, Steps

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, TieredPrices

_FREE = Rates(input=((-1, Decimal(0)),), output=((-1, Decimal(0)),))


class Published:
    """The table, read once (0.15 s of CPU). Its dates and hours are UTC.

    A provider must be named exactly as the table does: a server that merely has `openai` in its
    name has prices of its own. Models are matched as the table's own rules say, dated names and
    aliases too.
    """

    def __init__(self) -> None:
        from genai_prices.data import providers
        from genai_prices.data_snapshot import DataSnapshot

        self.source = f"genai-prices {version('genai-prices')}"
        self._providers = {provider.id: provider for provider in providers}
        # Our own snapshot: nobody who updates the library's global one can change a running ledger.
        self._snapshot = DataSnapshot(providers=providers, from_auto_update=False)
        self._model = lru_cache(maxsize=4096)(self._find)

    def rates(self, provider: str, model: str, at: datetime) -> Rates | None:
        """The price list of a model at an instant; None where the table has none."""
        found = self._model(provider, model)
        if found is None:
            return None
        listed = _rates(found.get_prices(at.astimezone(UTC)))
        if listed is None and found.id.endswith(":free") and model.lower().endswith(":free"):
            return _FREE
        return listed

    def _find(self, provider: str, model: str) -> "ModelInfo | None":
        if provider not in self._providers:
            return None
        try:
            return self._snapshot.find_provider_model(model, self._providers[provider], None, None)[
                1
            ]
        except LookupError:
            return None


def _rates(listed: "ModelPrice") -> Rates | None:
    """The part of a price list that text uses; None where it lists nothing, which is not free."""
    prices: dict[str, Decimal | TieredPrices | None] = listed.__dict__
    rates = Rates(
        input=_steps(prices.get("input_mtok")),
        output=_steps(prices.get("output_mtok")),
        cached=_steps(prices.get("cache_read_mtok")),
        cache_write=_steps(prices.get("cache_write_mtok")),
        reasoning=_steps(prices.get("output_reasoning_mtok")),
        request=_per_request(prices.get("requests_kcount")),
    )
    return None if rates.input is None and rates.output is None else rates


def _steps(price: "Decimal | TieredPrices | None") -> Steps | None:
    if price is None or isinstance(price, Decimal):
        return ((-1, price),) if price else None
    return (-1, price.base), *((tier.start, tier.price) for tier in price.tiers)


def _per_request(per_thousand: "Decimal | TieredPrices | None") -> Decimal:
    return per_thousand * 1000 if isinstance(per_thousand, Decimal) else Decimal(0)
