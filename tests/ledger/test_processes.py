"""A reservation's owner is called gone only when that is certain."""

import os
import subprocess
import sys

import pytest

from ledger.processes import is_gone, this_process

NAME_AND_WAIT = (
    "from ledger.processes import this_process; print(this_process(), flush=True); input()"
)


def test_this_process_is_not_gone() -> None:
    assert not is_gone(this_process())


def test_a_running_child_is_not_gone_and_an_ended_one_is() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NAME_AND_WAIT],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        owner = child.stdout.readline().strip()
        assert not is_gone(owner)
        child.communicate("\n")
    assert is_gone(owner)


def test_a_killed_child_is_gone_before_its_parent_looks() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NAME_AND_WAIT],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        owner = child.stdout.readline().strip()
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        gone = is_gone(owner)
    assert gone


def _with(**changed: str) -> str:
    parts = dict(zip(("pid", "started", "boot", "namespace"), this_process().split(), strict=True))
    return " ".join((parts | changed).values())


@pytest.mark.parametrize(
    ("owner", "gone"),
    [
        pytest.param(_with(started="1"), True, id="a later process took the number"),
        pytest.param(_with(boot="another"), True, id="the computer was started again"),
        pytest.param(_with(pid="4194305"), True, id="there is no such process"),
        pytest.param(_with(pid="4194305", started="-"), True, id="none, where /proc is not"),
        pytest.param(_with(started="-"), False, id="alive, where /proc is not"),
        pytest.param(_with(pid="4194305", namespace="pid:[1]"), False, id="in another container"),
    ],
)
def test_who_is_gone(owner: str, gone: bool) -> None:
    assert is_gone(owner) is gone


def test_on_windows_nobody_is_asked_and_nobody_is_harmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not is_gone(_with(pid="4194305"))


@pytest.mark.parametrize("owner", ["", "junk", "x 1 2 3", "1 2 3 4 5"])
def test_a_name_that_no_process_of_ours_writes_is_gone(owner: str) -> None:
    assert is_gone(owner)
