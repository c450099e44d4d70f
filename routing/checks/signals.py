"""What the text of an answer says about its being right, as numbers."""

import math
from collections.abc import Iterable, Mapping

from routing.checks.agreement import SHORT
from routing.checks.arithmetic import Sums, asked_for, sums
from routing.checks.values import Failure, Question
from routing.checks.wording import count_of, numbers, table, words

_READ = 6000
_ROUND = frozenset({0.0, 1.0, 2.0, 10.0, 100.0})
"""Numbers that come into a calculation of themselves."""


def text_signals(
    question: Question, answer: str, failures: Iterable[Failure]
) -> Mapping[str, float]:
    """Signals that need nothing but the two texts; those that do not apply are left out.

    A failed check that is not certain is a signal of its own name.
    """
    failures = tuple(failures)
    asked, said = question.text[-_READ:], answer[:_READ]
    return {
        "hedges": min(float(count_of("hedges", said)), 3.0),
        "turns": min(float(count_of("turns", said)), 3.0),
        "adds_nothing": float(_adds_nothing(asked, said)),
        **_reckoned(asked, said, failures),
        **_reckoning(asked, said),
        **{failure.check: 1.0 for failure in failures},
    }


def _adds_nothing(asked: str, answer: str) -> bool:
    """Whether a short answer only says words of the question, which offered it no choice."""
    if len(answer) > 12 * SHORT:
        return False
    given, known = words(answer), frozenset(words(asked))
    bare = frozenset(table()["bare"])
    return 0 < len(given) <= SHORT and "or" not in known and known.issuperset(set(given) - bare)


def _reckoned(asked: str, answer: str, failures: Iterable[Failure]) -> Mapping[str, float]:
    """Present where the question is a sum and the answer, in digits, passed its check."""
    checked = asked_for(asked) is not None and any(letter.isdigit() for letter in answer)
    return {"reckoned": 1.0} if checked and not any(failures) else {}


def _reckoning(asked: str, answer: str) -> Mapping[str, float]:
    """How an answer that states sums uses the numbers of the question, and what it ends in."""
    stated, given, known = sums(answer), numbers(answer), set(numbers(asked))
    if not known or stated == Sums():
        to_reckon = len(known) > 1 and count_of("to_reckon", asked)
        return {"no_sums": 1.0} if to_reckon and given else {}
    made = set(given) - known
    used, spoken = set(words(answer)), set(words(asked))
    return {
        "sums_wrong": min(float(stated.wrong), 2.0),
        "sums_right": math.log1p(stated.right),
        "numbers_unused": len(known - set(given)) / len(known),
        "numbers_new": math.log1p(len(made - _ROUND)),
        "fractions": min(float(sum(not number.is_integer() for number in made)), 4.0),
        "end_fraction": float(not given[-1].is_integer()),
        "shared_words": len(used & spoken) / len(used),
    }
