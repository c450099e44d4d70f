"""Where people live, and who they are: street addresses, and names and the like as signals."""

import re
from collections.abc import Iterator

from whitelist.detector.scan import Hit, Scan

_NAME = r"[^\W\d_a-z][\w'.-]{1,20}"
_NUMBER = r"\d{1,5}[A-Za-z]?"

# House number first, as in English, and French with its kind of street before the name.
_STREET = re.compile(
    rf"(?<![\w.,$€£-]){_NUMBER}\s(?:{_NAME}\s){{1,4}}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|"
    r"Terrace|Way|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Crescent|Close|Gardens|Grove|Mews|"
    r"Row|Walk|Hill|Quay)\b\.?"
    rf"|(?<![\w.,-]){_NUMBER},?\s(?:bis\s|ter\s)?(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|"
    rf"[Ii]mpasse|[Cc]hemin|[Qq]uai)\s(?:(?:de|du|des|la|le|l')\s?){{0,3}}{_NAME}(?:\s{_NAME}){{0,3}}"
)
# Street first, then the number: German, Dutch, Nordic, Italian, Spanish, Portuguese.
_STREET_FIRST = re.compile(
    r"\b[^\W\d_a-z][\w-]{2,30}(?:stra(?:ß|ss)e|str\.|weg|gasse|allee|platz|straat|laan|gracht|"
    r"gatan|vägen|veien|gata|vej|gade)\s\d{1,4}[a-z]?\b"
    rf"|\b(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Cc]alle|[Aa]venida|[Pp]laza|[Rr]ua|[Tt]ravessa)\s"
    rf"(?:(?:de|da|do|del|della|di|la)\s){{0,2}}{_NAME}(?:\s{_NAME}){{0,3}},?\s(?:n[.º°]\s?)?\d{{1,5}}\b"
)
_BOX = re.compile(r"(?i)\bP\.?\s?O\.?\s?Box\s\d{1,6}\b")
_LIVES = re.compile(
    r"(?:(?:[Aa]ddress(?:\s(?:is|of|to)|:)|\b[Ll]ives?\sat|[Rr]esid(?:es?|ing)\sat|[Dd]eliver\sto|"
    rf"[Ss]hip(?:ped)?\s(?:it\s)?to)[^\d\n]{{0,40}})(?P<address>{_NUMBER}\s{_NAME}(?:\s{_NAME}){{1,3}})"
)

_ZIP = re.compile(
    r"(?i)\b(?:zip(?: ?code)?|post(?:al)? ?code|plz|code postal)\b[^\d\n]{0,12}"
    r"(?P<zip>\d{4,5}(?:-\d{4})?)\b"
)
_STATE_ZIP = re.compile(
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|"
    r"S[CD]|T[NX]|UT|V[AT]|W[AIVY]) (?P<zip>\d{5}(?:-\d{4})?)\b"
)
_PERSON = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|[Mm]y name is|I am called|[Dd]ear)\.?\s"
    rf"(?P<name>{_NAME}(?:\s{_NAME}){{0,2}})"
)
_ORG = re.compile(
    rf"\b(?P<org>(?:{_NAME}\s(?:&\s)?){{1,4}}(?:Inc|Ltd|LLC|LLP|PLC|GmbH|AG|SA|Corp|BV|Pty)\b\.?)"
)


def addresses(scan: Scan) -> Iterator[Hit]:
    """Street and box addresses in the commonest forms of Europe and the Americas."""
    for pattern in (_STREET, _STREET_FIRST, _BOX):
        for match in pattern.finditer(scan.text):
            yield "ADDRESS", match.start(), match.end()
    for match in _LIVES.finditer(scan.text):
        yield "ADDRESS", match.start("address"), match.end("address")


def signals(scan: Scan) -> Iterator[Hit]:
    """Names, postal codes and organisations, where the words around give them away."""
    for kind, pattern, group in (
        ("ZIP", _ZIP, "zip"),
        ("ZIP", _STATE_ZIP, "zip"),
        ("PERSON", _PERSON, "name"),
        ("ORG", _ORG, "org"),
    ):
        for match in pattern.finditer(scan.text):
            yield kind, match.start(group), match.end(group)
