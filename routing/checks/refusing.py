"""Answers that decline to answer, where declining is all they do."""

import re
from functools import cache

from routing.checks.values import Failure, Question
from routing.checks.wording import count_of, table
from vocabulary import Finish

_WHOLE = 60
"""Words. A longer answer that begins with a refusal mostly goes on to help."""

_BARE = re.compile(
    r"(?:(?:i'm|i am) )?(?:(?:sorry|afraid|unfortunately)[,.]? )?(?:but )?"
    r"i (?:cannot|can't|can not|am unable to|won't) (?:assist|help)(?: you)? "
    r"with (?:that|this)(?: request)?[.!]?\s*"
    r"(?:is there (?:anything|something) else[^?]*\?)?\s*$"
)
"""A refusal that is no letter, poem or message of anybody's."""

_POINT = re.compile(r"```|^\s*(?:[-*•]|\d+[.)])\s", re.M)


def refuses(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """The server says that the model declined, or the answer opens with it and is little more."""
    if finish == "refusal":
        return _failure(certain=True)
    text = answer.lower().replace("\u2019", "'").lstrip(" \n\"'*_")
    if len(text.split()) > _WHOLE or not _opening().match(text):
        return None
    if count_of("of_itself", question.text):
        return None
    if count_of("in_a_name", question.text) and not _BARE.match(text) and "as an ai" not in text:
        return None
    return _failure(certain=not (_POINT.search(text) or count_of("goes_on", text)))


def _failure(*, certain: bool) -> Failure:
    return Failure(check="refusal", says="The model declined to answer.", certain=certain)


@cache
def _opening() -> re.Pattern[str]:
    declined = "|".join(map(re.escape, table()["declined"]))
    openings = "|".join(
        re.escape(opening).replace(r"\~", "~").replace("~", f"(?:{declined})")
        for opening in table()["refusal_openings"]
    )
    apologies = "|".join(map(re.escape, table()["apologies"]))
    unspaced = "|".join(map(re.escape, table()["unspaced_refusals"]))
    return re.compile(rf"(?:(?:{apologies})[,.!:;\uff0c\u3002\s]+)*(?:{openings})(?!\w)|{unspaced}")
