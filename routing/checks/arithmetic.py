"""Whether the sums in a text come out: `12 + 30 = 150` does not.

Only what can be read without guessing is judged: numbers, `+ - * /`, brackets, per cent, and words
after a number as its unit. Nothing is executed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.checks.fences import fenced
from routing.checks.wording import count_of, table

_NUMBER = r"\d+(?:\.\d+)?"
_TOKEN = re.compile(rf"\s*({_NUMBER}|[-+*/()])")
_LEFT = re.compile(r"[\d.+\-*/() ]+$")
_RIGHT = re.compile(r"[\d.+\-*/() ]+")
_UNIT = re.compile(
    rf"(?<![\w.])({_NUMBER})[ -]?((?!x\b)[a-zA-Z]{{2,}}(?: (?:of )?[a-zA-Z]+)?)(?=\s*[-+*/=)])"
)
_WORDS = (
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))|[$€£]|\\(?=[$€£%])"), ""),
    (re.compile(r"\\?[*×·∙]|(?<=\d)\s*\\times\s*(?=\d)|(?<=[\d)])\s*[xX]\s*(?=[\d(.])"), "*"),
    (re.compile(r"[÷]|\bdivided by\b"), "/"),
    (re.compile(r"[\u2013\u2212]"), "-"),
    (re.compile(r"\b(?:times|multiplied by)\b"), "*"),
    (re.compile(r"\bplus\b"), "+"),
    (re.compile(r"\bminus\b"), "-"),
)
_PER_CENT = (
    (re.compile(r"%(?: of\b)(?=\s*[\d(])"), "/100*"),
    (re.compile(r"(?<=\d)%(?!\s*[\d(])"), "/100"),
)
_ASKED = re.compile(
    r"(?:what(?:'s| is| are)|how much is|calculate|compute|work out|evaluate)?\s*"
    r"([\d.+\-*/() ]+?)\s*(?:=\s*)?[?.]?\s*",
    re.I,
)
_UNKNOWN = re.compile(r"(?:[\^:_√]|(?<!\w)[b-zB-HJ-Z])\s*$")
"""What an expression cannot be cut off behind: a power, a time, a variable."""

_LONGEST, _REACH, _MOST_TOKENS = 8000, 100, 40
"""Characters of a text, of one side of a statement, and tokens of an expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many statements of the form `a op b = c` came out, and how many did not."""

    right: int = 0
    wrong: int = 0


def sums(text: str) -> Sums:
    """The sums that a text states."""
    if "=" not in text:
        return Sums()
    found = list(_judged(_plain(fenced(text[:_LONGEST]).prose)))
    return Sums(right=sum(found), wrong=len(found) - sum(found))


_FORM = re.compile(
    r"(?<=[?.!\d)])[\s,;:]*(?:please |and )?"
    r"(?:(?:just|only|answer|reply|respond|give)\b[^?]{0,40}"
    r"|(?:the )?(?:numbers?|digits?)(?: only)?|no (?:words|explanation|text))[.!]*\s*$",
    re.I,
)
"""How a sum's answer is to look, said after it."""


def asked_for(text: str) -> float | None:
    """The value of a request that is nothing but a sum ("What is 12 + 30?"), else None."""
    if len(text) > 200:
        return None
    found = _ASKED.fullmatch(_FORM.sub("", _plain(text.strip())))
    if found is None or not re.search(r"[\d)]\s*[-+*/]\s*[-(]?\s*\d", found[1]):
        return None
    if re.search(r"\d{3}-\d|\d-\d+-\d", found[1]):  # a date, or a number to call
        return None
    return value(found[1])


def value(expression: str) -> float | None:
    """What `expression` comes to; None where it is none."""
    tokens, at = [], 0
    while at < len(expression.rstrip()):
        found = _TOKEN.match(expression, at)
        if found is None:
            return None
        tokens.append(found[1])
        at = found.end()
    try:
        return _Reader(tokens).all()
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


class _Reader:
    """Reads an expression from left to right; multiplication binds closer than addition."""

    def __init__(self, tokens: Sequence[str]) -> None:
        if not 0 < len(tokens) <= _MOST_TOKENS:
            raise ValueError
        self._tokens = [*tokens, ""]
        self._at = 0

    def all(self) -> float:
        found = self._sum()
        if self._tokens[self._at]:
            raise ValueError
        return found

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _sum(self) -> float:
        total = self._product()
        while (sign := self._tokens[self._at]) in ("+", "-") and sign:
            self._at += 1
            term = self._product()
            total = total + term if sign == "+" else total - term
        return total

    def _product(self) -> float:
        total = self._factor()
        while (sign := self._tokens[self._at]) in ("*", "/") and sign:
            self._at += 1
            factor = self._factor()
            total = total * factor if sign == "*" else total / factor
        return total

    def _factor(self) -> float:
        sign = self._next()
        if sign == "-":
            return -self._factor()
        if sign == "(":
            found = self._sum()
            if self._next() != ")":
                raise ValueError
            return found
        return float(sign)


def _judged(text: str) -> Iterator[bool]:
    """For every statement that can be read, whether it comes out."""
    for line in re.split(r"\n|<<|>>|;|(?<=[a-z\d)])[.?!,](?=\s)", text):
        if line.count("=") and not re.search(r"[=!<>:]=|=>|\^", line):
            sides = line.split("=")
            for left, right in pairwise(sides):
                verdict = _comes_out(left[-_REACH:], right[:_REACH])
                if verdict is not None:
                    yield verdict


def _plain(text: str) -> str:
    for pattern, sign in _WORDS:
        text = pattern.sub(sign, text)
    return text


def _side(text: str) -> str:
    """One side of a statement, in numbers and signs as far as it goes."""
    if "%" in text:
        for pattern, sign in _PER_CENT:
            text = pattern.sub(sign, text)
    return _UNIT.sub(r"\1 ", text + "=")[:-1]


def _comes_out(left: str, right: str) -> bool | None:
    statement = f"{left} = {right}".lower()
    if count_of("counting", statement) or _mixed(statement):
        return None
    before, after = _side(left), _side(right)
    stated, given = _expression_at_end(before), _expression_at_start(after)
    if not stated or not given or not re.search(r"[\d)]\s*[-+*/]", stated):
        return None
    first, second = value(stated), value(given)
    if first is None or second is None or "%" in right or _goes_on(first, given):
        return None
    last = re.search(r"\.(\d+)\D*$", given)
    half = 0.51 * 10.0 ** -(len(last[1]) if last else 0)
    exact = all(float(number).is_integer() for number in (first, second))
    return abs(first - second) <= (1e-9 if exact else half)


def _goes_on(found: float, given: str) -> bool:
    """Whether the next side only reckons on with what was found: `90 / 450 = 0.2 * 100 = 20`."""
    first = re.match(rf"{_NUMBER}(?=\s*[-+*/])", given)
    return first is not None and abs(float(first[0]) - found) < 0.01


def _mixed(statement: str) -> bool:
    """Whether two measures stand in it: then a conversion is hidden between the numbers."""
    found = {word.rstrip("s") for word in re.findall(r"[a-z]+", statement)}
    return len(found.intersection(table()["measures"])) > 1


def _expression_at_end(side: str) -> str:
    found = _LEFT.search(side)
    if found is None or _UNKNOWN.search(side[: found.start()]):
        return ""
    shown = found[0].strip()
    while shown.startswith("(") and shown.count("(") > shown.count(")"):
        shown = shown[1:].strip()
    if found.start() and side[found.start() - 1].isalpha() and not found[0][0].isspace():
        return ""
    return shown if shown[:1].isdigit() or shown[:1] == "(" else ""


def _expression_at_start(side: str) -> str:
    found = _RIGHT.match(side)
    if found is None:
        return ""
    shown, after = found[0].strip(), side[found.end() :]
    if (after and after[0] in ":%^_°!") or shown[-1:] in "+-*/":
        return ""
    while shown.endswith(")") and shown.count(")") > shown.count("("):
        shown = shown[:-1].strip()
    return shown.rstrip(".")
