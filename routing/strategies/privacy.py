"""Personal data stays at home; anything else may have the best cloud model."""

from collections.abc import Sequence

from routing.strategies.ranking import Ranking, by_quality, cloud, local
from routing.values import Analysis, Candidate, Preferences


def privacy(
    analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences
) -> Ranking:
    """Which side comes first depends on `preferences.personal`; each side is by quality.

    The clouds stay in the ranking of a personal request: whether they may be tried at all is the
    whitelist's to say, before this.
    """
    at_home, away = by_quality(local(candidates)), by_quality(cloud(candidates))
    if preferences.personal:
        reason = "personal data stays on a local model" if at_home else "no local model can answer"
        return Ranking(candidates=(*at_home, *away), reason=reason)
    if away:
        reason = f"no personal data, so {away[0].model.id} for quality"
    else:
        reason = "no cloud model may answer, so the best local one"
    return Ranking(candidates=(*away, *at_home), reason=reason)
