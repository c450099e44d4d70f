"""Makes the routing prior, `routing/prior/prior.npz`.

    python -m bench.routing.train FILE... [--encoder FOLDER] [--check]

FILEs have the columns prompt, weak_ok, strong_ok, and dataset or group; of their text nothing gets
into the prior but one number for each kind of request and the usual size of each feature. The word
table is made from the cache's encoder, in FOLDER or where Homeward keeps it: two minutes. `--check`
writes nothing and fails if the file would differ. Needs the extra `training`.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.routing.fitting import examples, fit_heads, fit_kinds, looked, standard
from bench.routing.rows import Array, Rows, read
from bench.routing.table import table
from routing.prior.file import ARRAYS, FILE, packed, version_of
from routing.prior.prior import Prior
from routing.prior.sketching import Reader
from routing.prior.words import Words

ABOUT = {
    "sources": [
        "beliefs: routing/prior/kinds.toml; examples: bench/routing/examples.toml; ours",
        "words: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0",
        "outcomes: lm-sys/RouteLLM (GSM8K), Apache-2.0; ulab-uiuc/LLMRouter, MIT; "
        "WildEval/ZeroEval (CRUX), Apache-2.0",
    ],
    "seed": None,
    "made_by": "python -m bench.routing.train",
}


class Parts:
    """What does not depend on outcomes: the words, and what tells the kinds."""

    def __init__(self, pieces: Sequence[str], vectors: Array, rows: Sequence[Rows]) -> None:
        self.words = Words(pieces, vectors)
        texts = [*examples()[0], *(prompt for each in rows for prompt in each.prompts)]
        counts = looked(self.words, texts)[1]
        joined = "\n".join(pieces).encode("ascii")
        self.arrays: dict[str, Array] = {
            "pieces": np.frombuffer(joined, dtype=np.uint8),
            "vectors": vectors,
            **fit_kinds(self.words),
            **standard(counts),
        }

    def reader(self) -> Reader:
        names = ("kind_weights", "kind_bias", "usual", "centre", "spread")
        return Reader(words=self.words, **{name: self.arrays[name] for name in names})

    def prior(self, rows: Sequence[Rows]) -> Prior:
        """The prior that these outcomes make; the beliefs alone, where there are none."""
        return Prior(version="bench", reader=self.reader(), heads=self.heads(rows))

    def heads(self, rows: Sequence[Rows]) -> Array:
        reader = self.reader()
        bases = [reader.read(prompt).features for each in rows for prompt in each.prompts]
        spread = self.arrays["spread"]
        return fit_heads(np.array(bases, dtype=np.float64), rows, spread=spread)


def shipped_parts() -> Parts:
    """The parts of the file that is shipped, without training it."""
    with np.load(FILE, allow_pickle=False) as file:
        arrays = {name: file[name] for name in ARRAYS if name != "heads"}
    parts = Parts.__new__(Parts)
    parts.words = Words(arrays["pieces"].tobytes().decode().split("\n"), arrays["vectors"])
    parts.arrays = arrays
    return parts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    rows = [read(path) for path in given.files]
    parts = Parts(*table(given.encoder), rows)
    arrays = {**parts.arrays, "heads": parts.heads(rows)}
    print(f"version {version_of(arrays)}, trained on {', '.join(map(_counted, rows))}")
    return _checked(arrays) if given.check else _written(arrays, rows)


def _counted(rows: Rows) -> str:
    return f"{rows.name} ({len(rows):,})"


def _checked(arrays: Mapping[str, Any]) -> int:
    with np.load(FILE, allow_pickle=False) as file:
        other = [name for name in ARRAYS if not np.array_equal(file[name], arrays[name])]
    print(f"differs in {', '.join(other)}" if other else "the same")
    return int(bool(other))


def _written(arrays: Mapping[str, Any], rows: Sequence[Rows]) -> int:
    about = {**ABOUT, "outcomes": {each.name: len(each) for each in rows}, "arrays": list(ARRAYS)}
    FILE.write_bytes(packed(arrays, about))
    print(f"{FILE.name}: {FILE.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
