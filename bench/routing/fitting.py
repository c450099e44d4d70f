"""Fits what the prior's file holds: what tells the kinds, and how far strong models are ahead.

Of outcomes little is learned, on purpose: weights of words, embeddings and counts that were trained
on other benchmarks routed worse than none. The kinds are told by our own examples; what a strong
model adds in each is a belief (`kinds.toml`) worth 100 outcomes, which the outcomes may move. Each
benchmark has an effect of its own, so that its way of marking is not taken for its kind; and the
length of a text, the one sign that helps on nearly all benchmarks, has a slope that is set by hand.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.routing.rows import Array, Rows
from routing.prior.features import names
from routing.prior.kinds import kinds
from routing.prior.sketching import (
    COUNT_SCALE,
    COUNTED,
    DIMENSIONS,
    KIND_SCALE,
    KINDS_AT,
    LENGTH_AT,
    classified,
    look,
)
from routing.prior.words import Words

_EXAMPLES = Path(__file__).with_name("examples.toml")

BELIEF = 100.0
"""Outcomes of one kind that a belief about it is worth."""

BENCHMARK, PAIR = 10.0, 1.0
"""The same for the belief that a benchmark, or a pair of models, has no effect of its own."""

LENGTH_SMALL, LENGTH_GAIN = -0.3, 0.4
"""What P(ok) of a small model, and the lead of a strong one, change by from an empty text to one of
20,000 characters, along the logarithm."""

LOOSENESS = 3.0
"""Of the penalty on what tells the kinds (the C of logistic regression)."""


def looked(words: Words, texts: Sequence[str]) -> tuple[Array, Array]:
    """Vectors [n, components] and features [n, names]."""
    found = [look(words, text) for text in texts]
    return np.array([each[0] for each in found]), np.array([each[1] for each in found])


def examples() -> tuple[list[str], Array]:
    """Our own examples, and the number of the kind of each."""
    with _EXAMPLES.open("rb") as file:
        table = tomllib.load(file)
    texts = [text for kind in kinds() for text in table[kind.name]]
    return texts, np.repeat(np.arange(len(kinds())), [len(table[kind.name]) for kind in kinds()])


def fit_kinds(words: Words) -> dict[str, Array]:
    """Multinomial logistic regression of the kinds on our examples; all kinds weigh the same."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    texts, labels = examples()
    vectors, counts = looked(words, texts)
    table = np.array(
        [classified(*each) for each in zip(vectors, counts, strict=True)], dtype=np.float64
    )
    goal = np.eye(len(kinds()))[labels]
    each = (len(labels) / len(kinds()) / goal.sum(axis=0))[labels][:, None]
    size = (table.shape[1], len(kinds()))
    cut = size[0] * size[1]

    def loss(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[:cut].reshape(size), flat[cut:]
        score = table @ weights + bias
        score -= score.max(axis=1, keepdims=True)
        log = score - np.log(np.exp(score).sum(axis=1, keepdims=True))
        slope = each * (np.exp(log) - goal)
        penalty = 0.5 / LOOSENESS * float((weights**2).sum())
        down = np.append((table.T @ slope + weights / LOOSENESS).ravel(), slope.sum(axis=0))
        return penalty - float((each * goal * log).sum()), down

    found = minimize(
        loss, np.zeros(cut + size[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1_000}
    ).x
    return {
        "kind_weights": np.round(found[:cut].reshape(size), 4).astype(np.float32),
        "kind_bias": np.round(found[cut:], 4).astype(np.float32),
        "usual": np.full(len(kinds()), 1 / len(kinds()), dtype=np.float32),
    }


def standard(counts: Array) -> dict[str, Array]:
    """Centre and spread of the features of our examples and of all prompts."""
    chosen = counts[:, list(COUNTED)]
    return {
        "centre": np.round(chosen.mean(axis=0), 4).astype(np.float32),
        "spread": np.round(np.maximum(chosen.std(axis=0), 0.03), 4).astype(np.float32),
    }


def fit_heads(bases: Array, rows: Sequence[Rows], *, spread: Array) -> Array:
    """[2, DIMENSIONS]: P(ok) of a small model, and what a large one adds.

    `bases` [n, DIMENSIONS] are of the prompts of all `rows`, one after the other; none are needed.
    """
    heads = np.zeros((2, DIMENSIONS))
    heads[0, KINDS_AT] = [kind.small / KIND_SCALE for kind in kinds()]
    heads[1, KINDS_AT] = [(kind.large - kind.small) / KIND_SCALE for kind in kinds()]
    step = float(spread[COUNTED.index(names().index("length"))]) / COUNT_SCALE
    heads[:, LENGTH_AT] = [LENGTH_SMALL * step, LENGTH_GAIN * step]
    if len(bases):
        heads[1, KINDS_AT] += _moved(bases, rows, heads[1])
    return np.round(heads, 4).astype(np.float32)


def _moved(bases: Array, rows: Sequence[Rows], belief: Array) -> Array:
    """What the outcomes change of the lead in each kind."""
    like = bases[:, KINDS_AT] / KIND_SCALE
    tasks, task = np.unique(np.concatenate([each.tasks for each in rows]), return_inverse=True)
    file = np.repeat(np.arange(len(rows)), [len(each) for each in rows])
    table = np.hstack([like, np.eye(len(tasks))[task], np.eye(len(rows))[file]])
    missed = np.concatenate([each.strong - each.weak for each in rows]) - bases @ belief
    penalty = np.repeat([BELIEF, BENCHMARK, PAIR], [like.shape[1], len(tasks), len(rows)])
    found = np.linalg.solve(table.T @ table + np.diag(penalty), table.T @ missed)
    return np.asarray(found[: like.shape[1]] / KIND_SCALE)
