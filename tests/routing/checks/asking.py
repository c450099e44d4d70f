"""Short ways to write down questions and answers."""

from routing.checks.hard import failures
from routing.checks.values import Failure, Question
from routing.values import Completion
from vocabulary import Finish, Message, Prompt, TaskKind, Usage


def found(
    asked: str,
    answer: str,
    *,
    finish: Finish = "stop",
    task: TaskKind = TaskKind.SIMPLE_COMPLETION,
    system: str = "",
) -> tuple[Failure, ...]:
    """What the checks find."""
    return failures(Question(text=asked, task=task, system=system), answer, finish)


def completion(
    text: str, *, logprobs: tuple[float, ...] = (), finish: Finish = "stop"
) -> Completion:
    return Completion(
        text=text,
        model="small",
        finish=finish,
        usage=Usage(),
        counting="counted",
        logprobs=logprobs,
    )


def prompt(text: str) -> Prompt:
    return Prompt(messages=(Message(role="user", text=text),), max_tokens=64)
