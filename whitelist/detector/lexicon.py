"""Words of context in the languages of Europe and the Americas, and where they stand in a text."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HUMPED = re.compile(r"[^\W\d_]+?(?<=[a-z])(?=[A-Z])|[^\W\d_]+")
_NEAR = 3  # characters between the words of a phrase
_STEM = 4  # letters by which stems are looked up
_SECOND = 2  # letters by which second words are
_DIGIT = re.compile(r"\d")
_COLON = re.compile(r"[ \t]?:")


Word = tuple[str, int, int]
"""A word in its plain form, and its place. (A plain tuple: a text has thousands.)"""


class Mark(NamedTuple):
    """A phrase of the table: what it speaks of, its place, and the sign it has in the table."""

    kind: str
    start: int
    end: int
    sign: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """A text, its folded form of the same length, and the phrases in it by place."""

    text: str
    plain: str
    words: Sequence[Word]
    marks: Sequence[Mark]
    examples: bool

    def room(self, place: int) -> int:
        """Where the next mark after `marks[place]` starts: what follows is that one's."""
        return self.marks[place + 1].start if place + 1 < len(self.marks) else len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words in a row. `+` stands for any word for a number; a star ends a stem. `sign` is `!` for
    those that count in capitals or straight before a colon only, `.` for abbreviations, `~` for
    those whose number has letters too.
    """

    kind: str
    words: tuple[str, ...]
    sign: str


Phrases = dict[str, list[Phrase]]
"""By the first letters of the second word: `+` for any number's name, nothing where there is
none."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases by their first word, by the first letters of a stem, and those that begin with a
    number's name by what follows it.
    """

    numbers: frozenset[str]
    first: dict[str, Phrases] = field(default_factory=dict)
    stems: dict[str, Phrases] = field(default_factory=dict)
    numbered: dict[str, list[Phrase]] = field(default_factory=dict)

    def add(self, phrase: Phrase) -> None:
        head, *others = phrase.words
        if head == "+":
            self.numbered.setdefault(others[0].rstrip("*"), []).append(phrase)
            return
        second = others[0].rstrip("*")[:_SECOND] if others else ""
        heads = (
            self.stems.setdefault(head[:_STEM], {})
            if head.endswith("*")
            else self.first.setdefault(head, {})
        )
        heads.setdefault(second, []).append(phrase)

    def marks(self, text: str, words: Sequence[Word]) -> Iterator[Mark]:
        """The phrases in `words`, the longest at each place, none overlapping another."""
        done = 0
        for place, (word, start, _) in enumerate(words):
            if place < done:
                continue
            if word in self.first or word[:_STEM] in self.stems or word in self.numbers:
                phrase = self._at(text, words, place)
                if phrase is not None:
                    done = place + len(phrase.words)
                    yield Mark(phrase.kind, start, words[done - 1][2], phrase.sign)

    def _at(self, text: str, words: Sequence[Word], place: int) -> Phrase | None:
        best, most = None, 0
        for phrase in self._beginning(words, place):
            if len(phrase.words) > most and self._fits(text, words, place, phrase):
                best, most = phrase, len(phrase.words)
        return best

    def _beginning(self, words: Sequence[Word], place: int) -> Iterator[Phrase]:
        word = words[place][0]
        second = words[place + 1][0] if place + 1 < len(words) else ""
        for phrases in (self.first.get(word), self.stems.get(word[:_STEM])):
            if phrases is not None:
                yield from phrases.get("", ())
                if second:
                    yield from phrases.get(second[:_SECOND], ())
                if second in self.numbers:
                    yield from phrases.get("+", ())
        if second and word in self.numbers:
            yield from self.numbered.get(second, ())

    def _fits(self, text: str, words: Sequence[Word], place: int, phrase: Phrase) -> bool:
        if place + len(phrase.words) > len(words):
            return False
        last: int | None = None
        for offset, wanted in enumerate(phrase.words):
            word, start, end = words[place + offset]
            if not _is(word, wanted, self.numbers):
                return False
            if last is not None and (start - last > _NEAR or _DIGIT.search(text, last, start)):
                return False
            last = end
        return _signed(text, words[place][1], last or 0, phrase.sign)


@cache
def lexicon() -> Lexicon:
    """The table in words.toml. Takes some ten milliseconds."""
    source = files("whitelist.detector").joinpath("words.toml").read_text("utf-8")
    tables: Mapping[str, Mapping[str, str]] = tomllib.loads(source)
    number = frozenset(w.strip() for row in tables["number"].values() for w in row.split(","))
    built = Lexicon(number)
    for kind, languages in tables.items():
        if kind == "number":
            continue
        for row in languages.values():
            for entry in row.split(","):
                built.add(_phrase(kind, entry.strip()))
    return built


def _is(word: str, wanted: str, numbers: frozenset[str]) -> bool:
    if wanted == "+":
        return word in numbers
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


def _signed(text: str, start: int, end: int, sign: str) -> bool:
    if sign == "!":
        return text[start:end].isupper() or _COLON.match(text, end) is not None
    return sign != "." or text.startswith(".", end)


def _phrase(kind: str, entry: str) -> Phrase:
    sign = entry[-1] if entry[-1] in "!.~" else ""
    words = folded(entry.rstrip("!.").replace("~", "+")).split()
    return Phrase(kind=kind, words=tuple(words), sign=sign)


def page_of(text: str, *, examples: bool) -> Page:
    """`text` with the marks of the shipped table."""
    plain = folded(text)
    words = words_of(text, plain)
    marks = tuple(lexicon().marks(text, words))
    return Page(text=text, plain=plain, words=words, marks=marks, examples=examples)


def words_of(text: str, plain: str) -> list[Word]:
    """The words of `text`, as `plain`, its folded form, has them; `dateOfBirth` is three."""
    pattern = _HUMPED if _HUMP.search(text) else _WORD
    spans = [match.span() for match in pattern.finditer(text)]
    return [(plain[start:end], start, end) for start, end in spans]


def folded(text: str) -> str:
    """`text` in small letters without accents, character by character."""
    small = text.lower()
    if small.isascii():
        return small
    if len(small) != len(text):
        small = "".join(c.lower()[0] for c in text)
    return small.translate(_FOLDS)


class _Folds(dict[int, str]):
    """For str.translate: a letter without its accent, found when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = unicodedata.normalize("NFD", char)[0]
        return self[code]


_FOLDS = _Folds({ord(a): b for a, b in zip("łøđıς", "lodiσ", strict=True)})  # noqa: RUF001
