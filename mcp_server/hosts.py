"""Where desktop hosts keep their list of MCP servers, and whether Homeward is in it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path


def configurations(
    environ: Mapping[str, str], home: Path, platform: str
) -> Iterator[tuple[str, Path, dict[str, object] | None]]:
    """For each host that is installed: its name, its file, and its Homeward entry if it has one."""
    for name, path in _files(environ, home, platform):
        if path.parent.is_dir():
            yield name, path, _entry(path)


def _files(environ: Mapping[str, str], home: Path, platform: str) -> Iterator[tuple[str, Path]]:
    if platform == "darwin":
        support = home / "Library" / "Application Support"
    elif platform == "win32":
        support = Path(environ.get("APPDATA", str(home / "AppData" / "Roaming")))
    else:
        support = Path(environ.get("XDG_CONFIG_HOME", str(home / ".config")))
    yield "Claude Desktop", support / "Claude" / "claude_desktop_config.json"
    yield "Cursor", home / ".cursor" / "mcp.json"
    yield "VS Code", support / "Code" / "User" / "mcp.json"


def _entry(path: Path) -> dict[str, object] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return None
    servers = data.get("mcpServers") or data.get("servers") if isinstance(data, dict) else None
    entry = servers.get("homeward") if isinstance(servers, dict) else None
    return entry if isinstance(entry, dict) else None
