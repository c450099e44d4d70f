"""Makes `homeward-VERSION.mcpb`, which a desktop host installs with a double click.

Run: python -m deploy.bundle [FOLDER]. The bundle carries Homeward's own wheel, encoder included;
everything else is fetched by the host's uv, in the versions that are installed here (those that
were tested). Packing and checking are done by the format's own command line (`npm ci`).
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PARTS = ROOT / "deploy" / "mcpb"
MCPB = ROOT / "node_modules" / ".bin" / "mcpb"

PROJECT = """\
# What uv installs for this bundle. The versions are those that Homeward was tested with.
[project]
name = "homeward-bundle"
version = {version}
requires-python = {python}
dependencies = ["homeward=={bare}"]

[tool.uv]
package = false
constraint-dependencies = [
{pins}
]

[tool.uv.sources]
homeward = {{ path = {wheel} }}
"""


def needed(name: str = "homeward") -> dict[str, str]:
    """The version of everything that a plain installation needs, as installed here.

    Raises:
        SystemExit: something of it is not installed.
    """
    found: dict[str, str] = {}
    waiting = [(name, "")]
    while waiting:
        each, extra = waiting.pop()
        for text in _installed(each).requires or ():
            wanted = Requirement(text)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
                continue
            key = canonicalize_name(wanted.name)
            if key not in found:
                found[key] = _installed(key).version
                waiting += [(wanted.name, extra) for extra in ("", *wanted.extras)]
    return {name: found[name] for name in sorted(found)}


def _installed(name: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise SystemExit(
            f"{name} is not installed here, so its version is not known. Run "
            "`pip install -e .` in the checkout, and try again."
        ) from None


def wheel(into: Path) -> Path:
    """Homeward's wheel, built from this checkout."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(into)]
    subprocess.run([*command, str(ROOT)], check=True, stdout=subprocess.DEVNULL)
    [made] = into.glob("*.whl")
    return made


def lay_out(package: Path, into: Path) -> None:
    """Everything that goes into the bundle, in the folder `into`."""
    manifest = json.loads((PARTS / "manifest.json").read_text(encoding="utf-8"))
    _, version, *_ = package.name.split("-")
    if manifest["version"] != version:
        raise SystemExit(f"The manifest is of {manifest['version']}, the wheel of {version}.")
    for part in ("manifest.json", "icon.png", "server.py"):
        shutil.copy(PARTS / part, into)
    shutil.copy(ROOT / "LICENSE", into)
    shutil.copy(package, into)
    text = PROJECT.format(
        version=json.dumps(version),
        bare=version,
        python=json.dumps(_installed("homeward").metadata["Requires-Python"]),
        pins="\n".join(f'  "{name}=={number}",' for name, number in needed().items()),
        wheel=json.dumps(package.name),
    )
    (into / "pyproject.toml").write_text(text, encoding="utf-8")


def pack(folder: Path, bundle: Path) -> None:
    """Check the manifest and pack the folder, by the official command line."""
    if not MCPB.exists():
        raise SystemExit("The bundle's own command line is missing. Run `npm ci` in the checkout.")
    for command in (
        ["validate", str(folder / "manifest.json")],
        ["pack", str(folder), str(bundle)],
    ):
        subprocess.run([str(MCPB), *command], check=True)


def main(arguments: Sequence[str]) -> None:
    """Build, pack, and print the checksum that a registry asks for."""
    out = Path(arguments[0] if arguments else ROOT / "dist").resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        made, folder = Path(name) / "wheel", Path(name) / "bundle"
        folder.mkdir()
        package = wheel(made)
        lay_out(package, folder)
        bundle = out / f"homeward-{package.name.split('-')[1]}.mcpb"
        pack(folder, bundle)
    print(f"{bundle}\nsha256 {hashlib.sha256(bundle.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main(sys.argv[1:])
