"""What we take a server's words and numbers for: only what it can have meant is believed."""

import math
import re
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from routing.values import Timings
from vocabulary import Money, Usage

_NAME = re.compile(r"[\w.:/@+-]{1,120}")
"""What a model is called; `mcp_server.attributes` has the same rule for collectors."""

_COUNTS_END = 2**31
_LONGEST_NAME = 200
_DEAREST_USD = 1000
_MOST_PARAMETERS = 1e15
_IMPOSSIBLE = -100.0
_LONGEST_S = 86_400.0


def whole(value: object) -> int | None:
    """A whole number from 0 up to 2**31, whether written `3` or `3.0`; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value < _COUNTS_END or value != int(value):  # NaN fails the first
        return None
    return int(value)


def usage_of(
    *,
    read: object,
    written: object,
    cached: object = None,
    cache_write: object = None,
    cache_write_1h: object = None,
    reasoning: object = None,
) -> Usage | None:
    """Tokens as a server counted them; None where it did not, or not in numbers one can believe.

    A missing count beside a good one is 0. The parts never exceed what they are parts of.
    """
    if read is None and written is None:
        return None
    tokens_read = whole(0 if read is None else read)
    tokens_written = whole(0 if written is None else written)
    if tokens_read is None or tokens_written is None:
        return None
    kept = min(whole(cache_write) or 0, tokens_read)
    return Usage(
        input_tokens=tokens_read,
        output_tokens=tokens_written,
        cached_tokens=min(whole(cached) or 0, tokens_read),
        cache_write_tokens=kept,
        cache_write_1h_tokens=min(whole(cache_write_1h) or 0, kept),
        reasoning_tokens=min(whole(reasoning) or 0, tokens_written),
    )


def counts_something(usage: Usage, *, wrote: bool) -> bool:
    """Whether a count can be that of an answer: a prompt is never empty, and an answer that was
    `wrote` is not either.
    """
    return usage.input_tokens > 0 and (usage.output_tokens > 0 or not wrote)


def cost_of(usd: object) -> Money | None:
    """What a server says that an answer cost, from nothing to 1000 dollars; else None.

    Rounded up: a call never counts for less than it cost. What is less than a millionth of a
    micro-dollar is no cost but what binary fractions leave of it (4e-06 is 4.000000000000001e-06).
    """
    if isinstance(usd, bool) or not isinstance(usd, int | float):
        return None
    if not 0 <= usd <= _DEAREST_USD:
        return None
    micro = round(Decimal(str(usd)) * 10**6, 6)
    return Money(int(micro.to_integral_value(ROUND_CEILING)))


def context_of(sizes: Iterable[object]) -> int | None:
    """The first of these that can be a number of tokens."""
    return next((size for size in map(whole, sizes) if size), None)


def parameters_of(value: object) -> float | None:
    """How many weights a model has, where that is a number one can believe."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < _MOST_PARAMETERS and math.isfinite(value) else None


def logprobs_of(entries: object) -> tuple[float, ...]:
    """What a server says of the tokens it wrote, as `{"logprob": -0.1}` for each; none where any
    of it cannot be believed, as it is no more than a hint.

    A certain token may come out a little above 0; one that counts as impossible is -100.
    """
    if not isinstance(entries, list | tuple):
        return ()
    found = [_logprob(entry.get("logprob")) for entry in entries if isinstance(entry, dict)]
    believed = [value for value in found if value is not None]
    return tuple(believed) if len(believed) == len(entries) else ()


def _logprob(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value <= 0.001:
        return None
    return min(0.0, max(_IMPOSSIBLE, float(value)))


def timings_of(
    *,
    load: object = None,
    read: object,
    read_in: object,
    written: object,
    written_in: object,
    unit: float,
) -> Timings | None:
    """What a server measured of an answer, its durations in `unit` seconds; None where nothing."""
    timings = Timings(
        load_s=_seconds(load, unit),
        read_tokens=whole(read) or 0,
        read_s=_seconds(read_in, unit),
        written_tokens=whole(written) or 0,
        write_s=_seconds(written_in, unit),
    )
    return timings if timings.read_s or timings.write_s else None


def _seconds(value: object, unit: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return value * unit if 0 <= value * unit <= _LONGEST_S else 0.0


def printable(text: str) -> str:
    """A name without what cannot be seen (line breaks, escapes, bidirectional marks), cut short."""
    return "".join(letter for letter in text if letter.isprintable())[:_LONGEST_NAME]


def usable(name: object) -> bool:
    """Whether this names a model as it stands: one that had to be mended could not be asked for."""
    return isinstance(name, str) and bool(name) and printable(name) == name


def served_by(name: object) -> str | None:
    """The model that a server says it answered with; None where that is no mere name.

    It is shown to people, and to the assistant that reads a report.

    Raises:
        TypeError: it is no text.
    """
    if name is None:
        return None
    if not isinstance(name, str):
        raise TypeError
    return name if _NAME.fullmatch(name) else None
