"""Money as people read it."""

from decimal import Decimal

from vocabulary import Money


def dollars(amount: Money) -> str:
    """Exact, with at least the cents: `$1.50`, `$0.000004`, `-$0.20`."""
    whole, part = divmod(abs(amount), 1_000_000)
    digits = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if amount < 0 else ''}${whole:,}.{digits}"


def micro_dollars(usd: float | Decimal) -> Money:
    """The nearest whole micro-dollar to an amount of US dollars a person wrote."""
    return Money(round(Decimal(str(usd)) * 1_000_000))
