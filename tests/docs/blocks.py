"""The blocks of code in the documents, and the marks above them.

A mark is a comment on the line above a block, and no reader sees it:

- `<!-- not run: REASON -->`: the block cannot be run here.
- `<!-- output not compared: REASON -->`: it is run, and what it says is not held against the page.
- `<!-- exit status: N -->`: the last command of the block ends so.
- `<!-- homeward.toml -->`, `<!-- whitelist.toml -->`: the block is that file from here on.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]

_BLOCK = re.compile(
    r"(?P<mark>^[ ]*<!--[^\n]*-->\n\s*)?"
    r"^(?P<indent>[ ]*)```(?P<kind>[^\n]*)\n(?P<text>.*?)^(?P=indent)```[ ]*$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"<!-- ([a-z.]+(?: [a-z]+)*)(?:: (.*?))? -->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block: its page, the line it begins on, its language, its text, its mark."""

    page: str
    line: int
    kind: str
    text: str
    mark: str = ""
    reason: str = ""

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of a block, and the lines that stand below it."""

    words: str
    shown: tuple[str, ...]


def blocks_of(path: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    text = path.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        mark = _MARK.search(match["mark"] or "")
        indent = match["indent"]
        lines = match["text"].splitlines()
        found.append(
            Block(
                page=path.relative_to(ROOT).as_posix(),
                line=text.count("\n", 0, match.start("kind")) + 1,
                kind=match["kind"].strip(),
                text="".join(f"{line.removeprefix(indent)}\n" for line in lines),
                mark=mark[1] if mark else "",
                reason=(mark[2] or "") if mark else "",
            )
        )
    return found


def commands_of(block: Block) -> list[Command]:
    """The commands of a `console` block (after `$ `), or of a `sh` block (each line is one)."""
    commands: list[tuple[str, list[str]]] = []
    lines = iter(block.text.splitlines())
    for line in lines:
        if block.kind == "console" and not line.startswith("$ "):
            if commands:
                commands[-1][1].append(line)
            continue
        words = line.removeprefix("$ ")
        while words.endswith("\\"):
            words = words[:-1] + next(lines)
        if words and not words.startswith("#"):
            commands.append((words, []))
    return [Command(words=words, shown=tuple(shown)) for words, shown in commands]
