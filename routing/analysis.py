"""What can be said of a request before any model sees it: its task, its difficulty, its size.

Difficulty is a sum of evidence in log-odds. Each cue has a documented weight, the distance it moves
complexity from the middle of the scale when it stands alone; at 0.5 the logistic curve has the
slope 1/4, so a weight w adds 4·w to the log-odds. Evidence adds up, never leaves [0, 1], and with
none the score is exactly 0.5: silence is not simplicity.

These are keyword rules, and keyword rules know little (routing outcomes put them barely above a
coin): a first guess for a strategy that knows nothing better.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from routing.ask import Ask, approves, asked, read_ask
from routing.cues import Cue, Cues, Curve, cues
from routing.hearing import Heard, hear, holds_any, opens_with_any
from routing.tokens import estimate_tokens
from routing.values import Analysis
from vocabulary import Message, TaskKind

if TYPE_CHECKING:
    from routing.prior import Sketch

MESSAGE_OVERHEAD = 4
"""Tokens that a chat template puts around each message, roughly (OpenAI's cookbook: 3 or 4)."""

OUTPUT_TOKENS: dict[TaskKind, int] = {
    TaskKind.SIMPLE_COMPLETION: 250,
    TaskKind.INLINE_COMPLETION: 60,
    TaskKind.TRANSLATION: 60,
    TaskKind.SUMMARISATION: 250,
    TaskKind.EXTRACTION: 200,
    TaskKind.CREATIVE_WRITING: 800,
    TaskKind.CODE_GENERATION: 700,
    TaskKind.CODE_REVIEW: 700,
    TaskKind.DEBUGGING: 600,
    TaskKind.ARCHITECTURE_DESIGN: 1400,
    TaskKind.REASONING_TASKS: 700,
}
"""What an answer of middling difficulty takes, in tokens: a guess by kind, to be replaced by what
the ledger has seen."""

_STRUCTURE = 0.75
"""How strongly a diff or a stack trace speaks for a task: less than a plain request, more than a
mention."""

_NOTABLE = 0.02
"""The smallest weight on a curve that is worth telling a person."""

_MOST_PLAIN_WORDS = 25
_MOST_GREETING_WORDS = 6

Evidence = dict[str, float]
"""What was noticed, in words, and the weight of each."""


def analyse(
    prompt: str,
    *,
    context: str = "",
    system: str = "",
    turns: Sequence[Message] = (),
    task: TaskKind | None = None,
    max_tokens: int | None = None,
    sketch: "Callable[[str], Sketch | None]" = lambda _: None,
) -> Analysis:
    """Judge a request by its last ask (or what that approves), never by its system text.

    `turns` are the messages before `prompt`. `task` overrides the kind that would be guessed.
    `sketch` is how the learned prior sees a text, the ask and what it is about.
    Of a long prompt only the head and the tail are read (`routing.ask`), and a very long one is
    sampled to count tokens: the cost is bounded whatever comes in.
    """
    from routing.checks.arithmetic import asked_for  # now: entering the room loads no checks

    table = cues()
    if not turns and context:  # what a "yes" approves may come as context
        turns = (Message(role="assistant", text=context),) if approves(prompt, table) else turns
    ask = read_ask(prompt, turns, table)
    heard = _with_structure(hear(ask, table), ask, table)
    kind = task or _guess(heard, table)
    sizes = [estimate_tokens(text) for text in (prompt, context, *(turn.text for turn in turns))]

    evidence = _from_cues(heard, kind, table, given=task is not None)
    evidence |= _from_shape(ask, context, sum(sizes), turns, table)
    evidence |= _if_plain(ask, evidence, table)
    complexity = 1 / (1 + math.exp(-4 * sum(evidence.values())))

    kind = kind or _unspoken(ask, complexity)
    messages = 1 + len(turns) + bool(system)
    output = _expected_output(kind, complexity, ask_tokens=sizes[0] + sizes[1])
    return Analysis(
        task=kind,
        complexity=round(complexity, 4),
        input_tokens=sum(sizes) + estimate_tokens(system) + MESSAGE_OVERHEAD * messages,
        output_tokens=output if max_tokens is None else min(output, max_tokens),
        turns=1 + sum(turn.role == "user" for turn in turns),
        turns_tokens=sum(sizes[2:]) + MESSAGE_OVERHEAD * len(turns),
        signals=tuple(evidence),
        provable=asked_for(prompt) is not None,
        sketch=sketch("\n\n".join(filter(None, (asked(prompt, turns, table), context)))),
    )


def _with_structure(heard: dict[str, Heard], ask: Ask, table: Cues) -> dict[str, Heard]:
    """The cues heard, and those that the form of the text gives."""
    seen = dict(heard)
    late = len(ask.words)
    if ask.diff:
        seen.setdefault("code_review", Heard(strength=_STRUCTURE, at=late))
    if ask.trace:
        seen.setdefault("debugging", Heard(strength=_STRUCTURE, at=late))
    numbers = table.words["number"]
    figures = sum(word[0].isdecimal() or (word,) in numbers for word in ask.words)
    if ask.notation or (figures >= 2 and holds_any(ask, table.words["quantity"])):
        seen["calculation"] = Heard(strength=1.0, at=late)
    return seen


def _guess(heard: dict[str, Heard], table: Cues) -> TaskKind | None:
    """The task that speaks loudest, and first among equals."""
    votes = [
        (-found.strength, found.at, task)
        for name, found in heard.items()
        if (task := table.all[name].task) is not None
    ]
    return min(votes)[2] if votes else None


def _from_cues(
    heard: dict[str, Heard], kind: TaskKind | None, table: Cues, *, given: bool
) -> Evidence:
    own = {name: found for name, found in heard.items() if table.all[name].task == kind}
    alone = given or any(
        table.all[name].material and found.strength == 1.0 for name, found in own.items()
    )
    counted = {
        name: found
        for name, found in heard.items()
        if table.all[name].task is None or not alone or name in own
    }
    evidence: Evidence = {}
    if given and kind is not None and not own:
        evidence[f"the task was given as {kind.value.replace('_', ' ')}"] = _weight_of(kind, table)
    for name, found in counted.items():
        cue: Cue = table.all[name]
        evidence[cue.says] = cue.weight * found.strength
    return evidence


def _weight_of(kind: TaskKind, table: Cues) -> float:
    """What a task weighs that the caller named: the mildest of its cues."""
    weights = [cue.weight for cue in table.all.values() if cue.task == kind]
    return min(weights, default=table.weight["plain_question"])


def _from_shape(
    ask: Ask, context: str, tokens: int, turns: Sequence[Message], table: Cues
) -> Evidence:
    earlier = sum(turn.role == "user" for turn in turns)
    length = _along(table.curve["prompt"], ask.chars)
    explains = holds_any(ask, table.words["explanation"])
    long_context = len(context) > 5000
    weights = {
        "a long prompt" if length > 0 else "a short prompt": length,
        "a long context": _along(table.curve["context"], len(context)),
        "much to read": _along(table.curve["tokens"], tokens),
        "earlier turns to keep in mind": _along(table.curve["turns"], earlier),
        "contains code": table.weight["code"] * (ask.code or ask.diff),
        "several parts": table.weight["several_parts"] * (ask.items >= 3 or ask.questions >= 3),
        "asks to explain a long context": (
            table.weight["explanation_of_long_context"] * (explains and long_context)
        ),
        "asks for an explanation": table.weight["explanation"] * (explains and not long_context),
    }
    return {says: weight for says, weight in weights.items() if abs(weight) >= _NOTABLE}


def _if_plain(ask: Ask, evidence: Evidence, table: Cues) -> Evidence:
    """A greeting, or one short question that nothing makes hard."""
    if ask.approves or any(weight > 0 for weight in evidence.values()):
        return {}
    if len(ask.words) <= _MOST_GREETING_WORDS and _greets(ask, table):
        return {"a greeting": table.weight["greeting"]}
    figures = sum(word[0].isdecimal() for word in ask.words)
    plain = len(ask.words) <= _MOST_PLAIN_WORDS and ask.sentences <= 1 and figures < 2
    if plain and opens_with_any(ask, table.words["question"]):
        return {"one plain question": table.weight["plain_question"]}
    return {}


def _greets(ask: Ask, table: Cues) -> bool:
    greetings = table.words["greeting"]
    return any(ask.words[:length] in greetings for length in (1, 2))


def _unspoken(ask: Ask, complexity: float) -> TaskKind:
    """The task of a request that names none. Without any evidence it is the one kept at home."""
    if ask.code and not ask.words:
        return TaskKind.CODE_GENERATION
    return TaskKind.REASONING_TASKS if complexity > 0.5 else TaskKind.SIMPLE_COMPLETION


def _expected_output(kind: TaskKind, complexity: float, *, ask_tokens: int) -> int:
    base = OUTPUT_TOKENS[kind]
    if kind is TaskKind.TRANSLATION:
        base = max(base, ask_tokens)
    elif kind in (TaskKind.SUMMARISATION, TaskKind.EXTRACTION):
        base = max(base, min(ask_tokens // 6, 1000))
    return max(1, round(base * (0.5 + complexity)))


def _along(curve: Curve, size: float) -> float:
    """The weight at `size` on straight lines between the points of `curve`, level outside them."""
    if size <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if size <= x1:
            return y0 + (y1 - y0) * (size - x0) / (x1 - x0)
    return curve[-1][1]
