"""Lets the suite, which speaks HTTP only, talk to our server over standard input and output.

What goes through is not changed: one message of a POST is one line to the process, and what the
process writes until it has answered is the stream that the POST gets. Each session of an older
protocol has a process of its own; those without sessions share one. Statuses and headers of HTTP
are the bridge's, so scenarios about them say nothing about us (`run.NOT_ON_STDIO`).

`python -m tests.conformance.bridge PORT`
"""

import json
import os
import socket
import sys
from asyncio import Lock, StreamReader, StreamWriter, create_task, open_connection
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing import get_context
from typing import Any
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tests.conformance import serve

SESSION = "mcp-session-id"
ENVELOPE = ("protocolVersion", "clientCapabilities")
LONGEST_LINE = 1 << 24


CHILDREN = get_context("forkserver")
CHILDREN.set_forkserver_preload(["tests.conformance.serve"])
"""Each is a fork of one process that has imported everything: a session does not wait for that."""


def child(wire: socket.socket) -> None:
    """What `homeward mcp` is to a host: a process whose input and output are the protocol."""
    for number, mode in ((0, "r"), (1, "w")):
        os.dup2(wire.fileno(), number)
        stream = open(number, mode, encoding="utf-8")  # noqa: SIM115  # as long as the process
        setattr(sys, ("stdin", "stdout")[number], stream)
    serve.main("stdio")


class Wire:
    """One process. A request has it alone until it is answered, as a host's model would."""

    def __init__(self, process: Any, reader: StreamReader, writer: StreamWriter) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._busy = Lock()

    @classmethod
    async def open(cls) -> "Wire":
        ours, theirs = socket.socketpair()
        process = CHILDREN.Process(target=child, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return cls(process, *await open_connection(sock=ours, limit=LONGEST_LINE))

    async def write(self, message: Any) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")
        await self._writer.drain()

    async def exchange(self, message: Any) -> AsyncIterator[bytes]:
        """The events until the answer to `message`, with it."""
        async with self._busy:
            await self.write(message)
            while line := await self._reader.readline():
                yield b"event: message\ndata: " + line + b"\n"
                said = json.loads(line)
                if "method" not in said and said.get("id") in (message["id"], None):
                    return

    def close(self) -> None:
        """At once: how a process ends is looked at elsewhere."""
        self._writer.close()
        self._process.kill()
        self._process.join()


class Bridge:
    """The process of the session that goes on, and the one for messages without sessions."""

    def __init__(self) -> None:
        self._wires: dict[str, Wire] = {}
        self._spare = create_task(Wire.open())

    async def answer(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(status_code=405)
        message = await request.json()
        session = request.headers.get(SESSION, "")
        headers = {}
        if message.get("method") == "initialize":
            session = uuid4().hex
            headers[SESSION] = session
        elif not session and not modern(message):
            session = uuid4().hex  # it would make an older session of the connection of all others
        wire = await self._wire(session)
        if "method" not in message or "id" not in message:
            await wire.write(message)
            return Response(status_code=202)
        return StreamingResponse(
            wire.exchange(message), media_type="text/event-stream", headers=headers
        )

    async def _wire(self, session: str) -> Wire:
        """The suite has one session after the other: a new one ends those before it."""
        if session not in self._wires:
            for name in [name for name in self._wires if name and session]:
                self._wires.pop(name).close()
            self._wires[session] = await self._spare
            self._spare = create_task(Wire.open())
        return self._wires[session]

    async def close(self) -> None:
        for wire in [*self._wires.values(), await self._spare]:
            wire.close()


def modern(message: Any) -> bool:
    """Whether it says for itself which protocol it speaks, as 2026-07-28 asks."""
    meta = (message.get("params") or {}).get("_meta") or {}
    return all(f"io.modelcontextprotocol/{key}" in meta for key in ENVELOPE)


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    bridge = Bridge()
    app.add_route("/mcp", bridge.answer, methods=["GET", "POST", "DELETE"])
    yield
    await bridge.close()


def main(port: int) -> None:
    uvicorn.run(Starlette(lifespan=lifespan), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]))
