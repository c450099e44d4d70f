"""What only the words near it give away: identity numbers and accounts."""

import re
from collections.abc import Iterator

from whitelist.detector.births import date_at
from whitelist.detector.lexicon import Mark, Page
from whitelist.detector.scan import Hit

_UPPER = r"A-ZÄÖÜÅÆØÇŠŽČŁΑ-ΩА-ЯІЇЄҐ"  # noqa: RUF001
# Digits in groups ("45 08 123456", "QQ 12 34 56 C"), or joined by marks ("D123-4567-8901",
# "12.345.678-9"), or letters that a hyphen joins to more ("ID-GMSOXLTA").
_VALUE = re.compile(
    rf"(?:[{_UPPER}]{{1,5}}\s?)?\d{{1,6}}(?:\s\d{{1,6}}){{1,7}}(?:\s?[{_UPPER}]{{1,2}}(?!\w))?(?![\w-])"
    rf"|(?:[{_UPPER}]{{1,6}}(?:[-./]|\s(?=\d)|\s[{_UPPER}]{{1,2}}\s(?=\d))){{0,2}}"
    rf"[A-Za-zΑ-ΩА-Я]{{0,6}}\d[A-Za-z0-9]{{0,20}}"  # noqa: RUF001
    rf"(?:(?:[-/]|\s-\s)(?:\d[A-Za-z0-9]{{0,12}}|[{_UPPER}]{{1,12}}\d{{0,12}})|\.\d[A-Za-z0-9]{{0,12}}){{0,6}}"
    r"(?:\s?[-/]?\s?[A-Z]\d?(?![\w'.]))?"
    r"|[A-Z]{1,3}-[A-Z0-9]{6,14}"
)
_PLATE = re.compile(
    rf"[{_UPPER}]{{1,3}}[- ]?[{_UPPER}]{{0,2}}[- ]?\d{{1,5}}(?:[- ]?[{_UPPER}]{{1,3}})?(?!\w)"
    rf"|\d{{1,4}}[- ]?[{_UPPER}]{{1,3}}(?:[- ]?\d{{1,4}})?(?!\w)"
)
_CODE = re.compile(r"[A-Z]{1,3}-[A-Z0-9]{6,14}")
_START = re.compile(r"(?<![^\W_])[^\W_]")
_AMOUNT = re.compile(
    r"\s?(?:[%€$£¥₽₺]|(?:people|persons|users|dollars|euros?|pounds|million|billion|thousand|"
    r"percent|years?|hours?|days?|km|kg|eur|usd|gbp|zł|kr|kč|ft|lei|руб|грн|tl)\b)",  # noqa: RUF001
    re.IGNORECASE,
)
_FRACTION = re.compile(r"[,.]\d{1,3}(?![\d-])")
_MONEY = re.compile(r"[€$£¥₽₺+]\s?\Z")
_DECIMAL = re.compile(
    r"\d{1,12}\.\d{1,3}|\d{1,3}(?:\.\d{3}){1,4}(?<!\d\.\d{3}\.\d{3})|(?:19|20)\d\d[-/]\d{2,4}|0x\w{1,20}"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s(?:19|20)\d\d)*")
_SORT_CODE = re.compile(r"\d\d-\d\d-\d\d")

# What may stand between: no number, no new sentence, and one line end at most, or after a colon a
# blank line: the name may end one part of a request, and the value begin the next.
_GAP = re.compile(
    r"(?:[^\d\n!;$€£¥%]|\?(?=[^\d\n]{0,24}\Z)){0,40}|[^\d\n!;$€£¥%]{0,24}[:#|?]?[^\w\n]{0,4}\n[^\w\n]{0,8}"
    r"|[^\d\n!;$€£¥%]{0,24}:[^\w\n]{0,4}\n\n"
)
_NEW_SENTENCE = re.compile(r"[^\W\d_]{4}\.\s+[^\W\d_]+\s+[^\W\d_]")
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_TOLD = re.compile(
    r"\s?[:#=\"'(\[-]{0,3}\s?(?:(?:no|nr|n|is|es|e|è|é|ist|est|er|är|to|je)[.:º°]?\s)?"
)
_KINDS = {"ID": "ID", "PLATE": "ID", "ACCOUNT": "ACCOUNT"}
_REACH = 48
_LEAST, _LEAST_FAR = 4, 6
_SURE = 2  # words between, at which a short number still counts

_IS_MINE = re.compile(
    r"[\"']?(?:\s?\(|\s?[,-]?\s(?:is|was|as|est|ist|es|è|é|er|är|on|to|jest|je|this is)\s"
    r"(?:(?:[^\W\d_]{1,6}|the)\s){0,2})[^\W\d_]{0,12}\s?\Z"
)
_LAST_VALUE = re.compile(r"(?<![\w.,/$€£+-])[A-Za-z]{0,3}\d[\dA-Za-z./-]{4,20}(?: \d{2,6}){0,5}")


def identities(page: Page) -> Iterator[Hit]:
    """Numbers beside the name of a document, a register or an account."""
    for place, mark in enumerate(page.marks):
        if mark.kind in _KINDS:
            found = _after(page, mark, _room(page, place)) or _before(page, mark)
            if found is not None:
                yield _KINDS[mark.kind], *found


def _room(page: Page, place: int) -> int:
    """Where the next mark starts that says what a number is."""
    for mark in page.marks[place + 1 : place + 4]:
        if mark.kind not in ("EVENT", "ADDRESS", "VISIT"):
            return mark.start
    return len(page.text)


def _after(page: Page, mark: Mark, limit: int) -> tuple[int, int] | None:
    text, end = page.text, mark.end
    for first in _START.finditer(text, end, min(limit, end + _REACH)):
        value = (_PLATE if mark.kind == "PLATE" else _VALUE).match(text, first.start())
        if value is None:
            continue
        gap = text[end : value.start()]
        if not _GAP.fullmatch(gap) or _NEW_SENTENCE.search(gap) or _MONEY.search(gap):
            return None
        if mark.sign == "!" and not _TOLD.fullmatch(gap):
            return None
        near = mark.sign != "!" and len(_WORDS.findall(gap)) <= _SURE
        return value.span() if _is_number(page, value, mark, near=near) else None
    return None


def _before(page: Page, mark: Mark) -> tuple[int, int] | None:
    low = max(0, mark.start - _REACH)
    if not _DIGIT.search(page.text, low, mark.start):
        return None
    for value in _LAST_VALUE.finditer(page.text, low, mark.start):
        if _IS_MINE.match(page.text, value.end(), mark.start) and _is_number(
            page, value, mark, near=True
        ):
            return value.span()
    return None


def value_at(page: Page, start: int, end: int) -> bool:
    """Whether all of `text[start:end]` is shaped like a document's or an account's number."""
    value = _VALUE.fullmatch(page.text, start, end)
    return value is not None and _is_shaped(page, value, least=_LEAST)


def _is_number(page: Page, value: re.Match[str], mark: Mark, *, near: bool) -> bool:
    if mark.kind == "PLATE":
        return near and len(value[0]) >= _LEAST and not _YEAR.fullmatch(value[0])
    if mark.kind == "ACCOUNT" and _SORT_CODE.fullmatch(value[0]):
        return True
    letters = any(c.isalpha() for c in value[0])
    if mark.sign == "~" and not letters:
        return False
    return _is_shaped(page, value, least=_LEAST if near else _LEAST_FAR - letters)


def _is_shaped(page: Page, value: re.Match[str], *, least: int) -> bool:
    """Neither a date, an amount nor a year, and with digits enough."""
    found = value[0]
    if _AMOUNT.match(page.text, value.end()) or _YEAR.fullmatch(found) or _DECIMAL.fullmatch(found):
        return False
    if found.isdigit() and _FRACTION.match(page.text, value.end()):
        return False
    if date_at(page.plain, value.start(), value.end()) == value.span():
        return False
    digits = sum(c.isdigit() for c in found)
    if _CODE.fullmatch(found):
        return digits > 0 or found.isupper()
    return digits >= least
