"""How long a local model takes: to load, to read a prompt, to write an answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from routing.values import Model, Timings

FORGET_S = 600.0
"""Measurements older than this no longer count as such: a machine that was busy is tried anew."""

LOAD_S = 8.0
"""Until a load was seen: some gigabytes of weights from a solid-state disk."""

READS_FASTER = 8.0
"""Until a prompt was timed. A guess: reading is done in batches, so it is several times as fast as
writing."""

_NEW = 0.3
"""The weight of the newest answer in a running average."""

_STEP = 4.0
"""One answer moves an average as if it were at most this many times faster or slower: a prompt
that the server had in its cache is read in no time, which says little of the next."""

_LOADED_IN = 0.5
"""Seconds. Servers report some milliseconds of `load` for a model that was there already."""

_FEWEST = 16
"""Tokens. Fewer are over too fast to tell a speed from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """What an answer would take. `measured` says that answers of late stand behind it; else it is
    a guess from the catalogue, on which nothing should be ruled out.
    """

    load: float
    prefill: float
    writing: float
    measured: bool

    @property
    def first_token(self) -> float:
        return self.load + self.prefill

    @property
    def total(self) -> float:
        return self.load + self.prefill + self.writing


@dataclass(slots=True)
class _Known:
    """Running averages of one model: seconds, and seconds for each token; None: never seen."""

    load: float | None = None
    read: float | None = None
    write: float | None = None
    at: float = 0.0


class Pace:
    """Learns from every answer how fast each model is. For one event loop; not thread-safe.

    `clock` gives seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, _Known] = {}

    def learn(self, model_id: str, timings: Timings) -> None:
        """Take in what one answer took."""
        known = self._known.setdefault(model_id, _Known())
        if timings.load_s >= _LOADED_IN:
            known.load = _averaged(known.load, timings.load_s)
        if timings.read_tokens >= _FEWEST and timings.read_s > 0:
            known.read = _averaged(known.read, timings.read_s / timings.read_tokens)
        if timings.written_tokens >= _FEWEST and timings.write_s > 0:
            known.write = _averaged(known.write, timings.write_s / timings.written_tokens)
        known.at = self._clock()

    def estimate(
        self, model: Model, input_tokens: int, output_tokens: int, *, warm: bool
    ) -> Seconds:
        """What `model` would take to read and write so many tokens; `warm` means already loaded."""
        known = self._known.get(model.id, _Known())
        write = 1 / model.speed if known.write is None else known.write
        read = write / READS_FASTER if known.read is None else known.read
        load = LOAD_S if known.load is None else known.load
        return Seconds(
            load=0.0 if warm else load,
            prefill=input_tokens * read,
            writing=output_tokens * write,
            measured=known.write is not None and self._clock() - known.at < FORGET_S,
        )

    def patience(self, model: Model, input_tokens: int) -> float:
        """Seconds after which a model that has said nothing is probably still loading: twice what
        it takes to read the prompt when it is warm, and a second.
        """
        return 1.0 + 2 * self.estimate(model, input_tokens, 0, warm=True).prefill


def _averaged(so_far: float | None, seen: float) -> float:
    """An exponential average, in which one value far off counts as one not quite so far off."""
    if so_far is None:
        return seen
    bounded = min(max(seen, so_far / _STEP), so_far * _STEP)
    return so_far + _NEW * (bounded - so_far)
