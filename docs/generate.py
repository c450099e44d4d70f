"""Reference pages written from the code: `python -m docs.generate`; with `--check`, only looks."""

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio

from docs.command_line import command_line
from docs.pages import page, table_of

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"
ROOMS = (
    *("vocabulary", "storage", "ledger", "whitelist", "cache", "routing", "switchboard"),
    "mcp_server",
)


def pages() -> Mapping[str, str]:
    """Every generated page by its file's name."""
    return {
        "command-line.md": command_line(),
        "tools.md": tools(),
        "errors.md": errors(),
        "profiles.md": profiles(),
        "providers.md": providers(),
        "decisions.md": decisions(),
    }


# The tools


def tools() -> str:
    """What `tools/list` gives a client: names, descriptions, schemas, annotations."""
    listed = anyio.run(_listed)
    about = (
        "What an assistant is told, word for word: the answer to `tools/list`. The meaning of each "
        "argument and result, with examples, is in [Tools](../tools.md)."
    )
    return page("Tools' schemas", "the live `tools/list`", about, *[_tool(each) for each in listed])


async def _listed() -> list[dict[str, Any]]:
    from mcp_server.places import places
    from mcp_server.server import create

    made = await create(places()).list_tools()
    return [each.model_dump(by_alias=True, exclude_none=True, mode="json") for each in made]


def _tool(tool: dict[str, Any]) -> str:
    parts = [f"## {tool['name']}", tool["description"].strip()]
    for key, title in (
        ("inputSchema", "Arguments"),
        ("outputSchema", "Structured result"),
        ("annotations", "Annotations"),
    ):
        if key in tool:
            parts += [
                f"### {title} of {tool['name']}",
                f"```json\n{json.dumps(tool[key], indent=2)}\n```",
            ]
    return "\n\n".join(parts)


# Errors


def errors() -> str:
    """Every error that a person can meet, with what its docstring says of it."""
    about = (
        "Every error that a person can meet is a `HomewardError`: `what` happened and how to `fix` "
        "it, as whole sentences. None holds a key, a prompt or an answer. What is indented is "
        "of the kind above it."
    )
    rows = list(_kinds_of("HomewardError", _classes(), depth=0))
    table = table_of(("error", "room", "meaning"), rows)
    return page("Errors", "the classes' docstrings", about, table)


Class = tuple[str, str, list[str], str]
"""A class: its room, its name, the names of its bases, the first paragraph of its docstring."""


def _classes() -> list[Class]:
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
                    said = (ast.get_docstring(node) or "").split("\n\n")[0]
                    found.append((room, node.name, bases, " ".join(said.split())))
    return found


def _kinds_of(base: str, classes: list[Class], depth: int) -> Iterator[tuple[str, ...]]:
    for room, name, bases, said in sorted(classes):
        if base in bases:
            yield "&emsp;" * depth + f"`{name}`", room, said
            yield from _kinds_of(name, classes, depth + 1)


# Profiles, providers, decisions


def profiles() -> str:
    """The shipped profiles, key by key."""
    from mcp_server.settings import profiles as shipped

    made = {name: profile.model_dump() for name, profile in shipped().items()}
    keys = list(next(iter(made.values())))
    rows = [
        (f"`{key}`", *(f"`{json.dumps(profile[key])}`" for profile in made.values()))
        for key in keys
    ]
    about = (
        "What each profile sets where `homeward.toml` does not. The meaning of the keys is in "
        "[Settings](../settings.md), of the marks of a budget in [Money](../money.md#budgets)."
    )
    table = table_of(("key", *(f"`{name}`" for name in made)), rows)
    return page("Profiles", "mcp_server/profiles.toml", about, table)


def providers() -> str:
    """Every provider there is a row for."""
    from routing.providers.vendors import vendors

    rows = [
        (
            each.title,
            f"`{each.name}`",
            " or ".join(f"`{name}`" for name in each.key_variables),
            f"`{each.key_page}`" if each.key_page else "none needed",
            f"`{urlsplit(each.address).netloc}`" if each.cloud else "your own machine",
            each.start,
        )
        for each in vendors().values()
    ]
    about = (
        "Whom Homeward can ask. How to set one up: [Use a provider](../how-to/providers.md). "
        "Addresses, and the variables that change them: [Settings](../settings.md#providers)."
    )
    heads = ("provider", "name", "key variable", "keys come from", "host to allow", "if it is down")
    return page("Providers", "routing/providers/vendors.toml", about, table_of(heads, rows))


def decisions() -> str:
    """The decision records, by number."""
    rows = []
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        title = path.read_text("utf-8").splitlines()[0].removeprefix("# ").lstrip("0123456789:. ")
        rows.append((path.name[:4], f"[{title}](../decisions/{path.name})"))
    about = "Why things are as they are: context, choice and consequence, a page each."
    return page("Decisions", "docs/decisions", about, table_of(("number", "decision"), rows))


def main(check: bool) -> int:
    """Write the pages, or say which are not what the code says."""
    stale = []
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    print("\n".join(f"{'stale' if check else 'written'}: docs/reference/{name}" for name in stale))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
