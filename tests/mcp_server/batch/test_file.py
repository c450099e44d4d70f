"""The file of prompts is read with bounds, and an error names its line."""

from pathlib import Path

import pytest

from tests.homes import Home
from tests.mcp_server.batch.doing import send, three
from tests.mcp_server.commands import homeward
from tests.wire.batches import BatchServer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"id": "a"}\n', "line 1: prompt"),
        ('{"id": "a", "prompt": "x"}\n{"id": "a", "prompt": "y"}\n', "line 2: the id a"),
        ('{"id": "a b", "prompt": "x"}\n', "line 1: id"),
        ('{"id": "a", "prompt": "x", "key": "y"}\n', "line 1: key"),
        ("nonsense\n", "line 1"),
        ('{"id": "a", "prompt": "x", "task": "juggling"}\n', "line 1: task"),
        ('{"id": "a", "prompt": "x", "max_tokens": 0}\n', "line 1: max_tokens"),
    ],
)
def test_a_file_that_cannot_be_read_names_the_line_and_sends_nothing(
    cloud: Home, server: BatchServer, text: str, says: str
) -> None:
    file = cloud.places.data / "prompts.jsonl"
    file.write_text(text, encoding="utf-8")
    said = homeward(cloud, "batch", "send", str(file))
    assert said.status == 1
    assert says in said.err
    assert server.listening.requests == []


def test_a_file_has_at_most_so_many_lines(cloud: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcp_server.cli.batch_file.MOST_LINES", 2)
    said = homeward(cloud, "batch", "send", three(cloud))
    assert "line 3: a batch has at most 2 lines" in said.err


def test_a_file_has_at_most_so_many_bytes(cloud: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcp_server.cli.batch_file.MOST_BYTES", 20)
    said = homeward(cloud, "batch", "send", three(cloud))
    assert "longer than a batch may be" in said.err


def test_empty_lines_are_passed_over(cloud: Home) -> None:
    file = Path(three(cloud))
    file.write_text(file.read_text().replace("\n", "\n\n"))
    assert len(send(cloud, str(file))["prompts"]) == 3


def test_a_folder_is_no_file(cloud: Home) -> None:
    said = homeward(cloud, "batch", "send", str(cloud.places.data))
    assert "is no file" in said.err


def test_a_missing_file_is_told(cloud: Home) -> None:
    assert "cannot be read" in homeward(cloud, "batch", "send", "/nowhere.jsonl").err
