"""Which desktop hosts are on this machine, and whether Homeward is in their files."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from mcp_server.setup.change import parsed, refusal
from mcp_server.setup.entry import entry_in
from mcp_server.setup.file import HostFileError
from mcp_server.setup.locate import Target, installed
from mcp_server.setup.spans import NotJson


def configurations(
    environ: Mapping[str, str], home: Path, platform: str
) -> Iterator[tuple[str, Path, dict[str, object] | HostFileError | None]]:
    """For each host that is installed: its name, its file, and its Homeward entry if it has one.

    The error in the entry's place is why `homeward setup` would leave the file as it is.
    """
    for target in installed(environ, home, platform):
        yield target.host.name, target.file, _entry(target)


def _entry(target: Target) -> dict[str, object] | HostFileError | None:
    try:
        found = entry_in(parsed(target.file.read_bytes(), target)[1], target.host)
    except (OSError, NotJson):
        found = None
    return refusal(target) if found is None else found
