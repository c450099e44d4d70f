"""Models are suggested by what this machine can hold."""

import os
from importlib.resources import files
from pathlib import Path

import pytest

from mcp_server.setup.machine import GB, local_models, memory, suited, video_memory


@pytest.mark.parametrize(
    ("memory_gb", "video_gb", "best"),
    [
        (None, None, "llama3.2:1b"),
        (2, None, "llama3.2:1b"),
        (8, None, "llama3.2:3b"),
        (16, None, "qwen3:8b"),
        (16, 12, "qwen3:14b"),
        (32, None, "qwen3:14b"),
        (64, None, "qwen3:32b"),
        (8, 24, "qwen3:32b"),
    ],
)
def test_the_best_that_fits_comes_first(
    memory_gb: int | None, video_gb: int | None, best: str
) -> None:
    # A machine sold with 16 GB has a little less for programs.
    found = suited(
        None if memory_gb is None else int(memory_gb * GB * 0.97),
        None if video_gb is None else int(video_gb * GB * 0.98),
    )
    assert found[0].name == best
    assert 1 <= len(found) <= 3
    assert [each.download_gb for each in found] == sorted(
        (each.download_gb for each in found), reverse=True
    )


def test_every_suggestion_leaves_room_for_its_own_weights() -> None:
    for model in local_models():
        assert model.memory_gb > 1.5 * model.download_gb
        assert model.video_gb > 1.15 * model.download_gb


def test_every_suggestion_is_of_a_family_that_routing_rates() -> None:
    rated = (files("routing") / "models.toml").read_text(encoding="utf-8")
    for model in local_models():
        assert f'"{model.name.partition(":")[0]}" = {{' in rated


def test_this_machines_memory_is_seen() -> None:
    assert (memory() or 0) > GB / 4


@pytest.mark.parametrize(
    ("script", "bytes_seen"),
    [
        ("echo 8192; echo 24576", 24576 * 2**20),
        ("echo '[Not Supported]'", None),
        ("exit 9", None),
    ],
)
def test_a_graphics_card_is_asked_by_its_own_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, bytes_seen: int | None
) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert video_memory() == bytes_seen


def test_without_that_program_no_card_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert video_memory() is None
