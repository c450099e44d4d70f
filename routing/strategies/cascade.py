"""The cheapest first; its answer is checked, and a doubtful one goes on to a better model."""

from collections.abc import Sequence

from routing.strategies.ranking import Ranking, by_cost, by_quality, cloud, in_time, local
from routing.values import Analysis, Candidate, Preferences

LEAST_CHANCE = 0.2
"""A model whose answer will hardly do is no saving: it costs its time and then the next one's."""


def cascade(
    analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences
) -> Ranking:
    """Rungs that get dearer and better; what is on no rung follows, for when a model fails.

    FrugalGPT's order (Chen, Zaharia, Zou 2023), with one rung for all that is free.
    """
    rungs: list[Candidate] = []
    for candidate in in_time(by_cost(candidates), preferences):
        best = rungs[-1].quality if rungs else LEAST_CHANCE
        if candidate.quality > best:
            rungs.append(candidate)
    if preferences.personal:
        rungs = [*local(rungs), *cloud(rungs)]
    ranked = [*rungs, *by_quality(each for each in candidates if each not in rungs)]
    if preferences.personal:
        ranked = [*local(ranked), *cloud(ranked)]
    if not rungs:
        reason = "no model is likely to answer this well, so the best there is"
    elif len(rungs) == 1:
        reason = "the cheapest model, and no dearer one is better"
    else:
        reason = "the cheapest model first, and a better one if its answer is doubtful"
    return Ranking(candidates=tuple(ranked), reason=reason, escalates=True)
