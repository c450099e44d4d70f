"""Opens a file by its name without ever leaving the folders that a person has opened.

The name is resolved first and judged by where it really leads. Then it is opened from the root of
the file system downwards, one component after the other, and no link is followed on the way: what
was judged is what is opened, whatever is moved or exchanged in the meantime.
"""

import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from whitelist.errors import DocumentError
from whitelist.plain import one_line

_MAX_NAME = 4096
_FOLDER = os.O_RDONLY | sum(
    getattr(os, flag, 0) for flag in ("O_PATH", "O_DIRECTORY", "O_NOFOLLOW")
)
_FILE = os.O_RDONLY | sum(
    getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY")
)
_CREDENTIALS = re.compile(
    r"id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.*\.(?:pem|key|ppk|p12|pfx|jks|keystore|kdbx?)",
    re.IGNORECASE,
)


def locate(name: str, folders: Sequence[str]) -> Path:
    """Where `name` really leads: a path without links, inside one of the open `folders`.

    `name` is absolute, begins with `~`, is a `file://` URI, or is relative to one of the folders
    (never to the working directory). There need be no file. Blocks for a look at the disk.

    Raises:
        DocumentError: it leads elsewhere, or to what is hidden or a key; nothing is said about
            whether there is such a file outside.
    """
    opened = _opened(folders)
    written = _path_in(name)
    named = [written] if written.is_absolute() else [folder / written for folder in opened]
    inside = [place for each in named if (place := _real(each)) and _around(place, opened)]
    if not inside:
        raise _outside(name, named, opened)
    there = list(dict.fromkeys(place for place in inside if os.path.lexists(place)))
    if len(there) > 1:
        raise DocumentError(
            f"{len(there)} of the open folders have a file {shown(name)}.",
            fix="Give its full path.",
        )
    place = there[0] if there else inside[0]
    _not_secret(place.relative_to(_around(place, opened) or place), name)
    return place


def read_file(place: Path, *, limit: int) -> bytes:
    """Every byte of the file at `place` (as `locate` gave it), at most `limit` of them.

    Blocks while it reads.

    Raises:
        DocumentError: it is missing, no ordinary file, larger, or changed meanwhile.
    """
    with _opened_file(place) as fd:
        before = os.fstat(fd)
        if not stat.S_ISREG(before.st_mode):
            raise _not_a_file(place)
        if before.st_size > limit:
            raise DocumentError(
                f"{shown(place.name)} has {before.st_size / 1e6:,.0f} MB; "
                f"Homeward reads files of up to {limit / 1e6:,.0f} MB.",
                fix="Split it, or name the part that matters.",
            )
        # One byte more than there was: a file that grows shows, and one without end is no danger.
        raw = _read(fd, before.st_size + 1)
        after = os.fstat(fd)
    if len(raw) != after.st_size or _stamp(before) != _stamp(after):
        raise DocumentError(
            f"{shown(place.name)} changed while it was read.",
            fix="Try again when nothing writes to it.",
        )
    return raw


def open_folder(place: Path) -> int:
    """A descriptor of the folder at `place`, reached without following any link (not on Windows).

    Raises:
        OSError: there is none, or a link lies on the way.
    """
    fd = os.open(place.anchor, _FOLDER)
    try:
        for part in place.parts[1:]:
            below = os.open(part, _FOLDER, dir_fd=fd)
            os.close(fd)
            fd = below
    except BaseException:
        os.close(fd)
        raise
    return fd


def shown(name: str) -> str:
    """A name as it may stand in a sentence."""
    return one_line(name, limit=200)


def _opened(folders: Sequence[str]) -> list[Path]:
    if not folders:
        raise DocumentError(
            "No folder is open to Homeward, so no file may be read.",
            fix="A person opens one in a terminal: `homeward folders add PATH`.",
        )
    # A folder that has become a link since it was opened is another one: it is not open.
    return [Path(folder) for folder in folders if _real(Path(folder)) == Path(folder)]


def _path_in(name: str) -> Path:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]+)://|(file):", name, re.IGNORECASE)
    if scheme:
        name = _path_of_uri(name)
    if name.startswith(("//", "\\\\")) or not _usable(name):
        raise DocumentError(
            "That is not the name of a file on this machine.",
            fix="Give a full path, or one inside an open folder.",
        )
    try:
        return Path(name).expanduser()
    except RuntimeError:  # nobody has the name after `~`
        return Path(name)


def _path_of_uri(name: str) -> str:
    from urllib.request import url2pathname  # brings HTTP along

    try:
        uri = urlsplit(name)
        local = uri.scheme == "file" and uri.netloc in ("", "localhost")
    except ValueError:
        local = False
    return url2pathname(uri.path) if local and not uri.query and not uri.fragment else ""


def _usable(name: str) -> bool:
    try:
        length = len(os.fsencode(name))
    except UnicodeEncodeError:
        return False
    if sys.platform == "win32" and ":" in os.path.splitdrive(name)[1]:  # another stream of a file
        return False
    return 0 < length <= _MAX_NAME and not any(ord(c) < 32 or ord(c) == 127 for c in name)


def _real(path: Path) -> Path | None:
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return None


def _around(place: Path, opened: Sequence[Path]) -> Path | None:
    """The innermost open folder that `place` lies in."""
    around = [folder for folder in opened if place.is_relative_to(folder)]
    return max(around, key=lambda folder: len(folder.parts), default=None)


def _outside(name: str, named: Sequence[Path], opened: Sequence[Path]) -> DocumentError:
    if any(_around(Path(os.path.normpath(path)), opened) for path in named):
        return DocumentError(
            f"{shown(name)} leads out of the open folders by a link.",
            fix="Put the file itself there, or open the folder that it lies in.",
        )
    return DocumentError(
        f"{shown(name)} is not in a folder that is open to Homeward.",
        fix="`homeward folders list` shows those that are; a person opens one in a terminal: "
        "`homeward folders add PATH`.",
    )


def _not_secret(inside: Path, name: str) -> None:
    """Hidden files and keys stay unread also in an open folder.

    People open a folder for its documents and forget the `.env` or `.git` in it; an answer drawn
    from those would go to the assistant, and nobody asks for a summary of a key.
    """
    hidden = any(part.startswith(".") for part in inside.parts)
    if hidden or _CREDENTIALS.fullmatch(inside.name):
        raise DocumentError(
            f"{shown(name)} is hidden or a key, which Homeward never reads.",
            fix="If it is a document, give it another name.",
        )


def _not_a_file(place: Path) -> DocumentError:
    return DocumentError(
        f"{shown(place.name)} is not an ordinary file.",
        fix="Name a document, not a folder or device.",
    )


def _stamp(seen: os.stat_result) -> tuple[int, int]:
    return seen.st_size, seen.st_mtime_ns


def _read(fd: int, limit: int) -> bytes:
    pieces: list[bytes] = []
    while limit > 0 and (piece := os.read(fd, min(limit, 1 << 20))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


@contextmanager
def _opened_file(place: Path) -> Iterator[int]:
    try:
        fd = _open_on_windows(place) if sys.platform == "win32" else _open_below(place)
    except FileNotFoundError:
        raise DocumentError(
            f"There is no file {shown(place.name)} in {place.parent}.", fix="Check its name."
        ) from None
    except OSError as error:
        raise DocumentError(
            f"{shown(place.name)} cannot be opened ({error.strerror}).",
            fix="Check that you may read it, and that nothing moves it.",
        ) from None
    try:
        yield fd
    finally:
        os.close(fd)


def _open_below(place: Path) -> int:
    folder = open_folder(place.parent)
    try:
        # Looked at first: opening a device can already move something.
        if not stat.S_ISREG(os.stat(place.name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise _not_a_file(place)
        return os.open(place.name, _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _open_on_windows(place: Path) -> int:
    """Opens by name, then proves that the name, still without any link in it, means this file."""
    if not stat.S_ISREG(os.lstat(place).st_mode):
        raise _not_a_file(place)
    fd = os.open(place, _FILE)
    if os.path.realpath(place) != str(place) or not os.path.samestat(os.fstat(fd), os.lstat(place)):
        os.close(fd)
        raise OSError(None, "it was exchanged for something else")
    return fd
