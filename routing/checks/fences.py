"""Fenced code in a text, found line by line (CommonMark's fences, without its indents)."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"[ \t]*(`{3,40}|~{3,40})[ \t]*([\w+#.-]{0,40})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """A text, taken apart: `prose` outside of fences, and each block's language (in lower case) and
    code. `open` is true where the last block is not closed; its code is left out.
    """

    prose: str
    blocks: tuple[tuple[str, str], ...]
    open: bool


def fenced(text: str) -> Fenced:
    """Takes a text apart. A fence closes with a line of at least as many of the same signs."""
    prose: list[str] = []
    code: list[str] = []
    blocks: list[tuple[str, str]] = []
    mark = language = ""
    for line in text.splitlines(keepends=True):
        if mark:
            if line.strip().startswith(mark) and not line.strip().strip(mark[0]):
                blocks.append((language, "".join(code)))
                mark = ""
            else:
                code.append(line)
        elif found := _FENCE.match(line):
            mark, language = found[1], found[2].lower()
            code.clear()
        else:
            prose.append(line)
    return Fenced(prose="".join(prose), blocks=tuple(blocks), open=bool(mark))
