"""A conversation that is too long for a model: what can be left out, and saying so."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from vocabulary import Message, Prompt

TURN_TOKENS = 4
"""What chat templates add around each turn: `<|role|>`, `<|end|>` and line breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A prompt that fits, and in words what was left out for it; empty where all of it fits."""

    prompt: Prompt
    dropped: str = ""


def fit(prompt: Prompt, context_tokens: int, count: Callable[[str], int]) -> Fitted | None:
    """As much of `prompt` as fits `context_tokens` together with its answer (`max_tokens`).

    The oldest turns are left out first. The system text and the last ask stay whole: where these
    do not fit, None. What is left begins with the person, as some servers insist. `count` estimates
    the tokens of a text.
    """
    room = context_tokens - prompt.max_tokens
    if prompt.system:
        room -= count(prompt.system) + TURN_TOKENS
    turns = prompt.messages
    room -= _size(turns[-1], count)
    if room < 0:
        return None
    first = len(turns) - 1
    while first > 0 and (room := room - _size(turns[first - 1], count)) >= 0:
        first -= 1
    if first == 0:
        return Fitted(prompt=prompt)
    while turns[first].role != "user" and first < len(turns) - 1:
        first += 1
    return Fitted(prompt=replace(prompt, messages=turns[first:]), dropped=_told(first, len(turns)))


def _size(turn: Message, count: Callable[[str], int]) -> int:
    return count(turn.text) + TURN_TOKENS


def _told(left_out: int, turns: int) -> str:
    if left_out == 1:
        return f"The first of {turns} turns was left out, as the model cannot hold them all."
    return (
        f"The first {left_out} of {turns} turns were left out, as the model cannot hold them all."
    )
