"""An answer is written beside its document: a new file, private, whole or not at all."""

import os
import resource
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from whitelist.delivery import can_deliver, deliver
from whitelist.documents import Document
from whitelist.errors import DocumentError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "open"
    folder.mkdir()
    (folder / "acme.pdf").write_text("x")
    return folder


@contextmanager
def somebody_else() -> Iterator[None]:
    """A user who may not write everywhere, also where the tests run as root."""
    mine = os.geteuid()
    if mine == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(mine)


def test_answers_are_numbered_and_private_and_nothing_is_overwritten(folder: Path) -> None:
    places = [deliver(f"Risk {n}: ü\n", "acme.pdf", [str(folder)]) for n in range(3)]
    names = ["acme.homeward.md", "acme.homeward-2.md", "acme.homeward-3.md"]
    assert places == [folder / name for name in names]
    for number, place in enumerate(places):
        assert place.read_bytes() == f"Risk {number}: ü\n".encode()
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert (folder / "acme.pdf").read_text() == "x"


def test_a_document_that_was_read_says_where(folder: Path) -> None:
    read = Document(name="acme.pdf", path=folder / "acme.pdf", text="", digest="", kind="pdf")
    can_deliver(read, [str(folder)])
    assert deliver("answer", read, [str(folder)]) == folder / "acme.homeward.md"


def test_a_link_in_the_place_of_the_answer_is_not_followed(folder: Path, tmp_path: Path) -> None:
    for target in (tmp_path / "new", tmp_path / "there"):
        (tmp_path / "there").write_text("old")
        link = folder / "acme.homeward.md"
        link.symlink_to(target)
        assert deliver("answer", "acme.pdf", [str(folder)]) == folder / "acme.homeward-2.md"
        (folder / "acme.homeward-2.md").unlink()
        link.unlink()
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "there").read_text() == "old"


@pytest.mark.parametrize("name", ["é" * 120 + ".pdf", "no suffix", "a.b.c.txt", "\u202fx.md"])
def test_every_name_of_a_document_gives_one_of_an_answer(folder: Path, name: str) -> None:
    (folder / name).touch()
    place = deliver("answer", name, [str(folder)])
    assert place.name.startswith(Path(name).stem[:90])
    assert place.read_text() == "answer"


def test_half_characters_of_a_model_do_not_stop_an_answer(folder: Path) -> None:
    assert deliver("a\ud800b", "acme.pdf", [str(folder)]).read_text() == "a?b"


@pytest.mark.parametrize(
    "source", ["../outside/a.pdf", "/etc/passwd", "link/a.pdf", ".hidden/a.pdf", ".env"]
)
def test_no_answer_is_written_where_nothing_may_be_read(
    folder: Path, tmp_path: Path, source: str
) -> None:
    (tmp_path / "outside").mkdir()
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / ".hidden").mkdir()
    for attempt in (can_deliver, lambda *where: deliver("answer", *where)):
        with pytest.raises(DocumentError):
            attempt(source, [str(folder)])
    assert list(tmp_path.rglob("*.homeward*")) == []


def test_a_folder_that_cannot_be_written_in_is_told_before_any_work() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(os.path.realpath(made))
        (folder / "acme.pdf").touch()
        folder.chmod(0o555)
        with somebody_else():
            with pytest.raises(DocumentError, match="Make the folder writable for you"):
                can_deliver("acme.pdf", [str(folder)])
            with pytest.raises(DocumentError, match="Permission denied"):
                deliver("answer", "acme.pdf", [str(folder)])
        assert os.listdir(folder) == ["acme.pdf"]
        folder.chmod(0o755)


def test_a_folder_that_is_gone_is_told(folder: Path) -> None:
    with pytest.raises(DocumentError, match="No such file or directory"):
        can_deliver("below/acme.pdf", [str(folder)])


def test_a_full_disk_leaves_no_half_answer(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(DocumentError, match="The disk is full"):
            deliver("x" * 1000, "acme.pdf", [str(folder)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(folder) == ["acme.pdf"]
