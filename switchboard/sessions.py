"""Which model each conversation is with, as long as that model is likely to remember it."""

import time
from collections import OrderedDict
from collections.abc import Callable

from routing.values import Pin
from switchboard.request import Request

MOST = 1_000
REMEMBERED_S = 300.0
"""How long a provider keeps what it has read (Anthropic's and OpenAI's caches: five minutes)."""

Conversation = tuple[str, str, str, str]


class Sessions:
    """In memory only; a conversation is known by its name and by who holds it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pins: OrderedDict[Conversation, tuple[Pin, float]] = OrderedDict()

    def pin(self, request: Request) -> Pin | None:
        """The model that this conversation is with; None without one, or when it has forgotten."""
        found = self._pins.get(_conversation(request)) if request.session else None
        if found is None or self._clock() - found[1] > REMEMBERED_S:
            return None
        return found[0]

    def keep(self, request: Request, pin: Pin) -> None:
        """The conversation was just continued with that model."""
        if not request.session:
            return
        key = _conversation(request)
        self._pins[key] = (pin, self._clock())
        self._pins.move_to_end(key)
        while len(self._pins) > MOST:
            self._pins.popitem(last=False)


def _conversation(request: Request) -> Conversation:
    return request.tenant, request.origin, request.caller, request.session
