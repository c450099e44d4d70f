"""The stand-in: an OpenAI-compatible server that answers at once, whole or streamed.

Run: python -m bench.race.standin. It prints its port and counts what it answered under `/count`.
"""

import asyncio
import json

MODEL = "gpt-6-luna"
# An answer that a router which judges answers has nothing against: long enough, in order.
TEXT = """\
## Three proofs that there are infinitely many primes

- Euclid: multiply any finite list of primes and add one. What comes out has a prime factor, and
  that is not in the list, for it would divide one. So no finite list holds them all.
- Euler: were there finitely many, the product of 1 / (1 - 1/p) over them would be finite. But it
  equals the harmonic series, which grows without bound.
- Goldbach: the numbers 2 to the power 2 to the power n, plus one, have no factor in common in
  pairs. Each has a prime factor of its own, so there are as many primes as such numbers.

The first assumes only division, the second analysis, the third a recurrence. Euclid's carries over
to primes of the form 4n + 3; for all arithmetic progressions one needs Euler's idea, as Dirichlet
used it.
"""
USAGE = {"prompt_tokens": 40, "completion_tokens": 190, "total_tokens": 230}
HEAD = {"id": "chatcmpl-1", "created": 1, "model": MODEL}


def _whole() -> bytes:
    message = {"role": "assistant", "content": TEXT}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps(
        HEAD | {"object": "chat.completion", "choices": [choice], "usage": USAGE}
    ).encode()


def _streamed() -> bytes:
    head = HEAD | {"object": "chat.completion.chunk"}
    said = {"index": 0, "delta": {"role": "assistant", "content": TEXT}, "finish_reason": None}
    ended = {"index": 0, "delta": {}, "finish_reason": "stop"}
    events = [
        head | {"choices": [said]},
        head | {"choices": [ended]},
        head | {"choices": [], "usage": USAGE},
    ]
    lines = [json.dumps(event) for event in events] + ["[DONE]"]
    return "".join(f"data: {line}\n\n" for line in lines).encode()


def _response(body: bytes, kind: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


WHOLE = _response(_whole(), "application/json")
STREAMED = _response(_streamed(), "text/event-stream")
MODELS = _response(
    json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}).encode(),
    "application/json",
)


class StandIn(asyncio.Protocol):
    """HTTP/1.1 with keep-alive and lengths; no more than OpenAI's clients send."""

    answered = 0

    def __init__(self) -> None:
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, rest = self._held.partition(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            size = int(fields.get(b"content-length", b"0"))
            if len(rest) < size:
                return
            self._held = rest[size:]
            self._transport.write(self._answer(head, rest[:size]))  # type: ignore[attr-defined]

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"POST"):
            StandIn.answered += 1
            return STREAMED if json.loads(body).get("stream") else WHOLE
        if b"/count " in head.split(b"\r\n")[0]:
            return _response(str(StandIn.answered).encode(), "text/plain")
        return MODELS


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(StandIn, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
