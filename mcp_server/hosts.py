"""Which desktop hosts are on this machine, and whether Homeward is in their files."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from mcp_server.setup.change import parsed
from mcp_server.setup.entry import entry_in
from mcp_server.setup.locate import Target, installed
from mcp_server.setup.spans import NotJson


def configurations(
    environ: Mapping[str, str], home: Path, platform: str
) -> Iterator[tuple[str, Path, dict[str, object] | None]]:
    """For each host that is installed: its name, its file, and its Homeward entry if it has one."""
    for target in installed(environ, home, platform):
        yield target.host.name, target.file, _entry(target)


def _entry(target: Target) -> dict[str, object] | None:
    try:
        return entry_in(parsed(target.file.read_bytes(), target)[1], target.host)
    except (OSError, NotJson):
        return None
