"""Payment cards: a network's prefix and length, Luhn's check, and the ways to break them up."""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from whitelist.detector.numbers import ibans
from whitelist.detector.scan import Hit, Scan, linear

# Lengths by leading digits, from the networks' published ranges (ISO/IEC 7812).
_NETWORKS: tuple[tuple[range, int, frozenset[int]], ...] = (
    (range(4, 5), 1, frozenset({13, 16, 19})),  # Visa
    (range(51, 56), 2, frozenset({16})),  # Mastercard
    (range(2221, 2721), 4, frozenset({16})),  # Mastercard
    (range(34, 35), 2, frozenset({15})),  # American Express
    (range(37, 38), 2, frozenset({15})),  # American Express
    (range(300, 306), 3, frozenset({14, 16, 19})),  # Diners Club
    (range(36, 37), 2, frozenset({14, 16, 19})),  # Diners Club
    (range(38, 40), 2, frozenset({14, 16, 19})),  # Diners Club
    (range(3528, 3590), 4, frozenset({16, 17, 18, 19})),  # JCB
    (range(1800, 1801), 4, frozenset({15})),  # JCB
    (range(2131, 2132), 4, frozenset({15})),  # JCB
    (range(6011, 6012), 4, frozenset({16, 17, 18, 19})),  # Discover
    (range(644, 660), 3, frozenset({16, 17, 18, 19})),  # Discover
    (range(62, 63), 2, frozenset({16, 17, 18, 19})),  # UnionPay
    (range(50, 51), 2, frozenset({13, 14, 15, 16, 18, 19})),  # Maestro
    (range(56, 60), 2, frozenset({13, 14, 15, 16, 18, 19})),  # Maestro
    (range(63, 64), 2, frozenset({16, 18, 19})),  # Maestro
    (range(67, 68), 2, frozenset({16, 18, 19})),  # Maestro
)

# A group of digits that a card may start with, and one more after whatever people put between:
# blanks, line breaks, and the marks of tables, lists, quotations and bold type.
# Letters may stand beside both: `card4556`.
_START = re.compile(r"\d(?<!\d\d)(?<!\d\.\d)(?<!\b0[,xX]\d)\d{2,18}+(?!\d)", re.ASCII)
_MORE = re.compile(r"(?P<gap>[\s\-./,_|:;*`~>'+]{1,8}+)(?P<digits>\d{1,19}+)(?!\d)", re.ASCII)
_WORD = re.compile(r"\w", re.ASCII)
_LONGEST_HASH = 128
_HEX = re.compile(rf"[0-9A-Fa-f-]{{0,{_LONGEST_HASH}}}+")
_HEX_LETTER = re.compile(r"[A-Fa-f]")
# Groups of a dump, digests, whatever is as long, and UUIDs (RFC 9562).
_HASH = re.compile(r"[^-]{4}|(?:[^-]{8}){1,32}|[^-]{25,256}|.{8}(?:-.{4}){3}-.{12}")
_LINE_BEFORE = re.compile(r"\d[^\S\n]{0,4}\n[\s>]{0,4}\Z", re.ASCII)
_LINE_AFTER = re.compile(r"[^\S\n]{0,4}\n[\s>]{0,4}\d", re.ASCII)
# Digit by digit, with the same between all.
_SPACED = re.compile(r"\d(?<![\w.,-]\d)([\s.,;\-/_|*`'\"]{1,6}+)\d(?:\1\d){11,}+", re.ASCII)
_LISTED = re.compile(r"\s*[,;]\s*|\s*\n\s*")  # as any numbers are
_TIGHT = re.compile(r"[ \t\-./]{1,2}\Z")
_MOST_GROUPS = 6
# How cards are printed in groups.
_PRINTED = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 5)})
_NAMES = (
    r"card|cc|visa|mastercard|amex|american express|maestro|karte|carte|tarjeta|carta|cart[aã]o"
)
_NAMED = re.compile(rf"(?i)\b(?:{_NAMES})\b[^\d\n]{{0,24}}\Z")
_NAMED_ABOVE = re.compile(rf"(?i)\b(?:{_NAMES})\b\D{{0,24}}\Z")

# Published test numbers of the networks and payment services.
_TEST_CARDS = frozenset(
    {
        *("4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556"),
        *("4222222222222", "5555555555554444", "5105105105105100", "5200828282828210"),
        *("2223003122003222", "378282246310005", "371449635398431", "6011111111111117"),
        *("6011000990139424", "30569309025904", "38520000023237", "3530111333300000"),
        *("3566002020360505", "6200000000000005"),
    }
)
_DOUBLED = bytes.maketrans(b"0123456789", bytes(sum(divmod(2 * n, 10)) + 48 for n in range(10)))


@cache
def _names() -> Any:
    return linear(_NAMES, ignore_case=True)


@cache
def _lengths(head: str) -> frozenset[int]:
    """How long the numbers are that start with these four digits."""
    known = (n for prefixes, width, n in _NETWORKS if int(head[:width]) in prefixes)
    return frozenset[int]().union(*known)


@cache
def _heads() -> frozenset[str]:
    """The three digits that a known network's number may start with."""
    return frozenset(f"{n:04}"[:3] for n in range(10_000) if _lengths(f"{n:04}"))


def cards(scan: Scan) -> Iterator[Hit]:
    """Card numbers in one piece, in groups, broken over lines or list items, or digit by digit;
    none that are the digits of an IBAN.

    A number of no known network counts only where the words before it say card.
    """
    found = [*_grouped(scan), *_spaced(scan)]
    accounts = [(start, end) for _, start, end in ibans(scan)] if found else []
    for start, end in found:
        place = bisect(accounts, (start, len(scan.text)))
        if not place or accounts[place - 1][1] < end:
            yield "CARD", start, end


def _grouped(scan: Scan) -> Iterator[tuple[int, int]]:
    end, named = 0, _names().search(scan.raw) is not None
    for start in _START.finditer(scan.text):
        if start.start() < end or not (named or start[0][:3] in _heads()):
            continue
        found = _card_at(start, scan, named=named)
        if found and not _in_hash(scan.text, start.start(), found):
            end = found
            yield start.start(), end


def _spaced(scan: Scan) -> Iterator[tuple[int, int]]:
    for spaced in _SPACED.finditer(scan.text):
        if found := _spaced_end(spaced, scan):
            yield spaced.start(), found


def _spaced_end(spaced: re.Match[str], scan: Scan) -> int:
    """Where the card number ends that is written digit by digit; 0 if it is none."""
    start, end = spaced.span()
    step = len(spaced[1]) + 1
    if _WORD.match(scan.text, end):
        end -= step  # the first digit of another number
    digits = scan.text[start:end:step]
    if len(digits) > 19 or len(digits) not in _lengths(digits[:4]) or not _is_card(digits, scan):
        return 0
    listed = _LISTED.fullmatch(spaced[1])
    if listed and not _NAMED_ABOVE.search(scan.text, max(0, start - 40), start):
        return 0
    return end


def _card_at(start: re.Match[str], scan: Scan, *, named: bool) -> int:
    """Where the longest card number that starts with this group of digits ends; 0 if none does."""
    digits, end, card = start[0], start.end(), 0
    gaps: list[str] = []
    sizes = [len(digits)]
    while len(digits) <= 19:
        known = len(digits) >= 12 and len(digits) in _lengths(digits[:4])
        if (known or (named and len(digits) >= 12)) and _is_card(digits, scan):
            place = (start.start(), end)
            if _usual(scan.text, place, gaps, sizes, known=known) or (
                known and _broken(scan.text, place, gaps, sizes)
            ):
                card = end
        elif digits in _TEST_CARDS and not scan.examples:
            card = 0  # the shorter number that it starts with is none either
        more = _MORE.match(scan.text, end) if len(sizes) < _MOST_GROUPS else None
        if more is None:
            break
        digits, end = digits + more["digits"], more.end()
        gaps.append(more["gap"])
        sizes.append(len(more["digits"]))
    return card


def _in_hash(text: str, start: int, end: int) -> bool:
    """Whether letters beside it make it a piece of a hash, of a dump in hex or of UUIDs."""
    before = start > 0 and _HEX_LETTER.match(text, start - 1) and _is_hash(text, start)
    return bool(before or (_HEX_LETTER.match(text, end) and _is_hash(text, end)))


def _is_hash(text: str, place: int) -> bool:
    """Whether the hexadecimal digits around `place` are as many as hashes have."""
    before = _HEX.match(text[max(0, place - _LONGEST_HASH) : place][::-1])
    after = _HEX.match(text, place)
    low, high = place - (before.end() if before else 0), after.end() if after else place
    if _LONGEST_HASH in (place - low, high - place):
        return True
    whole = not _WORD.match(text, high) and not (low and _WORD.match(text, low - 1))
    return whole and _HASH.fullmatch(text, low, high) is not None


def _is_card(digits: str, scan: Scan) -> bool:
    """Luhn's check, and neither all the same nor published for tests."""
    return luhn(digits) and len(set(digits)) > 1 and (scan.examples or digits not in _TEST_CARDS)


def _usual(
    text: str, place: tuple[int, int], gaps: Sequence[str], sizes: Sequence[int], *, known: bool
) -> bool:
    """One piece, or groups with the marks that are usual between them, and no row of a table."""
    if not all(_TIGHT.match(gap) for gap in gaps):
        return False
    if not known and _NAMED.search(text, max(0, place[0] - 40), place[0]) is None:
        return False
    before, after = _more_of_four(text, place, gaps, sizes)
    return before + after < 3 or before % 4 == after % 4 == 0


def _broken(text: str, place: tuple[int, int], gaps: Sequence[str], sizes: Sequence[int]) -> bool:
    """Groups as cards are printed with one mark between all, or one line break anywhere; standing
    alone, for a column or a list of numbers has such groups too.
    """
    lines = [index for index, gap in enumerate(gaps) if "\n" in gap]
    if len(lines) == 1 and len({gap for gap in gaps if "\n" not in gap}) <= 1:
        cut = lines[0]
        joined = (*sizes[:cut], sizes[cut] + sizes[cut + 1], *sizes[cut + 2 :])
        whole = len(joined) == 1 or joined in _PRINTED or tuple(sizes) in _PRINTED
        start, end = place
        column = _LINE_BEFORE.search(text, max(0, start - 10), start) or _LINE_AFTER.match(
            text, end
        )
        return whole and not column
    alike = len({gap.strip(" ") for gap in gaps}) == 1
    before, after = _more_of_four(text, place, gaps, sizes)
    return alike and tuple(sizes) in _PRINTED and before % 4 == after % 4 == 0


def _more_of_four(
    text: str, place: tuple[int, int], gaps: Sequence[str], sizes: Sequence[int]
) -> tuple[int, int]:
    """How many more groups of four, set off like these, stand before and after."""
    if not gaps or set(sizes) != {4}:
        return 0, 0
    start, end = place
    gap, most = gaps[0], 8
    step = len(gap) + 4
    before = after = 0
    while before < most and _is_four(text[max(0, start - step) : start], gap, before=True):
        before, start = before + 1, start - step
    while after < most and _is_four(text[end : end + step], gap, before=False):
        after, end = after + 1, end + step
    return before, after


def _is_four(piece: str, gap: str, *, before: bool) -> bool:
    digits = piece.removesuffix(gap) if before else piece.removeprefix(gap)
    return len(piece) == len(gap) + 4 and len(digits) == 4 and digits.isdigit()


def luhn(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1, annex B)."""
    raw = digits.encode("ascii")
    total = sum(raw[-1::-2]) + sum(raw[-2::-2].translate(_DOUBLED)) - 48 * len(raw)
    return total % 10 == 0
