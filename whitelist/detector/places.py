"""Signals: names, postal codes and organisations, where the words around give them away."""

import re
from collections.abc import Iterator

from whitelist.detector.scan import Hit, Scan

_NAME = r"[^\W\d_a-z][\w'.-]{1,20}"
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
