"""What a provider can do besides, that works on many prompts within a day, at a lower price."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from routing.values import Completion
from vocabulary import Prompt

Ending = Literal["succeeded", "errored", "canceled", "expired"]
"""How one prompt of a batch ended; only what succeeded is billed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One prompt of a batch. `id` is unique in it: letters, digits, `-` and `_`, at most 64."""

    id: str
    prompt: Prompt
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a batch is. `id` is the provider's; the counts are those of its prompts."""

    id: str
    status: Literal["in_progress", "canceling", "ended"]
    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    canceled: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one prompt. `completion` is there where it succeeded."""

    id: str
    ending: Ending
    completion: Completion | None = None


class Batches(Protocol):
    """Batches at one provider.

    Raises:
        ProviderError: whatever the server or its client did, translated; nothing else escapes.
    """

    async def send(self, posted: Sequence[Posted]) -> Progress: ...

    async def look(self, batch_id: str) -> Progress: ...

    async def cancel(self, batch_id: str) -> Progress: ...

    def results(self, batch_id: str) -> AsyncGenerator[Result, None]:
        """What came of each prompt, in any order, once the batch has ended."""
        ...


@runtime_checkable
class TakesBatches(Protocol):
    """A provider that has them."""

    @property
    def batches(self) -> Batches: ...
