"""From tokens to money: the arithmetic of one model's price list."""

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
    ordinary input and output does unless they have a price of their own. `request` is in
    micro-dollars a call.
    """

    input: Steps | None
    output: Steps | None
    cached: Steps | None = None
    cache_write: Steps | None = None
    reasoning: Steps | None = None
    request: Decimal = Decimal(0)

    def cost(self, usage: Usage) -> Money | None:
        """What the tokens cost, rounded up to a micro-dollar; None where a price is missing."""
        # A provider that counts its cached tokens beside the input ones must not come out cheaper.
        read = max(usage.input_tokens, usage.cached_tokens + usage.cache_write_tokens)
        cached = usage.cached_tokens if self.cached else 0
        written = usage.cache_write_tokens if self.cache_write else 0
        reasoned = min(usage.reasoning_tokens, usage.output_tokens) if self.reasoning else 0
        total = self.request
        for tokens, steps in (
            (read - cached - written, self.input),
            (cached, self.cached),
            (written, self.cache_write),
            (usage.output_tokens - reasoned, self.output),
            (reasoned, self.reasoning),
        ):
            if tokens <= 0:
                continue
            if steps is None:
                return None
            total += tokens * _reached(steps, read)
        return Money(int(total.to_integral_value(ROUND_CEILING)))


def _reached(steps: Steps, input_tokens: int) -> Decimal:
    price = steps[0][1]
    for above, step_price in steps[1:]:
        if input_tokens > above:
            price = step_price
    return price
