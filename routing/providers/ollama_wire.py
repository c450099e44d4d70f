"""The HTTP under the official Ollama client: ours to hand out, and without its surprises.

Imported on first use, as it imports httpx 0.28 and ollama (0.3 s).
"""

import httpx
import ollama

from routing.providers.statuses import Asked
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
    """Sets the key on every request, and names what goes wrong before an answer begins."""

    def __init__(self, asked: Asked, transport: httpx.AsyncBaseTransport, key: str | None) -> None:
        self._asked = asked
        self._transport = transport
        self._key = key

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.pop("authorization", None)
        if self._key:
            request.headers["authorization"] = f"Bearer {self._key}"
        opened = Opened()
        request.extensions = {**request.extensions, "trace": opened}
        with httpx_edge(self._asked, opened):
            return await self._transport.handle_async_request(request)
