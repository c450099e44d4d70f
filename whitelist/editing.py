"""Changes to whitelist.toml, made only by a command that a person typed."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whitelist.errors import WhitelistError
from whitelist.locks import locked
from whitelist.policy import Whitelist
from whitelist.resources import KEYS, ResourceType, canonical_name
from whitelist.whitelist_file import load, read_text


def add(path: Path, kind: ResourceType, name: str) -> bool:
    """Allow `name`; comments and order in the file are kept. False when it was allowed already.

    `load` reads the result; a second process that edits at the same moment waits.

    Raises:
        Unusable: the name is not one of this type.
        WhitelistError: the file as it is cannot be read or written.
    """
    name = canonical_name(kind, name)

    def change(document: Any) -> None:
        if kind == "task":
            _table(document)[name] = True
        else:
            _array(document, KEYS[kind]).append(name)

    return _edit(path, lambda now: name not in now.entries(kind), change)


def remove(path: Path, kind: ResourceType, name: str) -> bool:
    """Allow `name` no longer. False when it was not allowed. Raises as `add` does."""
    name = canonical_name(kind, name)

    def change(document: Any) -> None:
        if kind == "task":
            _table(document)[name] = False
            return
        array = _array(document, KEYS[kind])
        for index in reversed(range(len(array))):
            if canonical_name(kind, str(array[index])) == name:
                del array[index]

    return _edit(path, lambda now: name in now.entries(kind), change)


def _edit(path: Path, needed: Callable[[Whitelist], bool], change: Callable[[Any], None]) -> bool:
    import tomlkit

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(path.with_name(path.name + ".lock")):
            if not needed(load(path)):
                return False
            document = tomlkit.parse(read_text(path))
            change(document)
            _replace(path, tomlkit.dumps(document))
    except OSError as error:
        raise WhitelistError(
            f"it cannot be changed ({error.strerror or error}).",
            fix="Make the file and its folder writable for you, then try again.",
            file=path,
        ) from error
    return True


def _array(document: Any, key: str) -> Any:
    import tomlkit

    if key not in document:
        document[key] = tomlkit.array().multiline(True)
        # A bare key after a table would belong to that table, so tables go last.
        if KEYS["task"] in document:
            document[KEYS["task"]] = document.pop(KEYS["task"])
    return document[key]


def _table(document: Any) -> Any:
    import tomlkit

    if KEYS["task"] not in document:
        document[KEYS["task"]] = tomlkit.table()
    return document[KEYS["task"]]


def _replace(path: Path, text: str) -> None:
    fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # is made 0600
    try:
        with os.fdopen(fd, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(fd)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
