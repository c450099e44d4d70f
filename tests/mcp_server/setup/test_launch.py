"""How a host is told to start Homeward: by a whole path that will still be there tomorrow."""

from pathlib import Path

import pytest

from mcp_server.setup.launch import CARRIED, Launch, NoCommand, named, this_homeward

CACHED = ".cache/uv/archive-v0/Xy12"


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def launch(
    environ: dict[str, str], prefix: Path, *scripts: Path, source: str | None = None
) -> Launch:
    return this_homeward(environ, prefix=prefix, scripts=scripts, version="1.2.3", source=source)


@pytest.mark.parametrize("name", ["homeward", "homeward.exe"])
def test_an_installed_homeward_is_started_by_its_whole_path(tmp_path: Path, name: str) -> None:
    ours = program(tmp_path / "venv" / "bin" / name)
    found = launch({"PATH": ""}, tmp_path / "venv", tmp_path / "empty", ours.parent)
    assert (found.command, found.arguments) == (str(ours), ("mcp",))


def test_from_uvs_cache_it_is_the_uvx_beside_the_uv_that_started_us(tmp_path: Path) -> None:
    program(tmp_path / CACHED / "bin" / "homeward")
    uvx = program(tmp_path / "bin" / "uvx")
    for environ in ({"UV": str(tmp_path / "bin" / "uv")}, {"PATH": str(tmp_path / "bin")}):
        found = launch(environ, tmp_path / CACHED, tmp_path / CACHED / "bin")
        assert (found.command, found.arguments) == (str(uvx), ("homeward@1.2.3", "mcp"))


def test_what_uvx_took_from_a_file_or_an_address_it_takes_from_there_again(tmp_path: Path) -> None:
    """By its name it would fetch whatever program the index has under that name."""
    program(tmp_path / "bin" / "uvx")
    wheel = program(tmp_path / "homeward-1.2.3-py3-none-any.whl")
    for source in (str(wheel), "git+https://h.example/h.git@abc123"):
        found = launch({"PATH": str(tmp_path / "bin")}, tmp_path / CACHED, source=source)
        assert found.arguments == ("--from", source, "homeward", "mcp")
    wheel.unlink()
    with pytest.raises(NoCommand, match="no longer there"):
        launch({"PATH": str(tmp_path / "bin")}, tmp_path / CACHED, source=str(wheel))


@pytest.mark.parametrize("prefix", [CACHED, ".cache/pipx/abc"])
def test_what_is_to_be_installed_for_good_is_the_same_file(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(NoCommand) as caught:
        launch({"PATH": str(tmp_path)}, tmp_path / prefix, source="/a b/homeward.whl")
    assert "install '/a b/homeward.whl'`" in caught.value.fix


@pytest.mark.parametrize(
    ("prefix", "says"),
    [
        (CACHED, "uvx was not found"),
        (".cache/pipx/abc", "pipx's cache"),
        (".local/pipx/.cache/abc", "pipx's cache"),
        ("venv", "`homeward` is not in"),
    ],
)
def test_without_a_lasting_program_it_says_how_to_get_one(
    tmp_path: Path, prefix: str, says: str
) -> None:
    with pytest.raises(NoCommand, match=says) as caught:
        launch({"PATH": str(tmp_path)}, tmp_path / prefix, tmp_path / "bin")
    assert "homeward" in caught.value.fix.lower()


def test_an_environment_that_pipx_or_uv_keeps_is_lasting(tmp_path: Path) -> None:
    for kept in (".local/share/pipx/venvs/homeward", ".local/share/uv/tools/homeward"):
        ours = program(tmp_path / kept / "bin" / "homeward")
        assert launch({}, tmp_path / kept, ours.parent).command == str(ours)


def test_a_named_program_is_taken_and_must_be_one(tmp_path: Path) -> None:
    ours = program(tmp_path / "my homeward")
    assert named(ours, {}).command == str(ours)
    (tmp_path / "text").touch(mode=0o644)
    for wrong in ("text", "nothing"):
        with pytest.raises(NoCommand, match="is not a program"):
            named(tmp_path / wrong, {})


def test_what_the_host_cannot_know_is_carried_and_keys_are_not(tmp_path: Path) -> None:
    ours = program(tmp_path / "homeward")
    environ = {
        "HOMEWARD_HOME": "relative",
        "OLLAMA_HOST": "127.0.0.1:11500",
        "HOMEWARD_PROFILE": " ",
        "ANTHROPIC_API_KEY": "a-key",
        "HOMEWARD_TOKEN": "a-token",
    }
    assert named(ours, environ).environ == {
        "HOMEWARD_HOME": str(Path("relative").absolute()),
        "OLLAMA_HOST": "127.0.0.1:11500",
    }
    assert not any("KEY" in name or "TOKEN" in name for name in CARRIED)


def test_an_address_with_a_password_in_it_is_not_carried(tmp_path: Path) -> None:
    ours = program(tmp_path / "homeward")
    assert named(ours, {"OLLAMA_HOST": "http://me:secret@127.0.0.1"}).environ == {}
