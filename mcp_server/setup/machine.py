"""How much memory this machine has, and which local models suit it."""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GB = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """A model of Ollama's library, in gigabytes (10^9 bytes); see models.toml."""

    name: str
    download_gb: float
    memory_gb: float
    video_gb: float
    good_for: str


@cache
def local_models() -> tuple[LocalModel, ...]:
    """Every model that is ever suggested, the weakest first."""
    text = (files(__package__) / "models.toml").read_text(encoding="utf-8")
    return tuple(LocalModel(**row) for row in tomllib.loads(text)["model"])


def suited(memory: int | None, video: int | None, *, most: int = 3) -> list[LocalModel]:
    """The models that suit so many bytes of memory and of a graphics card's, the best first.

    None is an amount that is not known. The least of all is suggested to every machine.
    """
    fitting = [
        model
        for model in local_models()
        if (memory or 0) >= model.memory_gb * GB or (video or 0) >= model.video_gb * GB
    ]
    return (fitting or [*local_models()[:1]])[: -most - 1 : -1]


def memory() -> int | None:
    """The machine's memory in bytes; None where the platform does not say."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def video_memory() -> int | None:
    """The memory of the largest NVIDIA card in bytes; a Mac's is its memory. None: none is seen."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    command = [program, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, timeout=5, check=True, text=True)  # noqa: S603
        return max(int(line) for line in said.stdout.split()) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _windows_memory() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API; the third field is the whole memory."""

        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *((name, ctypes.c_uint64) for name in "abcdefg"),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    return status.a if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None
