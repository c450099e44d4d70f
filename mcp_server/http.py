"""MCP over HTTP: Host and Origin are checked on every bind; off loopback a token is needed."""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mcp_server.settings import SettingsError

if TYPE_CHECKING:
    from mcp_server.oauth import Guard

LOOPBACK = ("127.0.0.1", "localhost", "::1")
GUESSABLE = re.compile(
    r"sk-|change-?me|secret|password|passw0rd|token|test|example|admin|homeward|letmein|default"
    r"|qwerty|asdf",
    re.IGNORECASE,
)
"""Words that stand in tokens which nobody has drawn."""

SHORTEST_TOKEN = 16
FEWEST_DRAWN, FEWEST_DISTINCT = 10, 6
"""Characters that must be left of a token without such words and runs like `aaa` and `1234`."""

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
        SettingsError: a token that can be guessed, or off loopback none or no host name; or a
            token beside an OAuth server.
    """
    token = environ.get("HOMEWARD_TOKEN", "")
    if guard is not None:
        if token:
            raise SettingsError(
                "There are two ways to be let in: HOMEWARD_TOKEN, and [http] issuer.",
                fix="Take out one of them.",
            )
        named = urlsplit(str(guard.settings.resource_server_url)).netloc
        public_hosts = (*public_hosts, named)
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
    if token:
        app.add_middleware(RequireToken, token=token)
    return app


def origin(environ: Mapping[str, str] = os.environ) -> str:
    """The door, for `Request.origin`: who knows another token came through another one."""
    token = environ.get("HOMEWARD_TOKEN", "")
    return f"http {hashlib.sha256(token.encode()).hexdigest()}" if token else "http"


def can_be_guessed(token: str) -> bool:
    """Whether it is short, or mostly words and runs that stand in everybody's examples."""
    rest = GUESSABLE.sub("", token)
    drawn = [
        after
        for before, after in zip(f"\0{rest}", rest, strict=False)
        if abs(ord(after) - ord(before)) > 1
    ]
    return (
        len(token) < SHORTEST_TOKEN
        or len(drawn) < FEWEST_DRAWN
        or len(set(drawn)) < FEWEST_DISTINCT
    )


def _demand_token(token: str) -> None:
    if can_be_guessed(token):
        raise SettingsError(
            "HOMEWARD_TOKEN must not be one that can be guessed "
            f"(at least {SHORTEST_TOKEN} drawn characters)."
            if token
            else "Serving beyond this machine needs a token.",
            fix="Set HOMEWARD_TOKEN, for example to the output of `openssl rand -hex 24`, "
            "and give the same token to the client.",
        )


def serve(app: Starlette, *, host: str, port: int) -> None:
    """Run until interrupted; open streams do not delay the end by more than a second."""
    import uvicorn

    from mcp_server.connections import HEADER_BYTES, BoundedConnection

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
    uvicorn.Server(config).run()
