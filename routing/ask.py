"""What is really asked: the last request, told apart from the code and text it comes with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from routing.cues import Cues
from vocabulary import Message

HEAD_CHARS = 6000
TAIL_CHARS = 3000
"""How much of a long request is read: people say what they want before or after what they paste."""

_WORD_OR_STOP = re.compile(r"[^\W_]+|[.!?;:\n👍✅]")
_STOPS = frozenset(".!?;:\n")
_FENCE = "```"
_LONGEST_APPROVAL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request, read.

    `words` are the lower-case words of its prose, and `opens[i]` tells whether word `i` begins a
    sentence (after words of politeness). `chars` counts the whole of it, also what was not read.
    `approves` is true when the person only said "go ahead": then this is the earlier request.
    """

    words: tuple[str, ...]
    opens: tuple[bool, ...]
    chars: int
    sentences: int
    questions: int
    items: int
    code: bool = False
    diff: bool = False
    trace: bool = False
    notation: bool = False
    approves: bool = False


def asked(prompt: str, turns: Sequence[Message], cues: Cues) -> str:
    """The text of the last request; of one that only approves, of what it approves."""
    return _approved(turns, cues) if turns and approves(prompt, cues) else prompt


def read_ask(prompt: str, turns: Sequence[Message], cues: Cues) -> Ask:
    """The last request of a conversation; one that only approves stands for what it approves."""
    text = asked(prompt, turns, cues)
    return _read(text, cues, approves=text is not prompt)


def approves(text: str, cues: Cues) -> bool:
    """Whether a text says no more than "go ahead"."""
    if len(text) > 100:
        return False
    words = _words(text)
    approving = cues.words["approval"]
    return 0 < len(words) <= _LONGEST_APPROVAL and all((word,) in approving for word in words)


def _approved(turns: Sequence[Message], cues: Cues) -> str:
    """The last request that was one, and what the assistant last proposed in answer to it."""
    request = next(
        (
            turn.text
            for turn in reversed(turns)
            if turn.role == "user" and not approves(turn.text, cues)
        ),
        "",
    )
    proposal = turns[-1].text if turns[-1].role == "assistant" else ""
    return f"{request}\n{proposal}"


def _read(text: str, cues: Cues, *, approves: bool) -> Ask:
    seen = _head_and_tail(text)
    lines = _FENCE.join(seen.split(_FENCE)[::2]).splitlines()
    stripped = [line.strip() for line in lines]
    marks = cues.marks
    is_code = [
        line.startswith(marks["code_line"]) or line.endswith(marks["code_line_end"])
        for line in stripped
    ]
    prose = "\n".join(
        line for line, code in zip(stripped, is_code, strict=True) if not code and line != _FENCE
    )
    words, opens = _sentences(prose, cues)
    return Ask(
        words=words,
        opens=opens,
        chars=len(text),
        sentences=sum(opens),
        questions=prose.count("?"),
        items=sum(_is_item(line) for line in stripped),
        code=_FENCE in seen or sum(is_code) >= 2,
        diff=any(line.lstrip().startswith(marks["diff_line"]) for line in seen.splitlines()),
        trace=any(mark in seen for mark in marks["trace"]),
        notation=any(mark in seen for mark in marks["notation"]),
        approves=approves,
    )


def _head_and_tail(text: str) -> str:
    """The first and last part of a long text, with the fences that the cut took away put back."""
    if len(text) <= HEAD_CHARS + TAIL_CHARS:
        return text
    head, tail = text[:HEAD_CHARS], text[-TAIL_CHARS:]
    if head.count(_FENCE) % 2:
        head += _FENCE
    if text.count(_FENCE, 0, len(text) - TAIL_CHARS) % 2:
        tail = _FENCE + tail
    return f"{head}\n{tail}"


def _is_item(line: str) -> bool:
    head, _, rest = line[:5].partition(" ")
    return bool(rest) and (head in {"-", "*", "•"} or (head[:-1].isdigit() and head[-1] in ".)"))


def _words(text: str) -> list[str]:
    return [word for word in _WORD_OR_STOP.findall(text.lower()) if word not in _STOPS]


def _sentences(prose: str, cues: Cues) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    polite = cues.words["polite"]
    words: list[str] = []
    opens: list[bool] = []
    opening = True
    for word in _WORD_OR_STOP.findall(prose.lower()):
        if word in _STOPS:
            opening = True
            continue
        words.append(word)
        opens.append(opening and (word,) not in polite)
        opening = opening and (word,) in polite
    return tuple(words), tuple(opens)
