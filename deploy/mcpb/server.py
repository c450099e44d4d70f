"""Starts Homeward for the host that installed this bundle: what its uv runs."""

import sys

from mcp_server.cli import main

sys.argv[1:] = ["mcp"]
main()
