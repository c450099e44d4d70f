"""The command line. Each command lives in its own module and is imported when it is called."""

import sys


def main() -> None:
    """Entry point of `homeward`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may default to cp1252
            stream.reconfigure(encoding="utf-8", errors="replace")
    if sys.argv[1:] == ["mcp"]:  # how a host starts us, in a hurry: no parser is needed
        from mcp_server.stdio import serve_stdio

        serve_stdio()
        return
    from mcp_server.cli.commands import app

    app()
