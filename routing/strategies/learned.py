"""The cheapest that is good enough, by what is known of each model on prompts like this one."""

from collections.abc import Sequence

from routing.strategies.ranking import Ranking, best_deal, cloud, in_time, local
from routing.values import Analysis, Candidate, Preferences


def learned(
    analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences
) -> Ranking:
    """`best_deal`: the cheapest whose chance is at least `min_quality`, with an advantage for
    staying at home. Personal data puts the local models first.
    """
    ranked = in_time(best_deal(candidates, preferences), preferences)
    if preferences.personal:
        ranked = [*local(ranked), *cloud(ranked)]
    reason = why(ranked)
    if ranked and analysis.sketch is None:
        reason += ", by the catalogue alone"
    return Ranking(candidates=tuple(ranked), reason=reason)


def why(ranked: Sequence[Candidate]) -> str:
    """What was expected of the first, and of the best of the other side."""
    if not ranked:
        return "no model to choose from"
    first = ranked[0]
    side = cloud if first.model.local else local
    other = max(side(ranked), key=lambda candidate: candidate.quality, default=None)
    reason = f"{first.quality:.0%} likely to do"
    if other is not None:
        place = "cloud" if first.model.local else "local model"
        reason += f", the best {place} {other.quality:.0%}"
    outcomes = first.outcomes + (0.0 if other is None else other.outcomes)
    if outcomes >= 1:
        reason += f", from {outcomes:.0f} outcomes of yours"
    return reason
