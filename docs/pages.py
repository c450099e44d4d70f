"""How a generated page of the reference looks."""

from collections.abc import Sequence


def page(title: str, source: str, *parts: str) -> str:
    """A page in Markdown that says what it was written from."""
    made = f"<!-- Written by `python -m docs.generate` from {source}: change that, not this. -->"
    return "\n\n".join([f"# {title}", made, *parts]) + "\n"


def table_of(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join("| " + " | ".join(line) + " |" for line in escaped)
