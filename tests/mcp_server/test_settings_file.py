"""One line of homeward.toml is changed, and nothing else of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mcp_server.cli.settings_file import draft, write
from mcp_server.settings import SettingsError, load

NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, "[routing]\nmin_quality = 0.7\n"),
        ("", "[routing]\nmin_quality = 0.7\n"),
        ("[routing]\nmin_quality = 0.5  # mine\n", "[routing]\nmin_quality = 0.7  # mine\n"),
        (
            "# first\r\n[routing]\r\nlearn = true\r\n",
            "# first\r\n[routing]\r\nlearn = true\r\nmin_quality = 0.7\r\n",
        ),
        ("routing.learn = true\n", "routing.learn = true\nrouting.min_quality = 0.7\n"),
        ("\ufeff[routing]\nmin_quality = 1\n", "\ufeff[routing]\nmin_quality = 0.7\n"),
    ],
    ids=["no file", "empty", "a comment", "line ends of Windows", "dotted", "a byte order mark"],
)
def test_only_that_line_changes(tmp_path: Path, before: str | None, after: str) -> None:
    path = tmp_path / "homeward.toml"
    if before is not None:
        path.write_bytes(before.encode())
    made = draft(path, "routing", {"min_quality": 0.7})
    copy = write(made, now=NOW)
    assert path.read_bytes().decode() == after
    assert load(path, {}).routing.min_quality == 0.7
    assert (copy is None) is (before is None)
    if copy is not None and before is not None:
        assert copy.read_bytes().decode() == before
        assert copy.name == "homeward.toml.20261121-203000.bak"


def test_the_difference_shows_the_lines_that_change(tmp_path: Path) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text("[routing]\nmin_quality = 0.5\n", encoding="utf-8")
    lines = draft(path, "routing", {"min_quality": 0.7}).difference.splitlines()
    assert lines[-2:] == ["-min_quality = 0.5", "+min_quality = 0.7"]


@pytest.mark.parametrize(
    "text",
    ["[routing\n", "routing = 3\n", '[routing]\nmin_quality = "high"\nno_such = 1\n'],
    ids=["no TOML", "no table", "cannot be used"],
)
def test_a_file_that_could_not_be_used_afterwards_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "homeward.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be changed"):
        draft(path, "routing", {"min_quality": 0.7})
    assert path.read_text(encoding="utf-8") == text


def test_what_was_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "homeward.toml"
    made = draft(path, "routing", {"min_quality": 0.7})
    path.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="changed meanwhile"):
        write(made, now=NOW)
    assert path.read_text(encoding="utf-8") == "# mine\n"


def test_a_link_stays_a_link_and_the_rights_stay(tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "my.toml"
    kept.parent.mkdir()
    kept.write_text("", encoding="utf-8")
    kept.chmod(0o640)
    path = tmp_path / "homeward.toml"
    path.symlink_to(kept)
    write(draft(path, "routing", {"min_quality": 0.7}), now=NOW)
    assert path.is_symlink()
    assert "0.7" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in kept.parent.iterdir() if "new" in each.name] == []


def test_nothing_is_written_that_could_not_be_read_again(tmp_path: Path) -> None:
    values = {"strategy": "cost", "min_quality": 7.0}
    with pytest.raises(SettingsError, match=r"min_quality = 7\.0 does not fit"):
        draft(tmp_path / "homeward.toml", "routing", values)


def test_several_lines_of_one_table_change_together(tmp_path: Path) -> None:
    values = {"strategy": "cost", "min_quality": 0.7}
    made = draft(tmp_path / "homeward.toml", "routing", values)
    assert made.after == '[routing]\nstrategy = "cost"\nmin_quality = 0.7\n'
