"""Every local model, the best first; then the clouds, the cheapest first."""

from collections.abc import Sequence

from routing.strategies.ranking import Ranking, by_cost, by_quality, cloud, local
from routing.values import Analysis, Candidate, Preferences


def local_first(
    analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences
) -> Ranking:
    """A chain of fallbacks that leaves home only when nothing at home answers."""
    at_home = by_quality(local(candidates))
    reason = "local models first" if at_home else "no local model can answer, so the cheapest cloud"
    return Ranking(candidates=(*at_home, *by_cost(cloud(candidates))), reason=reason)
