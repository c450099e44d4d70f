"""Which models are worth trying now: a circuit breaker for each.

Closed, a model is tried as usual. After some failures in a row the breaker opens, and the model is
left alone for a while. Then it is half open: exactly one call probes it; success closes the
breaker, failure opens it for longer. A model whose rate limit is used up rests until it renews,
without having failed. For one event loop; not thread-safe.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["closed", "open", "half-open", "resting"]

LONGEST_COOL_DOWN_S = 600.0
"""No pause grows beyond this; a server that asks for a longer one gets what it asks for."""

GROWTH = 2.0

LOST_PROBE_S = 300.0
"""Longer than any call that is still of use to anyone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One model's state as a person may see it; `retry_in_s` is 0 unless it is left alone."""

    state: State
    failures: int
    retry_in_s: float


@dataclass(slots=True)
class _Breaker:
    """`openings` counts only those by failures in a row: they make the next pause longer."""

    closed: bool = True
    failures: int = 0
    openings: int = 0
    open_until: float = 0.0
    probe_until: float = 0.0


class Breakers:
    """The breakers of all models, by model id.

    `clock` gives seconds that never run backwards (`time.monotonic`). The first pause lasts
    `cool_down_s`, each further one twice the last, up to `LONGEST_COOL_DOWN_S`.
    """

    def __init__(
        self, clock: Callable[[], float], *, failures_to_open: int = 3, cool_down_s: float = 30.0
    ) -> None:
        self._clock = clock
        self._failures_to_open = failures_to_open
        self._cool_down_s = cool_down_s
        self._breakers: dict[str, _Breaker] = {}
        self._resting: dict[str, float] = {}

    def healthy(self, model_id: str) -> bool:
        """Whether `allows` would say yes now. Only looks: takes no probe."""
        if self._rest_of(model_id) > 0:
            return False
        breaker = self._breakers.get(model_id)
        if breaker is None or breaker.closed:
            return True
        now = self._clock()
        return now >= breaker.open_until and now >= breaker.probe_until

    def allows(self, model_id: str) -> bool:
        """Whether to call the model now; tell `succeeded` or `failed` what came of it.

        Of a breaker whose pause is over, yes means that this call is the probe. Tell `abandoned` of
        one that was broken off for reasons of our own; a probe of which nothing at all is heard for
        `LOST_PROBE_S` is taken for lost, and the next call may probe.
        """
        if not self.healthy(model_id):
            return False
        breaker = self._breakers.get(model_id)
        if breaker is not None and not breaker.closed:
            breaker.probe_until = self._clock() + LOST_PROBE_S
        return True

    def succeeded(self, model_id: str) -> None:
        """The model answered: all is forgiven, except where others have since opened its breaker;
        then the pause, which its server may have asked for, is kept.
        """
        breaker = self._breakers.get(model_id)
        if breaker is not None and (breaker.closed or self._clock() >= breaker.open_until):
            del self._breakers[model_id]

    def rests(self, model_id: str, seconds: float) -> None:
        """The model answered, and nothing is left of its rate limit for so many seconds."""
        until = self._clock() + seconds
        self._resting[model_id] = max(until, self._resting.get(model_id, until))

    def failed(self, model_id: str, *, retry_after: float | None = None) -> None:
        """The model failed. `retry_after` is how many seconds its server asked to be left alone:
        it opens the breaker at once, for that long.
        """
        breaker = self._breakers.setdefault(model_id, _Breaker())
        breaker.failures += 1
        now = self._clock()
        enough = breaker.failures >= self._failures_to_open
        if breaker.closed and not enough and retry_after is None:
            return
        if enough and (breaker.closed or now >= breaker.open_until):
            breaker.openings += 1
            breaker.open_until = now + self._pause(breaker)
        breaker.closed = False
        breaker.open_until = max(breaker.open_until, now + (retry_after or 0.0))
        breaker.probe_until = 0.0

    def abandoned(self, model_id: str) -> None:
        """The call was broken off, which says nothing of the model: the next one may probe."""
        breaker = self._breakers.get(model_id)
        if breaker is not None:
            breaker.probe_until = 0.0

    def snapshot(self) -> dict[str, Health]:
        """The health of every model that has failed since it last answered, or rests."""
        resting = [model_id for model_id in list(self._resting) if self._rest_of(model_id)]
        names = dict.fromkeys([*self._breakers, *resting])
        return {model_id: self._health(model_id) for model_id in names}

    def why(self, model_id: str) -> str:
        """In a sentence why the model is left alone now; empty where it is not."""
        if self.healthy(model_id):
            return ""
        health = self._health(model_id)
        wait = f"{math.ceil(health.retry_in_s)} s"
        if health.state == "resting":
            return f"Its rate limit is used up; it renews in {wait}."
        times = "once" if health.failures == 1 else f"{health.failures} times in a row"
        if health.state == "half-open":
            return f"It failed {times}, and one call is trying it again now."
        return f"It failed {times}; it is tried again in {wait}."

    def _health(self, model_id: str) -> Health:
        breaker, rest = self._breakers.get(model_id, _Breaker()), self._rest_of(model_id)
        pause = 0.0 if breaker.closed else max(0.0, breaker.open_until - self._clock())
        state: State = "closed" if breaker.closed else "open" if pause else "half-open"
        if rest > pause:
            state = "resting"
        return Health(state=state, failures=breaker.failures, retry_in_s=max(rest, pause))

    def _rest_of(self, model_id: str) -> float:
        """Seconds that the model is still to rest."""
        rest = self._resting.get(model_id, 0.0) - self._clock()
        if rest <= 0:
            self._resting.pop(model_id, None)
        return max(rest, 0.0)

    def _pause(self, breaker: _Breaker) -> float:
        grown = self._cool_down_s * GROWTH ** min(breaker.openings - 1, 32)
        return min(grown, max(LONGEST_COOL_DOWN_S, self._cool_down_s))
