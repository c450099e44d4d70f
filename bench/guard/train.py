"""Trains the guard's model and writes `cache/guard/weights.json`.

    python -m bench.guard.train PAIRS.TSV [--model FOLDER] [--check]

PAIRS.TSV has the columns set, stored, asked, same; none of its text gets into the weights, which
are one number for each feature. Half of its questions are trained on (by a digest of the stored
one), besides our own pairs; the other half is only reported. `--check` writes nothing and fails if
the file would differ. FOLDER holds the prepared encoder. Needs the extra `training`.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from bench.guard.pairs import pairs
from cache.embed import Embed
from cache.guard.compare import differ
from cache.guard.features import NAMES, RISING, features
from cache.guard.model import least, only_slips
from cache.guard.normalise import read
from cache.guard.occasion import exact_only
from cache.guard.vetoes import apart
from cache.judge import CERTAINTY, SIMILARITY

_PENALTY = 1.0
_CENTRE = {
    "similarity": 1.0,
    "letters": 0.5,
    "near": -1.2,
    "both": -1.0,
    "derived": -0.8,
    "filler": -0.8,
    "kind": -0.8,
}
_USUAL = -0.4
"""Where weights stay that the data say nothing of: caution, not zero. In the units of `fit`."""

_WEIGHTS = files("cache.guard") / "weights.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    set: str
    stored: str
    asked: str
    same: bool

    @property
    def training(self) -> bool:
        """Half of all questions, always the same."""
        return hashlib.sha256(self.stored.encode()).digest()[0] % 2 == 0


def rows(path: Path) -> Iterator[Row]:
    csv.field_size_limit(1 << 30)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield Row(
                set=row["set"], stored=row["stored"], asked=row["asked"], same=row["same"] == "1"
            )
    for pair in pairs():
        yield Row(set="own", stored=pair.stored, asked=pair.asked, same=pair.same)


def unsure(given: Sequence[Row], embed: Embed) -> tuple[list[Row], Any]:
    """The rows that the model decides: no veto, no equal reading, no floor does. And features."""
    found: list[tuple[Row, Any]] = []
    for row in given:
        if exact_only(row.stored) or exact_only(row.asked):
            continue
        first, second = read(row.stored), read(row.asked)
        difference = differ(first, second)
        if apart(first, second, difference) is None and not only_slips(difference):
            found.append((row, (first.line, second.line, difference)))
    texts = list(dict.fromkeys(text for row, _ in found for text in (row.stored, row.asked)))
    vectors = dict(zip(texts, embed.embed(texts), strict=True))
    kept, table = [], []
    for row, (one, other, difference) in found:
        similarity = float(vectors[row.stored] @ vectors[row.asked])
        if similarity >= max(SIMILARITY, least(difference)):
            kept.append(row)
            table.append(features(one, other, similarity, difference))
    return kept, np.array(table)


def fit(table: Any, same: Any) -> dict[str, float]:
    """Log-odds that rise with what `RISING` names and fall with all else; the bias is `""`."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    signs = np.array([1.0 if name in RISING else -1.0 for name in NAMES])
    scale = np.array([10.0 if name == "similarity" else 1.0 for name in NAMES])
    values = np.column_stack([np.ones(len(table)), table * signs * scale])
    turned = np.where(same, 1.0, -1.0)
    centre = np.abs([_CENTRE.get(name, _USUAL) for name in NAMES])

    def loss(weights: Any) -> tuple[float, Any]:
        margin = turned * (values @ weights)
        off = weights[1:] - centre
        penalty = 0.5 * _PENALTY * float(off @ off)
        slope = -(turned / (1 + np.exp(margin))) @ values
        slope[1:] += _PENALTY * off
        return float(np.logaddexp(0, -margin).sum()) + penalty, slope

    bounds = [(None, None), *[(0.0, None)] * len(NAMES)]
    found = minimize(loss, np.zeros(values.shape[1]), jac=True, bounds=bounds, method="L-BFGS-B")
    weights = found.x[1:] * signs * scale
    return {"": float(found.x[0]), **dict(zip(NAMES, map(float, weights), strict=True))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    every = list(rows(given.pairs))
    found, table = unsure(every, _encoder(given.model))
    same = np.array([row.same for row in found])
    training = np.array([row.training for row in found])
    weights = fit(table[training], same[training])
    logits = weights[""] + table @ np.array([weights[name] for name in NAMES])
    _sweep(every, found, logits)
    for label, chosen in (("trained on", training), ("held out", ~training)):
        _report(label, every, found, logits, chosen)
    text = json.dumps(
        {
            "bias": round(weights.pop(""), 3),
            "weights": {name: round(weight, 3) for name, weight in weights.items()},
        },
        indent=1,
    )
    path = Path(str(_WEIGHTS))
    if given.check:
        return int(path.read_text(encoding="utf-8") != text + "\n")
    path.write_text(text + "\n", encoding="utf-8")
    return 0


def _encoder(folder: Path | None) -> Embed:
    from cache import load
    from cache.embed import OnnxEmbed
    from mcp_server.places import places

    return OnnxEmbed(folder) if folder else load("all-MiniLM-L6-v2", folder=places().models)


def _sweep(every: Sequence[Row], found: Sequence[Row], logits: Any) -> None:
    """Served at each certainty, of the questions held out in the set `qqp`."""
    here = [row.same for row in every if row.set == "qqp" and not row.training]
    for certainty in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        least = np.log(certainty / (1 - certainty))
        hits = [
            row.same
            for row, logit in zip(found, logits, strict=True)
            if row.set == "qqp" and not row.training and logit >= least
        ]
        print(
            f"unsure pairs held out, certainty {certainty:.2f}: same {sum(hits) / sum(here):6.2%},"
            f" other {(len(hits) - sum(hits)) / (len(here) - sum(here)):6.2%}"
        )


def _report(
    label: str, every: Sequence[Row], found: Sequence[Row], logits: Any, chosen: Any
) -> None:
    confidence = 1 / (1 + np.exp(-logits))
    for name in dict.fromkeys(row.set for row in every):
        here = [row for row in every if row.set == name and row.training == (label == "trained on")]
        hits = [
            row.same
            for row, sure, mine in zip(found, confidence, chosen, strict=True)
            if mine and row.set == name and sure >= CERTAINTY
        ]
        same = sum(row.same for row in here)
        print(
            f"{label:10} {name:8} same {same:5}, of them unsure and served {sum(hits):4};"
            f" other {len(here) - same:5}, served {len(hits) - sum(hits):3}"
        )


if __name__ == "__main__":
    sys.exit(main())
