"""Phone numbers: the shapes that people write, proved by phonenumbers or by the words around."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whitelist.detector.lexicon import Mark, Page
from whitelist.detector.scan import Hit

# What could be one: digits in groups, perhaps a leading plus, brackets, and an extension.
_CANDIDATE = re.compile(
    r"(?<![\w./=+-])(?<!\d,)(?:\+\(?|\((?=\d))?\d(?:[ ().\-/]{0,3}\d){5,16}"
    r"(?P<extension> ?(?:x|ext\.?|#) ?\d{1,6})?(?![\w]|[.,]\d|-\d)",
    re.ASCII | re.IGNORECASE,
)
_AMERICAN = re.compile(
    r"(?:\+?1[-. ])?(?:\(\d{3}\) ?\d{3}[-. ]|\d{3}([-.])\d{3}\1)\d{4}\Z", re.ASCII
)
_DATE = re.compile(
    r"(?:(?:1[89]|20)\d\d([-./ ])\d{1,2}\1\d{1,2}|\d{1,2}([-./ ])\d{1,2}\2(?:1[89]|20)\d\d)(?!\d)"
    r"|(?:1[89]|20)\d\d ?[-/] ?(?:1[89]|20)\d\d\Z",
    re.ASCII,
)
_ZIP_OR_SSN = re.compile(r"(?:\d{5}|\d{3}-\d{2})-\d{4}\Z", re.ASCII)
_DECIMAL = re.compile(
    r"\+?\d{1,20}(?:\.\d{1,20}| \d{1,20}\.\d{1,20}|\.\d{1,20} .{0,40})\Z", re.ASCII
)

_OTHERS = (_DATE, _ZIP_OR_SSN, _DECIMAL)

_NEAR = 48
_SILENT = frozenset(
    {"ADDRESS", "VISIT", "EVENT", "DOB"}
)  # words that say nothing of the number after them
_LED_TO = re.compile(
    r"(?: (?:at|on|to|under|au|al|pe|w|pod|na|le|el|unter|op|på|meg på|mulle|man|est le|στο|"
    r"numeroon|is|a)|:) ?\Z"
)
_AFTER = re.compile(r"(?i)[ \-,(]{0,3}(?:office|fax|mobile|cell|home|work|phone|tel)\b")
_FICTION = re.compile(r"555[-. ]?01\d\d\Z", re.ASCII)  # reserved for stories (NANPA)

# Where a number in national form is looked for; each must be valid there and start with 0.
_REGIONS = (
    "GB",
    "DE",
    "FR",
    "NL",
    "BE",
    "CH",
    "AT",
    "SE",
    "IT",
    "AU",
    "IE",
    "FI",
    "RO",
    "TR",
    "UA",
)
_BRACKETED = re.compile(r"\(0\d{1,4}\) ?[-/]? ?\d", re.ASCII)
_BRAZILIAN = re.compile(r"\(?\d\d\)? 9?\d{4}-\d{4}\Z", re.ASCII)
_LOOK_UPS = 400


@dataclass(slots=True)
class _Book:
    """phonenumbers, asked a bounded number of times; after that, a fair shape is enough."""

    left: int = _LOOK_UPS

    def knows(self, number: str, region: str | None, *, valid: bool) -> bool:
        self.left -= 1
        if self.left < 0:
            return True
        import phonenumbers

        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            return False
        if valid:
            return phonenumbers.is_valid_number(parsed)
        return phonenumbers.is_possible_number(parsed)


def phones(page: Page) -> Iterator[Hit]:
    """International numbers, the shapes of North America, valid national numbers of Europe, and
    whatever else the words around call a phone number.
    """
    book = _Book()
    ends = [mark.end for mark in page.marks]
    for match in _CANDIDATE.finditer(page.text):
        if _is_phone(match, page, ends, book):
            yield "PHONE", match.start(), match.end()


def _is_phone(match: re.Match[str], page: Page, ends: Sequence[int], book: _Book) -> bool:
    number = match[0].removesuffix(match["extension"] or "")
    digits = re.sub(r"\D", "", number)
    if any(p.match(number) for p in _OTHERS) or len(set(digits)) < 3:
        return False
    if not page.examples and _FICTION.search(number):
        return False
    if number.startswith("+"):
        return _international(number, digits, book)
    if _AMERICAN.match(number) or (match["extension"] and len(digits) >= 10):
        return True
    if _called_so(match, page, ends):
        return 6 <= len(digits) <= 15
    if _BRACKETED.match(number):
        return 8 <= len(digits) <= 13
    return _grouped(number, digits) and _valid_somewhere(number, digits, book)


def _international(number: str, digits: str, book: _Book) -> bool:
    if not 8 <= len(digits) <= 15:
        return False
    return len(number.split()) > 2 or book.knows(number, None, valid=False)


def _called_so(match: re.Match[str], page: Page, ends: Sequence[int]) -> bool:
    """Whether the words around say phone; talk of calling is enough for digits in groups, and
    for those that it leads straight up to.
    """
    if _AFTER.match(page.text, match.end()):
        return True
    mark = _nearest(page, ends, match.start())
    if mark is None or mark.kind not in ("PHONE", "CALL"):
        return False
    if mark.kind == "PHONE" or re.search(r"\d\D+\d", match[0]) or match[0].startswith("0"):
        return True
    return (
        8 <= len(match[0]) <= 12 and _LED_TO.search(page.text, mark.end, match.start()) is not None
    )


def _nearest(page: Page, ends: Sequence[int], start: int) -> Mark | None:
    """The last mark on the line before `start` that could say what stands there."""
    place = bisect_right(ends, start)
    for mark in reversed(page.marks[max(0, place - 3) : place]):
        if start - mark.end > _NEAR or "\n" in page.text[mark.end : start].rstrip("\n "):
            return None
        if mark.kind not in _SILENT:
            return mark
    return None


def _grouped(number: str, digits: str) -> bool:
    """Written in groups of two to five digits, as people write numbers to be dialled."""
    groups = re.findall(r"\d+", number)
    return 9 <= len(digits) <= 15 and len(groups) > 1 and all(2 <= len(g) <= 8 for g in groups)


def _valid_somewhere(number: str, digits: str, book: _Book) -> bool:
    if digits.startswith("00"):
        return book.knows("+" + digits[2:], None, valid=False)
    if _BRAZILIAN.match(number):
        return book.knows(number, "BR", valid=True)
    if not digits.startswith("0"):
        return False
    return any(book.knows(number, region, valid=True) for region in _REGIONS)
