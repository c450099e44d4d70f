"""A model server that writes down every byte it is sent, and answers what it is told to."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.wire.dialects import dialect_of
from tests.wire.listening import Listening, Reply, Request

Answering = Callable[[str], Sequence[str]]
"""From everything that was said (system text and turns, one after the other) to the pieces of an
answer."""


class Scribe(Listening):
    """The server; it speaks all three protocols. `heard` is what each prompt said, in order.

    `finish` is why its answers end, to who asks in OpenAI's words.
    """

    def __init__(self, answering: Answering = lambda _: ("Very ", "well.")) -> None:
        super().__init__(self._route)
        self.answering = answering
        self.heard: list[str] = []
        self.finish = "stop"

    @property
    def everything(self) -> str:
        """Every byte that arrived: lines, headers and bodies."""
        return "\n".join(
            f"{each.method} {each.path} {dict(each.headers)} {each.body.decode('utf-8', 'replace')}"
            for each in self.requests
        )

    async def _route(self, request: Request, reply: Reply) -> None:
        if request.method == "GET":
            listed = {"object": "list", "data": [{"id": "tiny", "object": "model"}]}
            await reply.whole(200, json.dumps(listed).encode(), content_type="application/json")
            return
        said = _said(json.loads(request.body))
        self.heard.append(said)
        dialect = dialect_of(request.path)
        await reply.begin(200, content_type=dialect.content_type)
        await reply.piece(dialect.opening)
        for piece in self.answering(said):
            await reply.piece(dialect.text(piece))
        await reply.piece(dialect.ending.replace(b'"stop"', f'"{self.finish}"'.encode()))
        await reply.end()


def _said(body: dict[str, Any]) -> str:
    turns = [{"content": body.get("system", "")}, *body["messages"]]
    return "\n\n".join(_text(turn["content"]) for turn in turns)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)
