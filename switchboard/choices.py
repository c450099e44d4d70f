"""What is kept of a choice for routing to learn from: numbers, and never a text."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from routing.learning.outcomes import Choice, Considered, packed
from routing.values import Candidate, Plan
from switchboard.reading import Reading
from switchboard.walked import Walked

if TYPE_CHECKING:
    from routing.prior import Prior, Sketch


def choice_of(
    reading: Reading,
    plan: Plan,
    walked: Walked,
    *,
    prior: "Prior",
    sketch: "Sketch",
    question: str,
    least: float,
    at: datetime,
) -> Choice:
    """Which model was chosen among which, and which answered. `question` is a keyed digest of what
    was asked, `least` the quality that is good enough where the request does not say.
    """
    model = walked.candidate.model
    return Choice(
        request_id=reading.id,
        at=at,
        task=reading.analysis.task,
        kind=sketch.kind,
        likeness=sketch.likeness,
        features=packed(sketch.features),
        prior_version=prior.version,
        question=question,
        considered=tuple(
            _considered(each, prior.likely(_usual(each, reading), sketch), chance)
            for each, chance in zip(plan.candidates, _propensities(plan), strict=True)
        ),
        model=plan.candidates[0].model.id,
        answered=model.id,
        strategy=plan.strategy,
        least=reading.wishes.min_quality or least,
        explored=plan.explored,
        local=model.local,
        cost=walked.spent,
    )


def may_be_kept(reading: Reading) -> bool:
    return reading.request.teaches and not reading.private


def asker(reading: Reading) -> Sequence[str]:
    request = reading.request
    return request.tenant, request.origin, request.caller


def _usual(candidate: Candidate, reading: Reading) -> float:
    return candidate.model.quality_for(reading.analysis.task)


def _propensities(plan: Plan) -> Sequence[float]:
    """Without exploration the first comes first for certain."""
    return plan.propensities or [float(not index) for index in range(len(plan.candidates))]


def _considered(candidate: Candidate, prior: float, propensity: float) -> Considered:
    return Considered(
        model=candidate.model.id,
        prior=prior,
        p=candidate.quality,
        doubt=candidate.doubt,
        estimate=candidate.estimate,
        local=candidate.model.local,
        propensity=propensity,
    )
