"""The bundle for desktop hosts: its own command line accepts it, and blank fields are no values."""

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters

from deploy.bundle import MCPB, PARTS, ROOT, lay_out, needed, pack
from mcp_server.keys import Keys
from mcp_server.server import create
from mcp_server.settings import Settings, load
from routing.providers.vendors import vendors
from tests.homes import Home

MANIFEST = json.loads((PARTS / "manifest.json").read_text(encoding="utf-8"))
SERVER = MANIFEST["server"]["mcp_config"]
BLANK = SERVER["env"]
"""What a host hands over when every optional field was left blank: the fields' own names."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The bundle's contents; the wheel in it is an empty file, for it is packed as it is."""
    package = tmp_path / f"homeward-{PROJECT['version']}-py3-none-any.whl"
    package.write_bytes(b"a wheel")
    into = tmp_path / "contents"
    into.mkdir()
    lay_out(package, into)
    return into


def test_the_manifest_says_what_the_project_says() -> None:
    assert MANIFEST["version"] == PROJECT["version"]
    assert MANIFEST["description"] == PROJECT["description"]
    assert MANIFEST["license"] == PROJECT["license"]
    assert MANIFEST["compatibility"]["runtimes"]["python"] == PROJECT["requires-python"]


@pytest.mark.anyio
async def test_the_manifest_names_the_tools_that_the_server_has() -> None:
    async with Client(create()) as client:
        listed = await client.list_tools()
    assert [tool["name"] for tool in MANIFEST["tools"]] == [tool.name for tool in listed.tools]


def test_every_field_reaches_the_server_and_every_key_is_sensitive() -> None:
    fields = {name: f"${{user_config.{name}}}" for name in MANIFEST["user_config"]}
    assert sorted(BLANK.values()) == sorted(fields.values())
    keys = {variable for vendor in vendors().values() for variable in vendor.key_variables}
    secret = {name for name, field in MANIFEST["user_config"].items() if field.get("sensitive")}
    assert {BLANK[variable] for variable in keys & set(BLANK)} == {fields[name] for name in secret}
    assert [name for name, field in MANIFEST["user_config"].items() if field["required"]] == []


def test_a_field_that_was_left_blank_is_no_setting_and_no_key(tmp_path: Path) -> None:
    keys = Keys(BLANK, tmp_path / ".env")
    assert keys.environment() == {}
    assert load(tmp_path / "homeward.toml", keys.environment()) == Settings()


def test_a_version_that_differs_from_the_manifests_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"the wheel of 9\.9\.9"):
        lay_out(tmp_path / "homeward-9.9.9-py3-none-any.whl", tmp_path)


def test_what_uv_installs_is_pinned_to_what_was_tested(folder: Path) -> None:
    made = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert made["project"]["dependencies"] == [f"homeward=={PROJECT['version']}"]
    assert made["project"]["requires-python"] == PROJECT["requires-python"]
    source = made["tool"]["uv"]["sources"]["homeward"]["path"]
    assert (folder / source).is_file()
    pins = dict(pin.split("==") for pin in made["tool"]["uv"]["constraint-dependencies"])
    assert pins == needed()
    assert {"mcp", "onnxruntime", "numpy", "apsw"} <= set(pins)
    assert [name for name in pins if name.startswith(("torch", "nvidia", "triton"))] == []


def test_a_package_that_is_not_installed_is_said_in_a_sentence() -> None:
    with pytest.raises(SystemExit, match="nobodys-package is not installed here"):
        needed("nobodys-package")


@pytest.mark.slow
def test_the_official_command_line_accepts_and_packs_it(folder: Path, tmp_path: Path) -> None:
    assert MCPB.exists(), "npm ci installs it; `make test` does"
    bundle = tmp_path / "homeward.mcpb"
    pack(folder, bundle)
    with zipfile.ZipFile(bundle) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    assert inside == {file.name: file.read_bytes() for file in folder.iterdir()}
    (folder / "manifest.json").write_text('{"manifest_version": "0.4"}', encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        pack(folder, tmp_path / "another.mcpb")


@pytest.mark.slow
@pytest.mark.anyio
async def test_its_server_starts_with_every_field_left_blank(local_home: Home) -> None:
    named = {name: value for name, value in BLANK.items() if name != "OLLAMA_HOST"}
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(PARTS / SERVER["args"][-1])],
        env=local_home.for_process() | named,
    )
    async with Client(server) as client:
        answer = await client.call_tool("route_prompt", {"prompt": "hello", "max_tokens": 20})
    assert not answer.is_error
