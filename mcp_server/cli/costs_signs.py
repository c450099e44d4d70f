"""Numbers, bars and names as a terminal may show them."""

import os
from collections.abc import Sequence

from rich.console import Console

from vocabulary import Money

_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = ".:-=+*#@"
_EIGHTHS = " ▏▎▍▌▋▊▉"


def ascii_only(out: Console) -> bool:
    """Whether the terminal, by what is known of it, cannot show more than ASCII.

    The stream alone does not tell: every `homeward` writes UTF-8 (`mcp_server.cli`).
    """
    named = (
        os.environ.get("PYTHONIOENCODING")
        or next(
            (os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)),
            "",
        ).partition(".")[2]
    )
    return out.options.ascii_only or (bool(named) and not named.lower().startswith("utf"))


def spark(amounts: Sequence[int], *, plain: bool = False) -> str:
    """One sign for each amount, higher for more: nothing is a blank of its own (`·`, `_`).

    The highest sign is the largest amount; what is there at all has at least the lowest one.
    """
    bars, none = (_ASCII_BARS, "_") if plain else (_BARS, "·")
    most = max(amounts, default=0)
    steps = len(bars)
    return "".join(
        bars[min(steps - 1, max(0, -(-amount * steps // most) - 1))] if amount > 0 else none
        for amount in amounts
    )


def bar(share: float, width: int, *, plain: bool = False) -> str:
    """A bar of `width` columns for a share in [0, 1], in eighths of a column."""
    eighths = round(max(0.0, min(share, 1.0)) * width * 8)
    if plain:
        return "#" * max(round(eighths / 8), 1 if eighths else 0)
    whole, part = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[part] if part else "")).rstrip()


def amount(money: Money) -> str:
    """To the micro-dollar, so that a column lines up and nothing is rounded away."""
    whole, part = divmod(abs(money), 1_000_000)
    return f"{'-' if money < 0 else ''}${whole:,}.{part:06d}"


def in_short(count: int) -> str:
    """`950`, `12.3k`, `4.5M`: three digits that count."""
    if count < 1000:
        return str(count)
    for size, unit in ((1_000, "k"), (1_000_000, "M"), (1_000_000_000, "G")):
        value = count / size
        if round(value, 1) < 1000:
            return f"{value:.1f}{unit}" if round(value, 1) < 100 else f"{value:.0f}{unit}"
    return f"{count / 1e12:.1f}T"


def shown(name: str, *, plain: bool = False) -> str:
    """A name with nothing in it that a terminal would obey: models are named by providers."""
    text = "".join(sign if sign.isprintable() else "?" for sign in name)
    return to_ascii(text) if plain else text


def to_ascii(text: str) -> str:
    """What is not ASCII becomes a question mark."""
    return text.encode("ascii", "replace").decode("ascii")
