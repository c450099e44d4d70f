"""Which models are worth trying now: a circuit breaker for each.

Closed, a model is tried as usual. After some failures in a row the breaker opens, and the model is
left alone for a while. Then it is half open: exactly one call probes it; success closes the
breaker, failure opens it for longer. For one event loop; not thread-safe.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["closed", "open", "half-open"]

LONGEST_COOL_DOWN_S = 600.0
"""No pause grows beyond this; a server that asks for a longer one gets what it asks for."""

GROWTH = 2.0

LOST_PROBE_S = 300.0
"""Longer than any call that is still of use to anyone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One model's state as a person may see it; `retry_in_s` is 0 unless the breaker is open."""

    state: State
    failures: int
    retry_in_s: float


@dataclass(slots=True)
class _Breaker:
    failures: int = 0
    openings: int = 0
    open_until: float = 0.0
    probe_until: float = 0.0

    @property
    def closed(self) -> bool:
        return self.openings == 0


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

    def healthy(self, model_id: str) -> bool:
        """Whether `allows` would say yes now. Only looks: takes no probe."""
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
        """The model answered: all is forgiven."""
        self._breakers.pop(model_id, None)

    def failed(self, model_id: str, *, retry_after: float | None = None) -> None:
        """The model failed. `retry_after` is how many seconds its server asked to be left alone:
        it opens the breaker at once, for no less than that.
        """
        breaker = self._breakers.setdefault(model_id, _Breaker())
        breaker.failures += 1
        now = self._clock()
        probing = not breaker.closed and now >= breaker.open_until
        if breaker.closed and breaker.failures < self._failures_to_open and retry_after is None:
            return
        if breaker.closed or probing:
            breaker.openings += 1
            breaker.open_until = now + self._pause(breaker)
        breaker.open_until = max(breaker.open_until, now + (retry_after or 0.0))
        breaker.probe_until = 0.0

    def abandoned(self, model_id: str) -> None:
        """The call was broken off, which says nothing of the model: the next one may probe."""
        breaker = self._breakers.get(model_id)
        if breaker is not None:
            breaker.probe_until = 0.0

    def snapshot(self) -> dict[str, Health]:
        """The health of every model that has failed since it last answered."""
        now = self._clock()
        return {
            model_id: Health(
                state=_state(breaker, now),
                failures=breaker.failures,
                retry_in_s=max(0.0, breaker.open_until - now) if not breaker.closed else 0.0,
            )
            for model_id, breaker in self._breakers.items()
        }

    def _pause(self, breaker: _Breaker) -> float:
        grown = self._cool_down_s * GROWTH ** min(breaker.openings - 1, 32)
        return min(grown, max(LONGEST_COOL_DOWN_S, self._cool_down_s))


def _state(breaker: _Breaker, now: float) -> State:
    if breaker.closed:
        return "closed"
    return "open" if now < breaker.open_until else "half-open"
