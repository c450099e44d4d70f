"""The rules of imports: each is kept today, and each breaks when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
ROOMS = (
    "mcp_server",
    "switchboard",
    "routing",
    "cache",
    "whitelist",
    "ledger",
    "storage",
    "vocabulary",
)


def lint(folder: Path) -> str:
    """What import-linter says of the rooms in a folder."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rooms that may be spoiled."""
    folder = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_rule_is_kept(house: Path) -> None:
    assert "Contracts: 4 kept, 0 broken." in lint(house)


@pytest.mark.parametrize(
    ("room", "planted", "broken"),
    [
        ("ledger", "import cache", "one way down BROKEN"),
        ("vocabulary", "import storage", "one way down BROKEN"),
        ("routing", "import switchboard.path", "one way down BROKEN"),
        ("switchboard", "import apsw", "speak SQL BROKEN"),
        ("whitelist", "import anthropic", "speaks to models BROKEN"),
        ("routing", "from mcp import Client", "imports mcp BROKEN"),
    ],
)
def test_a_planted_import_breaks_its_rule(
    house: Path, room: str, planted: str, broken: str
) -> None:
    spoiled = house / room / "planted.py"
    spoiled.write_text(f"{planted}\n", encoding="utf-8")
    try:
        assert broken in lint(house)
    finally:
        spoiled.unlink()
