"""What every provider can do: say which models it has, and stream one completion."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from routing.values import Need, RateLimits, Timings
from vocabulary import Finish, Money, Prompt, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of an answer. Totals (`usage`, `cost`) replace earlier ones; they are not deltas.

    `thought` is what the model thought aloud: no part of the answer, but paid for. `believed` is
    false where the server gave a count that cannot be one. `logprobs` are the natural
    logarithms of the probabilities of the tokens in `text`, where the server gives them. `timings`
    and `limits` come with the last piece, if at all.
    """

    text: str = ""
    thought: str = ""
    usage: Usage | None = None
    believed: bool = True
    finish: Finish | None = None
    model: str | None = None
    cost: Money | None = None
    logprobs: tuple[float, ...] = ()
    timings: Timings | None = None
    limits: RateLimits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model that a server says it has.

    `local` is true only when the server has the weights itself. `remote_host` is set when the
    server would pass the prompt on. `parameters` counts the weights (7e9), where known. `revision`
    tells one state of the weights from another under the same name; empty where the server does
    not say. `able` is what the model can do besides writing; None where the server does not say.
    """

    name: str
    local: bool
    remote_host: str | None = None
    context: int | None = None
    parameters: float | None = None
    revision: str = ""
    able: frozenset[Need] | None = None


@runtime_checkable
class LoadsOnDemand(Protocol):
    """What a provider can do besides, whose server loads a model when it is first asked.

    Raises:
        ProviderError: as a Provider does.
    """

    async def loaded(self) -> frozenset[str]:
        """The names of the models that are in memory now."""
        ...

    async def warm(self, model: str) -> None:
        """Loads a model and asks it nothing; returns once it is there."""
        ...


class Provider(Protocol):
    """Speaks to one model server.

    Raises:
        ProviderError: whatever the server or its client did, translated; nothing else escapes.
    """

    @property
    def name(self) -> str: ...

    async def models(self) -> Sequence[Offer]: ...

    def stream(self, prompt: Prompt, *, model: str) -> AsyncGenerator[Chunk, None]:
        """Pieces of the answer as they come; closing the generator ends the call at the server."""
        ...

    async def aclose(self) -> None: ...
