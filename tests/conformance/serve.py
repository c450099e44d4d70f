"""Serves our own server with the suite's fixtures.

`python -m tests.conformance.serve http PORT`, or `stdio` in place of both.
"""

import sys
import warnings

from mcp.server import MCPServer
from mcp.shared.exceptions import MCPDeprecationWarning

from mcp_server.http import application, serve
from mcp_server.server import create
from mcp_server.service import Service
from tests.conformance import fixtures, rounds


def with_fixtures(door: str) -> MCPServer[Service]:
    # Messages of logging and questions within a call are what older protocols have.
    warnings.simplefilter("ignore", MCPDeprecationWarning)
    server = create(origin=door)
    fixtures.register(server)
    rounds.register(server)
    return server


def main(door: str, port: int = 0) -> None:
    server = with_fixtures(door)
    if door == "stdio":
        server.run("stdio")
    else:
        app = application(server, "streamable-http", host="127.0.0.1", port=port)
        serve(app, host="127.0.0.1", port=port)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
