"""A small HTTP/1.1 server on 127.0.0.1, in a thread of its own, for what no real server will do.

It runs apart from the test's event loop, so that a test may also block, or run another process.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`number` counts the requests of one connection, from 1. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    number: int


class Reply:
    """Writes one response, well or badly."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.keep = True

    async def whole(self, status: int, body: bytes, **headers: str) -> None:
        """A response with its length; `content_type="..."` becomes a Content-Type header."""
        self._head(status, {**headers, "content_length": str(len(body))})
        await self._write(body)

    async def begin(self, status: int, **headers: str) -> None:
        """A response in chunks: pieces and an end must follow."""
        self._head(status, {**headers, "transfer_encoding": "chunked"})
        await self._writer.drain()

    async def piece(self, data: bytes) -> None:
        await self._write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        await self._write(b"0\r\n\r\n")

    def slam(self) -> None:
        """Drops the connection where it stands."""
        self.keep = False
        self._writer.transport.abort()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Status"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


_TLS = b"\x16"
"""The first byte of a TLS handshake."""

Handler = Callable[[Request, Reply], Awaitable[None]]


class Listening:
    """The server: a context manager. `handler` answers each request.

    A handler whose client hangs up is cancelled, and `hung_up` is set. `requests` holds every
    request in the order of arrival, `connections` counts.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self.requests: list[Request] = []
        self.connections = 0
        self.hung_up = threading.Event()
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    async def _open(self) -> None:
        self._server = await self._loop.create_server(self._protocol, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _protocol(self) -> asyncio.StreamReaderProtocol:
        reader = asyncio.StreamReader(loop=self._loop)
        return _Protocol(reader, self._accept, loop=self._loop)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is None:
            raise AssertionError
        self._tasks.add(task)
        try:
            number = 1
            while request := await _read(reader, number):
                self.requests.append(request)
                reply = Reply(writer)
                if request.path == "/no-tls":
                    await reply.whole(400, b"plain HTTP only")
                    break
                await self._answer(request, reply, writer)
                if not reply.keep:
                    break
                number += 1
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _answer(self, request: Request, reply: Reply, writer: asyncio.StreamWriter) -> None:
        protocol = writer.transport.get_protocol()
        if not isinstance(protocol, _Protocol):
            raise TypeError
        answering = asyncio.ensure_future(self._handler(request, reply))
        leaving = asyncio.ensure_future(protocol.gone.wait())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                self.hung_up.set()
                reply.keep = False
        finally:
            leaving.cancel()
            if not answering.done():
                answering.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await answering


class _Protocol(asyncio.StreamReaderProtocol):
    """Knows at once when the client is gone, also while nobody reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gone = asyncio.Event()

    def eof_received(self) -> bool | None:
        self.gone.set()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()
        super().connection_lost(exc)


async def _read(reader: asyncio.StreamReader, number: int) -> Request | None:
    try:
        start = await reader.readexactly(1)
        if start == _TLS:
            return Request(method="", path="/no-tls", headers={}, body=b"", number=number)
        head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError as exc:
        if exc.partial:
            raise
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method=method, path=path, headers=headers, body=body, number=number)
