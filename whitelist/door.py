"""The one way out: every byte that this process sends passes here, and goes nowhere unlisted."""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, cast

from whitelist import hosts
from whitelist.errors import Refused, Unusable
from whitelist.policy import Whitelist, check

if TYPE_CHECKING:
    import ssl

    import httpx
    import httpx2


class Door:
    """Gives HTTP clients that can reach nothing but what a person allowed.

    `origins` are the addresses that the settings declare to be the person's own, such as
    `http://127.0.0.1:11434` (see `hosts.origin`). Everything else must stand in the `cloud_apis`
    of `whitelist()`, which is asked anew for every request. `proxy` is a proxy that the settings
    name; those of the environment are never used. Own addresses are always reached directly.

    Redirects are refused, not followed: they could carry a text elsewhere.

    A client raises `Refused` (or WhitelistError) before a socket is opened. Libraries may wrap
    it: look along `__cause__`.
    """

    def __init__(
        self,
        *,
        origins: Iterable[str],
        whitelist: Callable[[], Whitelist],
        proxy: str | None = None,
    ) -> None:
        self._origins = frozenset(hosts.origin(origin) for origin in origins)
        self._whitelist = whitelist
        self._proxy = proxy
        self._context: ssl.SSLContext | None = None
        self._tls_lock = threading.Lock()
        self._client: httpx2.AsyncClient | None = None
        self._legacy: httpx.AsyncBaseTransport | None = None

    def client(self) -> "httpx2.AsyncClient":
        """The one client of this process; those who borrow it never close it.

        It has no timeout of its own (the caller knows how long to wait) and keeps no cookies.
        """
        if self._client is None or self._client.is_closed:
            from http.cookiejar import CookieJar, DefaultCookiePolicy

            import httpx2

            from whitelist.guard import Guard

            guard = Guard(httpx2, self._check, self._tls, self._proxy)
            self._client = httpx2.AsyncClient(
                transport=cast("httpx2.AsyncBaseTransport", guard),
                follow_redirects=False,
                trust_env=False,
                timeout=None,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            )
        return self._client

    def legacy_transport(self) -> "httpx.AsyncBaseTransport":
        """The same guard for a client of httpx 0.28, as the official ollama client makes one.

        Hand it over as `transport=`, together with `trust_env=False` and `follow_redirects=False`.
        """
        if self._legacy is None:
            import httpx

            from whitelist.guard import Guard

            guard = Guard(httpx, self._check, self._tls, self._proxy)
            self._legacy = cast("httpx.AsyncBaseTransport", guard)
        return self._legacy

    def admit(self, origin: str) -> None:
        """Let through a server that this process itself has just started.

        Raises:
            Unusable: it is not at a loopback address.
        """
        address = hosts.origin(origin)
        if not address.loopback:
            raise Unusable("Only a loopback address can be this process's own.")
        self._origins |= {address}

    async def aclose(self) -> None:
        """Close every connection. A later request opens new ones."""
        if self._client is not None:
            await self._client.aclose()
        if self._legacy is not None:
            await self._legacy.aclose()

    def _check(self, url: str, target: hosts.Address) -> bool:
        """Whether `target`, as the transport read `url`, is reached directly; raises Refused."""
        if target in self._origins:
            return True
        try:
            address = hosts.parse(url)
        except Unusable as error:
            raise Refused(error.what, fix=error.fix, rule="unusable address") from None
        if address != target:
            raise Refused(
                "The address can be read in more than one way.",
                fix="Write it plainly, such as https://api.anthropic.com.",
                rule="unusable address",
            )
        verdict = check("cloud_api", address.name, self._whitelist())
        if not verdict.allowed:
            raise Refused(verdict.reason, fix=verdict.fix, rule=verdict.rule)
        return address.loopback

    def _tls(self) -> "ssl.SSLContext":
        """The one TLS context, with the operating system's trust. Costs 20 ms: not on the loop."""
        with self._tls_lock:
            if self._context is None:
                import httpx2

                self._context = httpx2.create_ssl_context(trust_env=False)
            return self._context
