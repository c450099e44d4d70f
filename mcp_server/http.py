"""MCP over HTTP: Host and Origin are checked on every bind; off loopback a token is needed."""

import hashlib
import hmac
import os
import re
import socket
from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv6Address
from itertools import pairwise
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mcp_server.settings import SettingsError

if TYPE_CHECKING:
    from mcp_server.oauth import Guard

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PLACEHOLDERS = re.compile(
    r"sk-|your|api-?key|replace|change-?(?:me)?|insert|here|secret|passw[o0]rd|token|bearer|value"
    r"|test|example|sample|placeholder|dummy|admin|homeward|letmein|default|random|string|generate"
    r"|the-?output|openssl|rand-hex|hunter2|iloveyou|correct-?horse|qwerty|asdf",
    re.IGNORECASE,
)
"""Words that stand in examples, and that count for nothing in a token."""

BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a bearer token may be made of (RFC 6750, 2.1)."""

SHORTEST_TOKEN = 32
FEWEST_DISTINCT, FEWEST_TURNS = 10, 6
"""Different characters, and changes between small letters, capitals and digits, in a drawn one.

Of strings of 32 drawn hexadecimal digits one in a thousand has fewer, of 48 practically none.
"""

BODY_BYTES = 4 * 1024 * 1024
SESSIONS = 256
"""Most sessions of older protocols at once; the newest has none."""

IDLE_SESSION_S = 1800.0

HttpTransport = Literal["sse", "streamable-http"]


class RequireToken:
    """ASGI: answers 401 to every request without the right bearer token."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._expected = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            said = dict(scope["headers"]).get(b"authorization", b"")
            scheme, _, given = said.partition(b" ")
            if scheme.lower() != b"bearer" or not hmac.compare_digest(given, self._expected):
                answer = JSONResponse(
                    {"error": "A bearer token is needed: send Authorization: Bearer <token>."},
                    status_code=401,
                    headers={"WWW-Authenticate": "Bearer"},
                )
                await answer(scope, receive, send)
                return
        await self._app(scope, receive, send)


class OwnNames:
    """ASGI: tells names apart as DNS does, and keeps others out of where the SDK would fail.

    The SDK compares `Host` and `Origin` to the letter. At `/sse` it answers a wrong one rightly,
    and then raises.
    """

    def __init__(self, app: ASGIApp, *, security: TransportSecuritySettings) -> None:
        self._app = app
        self._check = TransportSecurityMiddleware(security)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [
                (name, _as_compared(value) if name in (b"host", b"origin") else value)
                for name, value in scope["headers"]
            ]
            scope = {**scope, "headers": headers}
            if scope["path"] == "/sse":
                refused = await self._check.validate_request(Request(scope))
                if refused is not None:
                    await refused(scope, receive, send)
                    return
        await self._app(scope, receive, send)


def _as_compared(name: bytes) -> bytes:
    """A host, perhaps with scheme and port, in lower case and without the dot of the root."""
    return re.sub(rb"\.(?=(:\d*)?$)", b"", name.lower())


def application(
    server: MCPServer,
    transport: HttpTransport,
    *,
    host: str,
    port: int,
    public_hosts: tuple[str, ...] = (),
    guard: "Guard | None" = None,
    environ: Mapping[str, str] = os.environ,
) -> Starlette:
    """The ASGI application for one bind address. `guard` is the one that `server` was made with.

    Raises:
        SettingsError: a token that looks made up, or off loopback none or no host name; a host
            name that is none; or a token beside an OAuth server.
    """
    public_hosts = tuple(host_name(each) for each in public_hosts)
    token = environ.get("HOMEWARD_TOKEN", "")
    if guard is not None:
        if token:
            raise SettingsError(
                "There are two ways to be let in: HOMEWARD_TOKEN, and [http] issuer.",
                fix="Take out one of them.",
            )
        named = urlsplit(str(guard.settings.resource_server_url)).netloc
        public_hosts = (*public_hosts, _as_compared(named.encode()).decode())
    elif token or host not in LOOPBACK:
        _demand_token(token)
    names = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]
    if host not in LOOPBACK and not public_hosts:
        raise SettingsError(
            f"Serving on {host} needs to know under which name clients come.",
            fix="Give it with --public-host, for example --public-host homeward.lan.",
        )
    for name in public_hosts:
        names += [name, f"{name}:{port}"]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=names,
        allowed_origins=[f"{scheme}://{name}" for name in names for scheme in ("http", "https")],
    )
    if transport == "sse":
        app = server.sse_app(
            host=host, transport_security=security, max_request_body_size=BODY_BYTES
        )
    else:
        app = server.streamable_http_app(
            host=host,
            transport_security=security,
            max_request_body_size=BODY_BYTES,
            max_sessions=SESSIONS,
            session_idle_timeout=IDLE_SESSION_S,
        )
    app.add_middleware(OwnNames, security=security)
    if token:
        app.add_middleware(RequireToken, token=token)
    return app


def origin(environ: Mapping[str, str] = os.environ) -> str:
    """The door, for `Request.origin`: who knows another token came through another one."""
    token = environ.get("HOMEWARD_TOKEN", "")
    return f"http {hashlib.sha256(token.encode()).hexdigest()}" if token else "http"


def host_name(given: str) -> str:
    """A name or address of `--public-host` as it is compared: `[::1]`, `homeward.lan`.

    Raises:
        SettingsError: an address of the web, a port, or something else that is no host name.
    """
    name = given.lower().removesuffix(".")
    try:
        return f"[{IPv6Address(name.removeprefix('[').removesuffix(']'))}]"
    except AddressValueError:
        pass
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise SettingsError(
            f"--public-host {given!r} is not the name of a host.",
            fix="Give the name alone, without scheme, port and path: --public-host homeward.lan.",
        )
    return name


def looks_made_up(token: str) -> bool:
    """Whether it is too short, of words that stand in examples, or unlike what a machine draws.

    This cannot tell how a token was made. It catches placeholders, passwords and phrases.
    """
    rest = PLACEHOLDERS.sub("", token)
    kinds = [
        "0" if each.isdigit() else "a" if each.islower() else "A"
        for each in rest.rstrip("=")
        if each.isalnum()
    ]
    turns = sum(before != after for before, after in pairwise(kinds))
    return (
        BEARER.fullmatch(token) is None
        or len(rest) < SHORTEST_TOKEN
        or len(set(rest)) < FEWEST_DISTINCT
        or turns < FEWEST_TURNS
    )


def _demand_token(token: str) -> None:
    if looks_made_up(token):
        raise SettingsError(
            "HOMEWARD_TOKEN looks as if it could be guessed: it must be drawn, with at least "
            f"{SHORTEST_TOKEN} letters and digits and no words."
            if token
            else "Serving beyond this machine needs a token.",
            fix="Set HOMEWARD_TOKEN to what `openssl rand -hex 24` prints, "
            "and give the same token to the client.",
        )


def serve(
    app: Starlette, *, host: str, port: int, ready: Callable[[], None] = lambda: None
) -> None:
    """Run until interrupted; open streams do not delay the end by more than a second.

    `ready` is called once the port is ours. Where it cannot be had, uvicorn says why and exits.
    """
    import uvicorn

    from mcp_server.connections import HEADER_BYTES, BoundedConnection

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        http=BoundedConnection,
        ws="none",
        h11_max_incomplete_event_size=HEADER_BYTES,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    Announced(config).run()
