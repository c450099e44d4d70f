"""MCP over HTTP: Host and Origin are checked on every bind; off loopback a token is needed."""

import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Literal

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mcp_server.settings import SettingsError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WELL_KNOWN_TOKENS = frozenset({"sk-1234", "changeme", "secret", "password", "token", "test"})
SHORTEST_TOKEN = 16

HttpTransport = Literal["sse", "streamable-http"]


class RequireToken:
    """ASGI: answers 401 to every request without the right bearer token."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
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
    environ: Mapping[str, str] = os.environ,
) -> Starlette:
    """The ASGI application for one bind address.

    Raises:
        SettingsError: off loopback without a usable HOMEWARD_TOKEN or without a host name.
    """
    token = environ.get("HOMEWARD_TOKEN", "")
    names = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]
    if host not in LOOPBACK:
        _demand_token(token)
        if not public_hosts:
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
        app = server.sse_app(host=host, transport_security=security)
    else:
        app = server.streamable_http_app(host=host, transport_security=security)
    if token:
        app.add_middleware(RequireToken, token=token)
    return app


def origin(environ: Mapping[str, str] = os.environ) -> str:
    """The door, for `Request.origin`: who knows another token came through another one."""
    token = environ.get("HOMEWARD_TOKEN", "")
    return f"http {hashlib.sha256(token.encode()).hexdigest()}" if token else "http"


def _demand_token(token: str) -> None:
    if len(token) < SHORTEST_TOKEN or token.lower() in WELL_KNOWN_TOKENS:
        raise SettingsError(
            "Serving beyond this machine needs a token that cannot be guessed "
            f"(at least {SHORTEST_TOKEN} characters).",
            fix="Set HOMEWARD_TOKEN, for example to the output of `openssl rand -hex 24`, "
            "and give the same token to the client.",
        )


def serve(app: Starlette, *, host: str, port: int) -> None:
    """Run until interrupted; open streams do not delay the end by more than a second."""
    import uvicorn

    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=1
    )
    uvicorn.Server(config).run()
