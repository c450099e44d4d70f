"""What follows a street in an address: flat, postal code, town, country."""

import re
from typing import NamedTuple

from whitelist.detector.gazetteer import gazetteer
from whitelist.detector.lexicon import Page

GAP = re.compile(r"\.?[\s,;|>?*•·-]{1,14}")
CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_TOWN = (
    rf"{CAPITAL}[\w'.-]{{1,24}}+(?:[ -](?:[a-z]{{1,4}}[ -]){{0,2}}{CAPITAL}[\w'.-]{{0,24}}+){{0,3}}"
)
_STATE = r"[A-Z]{2,3}"
_BRITISH = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"  # Royal Mail's form of a postcode
_CANADIAN = r"[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d\b"
_IRISH = r"[A-Z]\d[\dW] [A-Z\d]{4}\b"
_CODE = r"(?:\d{5}-\d{3,4}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} ?[A-Z]{2}\b|\d{4,8})(?![\w-])"
_CODED = re.compile(
    rf"{_BRITISH}|{_CANADIAN}|{_IRISH}"
    rf"|(?:[A-Z]{{1,3}}[- ])?{_CODE},?\s{{1,2}}{_TOWN}"
    rf"|{_TOWN}(?:[\s,]{{1,8}}(?:{_TOWN},?\s{{1,3}}|{_STATE},?\s{{1,3}}))?[\s,]{{0,4}}"
    rf"(?<=[\s,])(?:{_BRITISH}|{_CANADIAN}|{_IRISH}|{_CODE})"
    rf"|{_TOWN},\s(?:{_STATE})\b"
)
_TOWN_ALONE = re.compile(rf"{_TOWN}")
YEAR = r"(?<![A-Z]{2}[ -])(?<!\d)(?:19|20)\d\d(?!\d| \d)"
"""Four figures that are a year's rather than a postal code's."""

_YEAR = re.compile(YEAR)
_DIGIT = re.compile(r"\d")
_DISTRICT = re.compile(rf"{_TOWN},?\n[\s>?|]{{0,8}}")
_NUMBERED = re.compile(
    r"\s?(?:no\.?|nr\.?|n[º°.])?[\s#:.]{0,2}(?:[a-z]?[-/]?\d{1,5}[a-z]?|[a-z]|[ivx]{1,4})(?!\w)"
)
STOREYS = re.compile(
    r"#\s?\d{1,5}[a-z]?(?!\w)|\d{1,2}(?:st|nd|rd|th|er|e|eme|[.oa°])?\s?(?:floor|fl|og|stock|etage|piso|planta|andar|"
    r"th|tv|mf|sal|emelet|em|patro|poschodie|aj|sprat|kat)\b\.?(?:\s[a-z\d]{1,3}\b\.?)?|\d{1,2}[oa°](?:\s[a-z])?(?!\w)"
)
_WORD = re.compile(r"[^\W\d_]{1,16}")
_SHORT = 2
_HEAD = re.compile(r"[^\W\d_]+")
_COUNTRY = re.compile(r"[^\W\d_][\w'&-]{1,20}(?: [^\W\d_][\w'&-]{0,20}){0,4}")
_COUNTRY_CODE = re.compile(r"[ ,]{1,2}\d{3,6}(?:-\d{3,4})?\b")
_MOST = 6


class Rest(NamedTuple):
    """Where an address ends, and what was found of it."""

    end: int
    flat: bool = False
    coded: bool = False
    country: bool = False


def rest_at(page: Page, end: int) -> Rest:
    """What follows the street that ends at `end`: as far as codes, flats and countries show it.
    A town alone is not taken: any name could follow a comma.
    """
    flat = coded = country = False
    for _ in range(_MOST):
        gap = GAP.match(page.text, end)
        if gap is None:
            break
        place = gap.end()
        unit = _unit(page.plain, place)
        if unit:
            end, flat = unit, flat or page.plain[place].isalpha()
            continue
        code = None if coded else _code(page, place)
        land = _land(page, place)
        if code is not None and (land is None or code.end() >= land):
            if set(gap[0]) == {" "} and code[0][0].isdigit() and len(code[0]) < 8:
                break
            end, coded = code.end(), _is_proof(code[0])
            continue
        if land is None:
            break
        end, country = land, True
    return Rest(end, flat, coded, country)


def _code(page: Page, place: int) -> re.Match[str] | None:
    """A code with its town, or after the name of a district on a line of its own."""
    here = _CODED.match(page.text, place)
    district = _DISTRICT.match(page.text, place) if here is None else None
    return here if district is None else _CODED.match(page.text, district.end())


def _is_proof(code: str) -> bool:
    """Whether it has digits that are not a year's."""
    return _DIGIT.search(code) is not None and not _YEAR.search(code)


def is_unit(plain: str, word: str, end: int) -> bool:
    """Whether the name of a flat, a floor or the like that ends at `end` counts: short ones need a
    point.
    """
    return len(word) > _SHORT or plain.startswith((".", ":"), end)


def _unit(plain: str, place: int) -> int:
    """Where a flat, a floor or the like ends; 0 where there is none."""
    word = _WORD.match(plain, place)
    if word is None:
        storey = STOREYS.match(plain, place)
        return storey.end() if storey is not None else 0
    if word[0] not in gazetteer().units or not is_unit(plain, word[0], word.end()):
        return 0
    numbered = _NUMBERED.match(plain, word.end() + plain.startswith((".", ":"), word.end()))
    return numbered.end() if numbered is not None else 0


def _land(page: Page, place: int) -> int | None:
    """Where a country, perhaps after a town, and a code after it end."""
    here = _country(page.plain, place)
    if here is not None:
        return here
    town = _TOWN_ALONE.match(page.text, place)
    gap = GAP.match(page.text, town.end()) if town is not None else None
    return _country(page.plain, gap.end()) if gap is not None else None


def _country(plain: str, place: int) -> int | None:
    head = _HEAD.match(plain, place)
    if head is None or head[0] not in gazetteer().country_heads:
        return None
    words = _COUNTRY.match(plain, place)
    names = gazetteer().countries
    end = words.end() if words is not None else place
    while end > place:
        if plain[place:end] in names:
            code = _COUNTRY_CODE.match(plain, end)
            return code.end() if code is not None else end
        end = max(plain.rfind(" ", place, end), place)
    return None
