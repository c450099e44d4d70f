"""Short questions of our own with known answers, and whether an answer is right."""

import ast
import json
import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_SEED = 7
_ASKED = {
    "capitals": "What is the capital of {}?",
    "opposites": "What is the opposite of {}?",
    "plurals": "What is the plural of {}?",
    "past": "What is the past tense of {}?",
    "translations": "Translate to {}",
}
_UNITS = (
    ("metres", "kilometre", 1000),
    ("grams", "kilogram", 1000),
    ("minutes", "hour", 60),
    ("seconds", "minute", 60),
    ("hours", "day", 24),
    ("centimetres", "metre", 100),
    ("days", "week", 7),
    ("months", "year", 12),
    ("cents", "euro", 100),
    ("millilitres", "litre", 1000),
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`accepted` are answers that will do alike; a form's is the one rule that it must keep."""

    kind: str
    question: str
    accepted: tuple[str, ...]

    def is_right(self, answer: str) -> bool:
        """Whether an answer says what is accepted, in its first line."""
        if self.kind == "forms":
            return _keeps(self.accepted[0], answer.strip())
        first = answer.strip().partition("\n")[0]
        return any(_says(first, accepted) for accepted in self.accepted)


def rows() -> list[Row]:
    """All of them, in an order that does not change."""
    every = [*_written(), *_reckoned(random.Random(_SEED))]
    return list({row.question: row for row in every}.values())


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _written() -> Iterator[Row]:
    for kind in ("capitals", "opposites", "plurals", "past", "yes_no", "facts", "translations"):
        yield from _rows(kind, _ASKED.get(kind, "{}"))
    yield from _rows("after", "{}")
    yield from _rows("forms", "{}")
    for line in _table()["spelling"].strip().splitlines():
        ways, right = line.split(" > ")
        first, second = ways.split(" / ")
        asked = f'Which spelling is right, "{first}" or "{second}"?'
        yield Row(kind="spelling", question=asked, accepted=(right,))
    for word in _table()["letters"]:
        asked = f'How many letters are there in the word "{word}"?'
        yield Row(kind="letters", question=asked, accepted=(str(len(word)),))


def _rows(kind: str, asked: str) -> Iterator[Row]:
    for line in _table()[kind].strip().splitlines():
        thing, _, right = line.partition(" > ")
        accepted = tuple(each.strip() for each in right.split("|"))
        yield Row(kind=kind, question=asked.format(thing), accepted=accepted)


def _reckoned(chance: random.Random) -> Iterator[Row]:
    made: tuple[tuple[str, int, Callable[[random.Random], tuple[str, object]]], ...] = (
        ("add", 36, _sum),
        ("multiply", 26, _product),
        ("divide", 12, _quotient),
        ("convert", 30, _converted),
        ("sequence", 24, _sequence),
        ("larger", 24, _larger),
    )
    for kind, number, make in made:
        seen: set[str] = set()
        while len(seen) < number:
            asked, right = make(chance)
            if asked not in seen:
                seen.add(asked)
                yield Row(kind=kind, question=asked, accepted=(str(right),))


def _sum(chance: random.Random) -> tuple[str, object]:
    most = chance.choice((9, 20, 60, 200))
    a, b = chance.randint(1, most), chance.randint(1, most)
    if chance.random() < 0.4:
        return f"What is {max(a, b)} - {min(a, b)}?", abs(a - b)
    return f"What is {a} + {b}?", a + b


def _product(chance: random.Random) -> tuple[str, object]:
    a, b = chance.randint(2, 12), chance.randint(2, 12)
    way = chance.choice(("What is {} x {}?", "What is {} times {}?"))
    return way.format(a, b), a * b


def _quotient(chance: random.Random) -> tuple[str, object]:
    a, b = chance.randint(2, 10), chance.randint(2, 10)
    return f"What is {a * b} divided by {b}?", a


def _converted(chance: random.Random) -> tuple[str, object]:
    small, large, factor = chance.choice(_UNITS)
    many = chance.choice((1, 1, 2, 3, 5))
    plural = f"{many} {large}s" if many > 1 else f"a {large}" if large != "hour" else "an hour"
    return f"How many {small} are there in {plural}?", many * factor


def _sequence(chance: random.Random) -> tuple[str, object]:
    start, step = chance.randint(1, 20), chance.choice((1, 2, 3, 5, 10))
    if chance.random() < 0.25:
        shown = [start * 2**place for place in range(5)]
    else:
        shown = [start + step * place for place in range(5)]
    return f"What number comes next: {', '.join(map(str, shown[:4]))}?", shown[4]


def _larger(chance: random.Random) -> tuple[str, object]:
    most = chance.choice((20, 100, 2000))
    a, b = chance.sample(range(1, most), 2)
    return f"Which number is larger, {a} or {b}?", max(a, b)


def _says(answer: str, accepted: str) -> bool:
    if re.fullmatch(r"-?\d+", accepted):
        numbers = _NUMBER.findall(re.sub(r"(?<=\d),(?=\d{3})", "", answer))
        return bool(numbers) and float(numbers[-1]) == float(accepted)
    plain = re.findall(r"\w+", answer.lower())
    if accepted in ("yes", "no"):
        return plain[:1] == [accepted]
    words = re.findall(r"\w+", accepted.lower())
    return any(plain[at : at + len(words)] == words for at in range(len(plain)))


def _keeps(rule: str, answer: str) -> bool:
    """Whether an answer has the form, and where the rule says what it is of, the matter."""
    name, _, rest = rule.partition(" ")
    words = re.findall(r"[\w']+", answer.lower())
    if name == "list":
        number, _, of = rest.partition(" ")
        parts = [part.strip(" .").lower() for part in answer.split(",")]
        known = _table()["members"][of].split()
        return len(parts) == int(number) == len(set(parts)) and all(p in known for p in parts)
    if name == "words":
        return words == rest.split()[1:]
    if name == "most":
        return 0 < len(words) <= int(rest)
    if name == "exact":
        return answer == rest
    return _parses(name, rest, answer)


def _parses(name: str, rest: str, answer: str) -> bool:
    try:
        if name == "json":
            found = json.loads(answer)
            return set(rest.split()) <= set(found) if rest else isinstance(found, list)
        tree = ast.parse(answer, mode="eval")
    except (ValueError, SyntaxError, TypeError):
        return False
    return _value(tree.body) == float(rest)


def _value(node: ast.expr) -> float | None:
    """What such a simple expression comes to; nothing is executed."""
    match node:
        case ast.BinOp(
            left=ast.Constant(value=int(a)), op=ast.Add(), right=ast.Constant(value=int(b))
        ):
            return float(a + b)
        case ast.BinOp(
            left=ast.Constant(value=int(a)), op=ast.Mult(), right=ast.Constant(value=int(b))
        ):
            return float(a * b)
        case ast.Call(func=ast.Name(id="len"), args=[ast.Constant(value=str(text))]):
            return float(len(text))
    return None
