"""The cheapest model that is good enough."""

from collections.abc import Sequence

from routing.strategies.ranking import Ranking, cheapest_adequate
from routing.values import Analysis, Candidate, Preferences


def cost(analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences) -> Ranking:
    """By estimated cost among those of `min_quality` or more; the others follow, best first."""
    least = preferences.min_quality
    ranked = cheapest_adequate(candidates, least)
    if ranked and ranked[0].quality >= least:
        reason = f"the cheapest model of quality {least:.2f} or better"
    else:
        reason = f"no model reaches quality {least:.2f}, so the best there is"
    return Ranking(candidates=tuple(ranked), reason=reason)
