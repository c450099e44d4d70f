"""Changes to whitelist.toml, made only by a command that a person typed."""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from whitelist.detector.findings import Tier
from whitelist.errors import Unusable, WhitelistError
from whitelist.folders import KEY as FOLDERS
from whitelist.folders import canonical_folder
from whitelist.handling import KEY as SENSITIVE
from whitelist.handling import RULES, Handling, Rule
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
            _table(document, KEYS["task"])[name] = True
        else:
            _array(document, KEYS[kind]).append(name)

    return _edit(path, lambda now: name not in now.entries(kind), change)


def remove(path: Path, kind: ResourceType, name: str) -> bool:
    """Allow `name` no longer. False when it was not allowed. Raises as `add` does."""
    name = canonical_name(kind, name)

    def change(document: Any) -> None:
        if kind == "task":
            _table(document, KEYS["task"])[name] = False
            return
        array = _array(document, KEYS[kind])
        for index in reversed(range(len(array))):
            if canonical_name(kind, str(array[index])) == name:
                del array[index]

    return _edit(path, lambda now: name in now.entries(kind), change)


def add_folder(path: Path, folder: str, *, own: Sequence[Path] = ()) -> bool:
    """Open `folder` to Homeward. False when it was open already. Raises as `add` does.

    `own` are Homeward's folders, which may not be opened.
    """
    real = canonical_folder(folder, own=own)
    return _edit(
        path,
        lambda now: real not in now.folders,
        lambda document: _array(document, FOLDERS).append(real),
    )


def remove_folder(path: Path, folder: str) -> bool:
    """Close `folder`, which need not be there any more. False when it was not open.

    Raises:
        WhitelistError: the file as it is cannot be read or written.
    """
    named = os.path.abspath(os.path.expanduser(folder))
    names = {folder, named, os.path.realpath(named)}

    def change(document: Any) -> None:
        array = _array(document, FOLDERS)
        for index in reversed(range(len(array))):
            if str(array[index]) in names:
                del array[index]

    return _edit(path, lambda now: not names.isdisjoint(now.folders), change)


def handle(path: Path, tier: Tier, rule: Rule) -> bool:
    """Set what happens to sensitive data of a tier. False when it is so already.

    Raises:
        Unusable: there is no such rule for this tier.
        WhitelistError: the file as it is cannot be read or written.
    """
    if rule not in RULES[tier]:
        raise Unusable(
            f"Data of tier {tier} cannot be handled by `{rule}`.",
            fix=f"Use one of {', '.join(RULES[tier])}.",
        )

    def change(document: Any) -> None:
        _table(document, SENSITIVE)[tier.lower()] = rule

    return _edit(path, lambda now: now.handling.rule(tier) != rule, change)


def tighten(path: Path, handling: Handling) -> bool:
    """Make every rule at least as strict as in `handling`. False when they are. Raises as `add`."""

    def change(document: Any) -> None:
        now = load(path).handling.stricter(handling)
        for tier in RULES:
            _table(document, SENSITIVE)[tier.lower()] = now.rule(tier)

    return _edit(path, lambda now: now.handling.stricter(handling) != now.handling, change)


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
        for name in [name for name, value in document.items() if isinstance(value, dict)]:
            document[name] = document.pop(name)
    return document[key]


def _table(document: Any, key: str) -> Any:
    import tomlkit

    if key not in document:
        document[key] = tomlkit.table()
    return document[key]


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
