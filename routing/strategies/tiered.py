"""What a person pays decides which models there are; how hard a request is, which comes first."""

from collections.abc import Iterable, Sequence

from routing.strategies.ranking import Ranking, by_cost, by_quality, by_speed, cloud, local
from routing.values import Analysis, Candidate, Preferences

FREE_LEAVES_HOME = 5.0
PAID_LEAVES_HOME = 4.0
PAID_NEEDS_LARGE = 7.0
"""The documents' borders, on their scale from 0 to 10."""


def tiered(
    analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences
) -> Ranking:
    """free: a small local model, then a free cloud, and nothing that costs money. paid: small
    local, free cloud, medium, large, beginning where the request's score says. own_key: the
    person's own provider, best first.

    Personal data puts the local models first in every tier.
    """
    order = {"free": _free, "paid": _paid, "own_key": _own_key}[preferences.tier]
    ranking = order(analysis, candidates, preferences)
    if not preferences.personal:
        return ranking
    at_home_first = (*local(ranking.candidates), *cloud(ranking.candidates))
    return Ranking(
        candidates=at_home_first,
        reason="personal data stays at home",
        escalates=ranking.escalates,
        left_out=ranking.left_out,
    )


def _free(analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences) -> Ranking:
    at_home, gratis = by_speed(local(candidates)), _gratis(candidates)
    easy = analysis.of_ten < FREE_LEAVES_HOME
    ranked = [*at_home, *gratis] if easy else [*gratis, *at_home]
    return Ranking(
        candidates=tuple(ranked),
        reason=_told(analysis, "free tier", ranked),
        escalates=True,
        left_out="The free tier uses no model that costs money.",
    )


def _paid(analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences) -> Ranking:
    at_home, gratis = by_speed(local(candidates)), _gratis(candidates)
    sold = by_quality(candidate for candidate in cloud(candidates) if candidate.estimate)
    large, medium = sold[:1], by_cost(sold[1:])
    if analysis.of_ten < PAID_LEAVES_HOME:
        ranked = [*at_home, *gratis, *medium, *large]
    elif analysis.of_ten < PAID_NEEDS_LARGE:
        ranked = [*gratis, *medium, *large, *at_home]
    else:
        ranked = [*large, *by_quality(medium), *gratis, *at_home]
    return Ranking(
        candidates=tuple(ranked), reason=_told(analysis, "paid tier", ranked), escalates=True
    )


def _own_key(
    analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences
) -> Ranking:
    mine = [
        candidate
        for candidate in by_quality(cloud(candidates))
        if preferences.own_provider in ("", candidate.model.provider)
    ]
    others = by_cost(candidate for candidate in candidates if candidate not in mine)
    ranked = [*mine, *others]
    whose = f"your own provider, {mine[0].model.provider}" if mine else "no provider of yours"
    return Ranking(candidates=tuple(ranked), reason=f"own key: {whose}")


def _gratis(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Clouds that ask no money for this, the best first."""
    return by_quality(candidate for candidate in cloud(candidates) if not candidate.estimate)


def _told(analysis: Analysis, tier: str, ranked: Sequence[Candidate]) -> str:
    score = f"{tier}, {analysis.of_ten:.1f} of 10"
    if not ranked:
        return f"{score}, and no model in it"
    first = ranked[0]
    if first.model.local:
        return f"{score}: a local model"
    return f"{score}: a free cloud" if not first.estimate else f"{score}: a paid cloud"
