"""What an installation costs: what is fetched, what lies on the disk, how long until it answers.

Run: python -m bench.install [PART ...], where a part is `sizes`, `pythons`, `tools`, `run` or
`peers`; all of them without one. Everything happens in throw-away folders. What is fetched comes
through pip and uv as they are set up; times are of a second run, when their caches are warm.
Interpreters for `pythons` are those on PATH and those named in HOMEWARD_PYTHONS.
"""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.start import spawn

ROOT = Path(__file__).parent.parent
MB = 1_000_000
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
PEERS = ("llm-routing", "litellm", "litellm[proxy]")
HEAVY = re.compile(r"torch|triton|nvidia|cuda|tensorflow|jax", re.IGNORECASE)
OWN_NETWORK = ("unshare", "--map-root-user", "--net")

SEMANTIC = """
import json, sys
from pathlib import Path
import mcp_server
from cache import load
embed = load("all-MiniLM-L6-v2", folder=Path(sys.argv[1]))
a, b, c = embed.embed(["reset my router", "restart the router", "bake bread"])
print(json.dumps([float(a @ b), float(a @ c)]))
"""


def said(*command: object, **environ: str) -> str:
    """What a command prints; its own words go up with the error where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        env=os.environ | environ,
        cwd=tempfile.gettempdir(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"[-3000:])
    return done.stdout


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def environment(folder: Path, python: str = sys.executable) -> Path:
    """A clean environment without pip's own newer versions; its interpreter."""
    said(python, "-m", "venv", folder)
    return folder / "bin" / "python"


def built(folder: Path) -> Path:
    """Homeward's wheel, made from this checkout."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def on_disk(distribution: importlib.metadata.Distribution) -> float:
    """Megabytes of the files it installed, compiled ones too."""
    files = [Path(str(file.locate())) for file in distribution.files or ()]
    return sum(file.stat().st_size for file in files if file.is_file()) / MB


def parts(site: Path) -> dict[str, float]:
    """Every distribution in a folder, with its megabytes; without the tools that make it."""
    found = importlib.metadata.distributions(path=[str(site)])
    sized = {each.metadata["Name"].lower().replace("_", "-"): on_disk(each) for each in found}
    return {name: size for name, size in sized.items() if name not in ("pip", "setuptools")}


def fetched(folder: Path) -> dict[str, float]:
    """Megabytes of every file that pip fetched, by distribution."""
    return {
        re.split(r"-\d", path.name, maxsplit=1)[0].lower().replace("_", "-"): path.stat().st_size
        / MB
        for path in folder.iterdir()
    }


def installed(requirement: str, folder: Path) -> tuple[dict[str, float], dict[str, float], float]:
    """What a plain `pip install` fetches, leaves on the disk, and how long it takes afterwards."""
    python = environment(folder / "environment")
    files = folder / "files"
    said(python, "-m", "pip", "download", "-q", "-d", files, requirement)
    install = [python, "-m", "pip", "install", "-q", "--no-index", "--find-links", files]
    took = timed(lambda: said(*install, requirement))
    [site] = (folder / "environment" / "lib").glob("python*/site-packages")
    return fetched(files), parts(site), took


def sizes(wheel: Path, folder: Path) -> None:
    """A table: each distribution of a plain installation, fetched and on the disk."""
    down, disk, took = installed(str(wheel), folder)
    print("\n| distribution | fetched MB | on disk MB |\n|---|---|---|")
    for name, size in sorted(disk.items(), key=lambda item: -item[1]):
        print(f"| {name} | {down.get(name, 0):.1f} | {size:.1f} |")
    total = f"{sum(down.values()):.0f} | {sum(disk.values()):.0f}"
    print(f"| **{len(disk)} distributions** | {total} |")
    heavy = [name for name in disk if HEAVY.search(name)]
    print(f"installed in {took:.1f} s from the files; torch, CUDA and the like: {heavy or 'none'}")


def peers(_: Path, folder: Path) -> None:
    """The same for others, totals only."""
    print("\n| peer | distributions | fetched MB | on disk MB | seconds |\n|---|---|---|---|---|")
    for number, name in enumerate(PEERS):
        down, disk, took = installed(name, folder / str(number))
        row = f"{len(disk)} | {sum(down.values()):.0f} | {sum(disk.values()):.0f} | {took:.1f}"
        print(f"| {name} | {row} |")


def interpreters() -> dict[str, str]:
    """Pythons that Homeward supports, by version: those on PATH, and those named."""
    named = os.environ.get("HOMEWARD_PYTHONS", "").split(os.pathsep)
    found: dict[str, str] = {}
    for path in [*named, *(shutil.which(f"python{version}") or "" for version in VERSIONS)]:
        ask = [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        done = subprocess.run(ask, capture_output=True, text=True) if path else None
        if done and done.returncode == 0 and (version := done.stdout.strip()) in VERSIONS:
            found.setdefault(version, path)
    return found


def offline() -> Sequence[str]:
    """What stands before a command that shall have no network at all, where that is allowed."""
    if not shutil.which("unshare"):
        return ()
    tried = subprocess.run([*OWN_NETWORK, "true"], capture_output=True)
    return () if tried.returncode else OWN_NETWORK


def pythons(wheel: Path, folder: Path) -> None:
    """The wheel on every Python that this machine has."""
    apart = offline()
    print(f"\nwithout a network: {'yes, in a namespace of its own' if apart else 'not enforced'}")
    print("| Python | install s | start s | similar, different | to mend |\n|---|---|---|---|---|")
    there = interpreters()
    for version in VERSIONS:
        if version not in there:
            print(f"| {version} | not on this machine | | | |")
            continue
        home = folder / f"home-{version}"
        python = environment(folder / version, there[version])
        began = time.perf_counter()
        said(python, "-m", "pip", "install", "-q", wheel)
        took = time.perf_counter() - began
        near, far = json.loads(said(*apart, python, "-c", SEMANTIC, home / "models"))
        command = [*apart, str(python.with_name("homeward"))]
        start, _ = spawn([*command, "mcp"], str(home))
        look = subprocess.run(
            [*command, "doctor", "--json"],
            capture_output=True,
            text=True,
            env=os.environ | {"HOMEWARD_HOME": str(home)},
        )
        mend = [each["about"] for each in json.loads(look.stdout) if each["state"] == "mend"]
        found = ", ".join(mend) or "nothing"
        print(f"| {version} | {took:.1f} | {start:.2f} | {near:.2f}, {far:.2f} | {found} |")


def tools(wheel: Path, folder: Path) -> None:
    """`uvx` and `pipx`, with nothing installed before but what their caches hold."""
    python = environment(folder / "tools")
    said(python, "-m", "pip", "install", "-q", "uv", "pipx")
    own = {"UV_CACHE_DIR": str(folder / "cache"), "HOMEWARD_HOME": str(folder / "home")}
    uv = python.with_name("uv")
    said(uv, "venv", "-q", "-p", sys.executable, folder / "warming", **own)
    warming = folder / "warming" / "bin" / "python"
    first = timed(lambda: said(uv, "pip", "install", "-q", "-p", warming, wheel, **own))
    print(f"\nuv pip install, nothing cached: {first:.1f} s")
    uvx = [str(python.with_name("uvx")), "-p", sys.executable, "--from", str(wheel), "homeward"]
    os.environ |= own
    for label in ("no environment yet", "again"):
        took, _ = spawn([*uvx, "mcp"], own["HOMEWARD_HOME"])
        print(f"uvx start to initialize, warm cache, {label}: {took:.2f} s (bar 10)")
    print(f"uvx --from WHEEL homeward --version: {said(*uvx, '--version').strip()}")
    homes = {"PIPX_HOME": str(folder / "pipx"), "PIPX_BIN_DIR": str(folder / "bin")}
    took = timed(lambda: said(python.with_name("pipx"), "install", "-q", wheel, **homes))
    start, _ = spawn([str(folder / "bin" / "homeward"), "mcp"], own["HOMEWARD_HOME"])
    print(f"pipx install: {took:.1f} s; then start to initialize: {start:.2f} s")


def run(_: Path, folder: Path) -> None:
    """`make run` in a copy of this checkout, as somebody who cloned it meets it."""
    names = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(names, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    nobody = {"HOME": str(folder / "person"), "OLLAMA_HOST": "127.0.0.1:9"}
    (folder / "person").mkdir()
    cache = said(sys.executable, "-m", "pip", "cache", "dir").strip()
    began = time.perf_counter()
    process = subprocess.Popen(
        ["make", "run", f"PYTHON={sys.executable}"],
        cwd=folder,
        env=os.environ | nobody | {"PIP_CACHE_DIR": cache},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    answered, lines = 0.0, []
    for line in process.stdout:
        lines.append(line)
        if not answered and re.match(r" ?1\. ", line):
            answered = time.perf_counter() - began
    if process.wait() or not answered:
        raise SystemExit("".join(lines)[-3000:])
    whole = time.perf_counter() - began
    disk = sum(path.lstat().st_size for path in (folder / ".venv").rglob("*")) / MB
    print(
        f"\nmake run, warm pip cache: first answer after {answered:.0f} s (bar 180), "
        f"all after {whole:.0f} s; .venv {disk:.0f} MB\n{lines[-1].strip()}"
    )


PARTS = {"sizes": sizes, "pythons": pythons, "tools": tools, "run": run, "peers": peers}


def main(*wanted: str) -> None:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="homeward-install-") as name:
        wheel = built(Path(name) / "wheel")
        print(f"{wheel.name}: {wheel.stat().st_size / MB:.1f} MB")
        for part in wanted or PARTS:
            folder = Path(name) / part
            folder.mkdir()
            PARTS[part](wheel, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
