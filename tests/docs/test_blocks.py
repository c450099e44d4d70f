"""Every command and every block of code in the documents is run or read."""

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

from mcp_server.settings import load
from tests.docs.blocks import PAGES, ROOT, Block, blocks_of, commands_of
from tests.docs.scenes import SCENES
from tests.docs.session import Session, unlike
from tests.homes import Home
from whitelist.whitelist_file import load as load_whitelist

BLOCKS = [block for path in PAGES for block in blocks_of(path)]
RUN = {"console", "sh"}
FOLLOWED = {
    f"docs/how-to/add-a-{what}.md" for what in ("provider", "strategy", "detector", "migration")
}
"""Pages whose blocks test_adding.py does as they say."""
WHITELIST = {"cloud_apis", "domains", "mcp_servers", "folders", "allowed_for_cloud", "sensitive"}
KINDS = RUN | {"toml", "json", "jsonc", "python", "diff", "mermaid", "text", ""}
NOT_RUN = 20
"""How many blocks are not run, each with its reason on the page."""


def of(*kinds: str) -> list[Block]:
    return [block for block in BLOCKS if block.kind in kinds and block.mark != "not run"]


def test_every_block_is_of_a_kind_that_is_looked_at() -> None:
    assert {block.name: block.kind for block in BLOCKS if block.kind not in KINDS} == {}


def test_few_blocks_are_not_run_and_each_says_why() -> None:
    marked = [block for block in BLOCKS if block.mark == "not run"]
    assert [block.name for block in marked if not block.reason] == []
    assert len(marked) <= NOT_RUN, [f"{block.name}: {block.reason}" for block in marked]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_extra_that_is_named_is_there(path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"homeward\[(\w+)\]", path.read_text(encoding="utf-8")))
    assert named <= set(project["optional-dependencies"])


@pytest.mark.parametrize("block", of("json", "jsonc"), ids=lambda block: block.name)
def test_json_can_be_read(block: Block) -> None:
    text = re.sub(r"^\s*//.*$", "", block.text, flags=re.M) if block.kind == "jsonc" else block.text
    json.loads(text)


@pytest.mark.parametrize("block", of("python"), ids=lambda block: block.name)
def test_python_can_be_read(block: Block) -> None:
    ast.parse(block.text)


@pytest.mark.parametrize("block", of("toml"), ids=lambda block: block.name)
def test_toml_is_accepted_as_the_file_that_it_is_of(block: Block, tmp_path: Path) -> None:
    if block.page in FOLLOWED:
        tomllib.loads(block.text)
        return
    file = tmp_path / "file.toml"
    file.touch(mode=0o600)
    file.write_text(block.text, encoding="utf-8")
    if set(tomllib.loads(block.text)) <= WHITELIST:
        load_whitelist(file)
    else:
        load(file, {})


def run(block: Block, session: Session) -> list[str]:
    """What went otherwise than the page says."""
    wrong = []
    commands = commands_of(block)
    for command in commands:
        last = command is commands[-1]
        wanted = int(block.reason) if block.mark == "exit status" and last else 0
        status, seen = session.run(command)
        missing = [] if block.mark == "output not compared" else unlike(command.shown, seen)
        if status != wanted or missing:
            told = f"{block.name}: {command.words}: status {status}, without {missing}"
            wrong.append(f"{told}; it said:\n{seen}")
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        path
        for path in PAGES
        if any(block.kind in RUN and block.page not in FOLLOWED for block in blocks_of(path))
    ],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_every_command_does_what_its_page_says(page: Path, full_home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "person"
    folder.mkdir()
    wrong: list[str] = []
    with Session(full_home, folder) as session:
        SCENES.get(page.name, lambda _: None)(session)
        for block in blocks_of(page):
            if block.mark in {"homeward.toml", "whitelist.toml"}:
                session.write(block.mark, block.text)
            elif block.kind in RUN and block.mark != "not run":
                wrong += run(block, session)
    assert not wrong, "\n\n".join(wrong)
