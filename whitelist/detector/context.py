"""What only the words before it give away: identity numbers, accounts and dates of birth."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from whitelist.detector.scan import Hit, Scan, linear

# What may stand between the words and the value: a few words without digits, on one line.
_GAP = r"(?:[^\d\n.;!?$€£¥]{0,40}?[\s:#=\"'(\[*>-]|[:#=]?)"

_CODE = r"(?:(?-i:[A-Z]{1,2}) |[A-Z]{1,4}-?)?\d(?:[./-]?[A-Z0-9]| \d){4,18}"
_LETTERED = r"[A-Z]{1,3}-[A-Z0-9]{6,14}"
_ITALIAN = r"[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]"  # codice fiscale
_MEXICAN = r"[A-Z]{4}\d{6}[A-Z]{6}[A-Z0-9]\d"  # CURP
_DIGITS = r"\d(?:[ -]?\d){4,19}"

_MONTH = (
    r"(?:jan(?:uar[yi]?|vier)?|feb(?:ruar[yi]?)?|f[eé]v(?:rier)?|mar(?:ch|s|zo)?|m[aä]rz|apr(?:il)?|"
    r"avr(?:il)?|may|mai|maj|jun[ei]?|juin|jul[yi]?|juillet|aug(?:ust)?|ao[uû]t|sep(?:t(?:ember)?)?|"
    r"septembre|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember|embre)?|d[eé]c(?:embre)?|"
    r"enero|febrero|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
_DAY = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?[ -](?:of |de )?{_MONTH}\.?,?[ -](?:de )?\d{{4}}|"
    rf"{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Words, and the shape of the value that follows them."""

    kind: str
    words: str
    value: str
    gap: str = _GAP

    @cached_property
    def finder(self) -> Any:
        return linear(
            rf"(?:^|[^a-zA-Z\xc0-\xff])(?:{self.words})(?:[^a-zA-Z\xc0-\xff]|$)", ignore_case=True
        )

    @cached_property
    def follower(self) -> re.Pattern[str]:
        return re.compile(rf"{self.gap}(?P<value>{self.value})(?![\w])", re.IGNORECASE)


# The documents are named as the issuing countries name them.
_RULES = (
    Rule(
        kind="ID",
        words=r"passport|passeport|pasaporte|reisepass|passaporto|paspoort|"
        r"driv(?:er|ing)(?:'?s)?[ -]li[cs]en[cs]e|f[uü]hrerschein|permis de conduire|"
        r"licencia de conducir|carteira de motorista|"
        r"national (?:id|identity|identification|insurance)|id card|identity card|personalausweis|"
        r"carte (?:nationale )?d'identit[eé]|carta d'identit[aà]|documento de identidad|"
        r"employee id|tax (?:id|number|file number|identification)|taxpayer (?:id|number)|"
        r"steuer-?id|steuernummer|"
        r"num[eé]ro fiscal|codice fiscale|partita iva|vat (?:id|number|no)|"
        r"(?:medicare|medicaid|health insurance|social insurance|voter|visa|green card|nhs) "
        r"(?:id|number|no|card|claim)|medical record|health card|mrn|"
        r"sozialversicherungsnummer|s[eé]curit[eé] sociale|seguridad social|"
        r"aadhaa?r|pesel|personnummer|f[oø]dselsnummer|cpf|cnpj|curp|bsn|burgerservicenummer",
        value=f"{_LETTERED}|{_CODE}|{_ITALIAN}|{_MEXICAN}",
    ),
    Rule(
        # "dni" is also Polish for days, and "nie" German for never: the form must fit.
        kind="ID",
        words="dni|nie|nif",
        value=r"(?:[XYZ]-?)?\d{7,8}[- ]?(?-i:[A-Z])",
    ),
    Rule(
        kind="ACCOUNT",
        words=r"(?:bank )?account (?:number|no\.?|num|nr|#)|acct\.?(?: (?:number|no\.?))?|"
        r"bank account|checking account|savings account|routing (?:number|no\.?)|sort code|"
        r"kontonummer|konto-?nr\.?|num[eé]ro de compte|n[uú]mero de cuenta|customer (?:number|id)|"
        r"member(?:ship)? (?:number|id)|policy (?:number|no\.?)",
        value=rf"{_DIGITS}|[A-Z]{{2,4}}-?\d{{5,14}}",
    ),
    Rule(
        kind="DOB",
        words=r"born|birth(?:day|date)?|d\.?o\.?b\.?|geboren|geburtsdatum|geb\.|n[eé]e? le|"
        r"date de naissance|nacid[oa]|fecha de nacimiento|nat[oa] il|data di nascita|nascid[oa]|"
        r"data de nascimento|geboortedatum|f[oö]dd",
        value=_DAY,
        gap=r"[^\d\n]{0,40}?(?<!\w)",
    ),
)
_REACH = 72


def named_values(scan: Scan) -> Iterator[Hit]:
    """Values that follow, within a few words, a name for what they are."""
    for rule in _RULES:
        for words in rule.finder.finditer(scan.raw):
            start = words.end() - 1 if words.end() - words.start() > 1 else words.end()
            found = rule.follower.match(scan.text, start, min(len(scan.text), start + _REACH))
            if found is not None and _plausible(rule.kind, found["value"]):
                yield rule.kind, found.start("value"), found.end("value")


def _plausible(kind: str, value: str) -> bool:
    if kind == "DOB":
        return True
    if kind == "ID" and re.fullmatch(_DAY, value, re.IGNORECASE):
        return False
    digits = sum(c.isdigit() for c in value)
    if re.fullmatch(_LETTERED, value, re.IGNORECASE):
        return digits > 0 or value.isupper()
    return digits >= (5 if re.search("[A-Za-z]", value) else 6)
