"""Account and identity numbers with a form of their own: IBANs, United States social security."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from whitelist.detector.scan import Hit, Scan, linear

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
# Where all of it is digits (the same registry): words cannot pass for one.
_ALL_DIGITS = re.compile(
    r"AE|AT|BA|BE|CR|CZ|DE|DK|EE|ES|FI|FO|GL|HR|HU|IL|IS|LT|LY|ME|MR|NO|PL|PT|RS|SD|SE|SI|SK|"
    r"ST|TL|TN|VA|XK"
)
# Between the groups: blanks, and the marks of tables, lists, quotations and bold type.
_IBAN_MARK = r"[\s\-./_,;:|*`'\"~>+\[\]()]"
_IBAN_HEAD = r"[a-z]M[a-z]M[0-9]M[0-9]".replace("M", f"{_IBAN_MARK}{{0,8}}")
_MARKED = re.compile(rf"{_IBAN_MARK}+")
_USUAL_MARK = re.compile(r"[ \-./_\n\t]{1,2}")
# A bank in letters and an account in digits: neither words nor hashes pass for one.
_PLAIN_ACCOUNT = re.compile(r"[A-Za-z]{0,4}[0-9]{10,30}")
_IBAN_WORD = re.compile(r"(?i)iban[\W_]{0,3}\Z")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]", re.ASCII)
_AS_DIGITS = str.maketrans({chr(code): str(code - 55) for code in range(ord("A"), ord("Z") + 1)})

_SSN = re.compile(
    r"\d(?<![\w.]\d)(?<!\d[,-]\d)(\d\d)([ -]|\s-\s)(\d{2})\2(\d{4})(?![\w]|[.-]\d)", re.ASCII
)
_SSN_ANYHOW = re.compile(
    r"\d(?<![\w.-]\d)(\d\d)[\s.\-/_*]{0,4}+(\d{2})[\s.\-/_*]{0,4}+(\d{4})(?![\w]|[.-]\d)", re.ASCII
)
_SSN_WORD = re.compile(r"(?i)\b(?:ssn|social security)\b[^\d\n]{0,30}\Z")

# Numbers the Social Security Administration has declared void because they were printed.
_TEST_SSNS = frozenset({"078051120", "219099999", "123456789"})


@cache
def _iban_heads() -> Any:
    return linear(_IBAN_HEAD, ignore_case=True)


def ibans(scan: Scan) -> Iterator[Hit]:
    """International account numbers: the country's length, and ISO 7064's remainder of 97."""
    for head in _iban_heads().finditer(scan.raw):
        start = head.start()
        country = "".join(filter(str.isalpha, scan.text[start : head.end()])).upper()
        end = _iban_end(scan.text, start, country) if country in _IBAN_LENGTHS else 0
        if end:
            yield "IBAN", start, end


@cache
def _of(country: str) -> re.Pattern[str]:
    following = "[0-9]" if _ALL_DIGITS.fullmatch(country) else "[A-Za-z0-9]"
    mark = rf"{_IBAN_MARK}{{0,8}}+"
    return re.compile(
        rf"[A-Za-z]{mark}[A-Za-z](?:{mark}{following}){{{_IBAN_LENGTHS[country] - 2}}}", re.ASCII
    )


def _iban_end(text: str, start: int, country: str) -> int:
    """Where the IBAN that starts like this country's ends; 0 if it is none, or is words."""
    body = _of(country).match(text, start)
    if body is None:
        return 0
    groups, marks = _MARKED.split(body[0]), set(_MARKED.findall(body[0]))
    iban = "".join(groups)
    unbroken = len(groups[0]) >= 4 and marks <= {" ", "-"}
    regular = len(set(map(len, groups[:-1]))) <= 1
    if not (unbroken or regular):
        return 0
    sure = _stands_alone(text, start, body.end(), iban) and (
        all(map(_USUAL_MARK.fullmatch, marks)) or _is_set_off(text, body.end(), groups)
    )
    return body.end() if sure and mod97(iban) else 0


def _stands_alone(text: str, start: int, end: int, iban: str) -> bool:
    """Whether no letter or digit comes before; or else what it is shows by itself."""
    if start == 0 or not _LETTER_OR_DIGIT.match(text, start - 1):
        return True
    if _IBAN_WORD.search(text, max(0, start - 7), start):
        return True
    return _PLAIN_ACCOUNT.fullmatch(iban, 4) is not None and not text[end : end + 1].isdigit()


def _is_set_off(text: str, end: int, groups: Sequence[str]) -> bool:
    """Whether groups with any marks between are an IBAN's: `**DE89** **3704**`, `D, E, 8, 9`."""
    whole = len(groups[0]) == 1 or len(groups[0]) >= 4
    account = _PLAIN_ACCOUNT.fullmatch("".join(groups), 4)
    return whole and account is not None and not _LETTER_OR_DIGIT.match(text, end)


def mod97(iban: str) -> bool:
    """The check of ISO 13616: rearranged and read as a number, it leaves 1."""
    moved = (iban[4:] + iban[:4]).upper()
    return int(moved.translate(_AS_DIGITS)) % 97 == 1


def social_security(scan: Scan) -> Iterator[Hit]:
    """Numbers of the United States' Social Security Administration: 123-45-6789, or written
    anyhow where the words stand before them.
    """
    for match in _SSN.finditer(scan.text):
        if _is_ssn(match[0][0] + match[1] + match[3] + match[4], scan):
            yield "SSN", match.start(), match.end()
    for match in _SSN_ANYHOW.finditer(scan.text):
        named = _SSN_WORD.search(scan.text, max(0, match.start() - 48), match.start())
        if named and _is_ssn(match[0][0] + match[1] + match[2] + match[3], scan):
            yield "SSN", match.start(), match.end()


def _is_ssn(digits: str, scan: Scan) -> bool:
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area == "000" or group == "00" or serial == "0000" or len(set(digits)) < 3:
        return False
    return scan.examples or digits not in _TEST_SSNS
