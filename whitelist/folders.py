"""Which folders a person may open to Homeward, and under which name each is kept."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from whitelist.errors import Unusable
from whitelist.plain import one_line

KEY = "folders"
"""The key in whitelist.toml. No type of resource: an assistant cannot even propose a folder."""
_SYSTEM = (
    *("/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/sbin", "/sys", "/usr"),
    "/private/etc",
)
_PROGRAMS = {"darwin": ("Library",), "win32": ("AppData",)}
_SYNCED = ("CloudStorage", "Mobile Documents")
"""Where macOS keeps the documents of cloud drives, inside ~/Library."""


def canonical_folder(path: str, *, own: Sequence[Path] = ()) -> str:
    """The real, absolute path of a folder that may be opened; `~` and relative ones are understood.

    `own` are Homeward's folders: none of them may be read as a document, nor one around them.
    Blocks for a look at the disk.

    Raises:
        Unusable: there is no such folder, or it may not be opened.
    """
    try:
        real = Path(os.path.realpath(Path(path).expanduser(), strict=True))
        is_folder = real.is_dir()
    except (OSError, RuntimeError, ValueError):
        is_folder = False
    if not is_folder:
        raise Unusable(
            f"There is no folder {one_line(path, limit=200)}.", fix="Give the folder's full path."
        )
    check_folder(str(real))
    kept = [Path(os.path.realpath(folder)) for folder in own]
    if any(real.is_relative_to(folder) or folder.is_relative_to(real) for folder in kept):
        raise Unusable(
            "Homeward keeps its own settings, keys and records there.",
            fix="Open a folder of documents instead.",
        )
    return str(real)


def check_folder(path: str) -> str:
    """`path` itself, if it is a full path in its plain form and may be opened.

    What is too wide may not be, nor where programs keep keys. Looks at the name alone, never at
    the disk.

    Raises:
        Unusable: it may not be opened.
    """
    folder = Path(path)
    plain = folder.is_absolute() and str(folder) == os.path.normpath(path) == path
    if not plain or not path.isprintable() or path.startswith(("//", "\\\\")):
        raise Unusable(
            "A folder is named by its full path.", fix="Write it like /home/you/Letters."
        )
    home = Path(os.path.expanduser("~"))
    if folder in (home, *home.parents) or folder == Path(folder.anchor):
        raise Unusable(
            f"{path} is too wide: nearly everything lies in it.",
            fix="Open the folder of the documents themselves.",
        )
    if any(part.startswith(".") for part in folder.parts) or _of_programs(folder, home):
        raise Unusable(
            f"{path} is hidden or the system's: programs keep keys and passwords there.",
            fix="Copy the documents to a folder of their own, and open that one.",
        )
    return path


def _of_programs(folder: Path, home: Path) -> bool:
    if sys.platform == "win32" and folder.is_relative_to(
        os.environ.get("SYSTEMROOT", "C:\\Windows")
    ):
        return True
    if any(folder.is_relative_to(each) for each in _SYSTEM):
        return True
    for name in _PROGRAMS.get(sys.platform, ()):
        synced = (home / name / each for each in _SYNCED)
        if folder.is_relative_to(home / name) and not any(map(folder.is_relative_to, synced)):
            return True
    return False
