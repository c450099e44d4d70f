"""The change of a host's file as a person is shown it: without what other servers were given.

The same file holds other servers' keys, and a difference shows the lines around a change. So every
text is shown as dots that is neither a name nor of our own entry, and every comment.
"""

import difflib
import json
import re
from collections.abc import Iterator
from typing import Any

from mcp_server.setup.change import Draft, parsed
from mcp_server.setup.entry import entry_in
from mcp_server.setup.launch import CARRIED

_PARTS = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*")(?P<named>\s*:)?|//[^\r\n]*|/\*.*?\*/""", re.DOTALL
)


def difference(draft: Draft) -> str:
    """The lines that change and those around them, in the form of `diff -u`."""
    file = str(draft.target.file)
    ours = {text for data in (draft.before, draft.after) for text in _ours(data, draft)}
    lines = difflib.unified_diff(
        _shown(draft.before, draft, ours),
        _shown(draft.after, draft, ours),
        fromfile="(no file)" if draft.before is None else file,
        tofile="(no file)" if draft.after is None else f"{file} (new)",
        lineterm="",
    )
    return "\n".join(lines)


def _shown(data: bytes | None, draft: Draft, ours: set[str]) -> list[str]:
    def discreet(part: re.Match[str]) -> str:
        if part["text"] is None:
            return "// …" if part[0].startswith("//") else "/* … */"
        return part[0] if part["named"] or part["text"] in ours else '"…"'

    return _PARTS.sub(discreet, parsed(data or b"", draft.target)[1].text).splitlines()


def _ours(data: bytes | None, draft: Draft) -> Iterator[str]:
    """The texts of our entry as JSON writes them; of its variables only what is no secret."""
    text = parsed(data or b"", draft.target)[1]
    entry: dict[str, Any] = entry_in(text, draft.target.host) or {}
    environ = entry.get("env")
    named = environ if isinstance(environ, dict) else {}
    arguments = entry.get("args")
    values = [entry.get("command"), entry.get("type"), *(named.get(name) for name in CARRIED)]
    values += arguments if isinstance(arguments, list) else []
    for value in values:
        if isinstance(value, str):
            yield json.dumps(value, ensure_ascii=False)
            yield json.dumps(value)
