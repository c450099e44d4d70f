"""Ends with 0 if Homeward answers MCP at this address: the image's health check.

Run: python health.py [URL]. It asks what the server can do, which makes no session and wakes no
model. The token is HOMEWARD_TOKEN, as the server's own. Where an OAuth server gives tokens there is
none; then the refusal that names that server is an answer too.
"""

import json
import os
import sys
import urllib.error
import urllib.request

URL = "http://127.0.0.1:8765/mcp"
PATIENCE_SECONDS = 4
HTTP_UNAUTHORIZED = 401
ABOUT = "io.modelcontextprotocol/"
QUESTION = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "server/discover",
    "params": {
        "_meta": {
            f"{ABOUT}protocolVersion": "2026-07-28",
            f"{ABOUT}clientInfo": {"name": "health", "version": "1"},
            f"{ABOUT}clientCapabilities": {},
        }
    },
}


def healthy(url: str, token: str) -> bool:
    """Whether an MCP server named homeward answers there. No proxy is used."""
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "server/discover",
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(QUESTION).encode(), headers)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=PATIENCE_SECONDS) as answer:
            told = json.load(answer)
        return bool(told["result"]["_meta"][f"{ABOUT}serverInfo"]["name"] == "homeward")
    except urllib.error.HTTPError as refusal:
        told_where = "resource_metadata=" in refusal.headers.get("WWW-Authenticate", "")
        if refusal.code == HTTP_UNAUTHORIZED and told_where and not token:
            return True
        print(f"Homeward refuses at {url}: {refusal}", file=sys.stderr)
        return False
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"Homeward does not answer at {url}: {error}", file=sys.stderr)
        return False


if __name__ == "__main__":
    url = sys.argv[1] if len(sys.argv) > 1 else URL
    sys.exit(not healthy(url, os.environ.get("HOMEWARD_TOKEN", "")))
