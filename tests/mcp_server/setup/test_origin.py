"""Where Homeward came from: told to uvx so that it fetches the same, and no other program."""

import json

import pytest

from mcp_server.setup.origin import UnknownOrigin, origin

GIT = {"vcs_info": {"vcs": "git", "commit_id": "abc123", "requested_revision": "main"}}


@pytest.mark.parametrize(
    ("record", "source"),
    [
        (None, None),
        ({"url": "file:///a%20b/homeward.whl", "archive_info": {}}, "/a b/homeward.whl"),
        ({"url": "file:///clone", "dir_info": {"editable": True}}, "/clone"),
        ({"url": "https://h.example/h.whl", "archive_info": {}}, "https://h.example/h.whl"),
        ({"url": "https://h.example/h.git", **GIT}, "git+https://h.example/h.git@abc123"),
        ({"url": "file:///clone", **GIT}, "git+file:///clone@abc123"),
        ({"url": "ssh://git@h.example/h", **GIT}, "git+ssh://git@h.example/h@abc123"),
        (
            {"url": "https://h.example/h.git", "subdirectory": "py", **GIT},
            "git+https://h.example/h.git@abc123#subdirectory=py",
        ),
    ],
)
def test_what_an_installer_wrote_down_is_what_uvx_takes(
    record: dict[str, object] | None, source: str | None
) -> None:
    assert origin(None if record is None else json.dumps(record)) == source


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"url": "x", "vcs_info": {"vcs": "git"}}'])
def test_a_record_that_cannot_be_read_is_no_index(record: str) -> None:
    with pytest.raises(UnknownOrigin, match="cannot be read"):
        origin(record)


def test_a_password_in_the_address_goes_into_no_file() -> None:
    record = json.dumps({"url": "https://me:secret@h.example/h.whl", "archive_info": {}})
    with pytest.raises(UnknownOrigin, match="holds a password") as caught:
        origin(record)
    assert "secret" not in f"{caught.value.what}{caught.value.fix}"
