"""Where a name leads, and what is read there: never out of the folders that a person opened."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from whitelist.errors import DocumentError, Unusable
from whitelist.files import locate, read_file
from whitelist.folders import canonical_folder, check_folder

LIMIT = 1000
SECRET = "the outside"


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """An open folder with a letter; beside it lies what is not open."""
    folder = tmp_path / "open"
    (folder / "below").mkdir(parents=True)
    (folder / "letter.txt").write_text("Dear Ada")
    (folder / "below" / "note.txt").write_text("a note")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "letter.txt").write_text(SECRET)
    return folder


def read(name: str, *folders: Path) -> bytes:
    return read_file(locate(name, [str(folder) for folder in folders]), limit=LIMIT)


# --- what is found --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "letter.txt",
        "./letter.txt",
        "below/../letter.txt",
        "{inside}/letter.txt",
        "{inside}//below/.././letter.txt",
        "file://{inside}/letter.txt",
        "file://localhost{inside}/letter.txt",
        "FILE:{inside}/below/%2e%2e/letter%2Etxt",
        "{inside}/../open/letter.txt",
    ],
)
def test_a_file_in_an_open_folder_is_read_in_every_spelling(inside: Path, name: str) -> None:
    assert read(name.format(inside=inside), inside) == b"Dear Ada"


def test_a_name_may_begin_at_home(inside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(inside.parent))
    assert read("~/open/letter.txt", inside) == b"Dear Ada"


def test_a_name_in_any_script_or_with_signs_in_it_is_found(inside: Path) -> None:
    for name in (
        "Müller & Söhne, 2026 (2).txt",
        "契約書.txt",
        "a%2fb.txt",
        "10.00\u202fAM: x?.txt",
    ):
        (inside / name).write_text(name)
        assert read(name, inside).decode() == name
        assert read(f"file://{quote(str(inside / name))}", inside).decode() == name


def test_a_relative_name_never_means_the_working_directory(
    inside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(inside.parent / "outside")
    assert read("letter.txt", inside) == b"Dear Ada"
    with pytest.raises(DocumentError, match="is not in a folder that is open"):
        read("../outside/letter.txt", inside)


def test_a_name_that_two_folders_have_is_not_guessed_at(inside: Path) -> None:
    both = (inside, inside.parent / "outside")
    with pytest.raises(DocumentError, match=r"2 of the open folders have a file letter\.txt"):
        read("letter.txt", *both)
    assert read("below/note.txt", *both) == b"a note"
    assert read(str(inside / "letter.txt"), *both) == b"Dear Ada"


def test_links_that_stay_inside_are_followed(inside: Path) -> None:
    (inside / "again").symlink_to("below")
    (inside / "shortcut.txt").symlink_to(inside / "again" / "note.txt")
    assert read("shortcut.txt", inside) == b"a note"
    assert locate("shortcut.txt", [str(inside)]) == inside / "below" / "note.txt"


def test_a_folder_inside_another_open_one_is_no_second_finding(inside: Path) -> None:
    assert read(str(inside / "below" / "note.txt"), inside, inside / "below") == b"a note"


# --- what is refused ------------------------------------------------------------------------


def test_without_an_open_folder_the_way_to_open_one_is_told(inside: Path) -> None:
    with pytest.raises(DocumentError, match="homeward folders add"):
        read(str(inside / "letter.txt"))


@pytest.mark.parametrize("name", ["letter.txt", "no such file.txt", "below/x", "", ".hidden"])
def test_what_lies_outside_is_refused_alike_whether_there_is_something_or_not(
    inside: Path, name: str
) -> None:
    path = f"{inside.parent}/outside/{name}"
    with pytest.raises(DocumentError) as caught:
        read(path, inside)
    assert caught.value.what == f"{path} is not in a folder that is open to Homeward."


@pytest.mark.parametrize(
    "name",
    [
        "../outside/letter.txt",
        "below/../../outside/letter.txt",
        "{inside}/../outside/letter.txt",
        "{inside}../outside/letter.txt",
        "{inside}-not/letter.txt",
        "file://{inside}/%2e%2e/outside/letter.txt",
        "file://{inside}/..%2foutside%2fletter.txt",
        "/etc/passwd",
        "file:///etc/passwd",
        "/proc/self/environ",
        "~/.bashrc",
        "~nobody-of-this-name/x",
        "…/outside/letter.txt",
        "..\uff0foutside\uff0fletter.txt",
        "\u2024\u2024/outside/letter.txt",
        "..\\outside\\letter.txt",
        "letter.txt.",
        "letter.txt ",
        "../outside./letter.txt",
        ".. /outside/letter.txt",
    ],
)
def test_no_spelling_leads_out(inside: Path, name: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(name.format(inside=inside), inside)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "letter.txt\0.pdf",
        "file:///letter%00.txt",
        "letter\n.txt",
        "\x1b[2Jletter.txt",
        "x" * 5000,
        "é" * 2049,
        "\ud800",
        "//server/share/letter.txt",
        "\\\\server\\share\\letter.txt",
        "\\\\?\\C:\\letter.txt",
        "file://server/share/letter.txt",
        "file://127.0.0.1/letter.txt",
        "file:////server/share/letter.txt",
        "file://[/letter.txt",
        "file:///letter.txt?x=1",
        "file:///letter.txt#x",
        "http://127.0.0.1/letter.txt",
        "HTTPS://example.org/x",
        "smb://server/x",
    ],
)
def test_what_is_no_name_of_a_file_here_is_told_to_be_none(inside: Path, name: str) -> None:
    with pytest.raises(DocumentError, match="not the name of a file on this machine"):
        read(name, inside)


def test_a_very_long_name_is_refused_in_words(inside: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read("x" * 4000, inside)
    assert len(str(caught.value)) < 400


def test_a_name_that_is_shown_cannot_draw_on_the_terminal(inside: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read("/outside/\u202etxt.exe", inside)
    assert "\u202e" not in str(caught.value)


def _to_a_file(inside: Path) -> str:
    (inside / "link.txt").symlink_to(inside.parent / "outside" / "letter.txt")
    return "link.txt"


def _through_a_folder(inside: Path) -> str:
    (inside / "link").symlink_to(inside.parent / "outside")
    return "link/letter.txt"


def _in_a_chain(inside: Path) -> str:
    (inside / "c").symlink_to(inside.parent / "outside")
    (inside / "b").symlink_to("c")
    (inside / "below" / "a").symlink_to("../b/letter.txt")
    return "below/a"


def _relative(inside: Path) -> str:
    (inside / "link.txt").symlink_to("../outside/letter.txt")
    return "link.txt"


def _to_nothing(inside: Path) -> str:
    (inside / "link.txt").symlink_to("/no/such/thing")
    return "link.txt"


def _to_zeros(inside: Path) -> str:
    (inside / "link.txt").symlink_to("/dev/zero")
    return "link.txt"


def _to_a_descriptor(inside: Path) -> str:
    (inside / "link.txt").symlink_to("/proc/self/fd/0")
    return "link.txt"


@pytest.mark.parametrize(
    "make",
    [
        _to_a_file,
        _through_a_folder,
        _in_a_chain,
        _relative,
        _to_nothing,
        _to_zeros,
        _to_a_descriptor,
    ],
)
def test_a_link_that_leads_out_is_refused(inside: Path, make: Callable[[Path], str]) -> None:
    with pytest.raises(DocumentError, match="leads out of the open folders by a link"):
        read(make(inside), inside)


def test_links_in_a_circle_end(inside: Path) -> None:
    (inside / "a").symlink_to("b")
    (inside / "b").symlink_to("a")
    with pytest.raises(DocumentError):
        read("a", inside)


def test_an_open_folder_that_became_a_link_is_not_open_any_more(inside: Path) -> None:
    inside.rename(inside.with_name("moved"))
    inside.symlink_to(inside.parent / "outside")
    with pytest.raises(DocumentError, match="not in a folder that is open"):
        read(str(inside / "letter.txt"), inside)
    with pytest.raises(DocumentError, match="not in a folder that is open"):
        read("letter.txt", inside)


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".ssh/config",
        "below/.git/config",
        ".netrc",
        "id_rsa",
        "ID_ED25519",
        "server.pem",
        "private.KEY",
        "all.kdbx",
        "vault.p12",
    ],
)
def test_hidden_files_and_keys_stay_unread_also_through_a_link(inside: Path, name: str) -> None:
    path = inside / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SECRET)
    (inside / "innocent.txt").symlink_to(path)
    for each in (name, str(path), "innocent.txt"):
        with pytest.raises(DocumentError, match="is hidden or a key"):
            read(each, inside)


def test_names_that_only_look_like_keys_are_read(inside: Path) -> None:
    for name in ("keys.txt", "id_rsa.pub", "monkey", "public key.md"):
        (inside / name).write_text(name)
        assert read(name, inside).decode() == name


def _missing(inside: Path) -> str:
    return "nothing.txt"


def _folder(inside: Path) -> str:
    return "below"


def _pipe(inside: Path) -> str:
    os.mkfifo(inside / "pipe.txt")
    return "pipe.txt"


def _trailing_slash(inside: Path) -> str:
    return "letter.txt/x"


def _large(inside: Path) -> str:
    (inside / "large.txt").write_bytes(b"x" * (LIMIT + 1))
    return "large.txt"


def _endless(inside: Path) -> str:
    os.truncate(inside / "letter.txt", 1 << 40)
    return "letter.txt"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_missing, "There is no file nothing.txt in"),
        (_folder, "below is not an ordinary file"),
        (_pipe, "pipe.txt is not an ordinary file"),
        (_trailing_slash, "cannot be opened"),
        (_large, "Homeward reads files of up to"),
        (_endless, "Homeward reads files of up to"),
    ],
)
def test_what_is_no_ordinary_file_of_a_sane_size_is_refused(
    inside: Path, make: Callable[[Path], str], says: str
) -> None:
    with pytest.raises(DocumentError, match=says):
        read(make(inside), inside)


def test_a_file_at_the_limit_and_an_empty_one_are_read(inside: Path) -> None:
    (inside / "whole.txt").write_bytes(b"x" * LIMIT)
    assert read("whole.txt", inside) == b"x" * LIMIT
    (inside / "empty.txt").touch()
    assert read("empty.txt", inside) == b""


def test_no_descriptor_is_left_open(inside: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    for name in ("letter.txt", "below", "nothing.txt", "letter.txt/x"):
        try:
            read(name, inside)
        except DocumentError:
            continue
    assert len(os.listdir("/dev/fd")) == before


# --- which folders may be open --------------------------------------------------------------


def test_a_folder_is_kept_under_its_real_name(inside: Path) -> None:
    (inside.parent / "link").symlink_to(inside)
    assert canonical_folder(str(inside.parent / "link" / "below" / "..")) == str(inside)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/etc", "/etc/ssl", "/proc/1", "/dev", "/usr/share", "relative", "/a/../b", "/a/"),
        *("//a", "/home/ada/.ssh", "/home/ada/.config/google-chrome", "/x/.aws/y", "", "/a\n"),
        "/a\x1b[2J",
    ],
)
def test_a_folder_that_may_not_be_open_is_refused_by_its_name(path: str) -> None:
    with pytest.raises(Unusable):
        check_folder(path)


@pytest.mark.parametrize("up", [0, 1, 2])
def test_neither_home_nor_what_is_around_it_may_be_open(
    tmp_path: Path, up: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(Unusable, match="too wide"):
        canonical_folder(str([tmp_path, *tmp_path.parents][up]))
    (tmp_path / "Letters").mkdir()
    assert canonical_folder("~/Letters") == str(tmp_path / "Letters")


@pytest.mark.parametrize("path", ["letter.txt", "nowhere", "\0", "~nobody-of-this-name"])
def test_what_is_no_folder_is_told_to_be_none(inside: Path, path: str) -> None:
    with pytest.raises(Unusable, match="There is no folder"):
        canonical_folder(str(inside / path) if path.isprintable() else path)
