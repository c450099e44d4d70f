"""A model server with every fault one meets: the first part of the path says which.

`Faulty().at("too-many")` is the base address of a server that answers 429 to everything; it
speaks all three protocols. `FAULTS` names them all.
"""

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Awaitable, Callable

from tests.wire.dialects import dialect_of
from tests.wire.listening import Listening, Reply, Request

WORDS = ("One", " two", " three")
LEAK = "sk-synthetic-body-0000 said the body"
"""What every error body holds: it must not reach a person or a log."""

Fault = Callable[[Request, Reply], Awaitable[None]]


class Faulty(Listening):
    """The server. `count[fault]` is how many requests a fault has had."""

    def __init__(self) -> None:
        super().__init__(self._route)
        self.count: Counter[str] = Counter()

    def at(self, fault: str) -> str:
        """The base address under which everything has this fault."""
        if fault.removesuffix("-once") not in FAULTS:
            raise ValueError(fault)
        return f"{self.address}/{fault}"

    async def _route(self, request: Request, reply: Reply) -> None:
        fault = request.path.split("/")[1]
        self.count[fault] += 1
        if fault.endswith("-once") and self.count[fault] > 1:
            fault = "none"
        await FAULTS[fault.removesuffix("-once")](request, reply)


def _status(status: int, said: str = "", **headers: str) -> Fault:
    async def answer(request: Request, reply: Reply) -> None:
        error = {"type": "error", "error": {"message": f"{said} {LEAK}"}}
        if "/api/" in request.path:
            error = {"error": f"{said} {LEAK}"}
        body = json.dumps(error).encode()
        await reply.whole(status, body, content_type="application/json", **headers)

    return answer


async def _none(request: Request, reply: Reply) -> None:
    dialect = dialect_of(request.path)
    await reply.begin(200, content_type=dialect.content_type)
    await reply.piece(dialect.opening)
    for word in WORDS:
        await reply.piece(dialect.text(word))
    await reply.piece(dialect.ending)
    await reply.end()


async def _last_of_its_limit(request: Request, reply: Reply) -> None:
    """A good answer, with which the rate limit is used up for twelve seconds."""
    dialect = dialect_of(request.path)
    if request.path.endswith("/messages"):
        limit = {
            "date": "Fri, 20 Nov 2026 12:00:00 GMT",
            "anthropic_ratelimit_requests_remaining": "0",
            "anthropic_ratelimit_requests_reset": "2026-11-20T12:00:12Z",
        }
    else:
        limit = {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "12s"}
    await reply.begin(200, content_type=dialect.content_type, **limit)
    await reply.piece(dialect.opening + dialect.text(WORDS[0]) + dialect.ending)
    await reply.end()


async def _empty(request: Request, reply: Reply) -> None:
    dialect = dialect_of(request.path)
    await reply.begin(200, content_type=dialect.content_type)
    await reply.piece(dialect.opening + dialect.ending)
    await reply.end()


async def _silent(request: Request, reply: Reply) -> None:
    await asyncio.Event().wait()


async def _some(request: Request, reply: Reply) -> None:
    dialect = dialect_of(request.path)
    await reply.begin(200, content_type=dialect.content_type)
    await reply.piece(dialect.opening + dialect.text(WORDS[0]))


async def _stalls(request: Request, reply: Reply) -> None:
    await _some(request, reply)
    await asyncio.Event().wait()


async def _dies(request: Request, reply: Reply) -> None:
    await _some(request, reply)
    reply.slam()


async def _cut(request: Request, reply: Reply) -> None:
    await _some(request, reply)
    await reply.end()


async def _fails(request: Request, reply: Reply) -> None:
    await _some(request, reply)
    await reply.piece(dialect_of(request.path).failure)
    await reply.end()


async def _drips(request: Request, reply: Reply) -> None:
    await _some(request, reply)
    while True:
        await asyncio.sleep(0.01)
        await reply.piece(dialect_of(request.path).text("."))


async def _gushes(request: Request, reply: Reply) -> None:
    await _some(request, reply)
    while True:
        await reply.piece(dialect_of(request.path).text("x" * 4096))


async def _slams(request: Request, reply: Reply) -> None:
    reply.slam()


async def _stale(request: Request, reply: Reply) -> None:
    """Closes a kept connection just as its second request arrives."""
    if request.number > 1:
        reply.slam()
    else:
        await _none(request, reply)


async def _nonsense(request: Request, reply: Reply) -> None:
    dialect = dialect_of(request.path)
    await reply.begin(200, content_type=dialect.content_type)
    await reply.piece(dialect.nonsense)
    await reply.end()


async def _not_an_object(request: Request, reply: Reply) -> None:
    dialect = dialect_of(request.path)
    await reply.begin(200, content_type=dialect.content_type)
    await reply.piece(dialect.nonsense.replace(b"{nonsense", b'["a", "list"]'))
    await reply.end()


async def _html(request: Request, reply: Reply) -> None:
    await reply.whole(200, b"<html>Sign in to the hotel's network</html>", content_type="text/html")


async def _json(request: Request, reply: Reply) -> None:
    """A whole answer where a stream was asked for."""
    await reply.whole(200, b'{"choices": []}', content_type="application/json")


async def _endless(request: Request, reply: Reply) -> None:
    """One line without end."""
    await reply.begin(200, content_type=dialect_of(request.path).content_type)
    while True:
        await reply.piece(b" " * 65536)


async def _endless_body(request: Request, reply: Reply) -> None:
    await reply.begin(200, content_type="application/json")
    while True:
        await reply.piece(b" " * 65535 + b"\n")


async def _endless_error(request: Request, reply: Reply) -> None:
    await reply.begin(400, content_type="application/json")
    while True:
        await reply.piece(b" " * 65536)


async def _packed(request: Request, reply: Reply) -> None:
    """Twenty million spaces and an empty list of models, in a few thousand bytes."""
    body = gzip.compress(b'{"data": [], "models": []}' + b" " * 20_000_000)
    await reply.whole(200, body, content_type="application/json", content_encoding="gzip")


async def _deep(request: Request, reply: Reply) -> None:
    """JSON that no parser can follow to its end."""
    dialect = dialect_of(request.path)
    await reply.begin(200, content_type=dialect.content_type)
    await reply.piece(dialect.nonsense.replace(b"{nonsense", b"[" * 100_000))
    await reply.end()


async def _deep_body(request: Request, reply: Reply) -> None:
    await reply.whole(200, b"[" * 100_000, content_type="application/json")


FAULTS: dict[str, Fault] = {
    "none": _none,
    "last-of-its-limit": _last_of_its_limit,
    "wrong-key": _status(401),
    "forbidden": _status(403),
    "no-credit": _status(402),
    "no-quota": _status(429, "insufficient_quota"),
    "unknown-model": _status(404, "model 'nope' not found"),
    "bad-request": _status(400),
    "too-long": _status(400, "prompt is too long: maximum context length is 4096"),
    "too-large": _status(413),
    "too-many": _status(429, retry_after="7"),
    "too-many-until": _status(
        429,
        date="Fri, 20 Nov 2026 12:00:00 GMT",
        retry_after="Fri, 20 Nov 2026 12:00:30 GMT",
    ),
    "too-many-by-limit": _status(
        429, x_ratelimit_remaining_tokens="0", x_ratelimit_reset_tokens="6m0s"
    ),
    "inside": _status(500),
    "bad-gateway": _status(502),
    "starting": _status(503),
    "gateway-timeout": _status(504),
    "overloaded": _status(529),
    "elsewhere": _status(307, location="http://localhost:9/v1/chat/completions"),
    "silent": _silent,
    "stalls": _stalls,
    "dies": _dies,
    "cut": _cut,
    "fails": _fails,
    "drips": _drips,
    "gushes": _gushes,
    "slams": _slams,
    "stale": _stale,
    "nonsense": _nonsense,
    "not-an-object": _not_an_object,
    "html": _html,
    "json": _json,
    "empty": _empty,
    "endless": _endless,
    "endless-body": _endless_body,
    "endless-error": _endless_error,
    "packed": _packed,
    "deep": _deep,
    "deep-body": _deep_body,
}
