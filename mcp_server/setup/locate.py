"""Which hosts are on this machine, and in which file each keeps its list of MCP servers."""

import glob
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from vocabulary import HomewardError


class UnknownHost(HomewardError):
    """No host of that name is known, or it is not on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`file` is there where the folder `seen` is, on the platforms `on`; see hosts.toml."""

    on: tuple[str, ...]
    seen: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A program that starts MCP servers; `servers` names the member of its file that lists them.

    `entry` is what its entries hold besides `command` and `args`.
    """

    id: str
    name: str
    servers: str
    comments: bool
    afterwards: str
    places: tuple[Place, ...]
    entry: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A host that is there, and its file, which need not exist yet."""

    host: Host
    file: Path


@cache
def known() -> tuple[Host, ...]:
    """Every host that we know, in the order in which they are shown."""
    rows = tomllib.loads((files(__package__) / "hosts.toml").read_text(encoding="utf-8"))["host"]
    return tuple(_host(row) for row in rows)


def installed(environ: Mapping[str, str], home: Path, platform: str) -> Iterator[Target]:
    """The hosts that are on a machine, some with more than one file. `platform` is sys.platform."""
    folders = _folders(environ, home, platform)
    for host in known():
        files_of = (path for place in host.places for path in _files(place, folders, platform))
        for path in dict.fromkeys(files_of):
            yield Target(host=host, file=path)


def chosen(targets: Sequence[Target], names: Sequence[str]) -> list[Target]:
    """The targets of these hosts, by id; all of them where none is named.

    Raises:
        UnknownHost: a name that no host has, or whose host is not there.
    """
    ids = [host.id for host in known()]
    for name in names:
        if name not in ids:
            raise UnknownHost(f"There is no host {name!r}.", fix=f"Use some of {', '.join(ids)}.")
        if all(target.host.id != name for target in targets):
            raise UnknownHost(
                f"{name} was not found on this machine.",
                fix="Start it once, so that it makes its folder, and try again.",
            )
    return [target for target in targets if not names or target.host.id in names]


def _host(row: dict[str, object]) -> Host:
    places = row.pop("place")
    assert isinstance(places, list)  # noqa: S101
    return Host(places=tuple(Place(**each | {"on": tuple(each["on"])}) for each in places), **row)  # type: ignore[arg-type]


def _folders(environ: Mapping[str, str], home: Path, platform: str) -> dict[str, str]:
    """The platform's folders by their names in hosts.toml, below the variables that are set."""
    named = {name: value for name, value in environ.items() if value.strip()}
    config = named.get("XDG_CONFIG_HOME", "")
    return named | {
        "home": str(home),
        "roaming": named.get("APPDATA", str(home / "AppData" / "Roaming")),
        "local": named.get("LOCALAPPDATA", str(home / "AppData" / "Local")),
        # The XDG rules say that a path which is not absolute is to be ignored.
        "config": config if Path(config).is_absolute() else str(home / ".config"),
        "support": str(home / "Library" / "Application Support"),
    }


def _files(place: Place, folders: Mapping[str, str], platform: str) -> Iterator[Path]:
    wanted = re.findall(r"\{(\w+)\}", place.seen + place.file)
    if platform not in place.on or any(name not in folders for name in wanted):
        return
    pattern = place.seen.format_map({name: glob.escape(folders[name]) for name in wanted})
    for seen in sorted(map(Path, glob.glob(pattern))):
        if seen.is_dir():
            yield seen / place.file.format_map(folders)
