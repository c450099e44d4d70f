"""A conversation stays with its model unless another is worth what the change throws away."""

from dataclasses import replace

from routing.strategies.ranking import Ranking, value
from routing.values import Pin, Preferences


def hold(ranking: Ranking, pin: Pin | None, preferences: Preferences) -> Ranking:
    """The ranking with the pinned model first, unless the one before it is the better deal.

    What the pinned model holds in memory is in its estimate already, at the price of cached
    tokens; so the change is made only when it gains more than the memory that it throws away.
    """
    if pin is None or not ranking.candidates or ranking.candidates[0].model.id == pin.model:
        return ranking
    first = ranking.candidates[0]
    pinned = next((each for each in ranking.candidates if each.model.id == pin.model), None)
    if pinned is None or value(first, preferences) > value(pinned, preferences):
        return ranking
    if preferences.personal and first.model.local and not pinned.model.local:
        return ranking
    rest = (candidate for candidate in ranking.candidates if candidate is not pinned)
    return replace(
        ranking, candidates=(pinned, *rest), reason="the conversation stays with its model"
    )
