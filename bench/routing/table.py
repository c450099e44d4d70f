"""The word table: what the cache's encoder makes of each of its word pieces alone, made small.

Of a piece's 384 numbers the first 64 principal components are kept, divided by the square root of
their spread, weighted by a / (a + p) with p from the piece's rank by Zipf's law, in eight bits.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from bench.routing.rows import Array
from cache.embed import Embed, OnnxEmbed

COMPONENTS = 64
RARITY = 1e-3
"""The `a` of the weight: the frequency at which a piece counts for half."""

_PLAIN = re.compile(r"(##)?([a-z]+|[0-9]+)|[!-/:-@\[-`{-~]")


def table(folder: Path | None) -> tuple[list[str], Array]:
    """Pieces by falling frequency, as the vocabulary has them, and their vectors in int8."""
    encoder = _encoder(folder)
    vocabulary: dict[str, int] = encoder._tokenizer.get_vocab()
    pieces = sorted((p for p in vocabulary if _PLAIN.fullmatch(p)), key=vocabulary.__getitem__)
    first, last = vocabulary["[CLS]"], vocabulary["[SEP]"]
    alone = np.array([_vector(encoder, [first, vocabulary[p], last]) for p in pieces])
    return pieces, _small(alone.astype(np.float64))


def _encoder(folder: Path | None) -> Any:
    from cache import load
    from mcp_server.places import places

    if folder is not None:
        return OnnxEmbed(folder)
    encoder: Embed = load("all-MiniLM-L6-v2", folder=places().models)
    return encoder


def _vector(encoder: Any, numbers: list[int]) -> Array:
    inputs = {"input_ids": np.array([numbers], dtype=np.int64)}
    return np.asarray(encoder._session.run(["vector"], inputs)[0][0])


def _small(alone: Array) -> Array:
    centred = alone - alone.mean(axis=0)
    spreads, axes = np.linalg.eigh(centred.T @ centred)
    order = np.argsort(-spreads)[:COMPONENTS]
    turned = axes[:, order]
    turned *= np.sign(turned[np.abs(turned).argmax(axis=0), np.arange(COMPONENTS)])
    found = centred @ turned / (spreads[order] / spreads[order[0]]) ** 0.25
    rank = np.arange(1, len(alone) + 1)
    frequency = 1 / (rank * np.log(len(alone)))
    weighted = found * (RARITY / (RARITY + frequency))[:, None]
    step = np.quantile(np.abs(weighted), 0.9999) / 127
    return np.clip(np.round(weighted / step), -127, 127).astype(np.int8)
