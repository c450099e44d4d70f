"""Numbers that carry their own proof: payment cards, IBANs and United States social security."""

import re
from collections.abc import Iterator
from itertools import pairwise

from whitelist.detector.scan import Hit, Scan

RUN = re.compile(r"(?<![\w.])(?<!\d,)\d(?:[ \-./]{0,2}\d){6,80}(?!\w)", re.ASCII)
_GROUP = re.compile(r"\d+", re.ASCII)

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

# Lengths of the IBAN by country (SWIFT IBAN Registry).
_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FK", "FI", "FO", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    **dict.fromkeys(("LC",), 32),
    **dict.fromkeys(("RU",), 33),
}
_IBAN_HEAD = re.compile(
    rf"(?i)(?<![^\W_])(?:{'|'.join(sorted(_IBAN_LENGTHS))})[0-9]{{2}}(?=[ -]?[A-Z0-9])"
)
_IBAN_BODY = re.compile(r"(?:[ -]?[A-Za-z0-9]){11,29}")
_CARD_WORD = re.compile(
    r"(?i)\b(?:card|cc|visa|mastercard|amex|american express|maestro|karte|carte|tarjeta|carta|"
    r"cart[aã]o)\b[^\d\n]{0,24}\Z"
)
_SSN_WORD = re.compile(r"(?i)\b(?:ssn|social security)\b[^\d\n]{0,30}\Z")
_NINE = re.compile(r"(?<![\w.-])\d{9}(?![\w-]|\.\d)", re.ASCII)

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
# Numbers the Social Security Administration has declared void because they were printed.
_TEST_SSNS = frozenset({"078051120", "219099999", "123456789"})


def cards(scan: Scan) -> Iterator[Hit]:
    """Card numbers in one piece or in groups: a network's prefix and length, and Luhn's check."""
    for run in RUN.finditer(scan.text):
        groups = [(m.start() + run.start(), m[0]) for m in _GROUP.finditer(run[0])]
        index = 0
        while index < len(groups):
            used = _card_at(groups, index, scan)
            if used:
                last, digits = groups[index + used - 1]
                yield "CARD", groups[index][0], last + len(digits)
            index += used or 1


def _card_at(groups: list[tuple[int, str]], index: int, scan: Scan) -> int:
    """How many groups from `index` on make up the longest card number; 0 where none do."""
    start, digits, card = groups[index][0], "", (0, "")
    if len(groups[index][1]) < 3:
        return 0
    for used, (_, group) in enumerate(groups[index : index + 6], start=1):
        digits += group
        if len(digits) > 19:
            break
        if len(digits) >= 12 and _is_card(digits, scan, start):
            card = (used, digits)
    return card[0] if scan.examples or card[1] not in _TEST_CARDS else 0


def _is_card(digits: str, scan: Scan, start: int) -> bool:
    if len(set(digits)) < 2 or not luhn(digits):
        return False
    known = any(
        len(digits) in lengths and int(digits[:width]) in prefixes
        for prefixes, width, lengths in _NETWORKS
    )
    return known or _CARD_WORD.search(scan.text, max(0, start - 40), start) is not None


def luhn(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1, annex B)."""
    odd = sum(int(d) for d in digits[-1::-2])
    even = sum(sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])
    return (odd + even) % 10 == 0


def ibans(scan: Scan) -> Iterator[Hit]:
    """International account numbers: the country's length, and ISO 7064's remainder of 97."""
    for head in _IBAN_HEAD.finditer(scan.text):
        end = _end_of(scan.text, head, _IBAN_LENGTHS[head[0][:2].upper()] - 4)
        if end and mod97(re.sub("[ -]", "", scan.text[head.start() : end])):
            yield "IBAN", head.start(), end


def _end_of(text: str, head: re.Match[str], wanted: int) -> int:
    """Where `wanted` more letters and digits end; 0 where there are not so many."""
    body = _IBAN_BODY.match(text, head.end())
    for offset, char in enumerate(body[0] if body else ""):
        wanted -= char not in " -"
        if wanted == 0:
            return head.end() + offset + 1
    return 0


def mod97(iban: str) -> bool:
    """The check of ISO 13616: rearranged and read as a number, it leaves 1."""
    moved = (iban[4:] + iban[:4]).upper()
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def social_security(scan: Scan) -> Iterator[Hit]:
    """Numbers of the United States' Social Security Administration: 123-45-6789, or nine digits
    where the words stand before them.
    """
    for run in RUN.finditer(scan.text):
        groups = list(_GROUP.finditer(run[0]))
        for first, second, third in zip(groups, groups[1:], groups[2:], strict=False):
            marks = {run[0][a.end() : b.start()] for a, b in pairwise((first, second, third))}
            shaped = [len(g[0]) for g in (first, second, third)] == [3, 2, 4]
            alike = marks in ({"-"}, {" "})
            if shaped and alike and _is_ssn(first[0] + second[0] + third[0], scan):
                yield "SSN", run.start() + first.start(), run.start() + third.end()
    for match in _NINE.finditer(scan.text):
        named = _SSN_WORD.search(scan.text, max(0, match.start() - 48), match.start())
        if named and _is_ssn(match[0], scan):
            yield "SSN", match.start(), match.end()


def _is_ssn(digits: str, scan: Scan) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area == "000" or group == "00" or serial == "0000" or len(set(digits)) < 3:
        return False
    return scan.examples or digits not in _TEST_SSNS
