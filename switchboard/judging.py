"""Another model's grade of a small share of answers, for a person who asked for that."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routing.learning.judging import grade, judge_prompt, sampled
from switchboard.lessons import Lessons
from switchboard.request import JUDGE, Answer, Request
from vocabulary import HomewardError, TaskKind

if TYPE_CHECKING:
    from switchboard.path import Switchboard

MAX_TOKENS = 200
"""A grade is a few; some models think first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """`model` (`provider/name`) grades `share` of the answers. It is asked like any other model:
    by the same rules for what may leave, within the same budget, with the same audit.
    """

    switchboard: "Switchboard"
    lessons: Lessons
    model: str
    share: float

    async def judge(self, request: Request, answer: Answer) -> None:
        """Have an answer graded, if it is of the share; whatever fails, nothing comes of it."""
        private = bool(answer.decision.personal or request.documents)
        if not self.model or private or answer.cached != "no":
            return
        if not sampled(answer.request_id, self.share):
            return
        prompt = judge_prompt(request.prompt, answer.text)
        if prompt is None:
            return
        with suppress(HomewardError):
            graded = await self.switchboard.answer(
                Request(
                    prompt=prompt.messages[-1].text,
                    system=prompt.system or "",
                    task=TaskKind.REASONING_TASKS,
                    model=self.model,
                    max_tokens=MAX_TOKENS,
                    fresh=True,
                    teaches=False,
                    caller=JUDGE,
                )
            )
            reward = grade(graded.text)
            if reward is not None:
                await self.lessons.say(answer.request_id, "judge", reward=reward)
