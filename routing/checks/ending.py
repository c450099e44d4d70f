"""Answers that were cut off: by their limit, in the middle of a block, of a sentence."""

import re

from routing.checks.fences import fenced
from routing.checks.values import Failure, Question
from routing.checks.wording import any_of, table
from vocabulary import Finish, TaskKind

_LINE_OF_ITS_OWN = re.compile(r"^\s*(?:[-*•+>|#$]|\d+[.)]|\[|\w+:\s)")
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("<<", ">>"))
_LONG = 8
"""Words of a last line that is a sentence, and no name, title or signature."""


def cut_off(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """It met its limit, left a block or bracket open, or stops in the middle of a sentence.

    What completes a line of code is cut by design.
    """
    if question.task is TaskKind.INLINE_COMPLETION:
        return None
    if finish == "length":
        certain = not _has_end(answer)
        return _failure("The answer was cut off at its limit.", certain=certain)
    parts = fenced(answer)
    if parts.open:
        return _failure("A block of code is not closed.", certain=True)
    text = answer.rstrip()
    if not text or _has_end(text):
        return None
    last = text.rsplit("\n", 1)[-1]
    if any(_open(last, *pair) for pair in _PAIRS):
        return _failure("The answer ends in the middle of brackets.", certain=False)
    if len(last.split()) >= _LONG and not _LINE_OF_ITS_OWN.match(last):
        hangs = re.search(rf"(?:,|[-+*/=&(\[{{]|{any_of('hanging')})$", last.lower())
        if hangs or re.search(r"[.!?]\s", text):
            return _failure("The answer ends in the middle of a sentence.", certain=False)
    return None


def _has_end(text: str) -> bool:
    last = text.split()[-1:]
    return text.rstrip()[-1:] in table()["sentence_ends"] or bool(
        last and last[0].startswith(("#", "@", "http", "www."))
    )


def _open(text: str, opening: str, closing: str) -> bool:
    return text.count(opening) > text.count(closing)


def _failure(says: str, *, certain: bool) -> Failure:
    return Failure(check="cut_off", says=says, certain=certain)
