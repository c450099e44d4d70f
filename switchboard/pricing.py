"""What a call costs at a model, and what the same tokens would have cost without Homeward."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Protocol

from ledger import Quote, UnknownPrice
from routing.providers.prefixes import WORTH_TOKENS
from routing.values import Completion, Model
from vocabulary import Money, TaskKind, Usage

FREE = Quote(cost=Money(0), source="local")

UNASKED = ""
"""`model_asked` of a request that insists on no model."""

_MS_AN_HOUR = 3_600_000


class PriceList(Protocol):
    """Where prices come from: `ledger.Prices`."""

    def quote(
        self, provider: str, model: str, usage: Usage, at: datetime, *, batch: bool = False
    ) -> Quote: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalCost:
    """What the person's own machine costs while it answers: micro-dollars an hour, and from where
    that is known.
    """

    an_hour: Decimal
    source: str

    def of(self, ms: float) -> Money:
        """The cost of some milliseconds, rounded up to a whole micro-dollar."""
        cost = self.an_hour * Decimal(max(0, ms)) / _MS_AN_HOUR
        return Money(int(cost.to_integral_value(ROUND_CEILING)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Which model a request would have gone to without Homeward, as (provider, model).

    `usual` stands for all that `by_task` does not name.
    """

    usual: tuple[str, str]
    by_task: Mapping[TaskKind, tuple[str, str]] = field(default_factory=dict)

    def of(
        self, task: TaskKind | None = None, insisted: tuple[str, str] | None = None
    ) -> tuple[str, str]:
        """The cloud model that a request insisted on, or else the one for its kind of task."""
        if insisted is not None:
            return insisted
        return self.usual if task is None else self.by_task.get(task, self.usual)

    @property
    def models(self) -> tuple[tuple[str, str], ...]:
        """Every model that is compared with, the usual one first."""
        return tuple(dict.fromkeys((self.usual, *self.by_task.values())))


def worst_case(price: Callable[[Model, Usage], Money], model: Model, usage: Usage) -> Money:
    """The most that a call can cost that reads and writes no more than `usage`.

    A long beginning may be written to the provider's prompt cache, which can cost more than to
    read it (see `routing.providers.prefixes`).

    Raises:
        UnknownPrice: as `price` does.
    """
    read = price(model, usage)
    if usage.input_tokens < WORTH_TOKENS:
        return read
    written = replace(usage, cached_tokens=0, cache_write_tokens=usage.input_tokens)
    return max(read, price(model, written))


class Pricing:
    """Prices models, the person's clock in hand. Local models are free, unless `local` says what
    the machine costs.

    `baseline` is the model that everything would have gone to without Homeward. `batch`: prices are
    those of calls in a batch; what they are compared with is not.
    """

    def __init__(
        self,
        prices: PriceList,
        *,
        baseline: Baseline | tuple[str, str],
        clock: Callable[[], datetime],
        local: LocalCost | None = None,
        batch: bool = False,
    ) -> None:
        self._prices = prices
        self._baseline = baseline if isinstance(baseline, Baseline) else Baseline(usual=baseline)
        self._clock = clock
        self._local = local
        self._batch = batch

    def in_batch(self) -> "Pricing":
        """The same, for calls in a batch."""
        return Pricing(
            self._prices, baseline=self._baseline, clock=self._clock, local=self._local, batch=True
        )

    @property
    def baselines(self) -> Baseline:
        return self._baseline

    @property
    def baseline_name(self) -> str:
        return "/".join(self._baseline.usual)

    def of(self, model: Model, usage: Usage) -> Money:
        """The cost of some usage at a model, now. Of a local one none is known from its tokens.

        Raises:
            UnknownPrice: no price is known; it is never taken to be zero.
        """
        return self.quote(model, usage).cost

    def quote(self, model: Model, usage: Usage) -> Quote:
        """As `of`, with whose price it is.

        Raises:
            UnknownPrice: as there.
        """
        if model.local:
            return FREE
        return self._quote(model.provider, model.name, usage, self._clock())

    def local_estimate(self, seconds: float) -> Money:
        """What a local model that answers for so long costs the person; 0 where it is free."""
        return FREE.cost if self._local is None else self._local.of(1000 * seconds)

    def bill(self, model: Model, completion: Completion, at: datetime) -> Quote:
        """What a completion cost: the provider's own figure, else the price of the model that
        served, else that of the model that was asked for; a guess only where neither is known. A
        local one costs the time it took, where the person said what that costs.

        Raises:
            UnknownPrice: no price is known for either.
        """
        if model.local:
            return self._bill_at_home(completion)
        if completion.cost is not None:
            return Quote(cost=completion.cost, source=model.provider)
        try:
            served = self._quote(model.provider, completion.model, completion.usage, at)
        except UnknownPrice:
            return self._quote(model.provider, model.name, completion.usage, at)
        if not served.estimated:
            return served
        asked = self._quote(model.provider, model.name, completion.usage, at)
        return served if asked.estimated else asked

    def _bill_at_home(self, completion: Completion) -> Quote:
        if self._local is None:
            return FREE
        return Quote(cost=self._local.of(completion.total_ms), source=self._local.source)

    def _quote(self, provider: str, name: str, usage: Usage, at: datetime) -> Quote:
        return self._prices.quote(provider, name, usage, at, batch=self._batch)

    def baseline(
        self, usage: Usage, *, task: TaskKind | None = None, model_asked: str | None = UNASKED
    ) -> Money:
        """What the same tokens would have cost without Homeward.

        `model_asked` is the cloud model (`provider/name`) that the request insisted on; None where
        it would have gone to no cloud, as one that was to stay at home. Then, and where the price
        is not known, it is 0, so that no saving is claimed that cannot be shown.
        """
        if model_asked is None:
            return Money(0)
        provider, _, name = model_asked.partition("/")
        wanted = self._baseline.of(task, (provider, name) if name else None)
        try:
            quote = self._prices.quote(*wanted, usage, self._clock())
        except UnknownPrice:
            return Money(0)
        return Money(0) if quote.estimated else quote.cost
