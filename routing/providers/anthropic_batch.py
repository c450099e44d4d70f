"""Speaks Anthropic's Message Batches protocol through the official client.

https://platform.claude.com/docs/en/build-with-claude/batch-processing: up to 100,000 prompts or
256 MB in one batch, worked on within 24 hours, results kept for 29 days.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

from routing.providers.anthropic_wire import FINISHES, Counts, request_of
from routing.providers.batches import Ending, Posted, Progress, Result
from routing.providers.figures import counts_something, served_by, whole
from routing.providers.statuses import Asked, from_status
from routing.providers.translate import anthropic_edge
from routing.values import Completion, Counting
from vocabulary import Usage

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
    from anthropic.types.messages.batch_create_params import Request

T = TypeVar("T")

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class AnthropicBatches:
    """Batches at Anthropic. `library` gives its client, `asked` says where that leads."""

    def __init__(self, library: "Callable[[], Awaitable[AsyncAnthropic]]", asked: Asked) -> None:
        self._library = library
        self._asked = asked

    async def send(self, posted: Sequence[Posted]) -> Progress:
        library = await self._library()
        with anthropic_edge(self._asked):
            created = await library.messages.batches.create(requests=map(_request, posted))
            return self._progress(created)

    async def look(self, batch_id: str) -> Progress:
        library = await self._library()
        with anthropic_edge(self._asked):
            return self._progress(await library.messages.batches.retrieve(batch_id))

    async def cancel(self, batch_id: str) -> Progress:
        library = await self._library()
        with anthropic_edge(self._asked):
            return self._progress(await library.messages.batches.cancel(batch_id))

    async def results(self, batch_id: str) -> AsyncGenerator[Result, None]:
        from anthropic._decoders.jsonl import AsyncJSONLDecoder
        from anthropic.types.messages import MessageBatchIndividualResponse

        library = await self._library()
        with anthropic_edge(self._asked):
            # Not from the address that a batch names for its results: it could lead elsewhere.
            lines: AsyncJSONLDecoder[MessageBatchIndividualResponse] = await library.get(
                f"/v1/messages/batches/{batch_id}/results",
                cast_to=AsyncJSONLDecoder[MessageBatchIndividualResponse],
                stream=True,
            )
            try:
                async for line in lines:
                    yield self._read(self._result, line)
            finally:
                await lines.close()

    def _progress(self, said: Any) -> Progress:
        return self._read(_progress, said)

    def _result(self, said: Any) -> Result:
        ending = said.result.type
        if ending not in get_args(Ending) or not isinstance(said.custom_id, str):
            raise TypeError
        if ending != "succeeded":
            return Result(id=said.custom_id, ending=ending)
        message = said.result.message
        counts = Counts()
        usage = counts.seen(message.usage)
        text = "".join("" + block.text for block in message.content if block.type == "text")
        return Result(
            id=said.custom_id,
            ending="succeeded",
            completion=Completion(
                text=text,
                model=served_by(message.model) or "",
                finish=FINISHES.get(message.stop_reason, "stop"),
                usage=usage or Usage(),
                counting=_counting(usage, text) if counts.believed else "estimated",
            ),
        )

    def _read(self, reader: Callable[[Any], T], said: Any) -> T:
        """What was said, in our terms.

        Raises:
            ProviderUnavailable: it has another shape than it should.
        """
        try:
            return reader(said)
        except (AttributeError, TypeError):
            raise from_status(self._asked, 200, headers={}) from None


def _request(posted: Posted) -> "Request":
    params = request_of(posted.prompt, posted.model)
    return {"custom_id": posted.id, "params": cast("MessageCreateParamsNonStreaming", params)}


def _progress(said: Any) -> Progress:
    counts = said.request_counts
    if said.processing_status not in ("in_progress", "canceling", "ended"):
        raise TypeError
    if not isinstance(said.id, str) or not _ID.fullmatch(said.id):
        raise TypeError
    return Progress(
        id=said.id,
        status=said.processing_status,
        processing=whole(counts.processing) or 0,
        succeeded=whole(counts.succeeded) or 0,
        errored=whole(counts.errored) or 0,
        canceled=whole(counts.canceled) or 0,
        expired=whole(counts.expired) or 0,
    )


def _counting(usage: Usage | None, text: str) -> Counting:
    believed = usage is not None and counts_something(usage, wrote=bool(text))
    return "counted" if believed else "estimated"
