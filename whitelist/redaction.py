"""Takes personal data and secrets out of texts, and leaves tags that the values come back to."""

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from whitelist.detector.detect import detect
from whitelist.detector.findings import KINDS, RANK, Finding, Findings
from whitelist.detector.tags import TAG, outside_tags
from whitelist.errors import NotRedactable
from whitelist.tag_forms import mimics_tag

INSTRUCTION = (
    "Marks in double square brackets, such as [[KIND_1]], stand for values that were taken out. "
    "Where such a value belongs in your answer, copy its mark exactly as it is; invent none."
)
"""Told to the model with a redacted text, as part of the system text."""

ROUNDS = 5
"""How often a text is inspected at most; nearly always twice, before and after."""

_BETWEEN = "\n\n"
_LETTERS = "bcdfghjkmnpqrstvwxyz23456789"  # no vowels: no words; nothing that looks like another
_LEAST_MENTION = 6
_WORD = re.compile(r"[^\W_]+")

Detect = Callable[[str], Findings]
Span = tuple[int, int, str]
"""Start, end and kind of something in one text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Texts that may travel, and what each tag in them stands for. Shows neither of them.

    `counts`: how many different values of each kind were taken out, worst first.
    """

    parts: tuple[str, ...] = field(repr=False)
    map: Mapping[str, str] = field(repr=False)
    counts: Mapping[str, int]


def redact(parts: Sequence[str], *, detect: Detect = detect) -> Redaction:
    """Every value of tier A and B in `parts`, which are sent together, replaced by a tag.

    The same value of the same kind, spelled the same, has one tag wherever it stands, also where
    nothing around it gives it away. What goes on from one part into the next has a tag in each.
    Afterwards everything is inspected again.

    Raises:
        NotRedactable: a text could not be inspected in full, or something was found time and again.
    """
    texts, tags = tuple(parts), _Tags(_suffix(parts))
    for _ in range(ROUNDS):
        found = _found(texts, detect)
        if not any(found):
            return Redaction(parts=texts, map=MappingProxyType(tags.map()), counts=tags.counts())
        tags.known.learn(texts, found)
        texts = tuple(map(tags.put, texts, found))
    raise NotRedactable(
        "Something personal was found again after everything found had been taken out.",
        fix="Let a local model answer, or take the personal data out yourself.",
    )


def _found(texts: Sequence[str], detect: Detect) -> list[list[Span]]:
    """What must be taken out of each text, by place. They are inspected as one."""
    findings = detect(_BETWEEN.join(filter(None, texts)))
    if not findings.complete:
        raise NotRedactable(
            f"The text could not be inspected in full ({findings.failure}), "
            "so it cannot be redacted either.",
            fix="Let a local model answer, or send a shorter text.",
        )
    private = sorted((f for f in findings.items if f.tier != "C"), key=lambda f: (f.start, f.end))
    found: list[list[Span]] = []
    at = first = 0
    for text in texts:
        while first < len(private) and private[first].end <= at:
            first += 1
        found.append(list(_within(text, at, private, first)))
        at += len(text) + len(_BETWEEN) if text else 0
    return found


def _within(text: str, at: int, private: Sequence[Finding], first: int) -> Iterator[Span]:
    """Where the findings from the `first` on lie in `text`, which begins at `at` of the whole."""
    done = 0
    for index in range(first, len(private)):
        item = private[index]
        start, end = max(item.start - at, done), min(item.end - at, len(text))
        if item.start - at >= len(text):
            break
        if start < end:
            yield from ((*piece, item.kind) for piece in outside_tags(text, start, end))
            done = end


def _suffix(texts: Sequence[str]) -> str:
    """What makes our tags unlike everything that looks like one in the texts, if anything does."""
    if not any(map(mimics_tag, texts)):
        return ""
    while True:
        suffix = "_" + "".join(secrets.choice(_LETTERS) for _ in range(4))
        if not any(suffix in text.casefold() for text in texts):
            return suffix


class _Known:
    """Values that were found, to be known again where nothing around them gives them away."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._shapes: dict[str, dict[tuple[int, int], None]] = {}

    def learn(self, texts: Sequence[str], found: Sequence[Sequence[Span]]) -> None:
        values = {
            (text[start:end], kind)
            for text, spans in zip(texts, found, strict=True)
            for start, end, kind in spans
        }
        for value, kind in sorted(values, key=lambda known: (-len(known[0]), RANK[known[1]])):
            word = _WORD.search(value)
            if word is not None and len(value) - word.start() >= _LEAST_MENTION:
                self._kinds.setdefault(value, kind)
                begins = value[word.start() : word.start() + _LEAST_MENTION]
                self._shapes.setdefault(begins, {})[word.start(), len(value)] = None

    def mentions(self, text: str, start: int, end: int) -> Iterator[Span]:
        """Known values in `text[start:end]` that are no part of a longer word.

        They are looked up at each word, so that many values take no longer than few.
        """
        for word in _WORD.finditer(text, start, end) if self._shapes else ():
            begins = text[word.start() : word.start() + _LEAST_MENTION]
            for before, length in self._shapes.get(begins, ()):
                begin = word.start() - before
                stop = begin + length
                kind = self._kinds.get(text[begin:stop]) if start <= begin else None
                if kind and stop <= end and not _inside_word(text, stop):
                    yield begin, stop, kind
                    start = stop
                    break


def _inside_word(text: str, place: int) -> bool:
    return text[place - 1].isalnum() and text[place : place + 1].isalnum()


class _Tags:
    """The tags of one redaction, numbered as they are put in."""

    def __init__(self, suffix: str) -> None:
        self.known = _Known()
        self._suffix = suffix
        self._tags: dict[tuple[str, str], str] = {}
        self._numbers: Counter[str] = Counter()

    def map(self) -> dict[str, str]:
        return {tag: value for (_, value), tag in self._tags.items()}

    def counts(self) -> dict[str, int]:
        return {kind: self._numbers[kind] for kind in KINDS if self._numbers[kind]}

    def put(self, text: str, found: Sequence[Span]) -> str:
        """`text` with a tag for each of `found`, and for each mention of what is known."""
        out: list[str] = []
        at = 0
        ours = ((*tag.span(), "") for tag in TAG.finditer(text))
        for start, end, kind in (*sorted((*found, *ours)), (len(text), len(text), "")):
            for begin, stop, known in self.known.mentions(text, at, start):
                out += text[at:begin], self._tag(known, text[begin:stop])
                at = stop
            out += text[at:start], self._tag(kind, text[start:end]) if kind else text[start:end]
            at = end
        return "".join(out)

    def _tag(self, kind: str, value: str) -> str:
        tag = self._tags.get((kind, value))
        if tag is None:
            self._numbers[kind] += 1
            tag = f"[[{kind}_{self._numbers[kind]}{self._suffix}]]"
            self._tags[kind, value] = tag
        return tag
