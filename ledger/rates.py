"""From tokens to money: the arithmetic of one model's price list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from vocabulary import Money, Usage

Steps = tuple[tuple[int, Decimal], ...]
"""A price that depends on how long the input is: (from more than so many input tokens, price).

Ascending; the first starts below zero. The step that is reached holds for every token of the call,
not only for those above it, as providers bill it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Micro-dollars a token, which is US dollars a million tokens; None where none is listed.

    Tokens read from or written to the provider's prompt cache, and reasoning tokens, cost what
    ordinary input and output does unless they have a price of their own; those that are kept there
    for an hour cost what other written ones do. `request` is in micro-dollars a call.
    """

    input: Steps | None
    output: Steps | None
    cached: Steps | None = None
    cache_write: Steps | None = None
    cache_write_1h: Steps | None = None
    reasoning: Steps | None = None
    request: Decimal = Decimal(0)

    def cost(self, usage: Usage) -> Money | None:
        """What the tokens cost, rounded up to a micro-dollar; None where a price is missing."""
        # A provider that counts its cached tokens beside the input ones must not come out cheaper.
        read = max(usage.input_tokens, usage.cached_tokens + usage.cache_write_tokens)
        cached = usage.cached_tokens if self.cached else 0
        long = min(usage.cache_write_1h_tokens, usage.cache_write_tokens)
        long = long if self.cache_write_1h else 0
        written = usage.cache_write_tokens - long if self.cache_write else 0
        reasoned = min(usage.reasoning_tokens, usage.output_tokens) if self.reasoning else 0
        total = self.request
        for tokens, steps in (
            (read - cached - written - long, self.input),
            (cached, self.cached),
            (written, self.cache_write),
            (long, self.cache_write_1h),
            (usage.output_tokens - reasoned, self.output),
            (reasoned, self.reasoning),
        ):
            if tokens <= 0:
                continue
            if steps is None:
                return None
            total += tokens * _reached(steps, read)
        return Money(int(total.to_integral_value(ROUND_CEILING)))

    @property
    def thresholds(self) -> tuple[int, ...]:
        """The lengths of input, in tokens, above which a price is another, ascending."""
        lists = (self.input, self.output, self.cached, self.cache_write, self.cache_write_1h)
        return tuple(sorted({above for steps in lists if steps for above, _ in steps[1:]}))

    def at(self, input_tokens: int) -> "Rates":
        """The prices that hold for an input of this length."""
        return self._flat(lambda steps: _reached(steps, input_tokens))

    @property
    def highest(self) -> "Rates":
        """Every price at the step where it is highest, whatever the length of the input."""
        return self._flat(lambda steps: max(price for _, price in steps))

    def _flat(self, price: Callable[[Steps], Decimal]) -> "Rates":
        def flat(steps: Steps | None) -> Steps | None:
            return None if steps is None else ((-1, price(steps)),)

        return Rates(
            input=flat(self.input),
            output=flat(self.output),
            cached=flat(self.cached),
            cache_write=flat(self.cache_write),
            cache_write_1h=flat(self.cache_write_1h),
            reasoning=flat(self.reasoning),
            request=self.request,
        )


def dearest(lists: Iterable[Rates]) -> Rates | None:
    """A price list that none of these exceeds in anything; None where not one is complete.

    Only lists that price both what is read and what is written count.
    """
    full = [rates.highest for rates in lists if rates.input and rates.output]
    if not full:
        return None
    read = _most(steps for rates in full for steps in (rates.input, rates.cached))
    written = _most(steps for rates in full for steps in (rates.output, rates.reasoning))
    return Rates(
        input=read,
        output=written,
        cache_write=_most((read, *(rates.cache_write for rates in full))),
        cache_write_1h=_most(
            (read, *(steps for r in full for steps in (r.cache_write, r.cache_write_1h)))
        ),
        request=max(rates.request for rates in full),
    )


def _most(lists: Iterable[Steps | None]) -> Steps:
    return ((-1, max(price for steps in lists if steps for _, price in steps)),)


def _reached(steps: Steps, input_tokens: int) -> Decimal:
    price = steps[0][1]
    for above, step_price in steps[1:]:
        if input_tokens > above:
            price = step_price
    return price
