"""A person's command changes whitelist.toml and nothing else in it."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from vocabulary import TaskKind
from whitelist import Handling, Unusable, WhitelistError, add, load, remove
from whitelist.editing import handle, tighten
from whitelist.locks import locked

COMMENTED = """\
# mine
cloud_apis = [
  "a.org",  # the first
]

[allowed_for_cloud]
# no prose
creative_writing = false
"""


def test_the_first_entry_makes_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "config" / "whitelist.toml"
    assert add(path, "cloud_api", "API.openai.com")
    assert load(path).cloud_apis == ("api.openai.com",)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_comments_and_order_survive(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    path.write_text(COMMENTED)
    path.chmod(0o600)
    assert add(path, "cloud_api", "b.org")
    assert add(path, "domain", "c.org")
    assert add(path, "mcp_server", "memory")
    assert add(path, "task", "creative_writing")
    assert remove(path, "cloud_api", "a.org")
    text = path.read_text()
    assert "# mine" in text
    assert "# no prose" in text
    whitelist = load(path)
    assert whitelist.cloud_apis == ("b.org",)
    assert whitelist.domains == ("c.org",)
    assert whitelist.mcp_servers == ("memory",)
    assert whitelist.allowed_for_cloud[TaskKind.CREATIVE_WRITING]


def test_adding_and_removing_a_task_set_it_true_and_false(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    assert add(path, "task", "translation")
    assert load(path).allowed_for_cloud[TaskKind.TRANSLATION]
    assert load(path).allowed_for_cloud[TaskKind.CODE_REVIEW]
    assert remove(path, "task", "Code Review")
    assert not load(path).allowed_for_cloud[TaskKind.CODE_REVIEW]


def test_a_list_can_be_begun_after_the_table(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    assert add(path, "task", "translation")
    assert add(path, "cloud_api", "a.org")
    assert add(path, "domain", "b.org")
    assert load(path).cloud_apis == ("a.org",)
    assert load(path).domains == ("b.org",)
    assert load(path).allowed_for_cloud[TaskKind.TRANSLATION]


def test_a_rule_for_sensitive_data_is_set_and_kept_out_of_the_other_table(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    path.write_text(COMMENTED)
    path.chmod(0o600)
    assert handle(path, "B", "redact")
    assert not handle(path, "B", "redact")
    assert add(path, "domain", "c.org")
    assert add(path, "task", "translation")
    whitelist = load(path)
    assert (whitelist.handling, whitelist.domains) == (Handling(b="redact"), ("c.org",))
    assert whitelist.allowed_for_cloud[TaskKind.TRANSLATION]
    assert "# no prose" in path.read_text()


def test_a_rule_that_a_tier_cannot_have_is_not_written(tmp_path: Path) -> None:
    for tier, rule in (("A", "redact"), ("A", "send"), ("B", "send")):
        with pytest.raises(Unusable, match=f"tier {tier}"):
            handle(tmp_path / "whitelist.toml", tier, rule)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_tightening_never_loosens_a_rule(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    handle(path, "C", "local")
    assert tighten(path, Handling(a="local", b="local", c="send"))
    assert load(path).handling == Handling(a="local", b="local", c="local")
    assert not tighten(path, Handling(a="local", b="local", c="ask"))


def test_what_is_there_already_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    add(path, "cloud_api", "a.org")
    before = path.stat().st_ino
    assert not add(path, "cloud_api", "A.org.")
    assert not remove(path, "cloud_api", "b.org")
    assert path.stat().st_ino == before


def test_an_entry_is_removed_in_whatever_spelling_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    path.write_text('cloud_apis = ["A.org.", "b.org", "a.org"]')
    path.chmod(0o600)
    assert remove(path, "cloud_api", "a.org")
    assert load(path).cloud_apis == ("b.org",)


def test_an_unusable_entry_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(Unusable):
        add(tmp_path / "whitelist.toml", "cloud_api", "*.openai.com")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    path.write_text("cloud_apis = [")
    path.chmod(0o600)
    with pytest.raises(WhitelistError):
        add(path, "cloud_api", "a.org")
    assert path.read_text() == "cloud_apis = ["


def test_a_file_where_the_folder_should_be_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    with pytest.raises(WhitelistError, match="cannot be"):
        add(tmp_path / "config" / "whitelist.toml", "cloud_api", "a.org")


def _add_many(path: Path, letter: str) -> None:
    for number in range(10):
        add(path, "cloud_api", f"{letter}{number}.org")


def test_two_processes_that_edit_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "whitelist.toml"
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_add_many, args=(path, letter)) for letter in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len(load(path).cloud_apis) == 20


def test_a_lock_that_nobody_lets_go_is_given_up_on(tmp_path: Path) -> None:
    with (
        locked(tmp_path / "lock"),
        pytest.raises(TimeoutError, match="locked"),
        locked(tmp_path / "lock", patience=0),
    ):
        raise AssertionError
