"""The pages on how to add something are followed to the letter, in a copy of the sources."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, Block, blocks_of, commands_of

HOW_TO = ROOT / "docs" / "how-to"
SOURCES = (
    *("vocabulary", "storage", "ledger", "whitelist", "cache", "routing", "switchboard"),
    *("mcp_server", "docs", "tests"),
)


def changed(text: str, diff: str) -> str:
    """A text after a change that is written as a diff without line numbers."""
    lines = [line or " " for line in diff.rstrip("\n").splitlines()]
    old = "\n".join(line[1:] for line in lines if line[0] in " -")
    new = "\n".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(old) == 1, f"stands there {text.count(old)} times: {old!r}"
    return text.replace(old, new)


def follow(block: Block, copy: Path) -> None:
    """Do with one block what its mark says."""
    file = copy / block.reason
    if block.mark == "writes":
        file.write_text(block.text, encoding="utf-8")
    elif block.mark == "adds to":
        file.write_text(f"{file.read_text(encoding='utf-8')}\n{block.text}", encoding="utf-8")
    elif block.mark == "changes":
        file.write_text(changed(file.read_text(encoding="utf-8"), block.text), encoding="utf-8")
    elif block.kind == "python":
        succeeds(copy, sys.executable, "-c", block.text)
    else:
        assert block.mark == "run in the copy", block.name
        for command in commands_of(block):
            program, *arguments = command.words.split()
            assert program == "python"
            quiet = ("-p", "no:cacheprovider") if "pytest" in arguments else ()
            succeeds(copy, sys.executable, *arguments, *quiet)


def succeeds(copy: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("what", ["provider", "strategy", "detector", "migration"])
def test_who_follows_the_page_ends_with_green_tests(what: str, tmp_path: Path) -> None:
    for name in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for block in blocks_of(HOW_TO / f"add-a-{what}.md"):
        follow(block, tmp_path)


def test_a_change_that_fits_nowhere_is_not_made() -> None:
    assert changed("a\nb\nc\n", " a\n-b\n+x\n") == "a\nx\nc\n"
    with pytest.raises(AssertionError, match="0 times"):
        changed("a\n", "-b\n")
