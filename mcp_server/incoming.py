"""Lines that are no message are answered: the SDK drops them, and a host would wait."""

import contextvars
import json
from types import TracebackType

from mcp.shared._stream_protocols import ReadStream, WriteStream
from mcp.shared.message import SessionMessage
from mcp.types import PARSE_ERROR, ErrorData, JSONRPCError
from pydantic import ValidationError

UNREADABLE = (
    "This is no JSON-RPC message in UTF-8. Half a character (an escape such as \\ud800 alone) "
    "cannot be sent to any model: send the text without it."
)


class Incoming:
    """The messages of a transport. What cannot be read as one is answered with an error."""

    def __init__(
        self, messages: ReadStream[SessionMessage | Exception], answers: WriteStream[SessionMessage]
    ) -> None:
        self._messages = messages
        self._answers = answers

    @property
    def last_context(self) -> contextvars.Context | None:
        """The sender's, as the SDK's own streams hand it on."""
        return getattr(self._messages, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        while isinstance(item := await self._messages.receive(), Exception):
            line = _line_of(item)
            if line.strip():
                error = ErrorData(code=PARSE_ERROR, message=UNREADABLE)
                answer = JSONRPCError(jsonrpc="2.0", id=_id_in(line), error=error)
                await self._answers.send(SessionMessage(answer))
        return item

    async def aclose(self) -> None:
        await self._messages.aclose()

    def __aiter__(self) -> "Incoming":
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        from anyio import EndOfStream

        try:
            return await self.receive()
        except EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> "Incoming":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


def _line_of(error: Exception) -> str:
    """The line that could not be read; where it is JSON of something else, no more than that."""
    if not isinstance(error, ValidationError):
        return "?"
    given = error.errors(include_url=False)[0]["input"]
    return given if isinstance(given, str) else "?"


def _id_in(line: str) -> str | int | None:
    """The request's id, where a laxer reader finds one."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    found = message.get("id") if isinstance(message, dict) else None
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None
