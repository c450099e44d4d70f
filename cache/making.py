"""The process that makes the encoder: run as a script, by `encoder.py` and by a build of the wheel.

    python making.py WEIGHTS PLACE PRECISION

ends with 0; or with 1, and what is wrong as JSON on stdout. It is never imported, and imports
nothing of the room that it does not need: the libraries for that are not there during a build.
"""

import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

_LEFT_S = 3600.0
"""What is half made and older than this, a process left that was killed."""


def main() -> None:
    room_without_its_doors()
    from cache.errors import EncoderMissing

    source, place, precision = sys.argv[1:]
    try:
        make(Path(source), Path(place), precision)
    except EncoderMissing as error:
        print(json.dumps({"what": error.what, "fix": error.fix}))
        sys.exit(1)


def room_without_its_doors() -> None:
    here = Path(__file__).parent
    room = ModuleType("cache")
    room.__path__ = [str(here)]
    sys.modules["cache"] = room
    sys.path.insert(0, str(here.parent))


def make(source: Path, place: Path, precision: str) -> None:
    """The encoder in `place`, from the weights in `source`: whole, or not at all."""
    from cache.encoder import BESIDE, GRAPH, TOKENIZER, WINDOW, space
    from cache.errors import EncoderMissing
    from cache.graph import write_graph
    from cache.weights import arrays, checked

    identity = {"space": space(precision), "window": str(WINDOW)}
    weights = arrays(checked(source, "model.safetensors"))
    graph = write_graph(weights, identity, precision=precision, window=WINDOW)
    folder = place.parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder.glob(f"{BESIDE}*"))
        with tempfile.TemporaryDirectory(prefix=BESIDE, dir=folder) as beside:
            made = Path(beside) / place.name
            made.mkdir()
            _write(made / GRAPH, graph)
            _write(made / TOKENIZER, checked(source, TOKENIZER))
            _move(made, place)
    except OSError as error:
        raise EncoderMissing(
            f"The encoder cannot be written to {folder}: {error.strerror}.",
            fix="Make it writable, with 50 MB free; until then only exact repeats are found.",
        ) from error


def _sweep(remains: Iterable[Path]) -> None:
    for left in remains:
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < time.time() - _LEFT_S:
                shutil.rmtree(left)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # before it is moved: after a power cut it is whole or not there


def _move(made: Path, place: Path) -> None:
    from cache.encoder import GRAPH

    try:
        made.rename(place)
    except OSError:
        if not (place / GRAPH).exists():  # else another process was first, with the same bytes
            raise


if __name__ == "__main__":
    main()
