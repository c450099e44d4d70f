"""National identity numbers whose shape and check digits speak for themselves."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from whitelist.detector.scan import Hit, Scan, linear

# A shape that little else has, and the module of python-stdnum that knows its check digits.
_SHAPES = (
    ("br.cpf", r"\d{3}\.\d{3}\.\d{3}-\d\d"),
    ("br.cnpj", r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d"),
    ("cl.rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]"),
    ("ar.cuit", r"(?:20|23|24|27|30|33|34)-\d{8}-\d"),
    ("mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d"),
    ("mx.rfc", r"[A-Z]{4}\d{6}[A-Z0-9]{3}"),
    ("es.dni", r"\d{8}-?[A-HJ-NP-TV-Z]"),
    ("es.nie", r"[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]"),
    ("it.codicefiscale", r"[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]"),
    ("fr.nir", r"[12] ?\d\d ?[0-3]\d ?\d[\dAB] ?\d{3} ?\d{3} ?\d\d"),
    ("be.nn", r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d"),
    ("ch.ssn", r"756\.\d{4}\.\d{4}\.\d\d"),
    ("fi.hetu", r"\d{6}[-+A-FU-Y]\d{3}[\dA-Y]"),
    ("se.personnummer", r"(?:19|20)?\d{6}[-+]\d{4}"),
    ("no.fodselsnummer", r"\d{6} ?\d{5}"),
    ("cz.rc", r"\d{6}/\d{3,4}"),
)
_LEAST_DIFFERENT = 3
_LOOK_UPS = 1_000  # after so many in one text, the shape is enough
_BEFORE = re.compile(r"[\w.,/+$€£=-]\Z")
_AFTER = re.compile(r"[\w/]|[-.,]\d")


@cache
def _shapes() -> Any:
    return linear("|".join(rf"\b{shape}\b" for _, shape in _SHAPES))


def national_numbers(scan: Scan) -> Iterator[Hit]:
    """Numbers of registers in Europe and Latin America, proved by their check digits. Imports the
    module that proves a shape when it first meets that shape.
    """
    left = _LOOK_UPS
    for match in _shapes().finditer(scan.raw):
        start, end = match.span()
        if _BEFORE.search(scan.text, max(0, start - 1), start) or _AFTER.match(scan.text, end):
            continue
        number = scan.text[start:end]
        varied = len({c for c in number if c.isdigit()}) >= _LEAST_DIFFERENT
        left -= varied
        if varied and (left < 0 or any(_is_valid(*shape, number) for shape in _SHAPES)):
            yield "ID", start, end


def _is_valid(country: str, shape: str, number: str) -> bool:
    if not re.fullmatch(shape, number, re.ASCII):
        return False
    return bool(import_module(f"stdnum.{country}").is_valid(number))
