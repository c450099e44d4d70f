"""Who may be served whose answers, and what makes two requests the same question."""

from dataclasses import dataclass

from cache import Question, digest_of, scope_of
from switchboard.reading import Reading
from switchboard.request import Request

AT_HOME = frozenset({"terminal", "stdio"})
"""Doors that only this person's own programs come through. Over any other a name is only said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What the person settled: the project they work on now, whose answers no other project sees,
    and the callers that may be served each other's answers.
    """

    project: str = ""
    shared_by: frozenset[str] = frozenset()


def question_of(reading: Reading, sharing: Sharing, profile: str) -> Question:
    """All that was given besides the prompt must be equal for an answer to be the same.

    What leans on earlier turns, or holds personal data, is found to the letter only: likeness
    cannot tell what a "that" points to, nor one person from another.
    """
    request = reading.request
    to_the_letter = bool(request.turns) or reading.sensitive
    return Question(
        text=request.prompt,
        scope=scope_of(
            caller=_callers(request, sharing),
            system=request.system,
            context=_leans_on(request),
            tier=" ".join(map(str, _asked_of(reading))),
            profile=profile,
            max_tokens=request.max_tokens,
            task=request.task,
            project=sharing.project,
            to_the_letter=to_the_letter,  # a scope of their own, so that likeness never finds them
        ),
        to_the_letter=to_the_letter,
        whole=bool(request.turns or request.context or request.documents),
    )


def _asked_of(reading: Reading) -> tuple[object, ...]:
    """What was asked of the model. The arms of an experiment share no answers, not even with what
    is in none: one that may begin with a full cache would look better than it is.
    """
    request = reading.request
    asked: tuple[object, ...] = (request.prefer, request.model, request.min_quality)
    return (*asked, reading.arm) if reading.arm else asked


def _callers(request: Request, sharing: Sharing) -> str:
    """Those who share answers. What a caller says of itself counts no more than the door it came
    through, and what it proved there.
    """
    if request.caller in sharing.shared_by and request.origin in AT_HOME:
        return digest_of(["shared", request.tenant])
    return digest_of(["alone", request.tenant, request.origin, request.caller])


def _leans_on(request: Request) -> str:
    """Context, earlier turns, and the documents as they were read: a changed file is another."""
    turns = [part for turn in request.turns for part in (turn.role, turn.text)]
    papers = [part for each in request.documents for part in (each.name, each.digest, each.text)]
    return digest_of([request.context, len(turns), *turns, len(papers), *papers])
