"""What a call costs at a model, and what the same tokens would have cost at the baseline."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from ledger import Quote, UnknownPrice
from routing.values import Completion, Model
from vocabulary import Money, Usage

FREE = Quote(cost=Money(0), source="local")


class PriceList(Protocol):
    """Where prices come from: `ledger.Prices`."""

    def quote(self, provider: str, model: str, usage: Usage, at: datetime) -> Quote: ...


class Pricing:
    """Prices models, the person's clock in hand. Local models are free.

    `baseline` is the (provider, model) that everything would have gone to without Homeward.
    """

    def __init__(
        self, prices: PriceList, *, baseline: tuple[str, str], clock: Callable[[], datetime]
    ) -> None:
        self._prices = prices
        self._baseline = baseline
        self._clock = clock

    @property
    def baseline_name(self) -> str:
        return "/".join(self._baseline)

    def of(self, model: Model, usage: Usage) -> Money:
        """The cost of some usage at a model, now.

        Raises:
            UnknownPrice: no price is known; it is never taken to be zero.
        """
        if model.local:
            return FREE.cost
        return self._prices.quote(model.provider, model.name, usage, self._clock()).cost

    def bill(self, model: Model, completion: Completion, at: datetime) -> Quote:
        """What a completion cost: the provider's own figure, else the price of the model that
        served, else that of the model that was asked for.

        Raises:
            UnknownPrice: no price is known for either.
        """
        if model.local:
            return FREE
        if completion.cost is not None:
            return Quote(cost=completion.cost, source=model.provider)
        try:
            return self._prices.quote(model.provider, completion.model, completion.usage, at)
        except UnknownPrice:
            return self._prices.quote(model.provider, model.name, completion.usage, at)

    def baseline(self, usage: Usage) -> Money:
        """What the same tokens would have cost at the baseline; 0 if its price is not known, so
        that no saving is claimed that cannot be shown.
        """
        try:
            return self._prices.quote(*self._baseline, usage, self._clock()).cost
        except UnknownPrice:
            return Money(0)
