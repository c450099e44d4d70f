"""For `mcp dev dev_server.py --with-editable .`, which loads a file by path, not as a module."""

from mcp_server.server import mcp

__all__ = ["mcp"]
