"""What an observer of requests is told: facts, once they are over. Unless wired, nobody is.

What observes is mcp_server/recording.py; this room knows nothing of how, or whether, it is done.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from ledger import Entry, Outcome
from routing.learning.signals import SignalName
from routing.values import Completion
from switchboard.request import Answer, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call of one model that is over, however it ended.

    `host` is where the model is asked (`api.anthropic.com`, `127.0.0.1:11434`). `used` is what came
    and what it used, None where nothing can have been used. `error` is what ended it, None where it
    answered.
    """

    entry: Entry
    host: str
    outcome: Outcome
    used: Completion | None
    error: BaseException | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Something that was said of an earlier answer, or that came of it.

    `reward` in [0, 1] is what it makes the answer worth. `model` is `provider/name`,
    `task` a kind of task.
    """

    signal: SignalName
    reward: float
    model: str
    task: str


Answered = Callable[[Answer], None]


class Telemetry(Protocol):
    """Observes. Nothing here blocks on anything but the processor, and nothing raises."""

    def request(self, request: Request) -> AbstractContextManager[Answered]:
        """Around one request; the answer is told to what the block is given. An exception that
        leaves the block is how the request ended.
        """
        ...

    def attempt(self, attempt: Attempt) -> None:
        """One call is over. Said where the call was made, so that it counts to its request."""
        ...

    def feedback(self, feedback: Feedback) -> None: ...

    def close(self) -> None:
        """Send what is still kept, within half a second, and observe no more. May block so long."""
        ...


class Silent:
    """Observes nothing."""

    def request(self, request: Request) -> AbstractContextManager[Answered]:
        return nullcontext(_nothing)

    def attempt(self, attempt: Attempt) -> None: ...

    def feedback(self, feedback: Feedback) -> None: ...

    def close(self) -> None: ...


def _nothing(_: Answer) -> None:
    """Nobody listens."""


SILENT: Telemetry = Silent()
