"""The floor: an MCP server on the same library that does nothing."""

from mcp.server import MCPServer

mcp = MCPServer("bare", version="0", log_level="WARNING")


@mcp.tool()
def echo(text: str) -> str:
    """Give the text back."""
    return text


if __name__ == "__main__":
    mcp.run()
