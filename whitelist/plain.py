"""One safe line from text that someone else wrote, for a terminal, a log or a database."""

import re
import unicodedata

# CSI sequences, OSC and other strings ended by BEL or ST, and two-character escapes (ECMA-48).
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]{0,16}[0-~]?"
)
_LOOK_AHEAD = 4


def one_line(text: str, *, limit: int) -> str:
    """`text` without escapes, control or invisible characters, in at most `limit` characters.

    Every kind of white space becomes one space; what is cut off is shown by `…`.
    """
    text = _ESCAPES.sub("", text[: limit * _LOOK_AHEAD + 4096])
    spaced = "".join(" " if c.isspace() else c for c in text)
    seen = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    line = " ".join(seen.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
