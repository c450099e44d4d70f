"""`homeward mcp`: stdio for desktop hosts, SSE and streamable HTTP for the others."""

import os
import sys
from typing import Literal

import typer

from vocabulary import HomewardError


def serve_mcp(
    transport: Literal["stdio", "sse", "streamable-http"],
    *,
    host: str,
    port: int,
    public_hosts: tuple[str, ...],
) -> None:
    """Serve until the host closes standard input, or until interrupted."""
    if transport == "stdio":
        from mcp_server.stdio import serve_stdio

        serve_stdio()
        return
    from mcp_server.http import application, origin, serve
    from mcp_server.keys import Keys
    from mcp_server.oauth import guard_of
    from mcp_server.places import places
    from mcp_server.server import create
    from mcp_server.settings import load

    here = places()
    try:
        settings = load(here.settings, Keys(os.environ, here.dotenv).environment())
        guard = guard_of(settings.http)
        app = application(
            create(origin=origin(), guard=guard),
            transport,
            host=host,
            port=port,
            public_hosts=public_hosts,
            guard=guard,
        )
    except HomewardError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    path = "/sse" if transport == "sse" else "/mcp"
    shown = f"[{host}]" if ":" in host else host
    said = f"Homeward serves {transport} at http://{shown}:{port}{path}"
    serve(app, host=host, port=port, ready=lambda: print(said, file=sys.stderr))
