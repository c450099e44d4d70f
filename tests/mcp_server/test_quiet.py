"""No library that we run tells anyone about the person, or leaves a mark for it in their home."""

from pathlib import Path

import pytest

from tests.homes import EASY, Home
from tests.mcp_server.commands import process

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("command", [("doctor",), ("ask", EASY, "--max-tokens", "20")])
def test_nothing_is_kept_outside_our_folders(
    local_home: Home, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """ONNX Runtime keeps an id of the machine and reports waiting to be sent, if it is let."""
    person = tmp_path / "person"
    person.mkdir()
    said = process(local_home, *command, HOME=str(person))
    assert said.status == 0, said.err
    assert list(person.rglob("*")) == []
