"""Reads one cell of an export: strictly, for a file may come from anywhere."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{0,40})?(?:[eE][+-]?\d{1,2})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LONGEST = 80
_FIRST_DAY, _LAST_DAY = date(2020, 1, 1), date(2100, 1, 1)


def number(cell: str, *, decimal_comma: bool) -> Decimal:
    """`1234.5`, `1,234.50`, `$0.19`, `1e-06`; empty is 0. `1.234,5` where `decimal_comma`.

    Raises:
        ValueError: it is no number, or not in exactly one way.
    """
    text = cell.strip().removeprefix("$").strip()
    if not text:
        return Decimal(0)
    if len(text) > _LONGEST:
        raise ValueError("too long")
    if decimal_comma and "," in text:
        text = text.replace(".", "").replace(",", ".", 1)
    elif _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise ValueError("no number")
    return Decimal(text)


def count(cell: str, *, decimal_comma: bool) -> int:
    """A whole number that is not negative; `59200.0` is one.

    Raises:
        ValueError: it is something else.
    """
    if cell.isascii() and cell.isdigit() and len(cell) <= 15:
        return int(cell)  # nearly every cell of a long file
    value = number(cell, decimal_comma=decimal_comma)
    if value < 0 or value != int(value) or value > 10**15:
        raise ValueError("no count")
    return int(value)


def instant(cell: str) -> datetime:
    """A moment in UTC: a date, an ISO time (without a zone: UTC), or Unix seconds.

    Raises:
        ValueError: it is none of these, or not of this century.
    """
    text = cell.strip()
    if len(text) > _LONGEST:
        raise ValueError("too long")
    if re.fullmatch(r"\d{9,10}(?:\.0)?", text):
        moment = datetime.fromtimestamp(float(text), UTC)
    else:
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not _FIRST_DAY <= moment.date() < _LAST_DAY:
        raise ValueError("not of this century")
    return moment


def within_one_day(start: datetime, end: datetime) -> bool:
    """Whether a time from `start` up to `end` lies in one UTC day."""
    return start < end <= datetime.combine(start.date(), datetime.min.time(), UTC) + timedelta(1)
