"""The command line. Each command lives in its own module and is imported when it is called."""

import sys


def main() -> None:
    """Entry point of `homeward`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console may default to cp1252
            stream.reconfigure(encoding="utf-8", errors="replace")
    from mcp_server.cli.commands import app

    app()
