"""Files and folders that are swapped or grow while they are read or written beside."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from whitelist.delivery import deliver
from whitelist.errors import DocumentError
from whitelist.files import locate, read_file

pytestmark = pytest.mark.anyio
OUTSIDE = "what must never be read"
TIMES = 3000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "open"
    folder.mkdir()
    return folder


@contextmanager
def flipping(flip: Callable[[], None]) -> Iterator[None]:
    """Runs `flip` again and again beside the body."""
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            flip()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture
def swapped(folder: Path, tmp_path: Path) -> dict[str, Callable[[], None]]:
    """Ways to exchange a file, or the folder it is in, for a link to the outside and back."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text(OUTSIDE)
    (folder / "below").mkdir()
    (folder / "below" / "a.txt").write_text("inside")
    spare, link = tmp_path / "spare", tmp_path / "link"

    def the_file() -> None:
        spare.write_text("inside")
        link.symlink_to(tmp_path / "outside" / "a.txt")
        os.replace(link, folder / "below" / "a.txt")
        os.replace(spare, folder / "below" / "a.txt")

    def the_folder() -> None:
        os.rename(folder / "below", spare)
        (folder / "below").symlink_to(tmp_path / "outside")
        os.unlink(folder / "below")
        os.rename(spare, folder / "below")

    def the_open_folder() -> None:
        os.rename(folder, spare)
        (tmp_path / "below").mkdir(exist_ok=True)
        folder.symlink_to(tmp_path / "outside-too")
        os.unlink(folder)
        os.rename(spare, folder)

    (tmp_path / "outside-too" / "below").mkdir(parents=True)
    (tmp_path / "outside-too" / "below" / "a.txt").write_text(OUTSIDE)
    return {"file": the_file, "folder": the_folder, "open folder": the_open_folder}


@pytest.mark.parametrize("what", ["file", "folder", "open folder"])
def test_what_is_swapped_between_check_and_read_never_leads_out(
    folder: Path, swapped: dict[str, Callable[[], None]], what: str
) -> None:
    seen: dict[str, int] = {"inside": 0, "refused": 0}
    with flipping(swapped[what]):
        while sum(seen.values()) < TIMES or not all(seen.values()):
            try:
                raw = read_file(locate("below/a.txt", [str(folder)]), limit=1000)
            except DocumentError:
                seen["refused"] += 1
            else:
                assert raw == b"inside"
                seen["inside"] += 1


@pytest.mark.parametrize("what", ["folder", "open folder"])
def test_what_is_swapped_before_delivery_never_leads_out(
    folder: Path, tmp_path: Path, swapped: dict[str, Callable[[], None]], what: str
) -> None:
    written = refused = 0
    with flipping(swapped[what]):
        while written + refused < 300 or not written or not refused:
            try:
                deliver("answer", f"below/{written}.txt", [str(folder)])
                written += 1
            except DocumentError:
                refused += 1
    for outside in (tmp_path / "outside", tmp_path / "outside-too" / "below"):
        assert os.listdir(outside) == ["a.txt"]
    assert len(list((folder / "below").glob("*.homeward.md"))) == written


def test_a_file_that_grows_while_it_is_read_is_refused(folder: Path) -> None:
    path = folder / "log.txt"
    path.write_bytes(b"x" * 5_000_000)

    def grow() -> None:
        with path.open("ab") as file:
            file.write(b"y")

    with flipping(grow), pytest.raises(DocumentError, match=r"log\.txt changed while it was read"):
        _until_it_fails(lambda: read_file(locate("log.txt", [str(folder)]), limit=50_000_000))


def _until_it_fails(read: Callable[[], object]) -> None:
    for _ in range(TIMES):
        read()
