"""Personal data that words give away, in one pass over the words of a text."""

import re
from collections.abc import Iterator

from whitelist.detector.addresses import addresses
from whitelist.detector.births import births, months
from whitelist.detector.columns import cells
from whitelist.detector.context import identities
from whitelist.detector.gazetteer import gazetteer
from whitelist.detector.lexicon import lexicon, page_of
from whitelist.detector.national import national_numbers
from whitelist.detector.phones import phones
from whitelist.detector.scan import Finder, Hit, Scan

_NOTHING_TO_SEE = re.compile(r"\d|[A-Z]-[A-Z]{6}")


def people() -> Finder:
    """`personal`, with its tables of words read. Takes some tens of milliseconds."""
    lexicon()
    gazetteer()
    months()
    return personal


def personal(scan: Scan) -> Iterator[Hit]:
    """Identity and account numbers, dates of birth, phone numbers and street addresses. All of them
    hold a digit (but for some codes), so most prose is passed over at once.
    """
    if not _NOTHING_TO_SEE.search(scan.text):
        return
    yield from national_numbers(scan)
    page = page_of(scan.text, examples=scan.examples)
    yield from identities(page)
    yield from births(page)
    yield from cells(page)
    yield from phones(page)
    yield from addresses(page)
