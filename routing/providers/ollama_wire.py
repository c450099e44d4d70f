"""The HTTP under the official Ollama client: ours to hand out, and without its surprises.

Imported on first use, as it imports httpx 0.28 and ollama (0.3 s).
"""

from collections.abc import AsyncIterator

import httpx
import ollama

from routing.providers.bounds import in_lines, no_longer
from routing.providers.statuses import Asked, from_status
from routing.providers.translate import Opened, httpx_edge


class Wire:
    """`library`, the official client, and `plain`, for what its types leave out.

    Left to itself, the library follows redirects, takes proxies from the environment, and sends
    OLLAMA_API_KEY to whatever address it speaks to; here it does none of this.
    """

    def __init__(
        self,
        asked: Asked,
        transport: httpx.AsyncBaseTransport | None,
        *,
        key: str | None,
        connect: float,
    ) -> None:
        self._own: httpx.AsyncHTTPTransport | None = None
        if transport is None:
            https = asked.address.startswith("https")  # no TLS context (21 ms) where none is used
            transport = self._own = httpx.AsyncHTTPTransport(verify=https)
        door = _Door(asked, transport, key)
        timeout = httpx.Timeout(None, connect=connect, pool=connect)
        self.library = ollama.AsyncClient(
            asked.address,
            transport=door,
            follow_redirects=False,
            trust_env=False,
            timeout=timeout,
        )
        self.plain = httpx.AsyncClient(
            base_url=asked.address,
            transport=door,
            follow_redirects=False,
            trust_env=False,
            timeout=timeout,
        )

    async def aclose(self) -> None:
        """Closes what was made here; a transport that was given is its giver's."""
        if self._own is not None:
            await self._own.aclose()


class _Door(httpx.AsyncBaseTransport):
    """Sets the key on every request, names what goes wrong before an answer begins, and lets no
    more of an answer through than can be held."""

    def __init__(self, asked: Asked, transport: httpx.AsyncBaseTransport, key: str | None) -> None:
        self._asked = asked
        self._transport = transport
        self._key = key

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.pop("authorization", None)
        if self._key:
            request.headers["authorization"] = f"Bearer {self._key}"
        # As a few compressed bytes may hold any number of others.
        request.headers["accept-encoding"] = "identity"
        opened = Opened()
        request.extensions = {**request.extensions, "trace": opened}
        with httpx_edge(self._asked, opened):
            response = await self._transport.handle_async_request(request)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            await response.aclose()
            raise from_status(self._asked, 200, headers={})
        if isinstance(response.stream, httpx.AsyncByteStream):
            lines = response.status_code == 200 and request.url.path.endswith("/api/chat")
            response.stream = _Held(self._asked, response.stream, lines=lines)
        return response


class _Held(httpx.AsyncByteStream):
    """A body that ends with an error where it, or one of its lines, grows too long."""

    def __init__(self, asked: Asked, body: httpx.AsyncByteStream, *, lines: bool) -> None:
        self._body = body
        self._pieces = (in_lines if lines else no_longer)(asked, body)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()
