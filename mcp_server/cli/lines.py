"""Files of lines of JSON below a header: written for this person alone, read with bounds."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from vocabulary import HomewardError


class Unreadable(HomewardError):
    """The file is none of ours, or cannot be read or written."""


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A new file that only this person can read; `-` is standard output.

    Raises:
        Unreadable: it exists, or cannot be written.
    """
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            yield file
    except FileExistsError as error:
        raise Unreadable(f"{path} exists already.", fix="Name a new file.") from error
    except OSError as error:
        raise Unreadable(
            f"{path} cannot be written: {error.strerror}.", fix="Check the disk and the folder."
        ) from error


def raw_lines(
    path: Path, header: Mapping[str, int], *, longest: int, what: str, written_by: str
) -> Iterator[bytes]:
    """The lines below the header that are not empty. `longest` is in bytes.

    `what` the file should be and the command it is `written_by` are for the errors.

    Raises:
        Unreadable: no such file, another header, or a line that is too long.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe may never end
            raise Unreadable(f"{path} is no file.", fix="Name a file that `export` wrote.")
        with path.open("rb") as file:
            if not _is_header(file.readline(200), header):
                raise Unreadable(
                    f"{path} is no {what} that this Homeward can read.",
                    fix=f"`{written_by}` writes one.",
                )
            while raw := file.readline(longest + 1):
                if len(raw) > longest:
                    raise Unreadable(f"{path} has a line longer than any of ours.")
                if raw.strip():
                    yield raw
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error


def _is_header(raw: bytes, header: Mapping[str, int]) -> bool:
    try:
        return bool(json.loads(raw) == header)
    except (ValueError, RecursionError):
        return False
