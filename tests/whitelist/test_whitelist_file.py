"""whitelist.toml is read strictly: whatever is not understood stops everything."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vocabulary import TaskKind
from whitelist import FOR_CLOUD, Handling, Whitelist, WhitelistError, WhitelistFile, load

FULL = """\
# who may be asked
cloud_apis = ["API.openai.com.", "api.openai.com", ".anthropic.com"]
domains = ["github.com"]
mcp_servers = ["memory", "io.github.someone/server"]

[allowed_for_cloud]
translation = true
code_review = false
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "whitelist.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(0o600)
    return path


def test_the_four_keys_of_document_002_are_read_in_canonical_spelling(tmp_path: Path) -> None:
    whitelist = load(written(tmp_path, FULL))
    assert whitelist.cloud_apis == ("api.openai.com", ".anthropic.com")
    assert whitelist.domains == ("github.com",)
    assert whitelist.mcp_servers == ("memory", "io.github.someone/server")
    assert whitelist.allowed_for_cloud == {
        **FOR_CLOUD,
        TaskKind.TRANSLATION: True,
        TaskKind.CODE_REVIEW: False,
    }
    assert "translation" in whitelist.entries("task")


def test_no_file_allows_no_host(tmp_path: Path) -> None:
    assert load(tmp_path / "whitelist.toml") == Whitelist()
    assert Whitelist().cloud_apis == ()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("cloud_apis = [", 1, "not TOML"),
        ("domains = []\n\nclouds = []\n", 3, "`clouds` is not a key"),
        ("cloud_apis = 'api.openai.com'", 1, "not a list"),
        ("domains = []\ncloud_apis = [\n  'a.org',\n  '*.openai.com',\n]\n", 4, "wildcard"),
        ('domains = ["https://x.org"]', 1, "not a URL"),
        ('mcp_servers = ["rm -rf /"]', 1, "MCP server"),
        ("allowed_for_cloud = true", 1, "not a table"),
        ("[allowed_for_cloud]\ncode_review = 'yes'", 2, "neither true nor false"),
        ("[allowed_for_cloud]\n\nflying = true", 3, "not a kind of task"),
        ("sensitive = 'local'", 1, "not a table"),
        ("[sensitive]\na = 'redact'", 2, "`a` of sensitive is not a tier with one of its rules"),
        ("[sensitive]\n\nb = 'send'", 3, "`b` of sensitive"),
        ("[sensitive]\nc = true", 2, "`c` of sensitive"),
        ("[sensitive]\nc = ['send']", 2, "`c` of sensitive"),
        ("[sensitive]\nd = 'local'", 2, "`d` of sensitive"),
        ("[sensitive]\nA = 'local'", 2, "`A` of sensitive"),
        (b"cloud_apis = []\n\xff\xfe", 2, "UTF-8"),
        (b"#" * 1_000_001, None, "larger than 1 MB"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_its_cure(
    tmp_path: Path, text: str | bytes, line: int | None, says: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(WhitelistError) as caught:
        load(path)
    assert (caught.value.file, caught.value.line) == (path, line)
    assert says in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize(
    ("text", "handling"),
    [
        ("", Handling(a="ask", b="ask", c="send")),
        ("[sensitive]\n", Handling()),
        ("[sensitive]\nb = 'redact'", Handling(b="redact")),
        (
            "sensitive = { a = 'local', b = 'local', c = 'ask' }",
            Handling(a="local", b="local", c="ask"),
        ),
    ],
)
def test_what_is_done_with_sensitive_data_is_read(
    tmp_path: Path, text: str, handling: Handling
) -> None:
    assert load(written(tmp_path, text)).handling == handling


def test_a_mark_that_windows_editors_put_first_is_overlooked(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + FULL.encode())
    assert load(path).domains == ("github.com",)
    with pytest.raises(WhitelistError, match="line 1"):
        load(written(tmp_path, b"\xef\xbb\xbfcloud_apis = 1"))


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_believed(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path, FULL)
    path.chmod(mode)
    with pytest.raises(WhitelistError, match="chmod 600"):
        load(path)


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    real = written(tmp_path, FULL)
    link = tmp_path / "link.toml"
    link.symlink_to(real)
    with pytest.raises(WhitelistError, match="symbolic link"):
        load(link)


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_something_else_in_its_place_is_an_error_in_words(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "whitelist.toml")
    with pytest.raises(WhitelistError, match="not a file"):
        load(tmp_path / "whitelist.toml")


def test_a_change_to_the_file_counts_from_the_next_question_on(tmp_path: Path) -> None:
    file = WhitelistFile(tmp_path / "whitelist.toml")
    assert file.current().cloud_apis == ()
    written(tmp_path, 'cloud_apis = ["a.org"]')
    assert file.current().cloud_apis == ("a.org",)
    assert file.current() is file.current()
    (tmp_path / "whitelist.toml").unlink()
    assert file.current().cloud_apis == ()


def test_a_file_that_becomes_unreadable_takes_every_permission_with_it(tmp_path: Path) -> None:
    file = WhitelistFile(written(tmp_path, 'cloud_apis = ["a.org"]'))
    assert file.current().cloud_apis == ("a.org",)
    written(tmp_path, "cloud_apis = [")
    for _ in range(2):
        with pytest.raises(WhitelistError):
            file.current()
