"""The documents say what the code does: links, commands, settings, tools, decisions, sizes."""

import inspect
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_origin

import pytest
import typer
from pydantic import BaseModel
from typer.core import TyperCommand, TyperGroup

from mcp_server import tools
from mcp_server.cli.commands import app
from mcp_server.results import Allowed, Costs, Group, Proposed, Routed
from mcp_server.settings import Settings, profiles
from routing.providers.vendors import vendors
from routing.strategies import STRATEGIES
from vocabulary import TaskKind

ROOT = Path(__file__).parent.parent
ROOMS = "mcp_server switchboard routing cache whitelist ledger storage vocabulary"
FOLDERS = (*ROOMS.split(), "bench", "tests")
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
MODULES = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
MADE_WITH = [
    ROOT / file for file in ("pyproject.toml", "Makefile", "package.json", "package-lock.json")
]
HOSTS_LINKED = {"ai.google.dev", "keepachangelog.com", "semver.org"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def commands_in(text: str) -> Iterator[str]:
    """What stands after `homeward` in code spans, and in lines of code that begin with it."""
    fence = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
    for block in fence.findall(text):
        start = r"^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:uvx |\S*/)?homeward +(\w.*?)(?: +#.*)?$"
        yield from re.findall(start, block, re.MULTILINE)
    yield from re.findall(r"`(?:uvx )?homeward +([^`\n]+)`", text)


COMMANDS = sorted({(name(path), said) for path in DOCUMENTS for said in commands_in(text_of(path))})


def rows_of(text: str, heading: str) -> dict[str, list[str]]:
    """The table under a heading: the other cells by the first, whose code marks are left out."""
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| (`.*) \|$", section, re.MULTILINE)
    cells = [re.split(r" *\| *", line) for line in lines]
    return {first.strip("`"): rest for first, *rest in cells}


def keys_of(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of the settings with its default; tables of names have one `NAME`, lists `[]`."""
    for field, info in model.model_fields.items():
        kinds = _models_in(info.annotation)
        here = f"{path}{field}"
        if not kinds:
            default = info.get_default(call_default_factory=True)
            default = "required" if info.is_required() else default
            yield here, default
        elif info.annotation is kinds[0]:
            yield from keys_of(kinds[0], f"{here}.")
        elif get_origin(info.annotation) is list:
            yield from keys_of(kinds[0], f"{here}[].")
        else:
            yield from keys_of(kinds[0], f"{here}.NAME.")


def tree() -> TyperGroup:
    """Every command of the command line."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    parts = (annotation, *getattr(annotation, "__args__", ()))
    return [part for part in parts if inspect.isclass(part) and issubclass(part, BaseModel)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)", text_of(path))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize(("document", "said"), COMMANDS, ids=lambda value: value)
def test_every_command_named_exists_with_its_options(document: str, said: str) -> None:
    command, rest = tree(), shlex.split(said)
    while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
        first, *rest = rest
        assert first in command.commands, f"{document}: homeward {said}"
        command = command.commands[first]
    assert isinstance(command, TyperGroup | TyperCommand)
    command.make_context("homeward", list(rest), resilient_parsing=not rest)


def test_the_documents_name_every_command() -> None:
    readme = {said.split()[0] for document, said in COMMANDS if document == "README.md"}
    assert readme == set(tree().commands)


def test_every_setting_is_explained_with_its_default() -> None:
    documented = {key: cells[0] for key, cells in rows_of(SETTINGS, "Every key").items()}
    assert list(documented) == [key for key, _ in keys_of(Settings)]
    for key, default in keys_of(Settings):
        said = documented[key]
        if said.startswith("`"):
            assert tomllib.loads(f"x = {said.strip('`')}")["x"] == default, key
        else:
            assert {"none": None, "*profile*": None, "required": "required"}[said] == default, key


def test_every_profile_is_shown_as_it_is() -> None:
    shown = rows_of(SETTINGS, "Profiles")
    assert set(shown) == set(profiles())
    for each, profile in profiles().items():
        wanted = (
            profile.monthly_usd,
            profile.complexity_threshold,
            profile.try_local_first,
            profile.min_quality,
            profile.min_confidence,
            profile.home_advantage,
            profile.worth_usd,
        )
        assert tuple(tomllib.loads(f"x = {cell}")["x"] for cell in shown[each]) == wanted
        assert f"`{profile.strategy}`" in SETTINGS
        assert f"`{profile.baseline}`" in SETTINGS


def test_every_provider_is_shown_with_its_address_and_variables() -> None:
    shown = rows_of(SETTINGS, "Providers")
    assert list(shown) == list(vendors())
    for vendor in vendors().values():
        address, variables, keys = shown[vendor.name]
        assert address == f"`{vendor.address}`"
        assert tuple(re.findall(r"\w+", variables)) == vendor.address_variables
        assert tuple(re.findall(r"\w+", keys)) == vendor.key_variables


@pytest.mark.parametrize(
    ("tool", "result"),
    [
        (tools.route_prompt, Routed),
        (tools.check_allowed, Allowed),
        (tools.add_to_whitelist, Proposed),
        (tools.cost_report, Costs),
    ],
    ids=lambda value: value.__name__,
)
def test_every_argument_and_result_of_a_tool_is_explained(
    tool: Any, result: type[BaseModel]
) -> None:
    document = text_of(ROOT / "docs" / "tools.md")
    section = document.partition(f"## {tool.__name__}\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"`(\w+)`", section))
    arguments = set(inspect.signature(tool).parameters) - {"ctx", "request", "outcome"}
    assert arguments | set(result.model_fields) <= told
    if result is Costs:
        assert set(Group.model_fields) <= told


@pytest.mark.parametrize(
    ("document", "words"),
    [("routing.md", tuple(STRATEGIES)), ("tools.md", tuple(kind.value for kind in TaskKind))],
    ids=["strategies", "kinds of task"],
)
def test_every_name_a_person_may_use_is_listed(document: str, words: tuple[str, ...]) -> None:
    text = text_of(ROOT / "docs" / document)
    assert [word for word in words if f"`{word}`" not in text] == []


@pytest.mark.parametrize("path", DECISIONS, ids=name)
def test_every_decision_tells_its_context_choice_and_consequence(path: Path) -> None:
    assert re.findall(r"^## (.+)$", text_of(path), re.MULTILINE) == [
        "Context",
        "Choice",
        "Consequence",
    ]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_documents_link_only_to_hosts_that_were_chosen(path: Path) -> None:
    links = re.findall(r"\]\(https?://([^/)]+)", text_of(path))
    assert [host for host in links if host not in HOSTS_LINKED] == []


@pytest.mark.parametrize("path", [*DOCUMENTS, *MADE_WITH], ids=name)
def test_no_package_registry_is_named(path: Path) -> None:
    registries = "py" + r"pi\b|" + "python" + r"hosted|registry\.|--index-url|--extra-index-url"
    assert re.findall(registries, text_of(path), re.IGNORECASE) == []


def test_no_module_has_more_than_400_lines() -> None:
    sizes = {name(path): len(text_of(path).splitlines()) for path in MODULES}
    assert {module: size for module, size in sizes.items() if size > 400} == {}
