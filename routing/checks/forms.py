"""Whether an answer has the form that was asked for: yes or no, a length, a list, a number."""

import re
from functools import cache

from routing.checks import arithmetic
from routing.checks.fences import fenced
from routing.checks.values import Failure, Question
from routing.checks.wording import any_of, count_of, number_word, numbers, words
from vocabulary import Finish

_NUMBER = r"(\d{1,5}|[a-z]+)"
_ORDER = r"(?:^|[^\w\s]\s*|\n|\b(?:please|and|just|only|must|should|then|to) )"
"""What stands before a verb that tells the model, not of somebody else."""

_FRACTION = re.compile(r"\b(?:(\d{1,6}) )?(\d{1,6})/([1-9]\d{0,5})\b")
_ITEM = re.compile(r"^(?P<indent>[ \t]*)(?:[-*•]|\(?\d{1,2}[.):])\s+\S", re.M)
_SENTENCE = re.compile(r"[.!?](?=\s+[\"'“(]?[A-Z])")
_ABBREVIATED = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|dr|mr|mrs|ms|st|no|approx|u\.s|a\.m|p\.m)\.", re.I
)


def misses_yes_no(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """A yes or no was asked for, and the answer begins with neither."""
    if not _pattern("yes_no").search(question.wishes):
        return None
    said = words(answer)
    known = {"yes", "no", "true", "false"}
    if known.isdisjoint(said[:6]) and known.isdisjoint(said[-3:]):
        return Failure(
            check="form", says="A yes or no was asked for, and it gives neither.", certain=True
        )
    if count_of("only", question.wishes) and len(said) > 3:
        return Failure(check="form", says="Only a yes or no was asked for, and it says more.")
    return None


def misses_length(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """More or fewer words or sentences than asked for."""
    asked = question.wishes
    if not re.search(r"\b(?:words?|sentence)\b", asked, re.IGNORECASE):
        return None
    length = len(words(fenced(answer).prose))
    if _pattern("one_word").search(asked) and length > 1:
        return _length("One word was asked for, and it gives more.", certain=length > 3)
    if _pattern("one_sentence").search(asked):
        sentences = 1 + len(_SENTENCE.findall(_ABBREVIATED.sub("", answer.strip())))
        if sentences > 1:
            return _length("One sentence was asked for, and it gives more.", certain=sentences > 2)
    most = _asked_number("at_most", asked) or _asked_number("exactly", asked)
    if most is not None and length > most:
        return _length("It is longer than asked for.", certain=length > 1.1 * most + 1)
    least = _asked_number("at_least", asked) or _asked_number("exactly", asked)
    if least is not None and length < least:
        return _length("It is shorter than asked for.", certain=length < 0.8 * least - 1)
    return None


def misses_count(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """A list of so many was asked for, and it has more or fewer."""
    found = _pattern("list").search(question.text)
    asked = number_word(found[1].lower()) if found else None
    counts = [word for word in words(question.text) if number_word(word) is not None]
    if asked is None or not 2 <= asked <= 50 or len(counts) > 1:
        return None
    given = _items(answer)
    if given is None or given == asked:
        return None
    says = f"{asked} were asked for, and it gives {given}."
    return Failure(check="form", says=says, certain=given < asked and finish == "length")


def misses_commas(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """Several things parted by commas were asked for, and there is no comma."""
    asked = re.search(r"\bseparated by commas?\b|\bcomma[- ]separated\b", question.text, re.I)
    several = any((number_word(word) or 0) > 1 for word in words(question.text))
    if asked is None or not several or "," in answer or "\uff0c" in answer:
        return None
    return Failure(check="form", says="Commas were asked for, and there is none.", certain=True)


def misses_number(question: Question, answer: str, finish: Finish | None) -> Failure | None:
    """A number was asked for, and there is none; or a sum, and it is another number."""
    right = arithmetic.asked_for(question.text)
    if right is not None:
        return _wrong_sum(right, answer)
    if not _pattern("how_many").search(question.text):
        return None
    if re.search(r"\d", answer) or any(number_word(word) is not None for word in _parts(answer)):
        return None
    return Failure(check="form", says="A number was asked for, and it gives none.")


def _wrong_sum(right: float, answer: str) -> Failure | None:
    given = numbers(answer)
    spelled = [number_word(word) for word in _parts(answer)]
    if not given and any(spelled):
        return None  # in words, which are not read here
    near = 0.02 * abs(right) if right != int(right) else 1e-9
    fractions = [int(n or 0) + int(a) / int(b) for n, a, b in _FRACTION.findall(answer)]
    if any(abs(number - abs(right)) <= near for number in (*given[-3:], *fractions[-1:])):
        return None
    return Failure(
        check="arithmetic", says="The sum that was asked for comes out otherwise.", certain=True
    )


def _parts(answer: str) -> list[str]:
    return re.findall(r"[a-z]+", answer.lower())


def _asked_number(form: str, text: str) -> int | None:
    found = _pattern(form).search(text)
    return number_word(next(filter(None, found.groups())).lower()) if found else None


def _items(answer: str) -> int | None:
    """How many items a list has: its least indented points, or what commas part on one line."""
    points = [len(found["indent"]) for found in _ITEM.finditer(fenced(answer).prose)]
    if points:
        return points.count(min(points)) if len(points) > 1 else None
    line = answer.strip().rstrip(".")
    if "\n" in line or line.count(",") < 1 or len(line.split()) > 30 or ":" in line or ". " in line:
        return None
    parts = [part for part in re.split(r",\s*(?:and |or )?|\s+and\s+", line) if part.strip()]
    plain = all(len(part.split()) <= 3 for part in parts)
    return len(parts) if plain and not count_of("clauses", line) else None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """How a form is asked for; what it captures is a number."""
    one = rf"{any_of('in_one')} (?:a single|one|1)[ -](?:short |brief )?"
    verdict = any_of("verdicts")
    patterns = {
        "yes_no": rf"{_ORDER}{any_of('reply')}[^.?!\n]{{0,40}}{verdict}"
        rf"|[(:,]\s*{verdict}\s*[?.)]*\s*$",
        "one_word": rf"{one}word\b|\bone-word (?:answer|reply)",
        "one_sentence": rf"{one}sentence\b|\bone-sentence\b",
        "at_most": rf"{any_of('at_most')} {_NUMBER} words\b"
        rf"|\b{_NUMBER} words (?:or (?:less|fewer)|max)",
        "at_least": rf"{any_of('at_least')} {_NUMBER} words\b",
        "exactly": rf"\b(?:exactly|precisely) {_NUMBER} words\b",
        "list": rf"{any_of('list_verbs')} (?:{any_of('list_fillers')} )?{_NUMBER} "
        rf"(?!{any_of('no_items')}|(?:\w+[ -]){{0,2}}{any_of('made')})[a-z]+",
        "how_many": rf"^\s*(?:(?:so|and|then)\W+)?{any_of('how_many')}[^.?!\n]*\?\s*$",
    }
    return re.compile(patterns[form], re.IGNORECASE)


def _length(says: str, *, certain: bool) -> Failure:
    return Failure(check="form", says=says, certain=certain)
