"""Which folders' documents may be read: a person opens them, anyone closes them."""

import json
from pathlib import Path

import pytest

from tests.homes import Home
from tests.mcp_server.commands import Terminal, homeward
from whitelist.whitelist_file import load


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "Letters"
    folder.mkdir()
    return folder


def opened(home: Home) -> tuple[str, ...]:
    return load(home.places.whitelist).folders


def open_by_hand(home: Home, *folders: Path) -> None:
    home.places.whitelist.touch(mode=0o600)
    names = ", ".join(json.dumps(str(folder)) for folder in folders)
    home.places.whitelist.write_text(f"folders = [{names}]\n", encoding="utf-8")


@pytest.mark.slow
def test_a_person_who_types_the_real_path_again_opens_the_folder(
    home: Home, letters: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(letters)
    with Terminal(home, "folders", "add", str(tmp_path / "link")) as terminal:
        terminal.until("Type it again to allow it")
        assert str(letters) in terminal.seen
        terminal.type(f"{letters}\n")
        assert terminal.end() == 0
    assert opened(home) == (str(letters),)
    again = homeward(home, "folders", "add", str(letters))
    assert (again.status, again.out) == (0, f"Open already: {letters}\n")


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["yes\n", "Letters\n", "/\n", "\x04"])
def test_anything_else_opens_nothing(home: Home, letters: Path, typed: str) -> None:
    with Terminal(home, "folders", "add", str(letters)) as terminal:
        terminal.until("Type it again to allow it")
        terminal.type(typed)
        assert terminal.end() == 1
    assert opened(home) == ()


@pytest.mark.parametrize(
    "environ", [{}, {"HOMEWARD_YES": "1", "CI": "", "FORCE_COLOR": "1", "TTY_INTERACTIVE": "1"}]
)
def test_without_a_terminal_nothing_is_opened(
    home: Home, letters: Path, environ: dict[str, str]
) -> None:
    said = homeward(home, "folders", "add", str(letters), stdin=f"{letters}\n".encode(), **environ)
    assert said.status == 1
    assert "Only a person at a terminal can allow something." in said.err
    assert opened(home) == ()


@pytest.mark.parametrize("option", ["--yes", "-y", "--force"])
def test_no_option_stands_in_for_consent(home: Home, letters: Path, option: str) -> None:
    assert homeward(home, "folders", "add", str(letters), option).status == 2
    assert opened(home) == ()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", "too wide"),
        ("~", "too wide"),
        ("/etc", "hidden or the system's"),
        ("/proc/self", "hidden or the system's"),
        ("nowhere at all", "There is no folder"),
        ("{config}", "Homeward keeps its own"),
        ("{config}/below", "Homeward keeps its own"),
        ("{around}", "Homeward keeps its own"),
        ("{around}/.ssh", "hidden or the system's"),
        ("{around}/.mozilla/profile", "hidden or the system's"),
        ("{around}/innocent", "hidden or the system's"),
    ],
)
def test_a_folder_that_may_not_be_opened_is_told_before_anyone_is_asked(
    home: Home, path: str, says: str
) -> None:
    around = home.places.config.parent
    for folder in (home.places.config / "below", around / ".ssh", around / ".mozilla/profile"):
        folder.mkdir(parents=True)
    (around / "innocent").symlink_to(around / ".ssh")
    path = path.format(config=home.places.config, around=around)
    said = homeward(home, "folders", "add", path)
    assert said.status == 1
    assert says in said.err
    assert opened(home) == ()


def test_the_open_folders_are_listed(home: Home, letters: Path, tmp_path: Path) -> None:
    assert "No folder is open" in homeward(home, "folders", "list").out
    assert homeward(home, "folders", "list", "--json").out == "[]\n"
    open_by_hand(home, letters, tmp_path / "gone")
    assert homeward(home, "folders", "list").out == f"{letters}\n{tmp_path / 'gone'}\n"
    listed = json.loads(homeward(home, "folders", "list", "--json").out)
    assert listed == [str(letters), str(tmp_path / "gone")]


def test_closing_a_folder_needs_no_terminal_nor_the_folder(home: Home, letters: Path) -> None:
    open_by_hand(home, letters)
    letters.rmdir()
    said = homeward(home, "folders", "remove", f"{letters}/")
    assert (said.status, said.out) == (0, f"No longer open: {letters}/\n")
    assert opened(home) == ()
    assert homeward(home, "folders", "remove", str(letters)).out == f"Was not open: {letters}\n"


@pytest.mark.parametrize("entry", ["/", "~/Letters", "Letters", "/home/../etc", "/home/you/.ssh"])
def test_what_may_not_be_opened_may_not_be_written_in_by_hand_either(
    home: Home, entry: str
) -> None:
    open_by_hand(home, Path(entry))
    home.places.whitelist.write_text(f'folders = ["{entry}"]\n', encoding="utf-8")
    said = homeward(home, "folders", "list")
    assert said.status == 1
    assert f"{home.places.whitelist}, line 1: an entry of folders cannot be used." in said.err
