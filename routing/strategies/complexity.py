"""Easy requests to a local model, hard ones to a cloud, and only the hardest to the dearest."""

from collections.abc import Callable, Sequence

from routing.strategies.ranking import (
    Ranking,
    by_cost,
    by_quality,
    by_speed,
    cheapest_adequate,
    cloud,
    local,
)
from routing.values import Analysis, Candidate, Preferences

Order = Callable[[Sequence[Candidate], Preferences], list[Candidate]]


def complexity(
    analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences
) -> Ranking:
    """The decision tree of hybrid deployment, with its four bands hung on one threshold t.

    Under t/2 the fastest local model, under t the best one, under the middle of t and 1 the
    cheapest cloud model that is good enough, above that the best cloud model. With t = 0.6 these
    are the documented 0.3, 0.6 and 0.8. Personal data puts the local models first in every band.
    """
    band, order = _band(analysis.complexity, preferences.complexity_threshold)
    ranked = order(candidates, preferences)
    if preferences.personal:
        ranked = [*local(ranked), *cloud(ranked)]
        band = "personal data stays at home"
    elif not analysis.signals:
        band = "nothing tells how hard this is"
    return Ranking(candidates=tuple(ranked), reason=_reason(band, ranked, analysis, preferences))


def is_very_hard(analysis: Analysis, preferences: Preferences) -> bool:
    """Whether the words of a request put it into the highest band."""
    return _band(analysis.complexity, preferences.complexity_threshold)[1] is _hardest


def _band(score: float, threshold: float) -> tuple[str, Order]:
    if score < threshold / 2:
        return "a simple request", _simple
    if score < threshold:
        return "a moderate request", _moderate
    if score < threshold + (1 - threshold) / 2:
        return "a hard request", _hard
    return "a very hard request", _hardest


def _simple(candidates: Sequence[Candidate], preferences: Preferences) -> list[Candidate]:
    return _local_before_cloud(by_speed(local(candidates)), candidates, preferences)


def _moderate(candidates: Sequence[Candidate], preferences: Preferences) -> list[Candidate]:
    return _local_before_cloud(by_quality(local(candidates)), candidates, preferences)


def _local_before_cloud(
    at_home: list[Candidate], candidates: Sequence[Candidate], preferences: Preferences
) -> list[Candidate]:
    """Local first; unless the person need not try it first, when a weak one waits for the clouds
    that are good enough."""
    least = preferences.min_quality
    away = cheapest_adequate(cloud(candidates), least)
    if preferences.try_local_first:
        return at_home + away
    good_home = [candidate for candidate in at_home if candidate.quality >= least]
    weak_home = [candidate for candidate in at_home if candidate.quality < least]
    good_away = [candidate for candidate in away if candidate.quality >= least]
    weak_away = [candidate for candidate in away if candidate.quality < least]
    return good_home + good_away + weak_home + weak_away


def _hard(candidates: Sequence[Candidate], preferences: Preferences) -> list[Candidate]:
    least = preferences.min_quality
    away = cloud(candidates)
    adequate = by_cost(candidate for candidate in away if candidate.quality >= least)
    others = by_quality(candidate for candidate in away if candidate.quality < least)
    return [*adequate, *by_quality(local(candidates)), *others]


def _hardest(candidates: Sequence[Candidate], preferences: Preferences) -> list[Candidate]:
    return [*by_quality(cloud(candidates)), *by_quality(local(candidates))]


def _reason(
    band: str, ranked: Sequence[Candidate], analysis: Analysis, preferences: Preferences
) -> str:
    if not ranked:
        return f"{band}, and no model to choose from"
    easy = preferences.personal or analysis.complexity < preferences.complexity_threshold
    if ranked[0].model.local:
        if easy:
            return f"{band}: a local model will do"
        return f"{band}, and no cloud model {'is good enough' if cloud(ranked) else 'may answer'}"
    if not local(ranked):
        return f"{band}, and no local model can answer"
    if easy:
        return f"{band}, and the local models are too weak for it"
    best = ranked[0] == by_quality(cloud(ranked))[0]
    return f"{band}: the best cloud model" if best else f"{band}: the cheapest good cloud model"
