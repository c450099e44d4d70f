"""What was learned, validated by what the words of a prompt say; doubtful answers go on."""

from collections.abc import Sequence
from dataclasses import replace

from routing.strategies.cascade import cascade
from routing.strategies.complexity import is_very_hard
from routing.strategies.learned import learned
from routing.strategies.ranking import Ranking, by_quality, cheapest_adequate, cloud, in_time
from routing.values import Analysis, Candidate, Preferences

ENOUGH_OUTCOMES = 20.0
"""From here on a person's own outcomes overrule keywords (100 labels of one's own traffic beat
every cold router on four sets of six; these are outcomes on prompts like this one)."""

_PROVABLE = "whether the answer is right can be checked exactly, so the cheapest first"


def hybrid(
    analysis: Analysis, candidates: Sequence[Candidate], preferences: Preferences
) -> Ranking:
    """`learned`, but for three cases. Where an answer can be checked exactly, the cheapest first,
    as a wrong one will be noticed. Where nothing tells how hard a prompt is, the middle: neither
    the smallest model nor the dearest. Where the words say that it is very hard, and few outcomes
    say otherwise, the best cloud in place of a local model that is not good enough.
    """
    ranking = replace(learned(analysis, candidates, preferences), escalates=True)
    if preferences.personal or not ranking.candidates:
        return ranking
    if analysis.provable:
        return replace(cascade(analysis, candidates, preferences), reason=_PROVABLE)
    if analysis.clueless:
        middle = in_time(cheapest_adequate(candidates, preferences.min_quality), preferences)
        return replace(
            ranking,
            candidates=tuple(middle),
            reason="nothing tells how hard this is, so a middling model",
        )
    first = ranking.candidates[0]
    away = by_quality(cloud(ranking.candidates))
    weak = first.model.local and first.quality < preferences.min_quality
    if away and weak and first.outcomes < ENOUGH_OUTCOMES and is_very_hard(analysis, preferences):
        rest = (candidate for candidate in ranking.candidates if candidate is not away[0])
        return replace(
            ranking,
            candidates=(away[0], *rest),
            reason=f"its words say very hard, and {ranking.reason}",
        )
    return ranking
