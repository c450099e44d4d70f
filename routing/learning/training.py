"""Lets routing learn from newer outcomes only where a replay says that this does no harm.

What routing knows is never stored: it is fitted anew from the outcomes kept, up to one that is
called `through`. Forgetting an outcome thus makes routing forget it as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from routing.learning.outcomes import Experience
from routing.learning.replay import Comparison, Policy, compare

Fit = Callable[[Sequence[Experience]], Policy]
"""Learns from experiences, and chooses accordingly; from none, as the shipped prior does."""

MARGIN = 0.05
"""So much of a reward a change may cost on average, at 90 % confidence, and still be let."""

LEAST = 30
"""New outcomes of models that were chosen, before anything is decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Whether what was learned applies from now on, up to which experience, and why."""

    applied: bool
    through: int
    outcomes: int
    comparison: Comparison | None
    says: str


def train(
    experiences: Sequence[Experience], fit: Fit, *, through: int = 0, margin: float = MARGIN
) -> Trained:
    """Learn from what came after `through`, if it stands the test.

    The new outcomes are halved by age: from the first half (and all before) a new way of choosing
    is fitted, on the second half it is replayed beside the current one. Neither has seen that half.
    Where the lower bound of what it gains is not below -`margin`, everything applies.
    """
    told = [each for each in experiences if each.settled(each.choice.model) is not None]
    known = [each for each in experiences if each.number <= through]
    new = [each for each in told if each.number > through]
    if len(new) < LEAST:
        return _kept(
            through, len(known), None, f"{len(new)} new outcomes; it takes {LEAST} to judge by."
        )
    middle = new[len(new) // 2].number
    later = [each for each in new if each.number >= middle]
    first = [each for each in experiences if each.number < middle]
    comparison = compare(later, fit(first), fit(known))
    if comparison.gain.low < -margin:
        return _kept(through, len(known), comparison, _in_words(comparison, margin))
    return Trained(
        applied=True,
        through=max(each.number for each in experiences),
        outcomes=len(experiences),
        comparison=comparison,
        says=f"Learned from {len(experiences)} outcomes. {_in_words(comparison, margin)}",
    )


def _kept(through: int, outcomes: int, comparison: Comparison | None, why: str) -> Trained:
    return Trained(
        applied=False,
        through=through,
        outcomes=outcomes,
        comparison=comparison,
        says=f"Everything stays as it is: {why}",
    )


def _in_words(comparison: Comparison, margin: float) -> str:
    gain = comparison.gain
    text = (
        f"replayed on {gain.outcomes} newer outcomes it chooses differently in "
        f"{comparison.differs:.0%} and gains {gain.mean:+.3f} (at least {gain.low:+.3f} with 90 % "
        f"confidence; the limit is {-margin:+.3f})."
    )
    if comparison.guessed > 0.5:
        text += " Most of that is guessed from similar requests: little was explored there."
    return text[0].upper() + text[1:]
