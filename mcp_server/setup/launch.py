"""How a host starts this very Homeward: by a whole path, for hosts seldom see a shell's PATH."""

import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vocabulary import HomewardError

CARRIED = (
    "HOMEWARD_HOME",
    "HOMEWARD_CONFIG_DIR",
    "HOMEWARD_DATA_DIR",
    "HOMEWARD_CACHE_DIR",
    "HOMEWARD_PROFILE",
    "OLLAMA_HOST",
)
"""What an entry takes over from the shell, which the host does not see. None is secret."""
_CACHED_BY_UV = re.compile(r"(?:archive|environments|builds)-v\d+")


class NoCommand(HomewardError):
    """There is no program that a host could start, or none that will still be there tomorrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """`command` is a whole path. `environ` is what the host has to set."""

    command: str
    arguments: tuple[str, ...] = ("mcp",)
    environ: Mapping[str, str] = field(default_factory=dict)


def this_homeward(
    environ: Mapping[str, str],
    *,
    prefix: Path,
    scripts: Sequence[Path],
    version: str,
    source: str | None = None,
) -> Launch:
    """How to start the Homeward that runs now.

    `prefix` is sys.prefix, `scripts` the folders where installers put programs. From an environment
    that uvx keeps in its cache it is uvx itself, for the cache may be emptied: with this version if
    it came from an index, else with the `source` it came from (see origin.py).

    Raises:
        NoCommand: no such program is found, or it lies in a cache that no command renews.
    """
    carried = _carried(environ)
    if any(_CACHED_BY_UV.fullmatch(part) for part in prefix.parts):
        command = str(_uvx(environ, source))
        return Launch(command=command, arguments=_from(source, version), environ=carried)
    if "pipx" in prefix.parts and {".cache", "cache"} & set(prefix.parts):
        raise NoCommand(
            "This Homeward runs from pipx's cache, which is emptied after some days.",
            fix=f"Run `pipx install {_shown(source)}`, and then `homeward setup`.",
        )
    for folder in scripts:
        for name in ("homeward", "homeward.exe"):
            if (folder / name).is_file():
                return Launch(command=str((folder / name).absolute()), environ=carried)
    raise NoCommand(
        f"The program `homeward` is not in {' or '.join(map(str, scripts))}.",
        fix="Install Homeward with pip, pipx or uv, or say where it is with `--command`.",
    )


def named(command: Path, environ: Mapping[str, str]) -> Launch:
    """How to start the program that a person names.

    Raises:
        NoCommand: there is no such program.
    """
    whole = command.expanduser().absolute()
    if not whole.is_file() or not os.access(whole, os.X_OK):
        raise NoCommand(f"{whole} is not a program.", fix="Give the path of `homeward`.")
    return Launch(command=str(whole), environ=_carried(environ))


def _uvx(environ: Mapping[str, str], source: str | None) -> Path:
    """The uvx beside the uv that started us, which says so; or the one on the PATH."""
    uv = environ.get("UV", "")
    for name in ("uvx", "uvx.exe"):
        if uv and (beside := Path(uv).absolute().with_name(name)).is_file():
            return beside
    found = shutil.which("uvx", path=environ.get("PATH", ""))
    if found is None:
        raise NoCommand(
            "This Homeward runs from uv's cache, and uvx was not found.",
            fix=f"Run `uv tool install {_shown(source)}`, and then `homeward setup`.",
        )
    return Path(found).absolute()


def _from(source: str | None, version: str) -> tuple[str, ...]:
    """What uvx is told. By its name alone it would fetch whatever an index has under that name."""
    if source is None:
        return (f"homeward@{version}", "mcp")
    if Path(source).is_absolute() and not Path(source).exists():
        raise NoCommand(
            f"This Homeward was installed from {source}, which is no longer there.",
            fix="Put it back where it will stay, and run `uvx --from` with that path again.",
        )
    return ("--from", source, "homeward", "mcp")


def _shown(source: str | None) -> str:
    return "homeward" if source is None else shlex.quote(source)


def _carried(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of `CARRIED` that are set; folders as whole paths."""
    found = {name: environ[name] for name in CARRIED if environ.get(name, "").strip()}
    if "@" in found.get("OLLAMA_HOST", ""):  # a password in an address stays where it is
        del found["OLLAMA_HOST"]
    return {
        name: str(Path(value).expanduser().absolute())
        if name.endswith(("_HOME", "_DIR"))
        else value
        for name, value in found.items()
    }
