"""Answers and decisions, put together from what the path gathered."""

from routing.values import Plan
from switchboard.memory import Recalled, in_words
from switchboard.reading import Reading
from switchboard.request import Answer, Decision
from switchboard.walked import Walked
from vocabulary import Money, Usage


def from_memory(reading: Reading, recalled: Recalled, *, profile: str, ms: int) -> Answer:
    """A remembered answer."""
    hit = recalled.hit
    plan = Plan(strategy="cache", reason=in_words(hit), candidates=())
    return Answer(
        request_id=reading.id,
        text=hit.text,
        provider=hit.provider,
        model=hit.model,
        local=hit.local,
        cached=recalled.cached,
        similarity=hit.similarity,
        confidence=hit.confidence,
        age_s=hit.age_s,
        finish="stop",
        usage=Usage(),
        counted=True,
        cost=Money(0),
        baseline=recalled.baseline,
        total_ms=ms,
        decision=decision_of(reading, plan, profile=profile),
        notices=recalled.notices,
    )


def from_model(
    reading: Reading,
    plan: Plan,
    walked: Walked,
    notices: tuple[str, ...],
    *,
    profile: str,
    ms: int,
) -> Answer:
    """A model's answer."""
    completion = walked.completion
    if completion.finish == "length":
        notices += ("The answer was cut off at the token limit; raise max_tokens for more.",)
    return Answer(
        request_id=reading.id,
        text=completion.text,
        provider=walked.candidate.model.provider,
        model=completion.model,
        local=walked.candidate.model.local,
        cached="no",
        finish=completion.finish,
        usage=completion.usage,
        counted=completion.counted,
        cost=walked.spent,
        baseline=walked.baseline,
        confidence=walked.checked.confidence,
        first_token_ms=completion.first_token_ms,
        total_ms=ms,
        decision=decision_of(reading, plan, walked, profile=profile),
        notices=(*walked.notices, *_closed(plan), *_of_the_checks(walked), *notices),
        improvable=walked.better,
    )


def decision_of(
    reading: Reading, plan: Plan, walked: Walked | None = None, *, profile: str
) -> Decision:
    """Everything that was weighed."""
    return Decision(
        task=reading.analysis.task,
        complexity=reading.analysis.complexity,
        signals=reading.analysis.signals,
        profile=profile,
        strategy=plan.strategy,
        reason=plan.reason,
        considered=tuple(candidate.model.id for candidate in plan.candidates),
        excluded=plan.excluded,
        tried=walked.tried if walked else (),
        personal=reading.findings.counts(),
        form=walked.form if walked else "as_is",
        estimate=plan.candidates[0].estimate if plan.candidates else Money(0),
        cost=walked.spent if walked else Money(0),
    )


def _closed(plan: Plan) -> list[str]:
    """Why nothing could leave, or less could be used, for a person who has more."""
    gates = ("closed", "restraint")
    return list(dict.fromkeys(e.reason for e in plan.excluded if e.gate in gates))


def _of_the_checks(walked: Walked) -> list[str]:
    """What is wrong with an answer that stands because there is no better one."""
    if walked.doubtful:
        return [f"This answer is doubtful: {walked.checked.says}"]
    return []
