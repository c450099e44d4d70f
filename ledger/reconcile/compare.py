"""Sets a provider's figures against ours: what differs, by how much, and why that is likely."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ledger.reconcile.models import family
from ledger.reconcile.reasons import reason_of
from ledger.reconcile.values import (
    ANY_MODEL,
    NOTHING,
    Booked,
    Difference,
    Export,
    Figures,
    Key,
    Reconciliation,
    Sums,
)
from vocabulary import Money

CENT = Money(10_000)
"""What a model on a day, and all of them together, may be apart before it is a difference."""

_ONE_DAY = timedelta(days=1)


def compare(
    export: Export,
    booked: Sequence[Booked],
    *,
    first: date,
    last: date,
    begun: date | None,
    today: date,
) -> Reconciliation:
    """Every model on every UTC day from `first` to `last`, the provider's figures against ours.

    Where the export has money in it, the money decides: a model on a day may be apart by a cent,
    plus what rounding explains (half a unit for each line the provider rounds, a micro-dollar for
    each call we round up); so may the total. Where it has none, tokens must be the same. `begun`
    is the day of our first call to this provider, `today` the day that is not over.
    """
    charged = [each for each in export.charged if first <= each.day <= last]
    whole = any(each.model == ANY_MODEL for each in charged)
    lines: dict[Key, int] = defaultdict(int)
    theirs: dict[Key, Figures] = defaultdict(Figures)
    for each in charged:
        key = each.day, ANY_MODEL if whole else each.model
        theirs[key] += each.figures
        lines[key] += each.lines
    ours = _by_model(booked, {model for _, model in theirs}, whole=whole)
    found = {}
    for key in sorted(theirs.keys() | ours.keys()):
        known, mine = theirs.get(key), ours.get(key, Sums())
        slack = allowed(export, lines=lines.get(key, 0), calls=mine.figures.requests)
        if not _same(export, known or NOTHING, mine.figures, slack):
            why = reason_of(export, known, mine, day=key[0], begun=begun, today=today)
            found[key] = _difference(export, key, known or NOTHING, mine.figures, why)
    differences = _moved(export, found, theirs, ours)
    return _concluded(export, (first, last), theirs, ours, differences, sum(lines.values()))


def allowed(export: Export, *, lines: int, calls: int) -> Money:
    """How far apart two sums of money may be that are made of so many lines and calls."""
    return Money(CENT + int(export.rounded * 500_000) * lines + calls)


def _by_model(booked: Iterable[Booked], known: set[str], *, whole: bool) -> Mapping[Key, Sums]:
    """Our lines under the name the provider uses: that of the model that served, or was asked."""
    ours: dict[Key, Sums] = defaultdict(Sums)
    for each in booked:
        served, asked = family(each.served), family(each.asked)
        name = asked if not served or (served not in known and asked in known) else served
        ours[each.day, ANY_MODEL if whole else name] += each.sums
    return {key: sums for key, sums in ours.items() if sums != Sums()}


def _same(export: Export, theirs: Figures, ours: Figures, slack: Money) -> bool:
    if "cost" in export.gives:
        return abs(theirs.cost - ours.cost) <= slack
    return (theirs.input, theirs.output) == (ours.input, ours.output)


def _difference(
    export: Export, key: Key, theirs: Figures, ours: Figures, reason: str
) -> Difference:
    cost = Money(theirs.cost - ours.cost) if "cost" in export.gives else None
    return Difference(day=key[0], model=key[1], theirs=theirs, ours=ours, cost=cost, reason=reason)


def _moved(
    export: Export,
    found: Mapping[Key, Difference],
    theirs: Mapping[Key, Figures],
    ours: Mapping[Key, Sums],
) -> list[Difference]:
    """Calls that ran past midnight: what one day has too much of, the next ones lack."""
    told = dict(found)
    for run in _runs(export, found, theirs, ours):
        for key in found.keys() & set(run):
            reason = "Calls that began before midnight (UTC), counted on the next day."
            told[key] = replace(found[key], reason=reason, counts=False)
    return list(told.values())


def _runs(
    export: Export,
    found: Mapping[Key, Difference],
    theirs: Mapping[Key, Figures],
    ours: Mapping[Key, Sums],
) -> Iterator[list[Key]]:
    """Days in a row, of one model, that begin with a difference and agree together.

    What is carried over from each to the next is no more than began just before its end.
    """
    run: list[Key] = []
    for key in sorted(theirs.keys() | ours.keys(), key=lambda key: (key[1], key[0])):
        if run and (run[-1][0] + _ONE_DAY, run[-1][1]) != key:
            run = []
        if not run and key not in found:
            continue
        run.append(key)
        charged = sum((theirs.get(each, NOTHING) for each in run), NOTHING)
        booked = sum((ours.get(each, Sums()).figures for each in run), NOTHING)
        if len(run) > 1 and _same(
            export, charged, booked, allowed(export, lines=0, calls=booked.requests)
        ):
            yield run
            run = []
        elif not _carried(export, charged, booked, ours.get(key, Sums()).late):
            run = []


def _carried(export: Export, theirs: Figures, ours: Figures, late: Figures) -> bool:
    """Whether what was booked too much up to a day's end may be the calls that began late on it."""
    if "cost" in export.gives:
        return 0 < ours.cost - theirs.cost <= late.cost + CENT
    return late.requests > 0 and (
        0 <= ours.input - theirs.input <= late.input
        and 0 <= ours.output - theirs.output <= late.output
    )


def _concluded(
    export: Export,
    days: tuple[date, date],
    theirs: Mapping[Key, Figures],
    ours: Mapping[Key, Sums],
    found: Sequence[Difference],
    lines: int,
) -> Reconciliation:
    all_theirs = sum(theirs.values(), NOTHING)
    all_ours = sum((each.figures for each in ours.values()), NOTHING)
    agrees = not any(each.counts for each in found)
    tolerance = None
    if "cost" in export.gives:
        tolerance = allowed(export, lines=lines, calls=all_ours.requests)
        agrees = agrees and abs(all_theirs.cost - all_ours.cost) <= tolerance
    return Reconciliation(
        export=export,
        first=days[0],
        last=days[1],
        compared=len(theirs.keys() | ours.keys()),
        theirs=all_theirs,
        ours=all_ours,
        tolerance=tolerance,
        differences=tuple(sorted(found, key=_smallness)),
        agrees=agrees,
    )


def _smallness(each: Difference) -> tuple[int, int, date, str]:
    tokens = abs(each.theirs.input - each.ours.input) + abs(each.theirs.output - each.ours.output)
    return -abs(each.cost or 0), -tokens, each.day, each.model
