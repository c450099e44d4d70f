"""whitelist.toml: read strictly, and followed as it changes."""

import os
import re
import stat
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from vocabulary import TaskKind
from whitelist.detector.findings import Tier
from whitelist.errors import Unusable, WhitelistError
from whitelist.folders import KEY as FOLDERS
from whitelist.folders import check_folder
from whitelist.handling import KEY as SENSITIVE
from whitelist.handling import RULES, Handling
from whitelist.plain import one_line
from whitelist.policy import FOR_CLOUD, Whitelist
from whitelist.resources import KEYS, canonical_name, task_kind

_MAX_BYTES = 1_000_000
# No link is followed, and a pipe in its place does not make us wait.
_SAFE = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


class WhitelistFile:
    """The whitelist as the file has it now; read again whenever the file changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[object, Whitelist] | None = None

    def current(self) -> Whitelist:
        """Today's whitelist. Blocks for one look at the file. Raises WhitelistError as `load`."""
        stamp = _stamp(self.path)  # taken first: a change while reading shows the next time
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, load(self.path))
        return self._read[1]


def load(path: Path) -> Whitelist:
    """What whitelist.toml allows. No file means no host, and the default kinds of task.

    Raises:
        WhitelistError: the file cannot be read, could have been written by someone else, or holds
            anything that is not understood.
    """
    text = read_text(path)
    return _whitelist(_tables(text, path), text, path)


def _stamp(path: Path) -> object:
    try:
        seen = path.lstat()
    except OSError:
        return None
    return (seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino, seen.st_mode)


def read_text(path: Path) -> str:
    """The file's text, empty where there is no file. Raises WhitelistError as `load` does."""
    try:
        fd = os.open(path, os.O_RDONLY | _SAFE)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _cannot_read(path, error) from error
    try:
        _trusted(os.fstat(fd), path)
        raw = os.read(fd, _MAX_BYTES + 1)
    finally:
        os.close(fd)
    if len(raw) > _MAX_BYTES:
        raise WhitelistError("it is larger than 1 MB.", fix="Check what was put there.", file=path)
    try:
        return raw.decode("utf-8-sig")  # Windows editors may put a BOM first
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise WhitelistError(
            "it is not UTF-8.", fix="Save it as UTF-8.", file=path, line=line
        ) from None


def _cannot_read(path: Path, error: OSError) -> WhitelistError:
    if path.is_symlink():
        return WhitelistError(
            "it is a symbolic link, which could be turned elsewhere.",
            fix="Put the file itself there.",
            file=path,
        )
    return WhitelistError(
        f"it cannot be read ({error.strerror}).", fix="Make it readable for you.", file=path
    )


def _trusted(seen: os.stat_result, path: Path) -> None:
    """Only its owner may be able to write it, and the owner is the person who runs Homeward."""
    if not stat.S_ISREG(seen.st_mode):
        raise WhitelistError("it is not a file.", fix="Put a file there.", file=path)
    if sys.platform == "win32":
        return
    if seen.st_mode & 0o022:
        raise WhitelistError(
            "others than you may write it.", fix=f"Run `chmod 600 {path}`.", file=path
        )
    if seen.st_uid not in (os.geteuid(), 0):
        raise WhitelistError(
            "it belongs to another user.", fix="Replace it by a file of your own.", file=path
        )


def _tables(text: str, path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise WhitelistError(
            "it is nested too deeply.", fix="Correct the file.", file=path
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise WhitelistError(
            "this is not TOML.",
            fix='Lists look like cloud_apis = ["api.openai.com"].',
            file=path,
            line=line,
        ) from None


def _whitelist(tables: Mapping[str, object], text: str, path: Path) -> Whitelist:
    known = (*KEYS.values(), FOLDERS, SENSITIVE)
    unknown = [key for key in tables if key not in known]
    if unknown:
        raise WhitelistError(
            f"`{one_line(unknown[0], limit=40)}` is not a key of the whitelist.",
            fix=f"Use {', '.join(known)}.",
            file=path,
            line=_line_of_key(text, unknown[0]),
        )
    lists = {
        key: _entries(key, partial(canonical_name, kind), tables.get(key, []), text, path)
        for kind, key in KEYS.items()
        if kind != "task"
    }
    folders = _entries(FOLDERS, check_folder, tables.get(FOLDERS, []), text, path)
    tasks = _tasks(tables.get(KEYS["task"], {}), text, path)
    return Whitelist(
        cloud_apis=lists["cloud_apis"],
        domains=lists["domains"],
        mcp_servers=lists["mcp_servers"],
        folders=folders,
        allowed_for_cloud=tasks,
        handling=_handling(tables.get(SENSITIVE, {}), text, path),
    )


def _entries(
    key: str, canonical: Callable[[str], str], value: object, text: str, path: Path
) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise WhitelistError(
            f"{key} is not a list of texts.",
            fix=f'Write {key} = ["…"].',
            file=path,
            line=_line_of_key(text, key),
        )
    found: list[str] = []
    for entry in value:
        try:
            found.append(canonical(entry))
        except Unusable as error:
            raise WhitelistError(
                f"an entry of {key} cannot be used. {error.what}",
                fix=error.fix,
                file=path,
                line=_line_of_text(text, entry),
            ) from None
    return tuple(dict.fromkeys(found))


def _tasks(value: object, text: str, path: Path) -> Mapping[TaskKind, bool]:
    if not isinstance(value, dict):
        raise WhitelistError(
            "allowed_for_cloud is not a table.",
            fix="Write [allowed_for_cloud] and below it lines like code_review = true.",
            file=path,
            line=_line_of_key(text, KEYS["task"]),
        )
    found = dict(FOR_CLOUD)
    for name, allowed in value.items():
        line = _line_of_key(text, name)
        if not isinstance(allowed, bool):
            raise WhitelistError(
                f"`{one_line(name, limit=40)}` is neither true nor false.",
                fix="Write true or false.",
                file=path,
                line=line,
            )
        try:
            found[task_kind(name)] = allowed
        except Unusable as error:
            raise WhitelistError(error.what, fix=error.fix, file=path, line=line) from None
    return found


def _handling(value: object, text: str, path: Path) -> Handling:
    if not isinstance(value, dict):
        raise WhitelistError(
            f"{SENSITIVE} is not a table.",
            fix=f'Write [{SENSITIVE}] and below it lines like b = "redact".',
            file=path,
            line=_line_of_key(text, SENSITIVE),
        )
    tiers: Mapping[str, Tier] = {tier.lower(): tier for tier in RULES}
    found = Handling()
    for name, rule in value.items():
        if name not in tiers or rule not in RULES[tiers[name]]:
            known = "; ".join(f"{key}: {', '.join(RULES[tier])}" for key, tier in tiers.items())
            raise WhitelistError(
                f"`{one_line(name, limit=40)}` of {SENSITIVE} is not a tier with one of its rules.",
                fix=f"There are {known}.",
                file=path,
                line=_line_of_key(text, name),
            )
        found = replace(found, **{name: rule})
    return found


def _line_of_key(text: str, key: str) -> int:
    pattern = rf"^[ \t]*\[?[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[=\]]"
    found = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _line_of_text(text: str, entry: str) -> int:
    places = (text.find(quote + entry + quote) for quote in "\"'")
    return text.count("\n", 0, max(0, *places)) + 1
