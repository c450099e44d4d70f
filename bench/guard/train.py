"""Trains the guard's model and writes `cache/guard/weights.json`.

    python -m bench.guard.train PAIRS.TSV [--model FOLDER] [--check]

PAIRS.TSV has the columns set, stored, asked, same; none of its text gets into the weights, which
are one number for each feature. What is reported of each half of its questions (by a digest of the
stored one) is by models trained on the other half and our own pairs; what is written is trained on
both. `--check` writes nothing and fails if the file would differ. FOLDER holds the prepared
encoder. Needs the extra `training`.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from bench.guard.doubts import doubtful, fit_doubts, outweighable
from bench.guard.rows import Compared, Row, compared, rows
from cache.embed import Embed
from cache.guard.doubts import NAMES as DOUBTS
from cache.guard.features import NAMES, RISING, features
from cache.guard.model import least, only_slips
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


def unsure(given: Sequence[Compared]) -> tuple[list[Row], Any]:
    """The rows that the model decides: no veto, no equal reading, no floor does. And features."""
    found = [
        each
        for each in given
        if each.reason is None
        and not only_slips(each.difference)
        and each.similarity >= max(SIMILARITY, least(each.difference))
    ]
    table = [
        features(each.first.line, each.second.line, each.similarity, each.difference)
        for each in found
    ]
    return [each.row for each in found], np.array(table)


def fit(given: Sequence[Row], table: Any) -> dict[str, float]:
    """Log-odds that rise with what `RISING` names and fall with all else; the bias is `""`."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    signs = np.array([1.0 if name in RISING else -1.0 for name in NAMES])
    scale = np.array([10.0 if name == "similarity" else 1.0 for name in NAMES])
    values = np.column_stack([np.ones(len(table)), table * signs * scale])
    turned = np.where([row.same for row in given], 1.0, -1.0)
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
    seen = compared(every, _encoder(given.model))
    plain, doubts = unsure(seen), doubtful(seen)
    found = plain[0] + doubts[0]
    weighable = outweighable(seen)
    doubted = _crossed(*doubts, fit_doubts, DOUBTS)
    doubted[[id(row) not in weighable for row in doubts[0]]] = -np.inf
    logits = np.append(_crossed(*plain, fit, NAMES), doubted)
    _sweep(every, found, logits)
    first = np.array([row.first_half for row in found])
    for label, chosen in (("first half", first), ("second half", ~first)):
        _report(label, every, found, logits, chosen)
    shipped = {"plain": _shipped(fit(*plain)), "doubts": _shipped(fit_doubts(*doubts))}
    text = json.dumps(shipped, indent=1)
    path = Path(str(_WEIGHTS))
    if given.check:
        return int(path.read_text(encoding="utf-8") != text + "\n")
    path.write_text(text + "\n", encoding="utf-8")
    return 0


Fit = Callable[[Sequence[Row], Any], dict[str, float]]


def _crossed(given: Sequence[Row], table: Any, fit: Fit, names: Sequence[str]) -> Any:
    """The log-odds of each half by a model that was trained on the other."""
    logits = np.zeros(len(given))
    first = np.array([row.first_half for row in given])
    for mine in (first, ~first):
        others = [row for row, here in zip(given, mine, strict=True) if not here]
        weights = fit(others, table[~mine])
        logits[mine] = weights[""] + table[mine] @ np.array([weights[name] for name in names])
    return logits


def _shipped(weights: Mapping[str, float]) -> dict[str, Any]:
    rounded = {name: round(weight, 3) for name, weight in weights.items()}
    return {"bias": rounded.pop(""), "weights": rounded}


def _encoder(folder: Path | None) -> Embed:
    from cache import load
    from cache.embed import OnnxEmbed
    from mcp_server.places import places

    return OnnxEmbed(folder) if folder else load("all-MiniLM-L6-v2", folder=places().models)


def _sweep(every: Sequence[Row], found: Sequence[Row], logits: Any) -> None:
    """Served at each certainty, of the second half of the set `qqp`."""
    here = [row.same for row in every if row.set == "qqp" and not row.first_half]
    for certainty in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        least = np.log(certainty / (1 - certainty))
        hits = [
            row.same
            for row, logit in zip(found, logits, strict=True)
            if row.set == "qqp" and not row.first_half and logit >= least
        ]
        print(
            f"second half, unsure, certainty {certainty:.2f}: same {sum(hits) / sum(here):6.2%},"
            f" other {(len(hits) - sum(hits)) / (len(here) - sum(here)):6.2%}"
        )


def _report(
    label: str, every: Sequence[Row], found: Sequence[Row], logits: Any, chosen: Any
) -> None:
    confidence = 1 / (1 + np.exp(-logits))
    for name in dict.fromkeys(row.set for row in every):
        here = [
            row for row in every if row.set == name and row.first_half == (label == "first half")
        ]
        hits = [
            row.same
            for row, sure, mine in zip(found, confidence, chosen, strict=True)
            if mine and row.set == name and sure >= CERTAINTY
        ]
        same = sum(row.same for row in here)
        print(
            f"{label:11} {name:8} same {same:5}, of them unsure and served {sum(hits):4};"
            f" other {len(here) - same:5}, served {len(hits) - sum(hits):3}"
        )


if __name__ == "__main__":
    sys.exit(main())
