"""Answers that are empty, only echo the question, or hold what a template should have removed."""

import re
from unicodedata import category

from routing.checks.values import Failure, Question
from routing.checks.wording import words
from vocabulary import Finish

_TOKENS = re.compile(
    r"<\|[a-z_]{2,30}\|>|</?s>|<(?:start|end)_of_turn>|\[/?INST\]|<</?SYS>>|<\|?(?:pad|eos|bos|unk)\|?>"
    r"|^### ?(?:Instruction|Response|Input)\b",
    re.M,
)
_DRAWING = 20
"""Signs. More of them without a letter are a picture."""

_NEXT_TURN = re.compile(r"^(?:Q|User|Human|Question|### User)\s?:", re.M)
_MEANT = re.compile(
    r"\b(?:repeat|echo|correct|proofread|grammar|spelling|fix|format|exactly|translate|rewrite|copy|faq|dialogue"
    r"|interview|quiz|questions?)\b",
    re.I,
)


def empty(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """There is nothing to read in it."""
    seen = "".join(answer.split()).strip("\u200b")
    if len(seen) > _DRAWING or any(each.isalnum() or category(each) == "So" for each in seen):
        return None
    if re.search(r"\S", answer) and re.search(
        r"symbol|sign|operator|character|punctuation|emoji", question.text, re.I
    ):
        return None
    return Failure(check="empty", says="The answer is empty.", certain=True)


def echoes(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """It says the question again, and no more."""
    if len(answer) > 2 * len(question.text):
        return None
    asked, given = words(question.text), words(answer)
    if len(asked) < 4 or given != asked or _MEANT.search(question.text):
        return None
    return Failure(check="echo", says="The answer only repeats the question.", certain=True)


def holds_template(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """Control tokens of a chat template, or the model's own next question, are left in it."""
    found = _TOKENS.search(answer)
    if found is not None and found[0] not in question.wishes and "template" not in question.text:
        return Failure(check="template", says="Control tokens are left in the answer.")
    turn = _NEXT_TURN.search(answer)
    if turn is not None and turn[0] not in question.wishes and not _MEANT.search(question.wishes):
        return Failure(check="template", says="The answer goes on with a question of its own.")
    return None
