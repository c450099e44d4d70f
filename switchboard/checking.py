"""Holds answers against what was asked, with a way to ask the same model again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

from routing.checks import FREE, Checked, Effort, Question, check, reasoned
from routing.values import Candidate, Completion
from switchboard.outgoing import Letter
from switchboard.reading import Reading
from vocabulary import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer, whose it is, and what was sent for it."""

    candidate: Candidate
    letter: Letter
    completion: Completion


Again = Callable[[Letter], Awaitable[Completion | None]]
"""Asks the model that answered something else; None where it does not answer."""


def question_of(reading: Reading) -> Question:
    """What an answer to this request is checked against."""
    sketch = reading.analysis.sketch
    return Question(
        text=reading.request.prompt,
        task=reading.analysis.task,
        kind="" if sketch is None else sketch.kind,
        system=reading.request.system,
    )


NEAR = 0.2
"""So near the bar a further call may change the verdict; outside it would be asked for nothing."""


async def checked(
    answered: Answered,
    question: Question,
    *,
    bar: float,
    calibrate: Callable[[str, float], float],
    ask: Again | None,
) -> Checked:
    """What the checks make of an answer, beginning with the chance that its model had.

    `ask` is only used where the confidence is near `bar`, on which side of it being what matters,
    and where the model did not tell how sure it was of its words: beside that a second sample adds
    next to nothing (bench/checks.md). Its own verdict is not asked for: it says yes to all.
    """

    async def again(prompt: Prompt) -> Completion | None:
        return None if ask is None else await ask(replace(answered.letter, prompt=prompt))

    asked = replace(question, prior=answered.candidate.quality)
    return await check(
        asked,
        answered.completion,
        prompt=answered.letter.prompt,
        calibrate=partial(calibrate, answered.candidate.model.id),
        ask=None if ask is None else again,
        effort=FREE
        if ask is None or answered.completion.logprobs
        else Effort(samples=1, verify=False, enough=bar + NEAR, hopeless=bar - NEAR),
    )


def thinking(letter: Letter) -> Letter:
    """The same, told to think it through."""
    return replace(letter, prompt=reasoned(letter.prompt))
