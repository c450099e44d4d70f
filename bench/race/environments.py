"""An environment for each peer, of its own: nothing of theirs comes near Homeward's."""

import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("peers.toml")
FOLDER = Path.home() / ".cache" / "homeward-race"
PATIENCE = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where a peer lives, or in `missing` why it is not there."""

    bin: Path
    missing: str = ""

    @property
    def python(self) -> str:
        return str(self.bin / "python")


@cache
def data() -> Mapping[str, Any]:
    """What peers.toml says."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def peers() -> Mapping[str, Mapping[str, Any]]:
    """Those to install, by name."""
    return {name: told for name, told in data().items() if "install" in told}


def environment(name: str, folder: Path) -> Environment:
    """The peer's environment in `folder`: made if it is not there, or holds other versions."""
    wanted = peers()[name]["install"]
    where = folder / name
    done = where / "installed.txt"
    if done.exists() and done.read_text("utf-8").splitlines() == wanted:
        return Environment(bin=where / "bin")
    print(f"installing {' '.join(wanted)} …", flush=True)
    began = time.monotonic()
    failed = _install(where, wanted)
    if failed:
        return Environment(bin=where / "bin", missing=failed)
    print(f"  installed in {time.monotonic() - began:.0f} s", flush=True)
    done.write_text("\n".join(wanted), encoding="utf-8")
    return Environment(bin=where / "bin")


def _install(where: Path, wanted: Sequence[str]) -> str:
    """Empty, or pip's last word."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(where)], check=True)
    pip = [str(where / "bin" / "python"), "-m", "pip", "install", "-q"]
    try:
        done = subprocess.run(
            [*pip, *wanted], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"pip took more than {PATIENCE} seconds."
    return done.stderr.strip().splitlines()[-1][:200] if done.returncode else ""
