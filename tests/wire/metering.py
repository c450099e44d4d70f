"""A model server that keeps a meter: what it read and wrote of each request, and what that costs.

It is three clouds at once (`openai`, `anthropic`, `openrouter`), which the first part of a path
tells apart. It knows nothing of Homeward: it bills what it served, from the bytes it was sent and
those it sent. Its tokens can be counted by whoever reads them: one character is one, and a turn
takes four besides. An invoice is in whole micro-dollars, each request's rounded up.
"""

import asyncio
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from tests.wire.dialects import dialect_of
from tests.wire.listening import Listening, Reply, Request

Cloud = Literal["openai", "anthropic", "openrouter"]

How = Literal[
    "whole", "free", "breaks", "cut", "fails", "silent", "stalls", "thinks", "gateway", "drops"
]
"""What becomes of one request. `whole`: an answer with its end. `free`: refused by a status.
`breaks`: the connection ends in the middle; `cut`: the body ends, the answer does not; `fails`: it
says that it failed; `silent`: nothing is ever said; `stalls`: no more is. `thinks`: what it writes
is not the answer yet, then it stalls. `gateway`: it writes all of it, and a gateway says 504.
`drops`: the connection ends before a word, and nobody is billed."""

Told = Literal["last", "running", "never", "absurd", "zero"]
"""When a request's usage is told: at the end, with every piece, not at all, or wrongly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What to do with one request: `pieces` are written, `hidden` tokens besides, which nobody
    sees; `cached` tokens of the prompt are said to have been there (they cost the same here).
    """

    how: How
    pieces: Sequence[str] = ()
    told: Told = "last"
    hidden: int = 0
    cached: int = 0
    status: int = 200


@dataclass(slots=True, kw_only=True)
class Served:
    """The meter of one request. `written` grows as it is written."""

    number: int
    cloud: Cloud
    model: str
    read: int
    written: int = 0

    @property
    def exactly(self) -> Fraction:
        """Micro-dollars."""
        price_in, price_out = PRICES[self.cloud]
        return self.read * price_in + self.written * price_out

    @property
    def billed(self) -> int:
        """Micro-dollars, as on the invoice."""
        return math.ceil(self.exactly)


PRICES: Mapping[Cloud, tuple[Fraction, Fraction]] = {
    "openai": (Fraction(3, 20), Fraction(3, 5)),
    "anthropic": (Fraction(1), Fraction(5)),
    "openrouter": (Fraction(1, 4), Fraction(5, 4)),
}
"""Micro-dollars a token read and written, which is US dollars a million; the first and the last
leave fractions."""

TURN = 4


def tokens(text: str) -> int:
    """How many tokens a text is, here."""
    return len(text)


class Metered(Listening):
    """The server. `script_of` says what becomes of the nth request (from 0) of a numbered call;
    `number_of` finds that number in the last turn. `books` holds every request that is billed.

    `GET /begun/N` answers when a request of call N has been read, `GET /sent/N` when all that is
    ever written of it has been.
    """

    def __init__(
        self,
        models: Sequence[str],
        script_of: Callable[[int, int], Script],
        number_of: Callable[[str], int],
        *,
        count: Callable[[str], int] = tokens,
    ) -> None:
        super().__init__(self._route)
        self._models = models
        self._script_of = script_of
        self._number_of = number_of
        self._count = count
        self._asked: Counter[int] = Counter()
        self._events: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.books: list[Served] = []

    async def _route(self, request: Request, reply: Reply) -> None:
        if request.method == "GET":
            await self._told(request, reply)
            return
        body = json.loads(request.body)
        turns = [_text(turn["content"]) for turn in body["messages"]]
        number = self._number_of(turns[-1])
        script = self._script_of(number, self._asked[number])
        self._asked[number] += 1
        if script.how == "free" or body["model"] not in self._models:
            status = script.status if script.how == "free" else 404
            said = json.dumps({"type": "error", "error": {"message": "not now"}}).encode()
            await reply.whole(status, said, content_type="application/json")
            return
        if body.get("system"):
            turns.append(_text(body["system"]))
        cloud: Any = request.path.split("/")[1]
        served = Served(
            number=number,
            cloud=cloud,
            model=body["model"],
            read=sum(self._count(turn) + TURN for turn in turns),
        )
        self._events[f"begun/{number}"].set()
        await self._serve(script, served, request.path, reply)

    async def _told(self, request: Request, reply: Reply) -> None:
        if request.path.endswith("/models") or "/models?" in request.path:
            rows = [
                {
                    "id": name,
                    "type": "model",
                    "display_name": name,
                    "created_at": "2026-01-01T00:00:00Z",
                }
                for name in self._models
            ]
            listed = {"object": "list", "data": rows, "has_more": False}
            await reply.whole(200, json.dumps(listed).encode(), content_type="application/json")
            return
        await self._events[request.path[1:]].wait()
        await reply.whole(200, b"")

    async def _serve(self, script: Script, served: Served, path: str, reply: Reply) -> None:
        if script.how == "drops":
            reply.keep = False
            return
        self.books.append(served)
        if script.how == "silent":
            await asyncio.Event().wait()
        if script.how == "gateway":
            served.written += sum(self._count(piece) for piece in script.pieces)
            await reply.whole(504, b"")
            return
        wire = _Wire(served, script)
        dialect = dialect_of(path)
        await reply.begin(200, content_type=dialect.content_type)
        await reply.piece(wire.opening)
        for piece in script.pieces:
            await reply.piece(wire.piece(piece, grown=self._count(piece)))
            served.written += self._count(piece)
        self._events[f"sent/{served.number}"].set()
        served.written += script.hidden
        match script.how:
            case "stalls" | "thinks":
                await asyncio.Event().wait()
            case "breaks":
                reply.keep = False  # closed in the middle of a body in chunks
                return
            case "fails":
                await reply.piece(dialect.failure)
            case "whole":
                await reply.piece(wire.ending)
        await reply.end()


@dataclass(frozen=True, slots=True)
class _Wire:
    """One answer in its cloud's protocol."""

    served: Served
    script: Script

    @property
    def _anthropic(self) -> bool:
        return self.served.cloud == "anthropic"

    @property
    def opening(self) -> bytes:
        if not self._anthropic:
            return _sse(self._chunk({"role": "assistant"}))
        message = {
            **{"id": "m1", "type": "message", "role": "assistant", "content": []},
            **{"stop_reason": None, "stop_sequence": None, "model": self.served.model},
            "usage": self._usage(written=1),
        }
        block = {"type": "content_block_start", "index": 0}
        return _named(
            {"type": "message_start", "message": message},
            {**block, "content_block": {"type": "text", "text": ""}},
        )

    def piece(self, text: str, *, grown: int) -> bytes:
        thought = self.script.how == "thinks"
        if self._anthropic:
            delta = {"type": "text_delta", "text": text}
            if thought:
                delta = {"type": "thinking_delta", "thinking": text}
            return _named({"type": "content_block_delta", "index": 0, "delta": delta})
        chunk = self._chunk({"reasoning_content" if thought else "content": text})
        if self.script.told == "running":
            chunk["usage"] = self._usage(written=self.served.written + grown)
        return _sse(chunk)

    @property
    def ending(self) -> bytes:
        if self._anthropic:
            delta = {"stop_reason": "end_turn", "stop_sequence": None}
            return _named(
                {"type": "content_block_stop", "index": 0},
                {"type": "message_delta", "delta": delta, "usage": self._usage()},
                {"type": "message_stop"},
            )
        last = self._chunk({}, "stop")
        told = [] if self.script.told == "never" else [{"choices": [], "usage": self._usage()}]
        return _sse(last, *told) + b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return {"id": "c1", "model": self.served.model, "choices": [choice]}

    def _usage(self, *, written: int | None = None) -> dict[str, Any]:
        read = self.served.read
        written = self.served.written if written is None else written
        if self.script.told == "absurd":
            written = 900_000_000
        if self.script.told == "zero":
            read = written = 0
        if self._anthropic:
            cached = self.script.cached
            return {
                "input_tokens": read - cached,
                "cache_read_input_tokens": cached,
                "output_tokens": written,
            }
        usage: dict[str, Any] = {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
            "prompt_tokens_details": {"cached_tokens": self.script.cached},
            "completion_tokens_details": {"reasoning_tokens": self.script.hidden},
        }
        if self.served.cloud == "openrouter" and self.script.told == "last":
            price_in, price_out = PRICES["openrouter"]  # as such servers do it: in binary floats
            usage["cost"] = read * (float(price_in) / 1e6) + written * (float(price_out) / 1e6)
        return usage


def _sse(*events: object) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def _named(*events: dict[str, Any]) -> bytes:
    return b"".join(f"event: {event['type']}\n".encode() + _sse(event) for event in events)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)
