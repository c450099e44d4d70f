"""Several processes on one file: no error, nothing lost, nothing found that was removed before."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from cache.sqlite import SqliteAnswers
from tests.cache.storing import exact, started

# Each writes what is its own and looks for it again; replaces what all share; removes; counts.
MIXED = """
import random
from cache.standing import Verdict
turns, mine, random = int(sys.argv[3]), {}, random.Random(name)
for turn in range(turns):
    act = random.random()
    if act < 0.25 or not mine:
        question = f"{name} {turn}"
        store.put(entry(question, question))
        mine[question] = store.exact(entry(question).key, now=NOW).id
    elif act < 0.3:
        store.put(entry(f"shared {turn % 7}", name))
    elif act < 0.35:
        question = random.choice(list(mine))
        assert store.forget(mine.pop(question))
        assert exact(store, question) is nearest(store, question) is None, question
    elif act < 0.65:
        question = random.choice(list(mine))
        assert exact(store, question) == question
    elif act < 0.9:
        question = random.choice(list(mine))
        assert nearest(store, question) == question
    elif act < 0.95:
        store.count(random.choice(list(mine.values())), saved=1)
    else:
        store.judge(random.choice(list(mine.values())), Verdict(similarity=1, confidence=1, good=True))
assert all(exact(store, question) == nearest(store, question) == question for question in mine)
assert store.notice is None
print(len(mine))
store.close()
"""  # noqa: E501


def mixed(path: Path, processes: int, turns: int) -> None:
    """Let some processes read and write, `turns` in all."""
    with ExitStack() as stack:
        running = [
            stack.enter_context(started(MIXED, path, f"{n}", f"{turns // processes}"))
            for n in range(processes)
        ]
        said = [process.communicate(timeout=600)[0] for process in running]
        assert [process.returncode for process in running] == [0] * processes
    store = SqliteAnswers(path)
    contents = store.contents()
    shared = sum(exact(store, f"shared {n}") is not None for n in range(7))
    assert contents.entries == contents.vectors == sum(map(int, said)) + shared
    store.close()


# One removes and only then says so; the others note what was said, then look. An answer they find
# is younger than that.
REMOVES = """
import os
said = os.open(sys.argv[3], os.O_RDWR)
for turn in range(1, int(sys.argv[4])):
    store.put(entry("a", f"{turn}", reading="r"))
    if turn % 3 == 0:
        store.clear(SCOPE)
    elif turn % 3 == 1:
        store.forget(store.exact(entry("a").key, now=NOW).id)
    else:
        store.put(entry("a", f"{turn + 1}", reading="r"))
        os.pwrite(said, turn.to_bytes(8), 0)
        continue
    os.pwrite(said, (turn + 1).to_bytes(8), 0)
os.pwrite(said, (1 << 40).to_bytes(8), 0)
"""
LOOKS = """
import os
said, found, looks = os.open(sys.argv[3], os.O_RDWR), 0, 0
while (before := int.from_bytes(os.pread(said, 8, 0))) < 1 << 40:
    by_reading = store.read("r", now=NOW)
    for told in (exact(store, "a"), nearest(store, "a"), by_reading and by_reading.answer.text):
        assert told is None or int(told) >= before, (told, before)
        found += told is not None
    looks += 1
assert found > 5 and looks > 20, (found, looks)
"""


def removed(path: Path, readers: int, turns: int) -> None:
    """Let one remove and others look."""
    said = path.with_name("said")
    said.write_bytes(bytes(8))
    with ExitStack() as stack:
        running = [
            stack.enter_context(started(LOOKS, path, f"{n}", str(said))) for n in range(readers)
        ]
        running.append(stack.enter_context(started(REMOVES, path, "w", str(said), str(turns))))
        assert [process.wait(600) for process in running] == [0] * (readers + 1)


LEASES = """
import os
won = os.open(sys.argv[3], os.O_WRONLY | os.O_APPEND)
for turn in range(300):
    if store.lease(f"{turn}", owner=name, now=NOW, until=NOW + 9):
        os.write(won, b".")
"""


@pytest.mark.slow
@pytest.mark.parametrize("processes", [2, 3])
def test_they_read_and_write_in_turn_and_nothing_is_lost(tmp_path: Path, processes: int) -> None:
    mixed(tmp_path / "cache.db", processes, 1_200)


@pytest.mark.slow
def test_what_one_has_removed_no_other_finds(tmp_path: Path) -> None:
    removed(tmp_path / "cache.db", 2, 240)


@pytest.mark.slow
def test_each_lease_is_won_by_one_of_them(tmp_path: Path) -> None:
    won = tmp_path / "won"
    won.touch()
    with ExitStack() as stack:
        running = [
            stack.enter_context(started(LEASES, tmp_path / "cache.db", name, str(won)))
            for name in "abc"
        ]
        assert [process.wait(60) for process in running] == [0, 0, 0]
    assert os.stat(won).st_size == 300
