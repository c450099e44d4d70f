"""The words that checks listen for, and plain views of a text."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


@cache
def table() -> Mapping[str, Any]:
    """`words.toml`, read once."""
    text = files("routing.checks").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(text: str) -> list[str]:
    """The words of a text in lower case, with one kind of apostrophe."""
    return [word.replace("\u2019", "'") for word in _WORD.findall(text.lower())]


@cache
def any_of(name: str) -> str:
    """A pattern for any phrase of the list `name`, the longest first, as whole words."""
    phrases = sorted(table()[name], key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?![\w'])"


def count_of(name: str, text: str) -> int:
    """How often any phrase of the list `name` stands in `text`."""
    return len(re.findall(any_of(name), text.lower().replace("\u2019", "'")))


def numbers(text: str) -> Sequence[float]:
    """The numbers of a text, in digits, without thousands separators."""
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return [float(number) for number in re.findall(r"(?<![\d.])\d{1,15}(?:\.\d{1,9})?", plain)]


def number_word(word: str) -> int | None:
    """A number as digits or an English word, None for anything else."""
    if word.isascii() and word.isdigit():
        return int(word[:9])
    found = table()["numbers"].get(word)
    return int(found) if found is not None else None
