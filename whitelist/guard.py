"""The guard in front of a real HTTP transport, for httpx2 and httpx 0.28 alike."""

import ssl
from collections.abc import Callable
from typing import Any

from anyio import to_thread

from whitelist.errors import Refused
from whitelist.hosts import Address

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Check = Callable[[str, Address], bool]
"""Raises Refused, or says whether the address is reached directly (True) or by the proxy."""


class Guard:
    """An asynchronous transport in the sense of either library.

    `library` is the module `httpx2` or `httpx`. `tls` may block, and is asked only when a request
    is to be encrypted. Real transports are made when first needed.
    """

    def __init__(
        self, library: Any, check: Check, tls: Callable[[], ssl.SSLContext], proxy: str | None
    ) -> None:
        self._library = library
        self._check = check
        self._tls = tls
        self._proxy = proxy
        self._transports: dict[tuple[bool, bool], Any] = {}

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request that may be sent. Raises Refused before and after, never in between."""
        url = request.url
        direct = self._check(str(url), _target(url))
        transport = await self._transport(direct, url.scheme == "https")
        response = await transport.handle_async_request(request)
        if response.status_code in _REDIRECTS:
            await response.aclose()
            raise Refused(
                f"{url.host} answered by sending us elsewhere (HTTP {response.status_code}).",
                fix="Set the address that it really answers at.",
                rule="no redirects",
            )
        return response

    async def aclose(self) -> None:
        """Close every connection; the next request opens new ones."""
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            await transport.aclose()

    async def __aenter__(self) -> "Guard":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _transport(self, direct: bool, encrypted: bool) -> Any:
        key = (direct, encrypted)
        if key not in self._transports:
            context = await to_thread.run_sync(self._tls) if encrypted else _trusts_nobody()
            made = self._library.AsyncHTTPTransport(
                verify=context, trust_env=False, proxy=None if direct else self._proxy
            )
            self._transports.setdefault(key, made)  # another task may have been first
        return self._transports[key]


def _trusts_nobody() -> ssl.SSLContext:
    """For requests that are not encrypted: cheap to make, and verifies no certificate at all."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _target(url: Any) -> Address:
    """Where the transport will connect to, in our words."""
    host = url.raw_host.decode("ascii").lower()
    port = url.port or (443 if url.scheme == "https" else 80)
    return Address(scheme=url.scheme, host=f"[{host}]" if ":" in host else host, port=port)
