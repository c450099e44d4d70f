"""Answers in another language or script than the question, where nobody asked for one."""

import re
from collections import Counter
from functools import cache

from routing.checks.fences import fenced
from routing.checks.values import Failure, Question
from routing.checks.wording import table, words
from vocabulary import Finish, TaskKind

_SCRIPTS = (
    ("Latin", 0x0041, 0x024F),
    ("Greek", 0x0370, 0x03FF),
    ("Cyrillic", 0x0400, 0x052F),
    ("Hebrew", 0x0590, 0x05FF),
    ("Arabic", 0x0600, 0x06FF),
    ("Devanagari", 0x0900, 0x097F),
    ("Thai", 0x0E00, 0x0E7F),
    ("Kana", 0x3040, 0x30FF),
    ("Han", 0x4E00, 0x9FFF),
    ("Hangul", 0xAC00, 0xD7AF),
)
_LETTER = re.compile(r"[A-Za-z]")
_READ = 1000
_ASKED, _ANSWERED = 2, 4
"""How many different function words tell a question's language, and an answer's."""


def strays(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """The answer is mostly in another script, or clearly in another language of those known."""
    if question.task is TaskKind.TRANSLATION or _names_a_language(question.wishes):
        return None
    asked, given = fenced(question.text).prose[-_READ:], fenced(answer).prose[:_READ]
    before, after = script(asked), script(given)
    if before and after and before != after and {before, after} != {"Han", "Kana"}:
        return _failure("The answer is in another script than the question.")
    if before == after == "Latin":
        spoken, heard = language(asked, _ASKED), language(given, _ANSWERED)
        if spoken and heard and spoken != heard:
            return _failure("The answer is in another language than the question.")
    return None


def script(text: str) -> str | None:
    """The script of at least two thirds of the letters, where there are ten or more."""
    if text.isascii():
        return "Latin" if len(_LETTER.findall(text)) >= 10 else None
    found = Counter(filter(None, map(_script_of, text)))
    if not found:
        return None
    if found["Kana"]:
        found["Kana"] += found.pop("Han", 0)
    name, most = found.most_common(1)[0]
    total = sum(found.values())
    wide = name in ("Han", "Kana", "Hangul")
    return name if total >= (4 if wide else 10) and most * 3 >= total * 2 else None


def language(text: str, least: int) -> str | None:
    """The language with the most function words, at least `least` and twice the next one's."""
    said = frozenset(words(text))
    scores = {name: len(said & known) for name, known in _known()}
    (best, most), (_, next_) = Counter(scores).most_common(2)
    return best if most >= least and most >= 2 * next_ else None


@cache
def _known() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((name, frozenset(known)) for name, known in table()["function_words"].items())


@cache
def _script_of(letter: str) -> str | None:
    if not letter.isalpha():
        return None
    code = ord(letter)
    return next((name for name, first, last in _SCRIPTS if first <= code <= last), None)


def _names_a_language(text: str) -> bool:
    named, without_spaces = _names()
    return not named.isdisjoint(words(text)) or any(each in text for each in without_spaces)


@cache
def _names() -> tuple[frozenset[str], tuple[str, ...]]:
    """Names of languages, and those in scripts that put no spaces between words."""
    named = table()["languages"]["named"]
    return frozenset(named), tuple(each for each in named if each[0] >= "\u3000")


def _failure(says: str) -> Failure:
    return Failure(check="language", says=says)
