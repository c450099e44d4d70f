"""Drafts of a host's file: with our entry, or as it was before; nothing is written here."""

from collections.abc import Callable
from dataclasses import dataclass

from mcp_server.setup.entry import NAME, entry_in, with_entry, without_entry
from mcp_server.setup.file import HostFileError, copies, read, read_copy
from mcp_server.setup.jsonc import Text
from mcp_server.setup.launch import Launch
from mcp_server.setup.locate import Target
from mcp_server.setup.spans import NotJson

_MARK = "\ufeff"
"""The byte order mark that editors on Windows begin a file with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the file of `target` holds, and what it would hold; None where there is no file."""

    target: Target
    before: bytes | None
    after: bytes | None

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after


def added(target: Target, launch: Launch) -> Draft:
    """The file with our entry in it.

    Raises:
        HostFileError: the file is a link, read-only or damaged, or holds something else there.
    """
    return _drafted(target, lambda text: with_entry(text, target.host, launch))


def refusal(target: Target) -> HostFileError | None:
    """Why our entry cannot be put into the file; None if it can."""
    try:
        added(target, Launch(command=NAME))
    except HostFileError as error:
        return error
    return None


def removed(target: Target) -> Draft:
    """The file without our entry: to the byte as it was, if nothing else has changed since.

    Raises:
        HostFileError: as above, or the entry of our name is not ours.
    """
    draft = _drafted(target, lambda text: without_entry(text, target.host))
    if draft.before is None or not draft.changes:
        return draft
    for copy in (read_copy(path) for path in reversed(copies(target.file))):
        if _differ_by_our_entry(copy, draft.before, target):
            return Draft(target=target, before=draft.before, after=copy)
    ours = _differ_by_our_entry(b"", draft.before, target)  # there was no file, we have made it
    return Draft(target=target, before=draft.before, after=None) if ours else draft


def _drafted(target: Target, change: Callable[[Text], Text]) -> Draft:
    before = read(target.file)
    try:
        mark, text = parsed(before or b"", target)
        after = change(text)
    except NotJson as error:
        raise HostFileError(
            f"{target.file} was left as it is. {error.what}", fix=error.fix
        ) from error
    same = before is None and after.text == text.text
    return Draft(target=target, before=before, after=None if same else (mark + after.text).encode())


def _differ_by_our_entry(copy: bytes, now: bytes, target: Target) -> bool:
    """Whether the file is that copy and our entry, whatever that says, and no more."""
    path = (target.host.servers, NAME)
    try:
        mark, text = parsed(copy, target)
        if entry_in(text, target.host) is not None:
            return False
        mark_now, text_now = parsed(now, target)
        return (mark, text.put(path, None)) == (mark_now, text_now.put(path, None))
    except NotJson:
        return False


def parsed(data: bytes, target: Target) -> tuple[str, Text]:
    """The byte order mark, if there is one, and the rest.

    Raises:
        NotJson: the text is no JSON.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson("It is not UTF-8 text.", fix="Save it as UTF-8.") from error
    mark = _MARK if text.startswith(_MARK) else ""
    return mark, Text(text[len(mark) :], target.host.comments)
