"""How many requests may stay at home so that at most a share alpha of these answers is worse.

An answer at home is worse where it will not do and a stronger model's would have. Requests stay
whose forecast is at least a threshold; which threshold keeps the promise is tested on labelled
requests, from a strict one to ever looser ones in a fixed sequence that the labels had no part in,
and it ends with the first that fails (learn then test: Angelopoulos et al. 2021). Each test is
exact (Clopper & Pearson 1934), so all of them together err with a probability of at most delta.
Trying all thresholds and taking the loosest that passes looks the same, and errs far more often.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p

from routing.learning.outcomes import GOOD, Experience

ALPHA = 0.20
DELTA = 0.10
LEAST_LABELS = 300

STRICTEST = 90
"""Labels that the strictest threshold keeps: with fewer even a good one fails by chance."""

STEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One request: the forecast P(ok) of the model at home, and whether its answer was worse."""

    forecast: float
    worse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What can be promised. `threshold` is None where nothing can.

    `share` of the labelled requests would stay at home, `worse` of these were worse; `bound` is
    what the true share stays below with probability 1 - delta. `missing` labels are too few.
    """

    alpha: float
    labels: int
    missing: int
    threshold: float | None
    share: float
    worse: float
    bound: float
    says: str


def promise(labels: Sequence[Label], *, alpha: float = ALPHA, delta: float = DELTA) -> Promise:
    """The loosest threshold of which it can be promised that at most `alpha` is worse.

    `delta` is how probable it may be that the promise does not hold.
    """
    missing = LEAST_LABELS - len(labels)
    if missing > 0:
        says = (
            f"Nothing can be promised yet: {len(labels)} answers from home are labelled, "
            f"{missing} more are needed."
        )
        return _none(labels, alpha, missing, says)
    threshold = fixed_sequence(labels, alpha, delta)
    if threshold is None:
        says = (
            f"It cannot be promised that at most {alpha:.0%} of what stays at home is worse: "
            f"no threshold passed the test on {len(labels)} labels."
        )
        return _none(labels, alpha, 0, says + _hard(alpha))
    kept, worse = _kept(labels, threshold)
    says = (
        f"With a forecast of at least {threshold:.2f}, {kept / len(labels):.0%} may stay at home, "
        f"and at most {alpha:.0%} of that is worse, with a probability of {1 - delta:.0%}."
    )
    return Promise(
        alpha=alpha,
        labels=len(labels),
        missing=0,
        threshold=threshold,
        share=kept / len(labels),
        worse=worse / kept,
        bound=upper_bound(worse, kept, delta),
        says=says + _hard(alpha),
    )


def fixed_sequence(labels: Sequence[Label], alpha: float, delta: float) -> float | None:
    """The loosest threshold that passes before the first failure; None if the strictest fails.

    The sequence goes by how many of the labelled would stay, which the forecasts alone decide:
    first the 90 of which most is expected, then a tenth of all more each time.
    """
    ordered = sorted((each.forecast for each in labels), reverse=True)
    step = max(1, len(ordered) // STEPS)
    passed = None
    for number in (*range(STRICTEST, len(ordered), step), len(ordered)):
        threshold = ordered[number - 1]
        kept, worse = _kept(labels, threshold)
        if tail(worse, kept, alpha) > delta:
            break
        passed = threshold
    return passed


def labels_of(experiences: Iterable[Experience]) -> list[Label]:
    """A label for each request of which it is known what an answer from home was worth.

    The forecast is the one that was logged before anybody knew. Where no stronger model was asked
    as well, it is taken to have done better: so more count as worse than are.
    """
    return [label for each in experiences if (label := _label(each)) is not None]


def tail(worse: int, of: int, p: float) -> float:
    """P(at most `worse` of `of`) where each is with probability `p`: the binomial distribution."""
    if worse >= of:
        return 1.0
    if not 0 < p < 1:
        return float(p <= 0)
    logs = [
        lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(p) + (of - k) * log1p(-p)
        for k in range(worse + 1)
    ]
    largest = max(logs, default=-inf)
    return min(1.0, exp(largest) * sum(exp(each - largest) for each in logs))


def upper_bound(worse: int, of: int, delta: float) -> float:
    """The largest share that `worse` of `of` does not refute at level `delta` (Clopper-Pearson)."""
    if worse >= of:
        return 1.0
    low, high = worse / of, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if tail(worse, of, middle) > delta:
            low = middle
        else:
            high = middle
    return high


def _kept(labels: Sequence[Label], threshold: float) -> tuple[int, int]:
    kept = [each for each in labels if each.forecast >= threshold]
    return len(kept), sum(each.worse for each in kept)


def _label(each: Experience) -> Label | None:
    local = {one.model: one for one in each.choice.considered if one.local}
    known = {model: each.settled(model) for model in each.rewarded()}
    at_home = next(((local[m], worth) for m, worth in known.items() if m in local and worth), None)
    if at_home is None:
        return None
    model, worth = at_home
    others = [other for name, other in known.items() if name not in local and other]
    helped = any(other.reward >= GOOD for other in others) or not others
    return Label(forecast=model.p, worse=worth.reward < GOOD and helped)


def _none(labels: Sequence[Label], alpha: float, missing: int, says: str) -> Promise:
    return Promise(
        alpha=alpha,
        labels=len(labels),
        missing=max(0, missing),
        threshold=None,
        share=0.0,
        worse=0.0,
        bound=1.0,
        says=says,
    )


def _hard(alpha: float) -> str:
    if alpha > 0.10:
        return ""
    return f" A promise of {alpha:.0%} seldom leaves more than 5 % at home."
