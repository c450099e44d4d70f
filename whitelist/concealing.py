"""Answers about documents: nothing personal that a document holds may stand in them, however the
answer spells it, and nothing else personal either.

An answer such as "X1234567" has no word beside it that says what it is. So what was found in the
documents is looked for again, by its letters and digits alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from whitelist.detector.detect import Detect, detect
from whitelist.detector.findings import KINDS, Finding, Findings
from whitelist.detector.normalise import Plain, plain
from whitelist.errors import NotRedactable
from whitelist.redaction import redact

GRAM = 8
"""So many letters and digits in a row give a longer value away."""

SHORTEST = 4
"""A shorter value, and a word of less than `GRAM`, is looked for where it stands alone only: its
letters are in any text."""

_WHOLE = ("EMAIL", "ADDRESS")
"""Kinds whose parts are words of their own (a company, a town) and give nobody away."""

Place = tuple[str, int, int]
"""A kind, and where it stands."""

_NEAR = 24  # characters between the year and the day of a date


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A value of tier A or B that a document holds. Shows its kind only."""

    kind: str
    value: str = field(repr=False)


def held(texts: Sequence[str], *, detect: Detect = detect) -> tuple[Held, ...]:
    """What the documents hold.

    Raises:
        NotRedactable: one could not be inspected in full, so no answer about it can be cleared.
    """
    found: dict[Held, None] = {}
    for text in texts:
        findings = detect(text)
        if not findings.complete:
            raise NotRedactable(
                f"A document could not be inspected in full ({findings.failure}), so an answer "
                "about it cannot be shown here.",
                fix="Ask with deliver='file': the answer is then written beside the document.",
            )
        for item in findings.items:
            if item.tier != "C":
                found[Held(kind=item.kind, value=text[item.start : item.end])] = None
    return tuple(found)


def concealed(
    text: str, known: Sequence[Held] = (), *, detect: Detect = detect
) -> tuple[str, Mapping[str, int]]:
    """`text` with tags that nothing leads back from, and how many values of each kind they hide.

    Hidden is what the detector finds in it, and what is `known`, in other spellings as well.

    Raises:
        NotRedactable: as `redact` does; the text must be withheld.
    """
    grams = _grams(known)

    def both(text: str) -> Findings:
        findings = detect(text)
        letters = _Letters(plain(text))
        mentioned = (
            Finding(kind=kind, tier=KINDS[kind].tier, start=start, end=end)
            for kind, start, end in (
                *_runs(letters, grams),
                *(place for each in known for place in _mentions(letters, each)),
            )
        )
        return replace(findings, items=(*findings.items, *mentioned))

    redaction = redact((text,), detect=both)
    return redaction.parts[0], redaction.counts


class _Letters:
    """A text by its letters and digits alone, and where each of them stands in the original."""

    def __init__(self, form: Plain) -> None:
        self.form = form
        found = [(at, char) for at, char in enumerate(form.text) if char.isalnum()]
        self.text = "".join(char.casefold()[:1] for _, char in found)
        self._places = [at for at, _ in found]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.form.span(self._places[start], self._places[end - 1] + 1)


def _bare(value: str) -> str:
    return _Letters(plain(value)).text


def _is_long(held: Held) -> bool:
    return held.kind not in _WHOLE and len(_bare(held.value)) >= GRAM


def _grams(known: Sequence[Held]) -> Mapping[str, str]:
    """Every `GRAM` letters and digits in a row of long values, and the kind they give away."""
    grams: dict[str, str] = {}
    for each in filter(_is_long, known):
        bare = _bare(each.value)
        for at in range(len(bare) - GRAM + 1):
            grams.setdefault(bare[at : at + GRAM], each.kind)
    return grams


def _runs(letters: _Letters, grams: Mapping[str, str]) -> Iterator[Place]:
    """Where long values or pieces of them stand."""
    at, most = 0, len(letters.text) - GRAM if grams else -1
    while at <= most:
        kind = grams.get(letters.text[at : at + GRAM])
        end = at + GRAM
        if kind is None:
            at += 1
            continue
        while end <= most + GRAM - 1 and letters.text[end - GRAM + 1 : end + 1] in grams:
            end += 1
        yield kind, *letters.span(at, end)
        at = end


def _mentions(letters: _Letters, held: Held) -> Iterator[Place]:
    """Where a short value, a date, or one of a kind that counts as a whole stands."""
    if held.kind == "DOB":
        yield from _dates(letters.form, held.value)
    if _is_long(held):
        return
    street = re.split(r"[,\n]", held.value)[0] if held.kind == "ADDRESS" else held.value
    for value in dict.fromkeys((held.value, street)):
        bare = _bare(value)
        if len(bare) < (GRAM if bare.isalpha() else SHORTEST):
            exact = plain(value).text.strip()
            pattern = rf"(?<!\w){re.escape(exact)}(?!\w)" if exact else r"(?!)"
            for match in re.finditer(pattern, letters.form.text, re.IGNORECASE):
                yield held.kind, *letters.form.span(*match.span())
            continue
        start = letters.text.find(bare)
        while start >= 0:
            yield held.kind, *letters.span(start, start + len(bare))
            start = letters.text.find(bare, start + len(bare))


def _dates(form: Plain, value: str) -> Iterator[Place]:
    """Where the year of a date stands near its day or month, in whatever order and words."""
    numbers = re.findall(r"\d+", plain(value).text)
    years = [number for number in numbers if len(number) == 4]
    others = "|".join(f"0?{int(number)}" for number in numbers if len(number) < 3)
    if not years or not others:
        return
    year = rf"(?<!\d){years[0]}(?!\d)"
    other = rf"(?<!\d)(?:{others})(?!\d)"
    near = rf"{other}[^\n]{{0,{_NEAR}}}?{year}|{year}[^\n]{{0,{_NEAR}}}?{other}"
    for match in re.finditer(near, form.text):
        yield "DOB", *form.span(*match.span())
