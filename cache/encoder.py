"""The encoder, all-MiniLM-L6-v2 as an ONNX graph: where it lies, and how it comes there.

A published Homeward carries it beside this file. A clone makes it once, in the person's cache
folder, from the original weights.
"""

import importlib.util
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from cache.errors import EncoderMissing
from cache.weights import INSTALL, REVISION, installed_weights

NAME = "all-MiniLM-L6-v2"
PRECISION = "int8"
WINDOW = 256
"""Word pieces the model was trained to read, the two at the ends included: its `max_seq_length`."""

GRAPH, TOKENIZER = "model.onnx", "tokenizer.json"
BESIDE = ".encoder-"
"""What the names of folders begin with in which something is half made, or half deleted."""

_HERE = Path(__file__).parent
_MAKING = _HERE / "making.py"
_SECONDS = 300


def space(precision: str) -> str:
    """Names what a graph's vectors are: with another precision they mean something else."""
    return f"{NAME}@{REVISION[:12]}/{precision}"


def packaged(place: Path) -> bool:
    """Whether `place` came with this package: not the person's to delete."""
    return place.parent == _HERE


def found(folder: Path, precision: str = PRECISION) -> Path | None:
    """The folder of the encoder: the one in this package, or else the one made in `folder`."""
    places = (each / f"{NAME}-{precision}" for each in (_HERE, folder))
    return next((place for place in places if (place / GRAPH).exists()), None)


def prepare(
    folder: Path,
    *,
    precision: str = PRECISION,
    weights: Callable[[], Path] = installed_weights,
) -> Path:
    """The encoder's folder, made inside `folder` if it is nowhere yet: a second.

    What is there is whole: it is made beside its place and moved there in one step, so two
    processes may start together, and each may be killed. It is made in a process of its own,
    whose 270 MB go with it. `fp32` is for measuring only, in a folder of its own: earlier
    versions left another graph under that name.

    Raises:
        EncoderMissing: weights or the `encoder` extra are not installed, or `folder` is not
            writable.
    """
    place = found(folder, precision)
    if place is None:
        place = folder / f"{NAME}-{precision}"
        _make(weights(), place, precision)
    return place


def _make(source: Path, place: Path, precision: str) -> None:
    if importlib.util.find_spec("onnx") is None:
        raise EncoderMissing("Making the encoder needs the package onnx.", fix=INSTALL)
    command = [sys.executable, "-P", str(_MAKING), str(source), str(place), precision]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode:
            raise EncoderMissing(**json.loads(done.stdout))
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        raise EncoderMissing(
            "The encoder could not be made: the process that makes it did not end well.",
            fix=f"Run `{shlex.join(command)}` to see why.",
        ) from error


def unused(folder: Path, *, used: Path | None) -> list[Path]:
    """What lies in `folder` of encoders other than the one in `used`: remains of older versions,
    and of a making that was killed."""
    kinds = (f"{NAME}-*", f"{BESIDE}*")
    return sorted(place for kind in kinds for place in folder.glob(kind) if place != used)


def remove(place: Path) -> None:
    """Delete a folder of `unused`; who starts meanwhile finds it whole or not at all.

    Raises:
        EncoderMissing: it cannot be deleted.
    """
    try:
        if place.is_symlink():
            place.unlink()
            return
        with tempfile.TemporaryDirectory(prefix=BESIDE, dir=place.parent) as beside:
            shutil.rmtree(place.rename(Path(beside) / place.name))
    except OSError as error:
        raise EncoderMissing(
            f"{place} cannot be deleted: {error.strerror}.", fix="Delete it by hand."
        ) from error
