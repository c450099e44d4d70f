"""Keeps other sites away from a page on this machine, and the page's content in it."""

from collections.abc import Mapping, Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Not `no-referrer`: browsers would then send `Origin: null` with the page's own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SameOriginOnly:
    """ASGI: answers requests to exactly `host` (with its port), which no other site has caused.

    A name that was rebound to this machine is another Host. A link or form elsewhere is told by
    `Sec-Fetch-Site`, and whatever changes something must carry this page's own Origin.
    """

    def __init__(self, app: ASGIApp, *, host: str, policy: str) -> None:
        self._app = app
        self._host = host
        self._headers = {**HEADERS, "Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        app = self._app if self._own(scope) else PlainTextResponse("Not from there.", 403)
        await app(scope, receive, with_headers)

    def _own(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if headers.getlist("host") != [self._host]:
            return False
        site = headers.getlist("sec-fetch-site")
        if scope["method"] in ("GET", "HEAD"):
            return _only(site, ("none", "same-origin"))
        own = [f"http://{self._host}"]
        return headers.getlist("origin") == own and _only(site, ("same-origin",))


def _only(given: Sequence[str], allowed: Sequence[str]) -> bool:
    """Old browsers say nothing; what is said must be one of these."""
    return all(value in allowed for value in given)
