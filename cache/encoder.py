"""Makes the encoder, all-MiniLM-L6-v2 as an ONNX graph, once, in the person's cache folder."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from cache.errors import EncoderMissing
from cache.weights import REVISION, arrays, checked, installed_weights

NAME = "all-MiniLM-L6-v2"
PRECISION = "fp32"
WINDOW = 256
"""Word pieces the model was trained to read, the two at the ends included: its `max_seq_length`."""

SPACE = f"{NAME}@{REVISION[:12]}/{PRECISION}"
GRAPH, TOKENIZER = "model.onnx", "tokenizer.json"


def prepare(folder: Path, *, weights: Callable[[], Path] = installed_weights) -> Path:
    """The folder `all-MiniLM-L6-v2-fp32` inside `folder`, with a graph and its tokenizer.

    Takes about a second the first time and nothing after. What is there is whole: it is made
    beside its place and moved there in one step, so two processes may start together.

    Raises:
        EncoderMissing: weights or the `encoder` extra are not installed, or `folder` is not
            writable.
    """
    place = folder / f"{NAME}-{PRECISION}"
    if (place / GRAPH).exists():
        return place
    source = weights()
    graph, tokenizer = _graph(source), checked(source, TOKENIZER)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".encoder-", dir=folder) as beside:
            made = Path(beside) / place.name
            made.mkdir()
            (made / GRAPH).write_bytes(graph)
            (made / TOKENIZER).write_bytes(tokenizer)
            _move(made, place)
    except OSError as error:
        raise EncoderMissing(
            f"The encoder cannot be written to {folder}: {error.strerror}.",
            fix="Make it writable, with 100 MB free; until then only exact repeats are found.",
        ) from error
    return place


def _graph(source: Path) -> bytes:
    try:
        from cache.graph import write_graph

        return write_graph(
            arrays(checked(source, "model.safetensors")),
            {"space": SPACE, "window": str(WINDOW)},
        )
    except ImportError as error:
        raise EncoderMissing(
            "The encoder has not been made yet, and making it needs the package onnx.",
            fix="Run `pip install 'homeward[encoder]'`; once made, the encoder does not need it.",
        ) from error


def _move(made: Path, place: Path) -> None:
    try:
        os.rename(made, place)
    except OSError:
        if not (place / GRAPH).exists():  # else another process was first, with the same graph
            raise
