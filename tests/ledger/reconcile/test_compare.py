"""What agrees, what differs, and the reason that is told."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledger.reconcile import Booked, Export, Figures, Reconciliation, Sums, compare
from ledger.reconcile.values import Charged, Measure
from vocabulary import Money

DAY = date(2026, 11, 10)
NEXT = DAY + timedelta(1)
TODAY = date(2026, 11, 20)
ALL: frozenset[Measure] = frozenset({"requests", "input", "output", "cost"})
COST: frozenset[Measure] = frozenset({"cost"})
TOKENS: frozenset[Measure] = frozenset({"input", "output"})
DOLLAR = Money(1_000_000)


def figures(
    cost: int = DOLLAR, requests: int = 10, read: int = 1000, written: int = 500
) -> Figures:
    return Figures(requests=requests, input=read, output=written, cost=Money(cost))


def charged(sums: Figures, day: date = DAY, model: str = "m", lines: int = 1) -> Charged:
    return Charged(day=day, model=model, figures=sums, lines=lines)


def booked(sums: Figures, day: date = DAY, served: str = "m", **given: Any) -> Booked:
    asked = given.pop("asked", served)
    return Booked(day=day, served=served, asked=asked, sums=Sums(figures=sums, **given))


def reconciled(
    theirs: list[Charged],
    ours: list[Booked],
    *,
    gives: frozenset[Measure] = ALL,
    rounded: str = "0",
    begun: date | None = date(2026, 1, 1),
    today: date = TODAY,
) -> Reconciliation:
    days = [each.day for each in (*theirs, *ours)] or [DAY]
    export = Export(
        title="an export",
        provider="p",
        gives=gives,
        rounded=Decimal(rounded),
        first=min(days),
        last=max(days),
        lines=sum(each.lines for each in theirs),
        unread=(),
        charged=tuple(theirs),
    )
    return compare(export, ours, first=min(days), last=max(days), begun=begun, today=today)


def test_the_same_figures_agree() -> None:
    result = reconciled([charged(figures())], [booked(figures())])
    assert (result.agrees, result.differences, result.compared) == (True, (), 1)
    assert (result.theirs, result.ours) == (figures(), figures())


def test_nothing_at_all_agrees() -> None:
    assert reconciled([], []).agrees


@pytest.mark.parametrize(
    ("apart", "rounded", "lines", "agrees"),
    [
        pytest.param(10_000, "0", 1, True, id="a cent"),
        pytest.param(10_010, "0", 1, True, id="a cent and the calls we rounded up"),
        pytest.param(10_011, "0", 1, False, id="more than that"),
        pytest.param(25_010, "0.01", 3, True, id="and half a cent for each rounded line"),
        pytest.param(25_011, "0.01", 3, False, id="more than those"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1], ids=["more", "less"])
def test_money_may_be_apart_by_a_cent_and_what_rounding_explains(
    apart: int, rounded: str, lines: int, agrees: bool, sign: int
) -> None:
    theirs = charged(figures(DOLLAR + sign * apart), lines=lines)
    result = reconciled([theirs], [booked(figures())], rounded=rounded, gives=COST)
    assert result.agrees is agrees
    assert [each.cost for each in result.differences] == ([] if agrees else [sign * apart])


def test_many_small_differences_do_not_hide_a_large_one() -> None:
    theirs = [charged(figures(DOLLAR + 9000), model=f"m{n}") for n in range(20)]
    ours = [booked(figures(), served=f"m{n}") for n in range(20)]
    result = reconciled(theirs, ours)
    assert (result.agrees, result.differences) == (False, ())
    assert result.tolerance is not None
    assert result.theirs.cost - result.ours.cost == 180_000 > result.tolerance


def test_where_there_is_money_it_decides_and_tokens_do_not() -> None:
    theirs = figures(read=1003)  # another tokeniser counted
    assert reconciled([charged(theirs)], [booked(figures())]).agrees


@pytest.mark.parametrize("theirs", [figures(read=1001), figures(written=499)])
def test_where_there_is_none_every_token_counts(theirs: Figures) -> None:
    result = reconciled([charged(theirs)], [booked(figures())], gives=TOKENS)
    assert not result.agrees
    assert (result.tolerance, result.differences[0].cost) == (None, None)


def test_a_model_is_compared_by_what_served_or_else_by_what_was_asked() -> None:
    theirs = [charged(figures(), model="alias"), charged(figures(), model="fine")]
    ours = [
        booked(figures(), served="internal-name-7", asked="alias-latest"),
        booked(figures(), served="fine-20261001", asked="whatever"),
    ]
    assert reconciled(theirs, ours).agrees
    nameless = booked(figures(), served="", asked="Fine")
    assert reconciled([charged(figures(), model="fine")], [nameless]).agrees


def test_figures_that_are_not_divided_by_model_are_compared_by_day() -> None:
    theirs = [charged(figures(3 * DOLLAR), model="")]
    ours = [booked(figures()), booked(figures(2 * DOLLAR), served="n")]
    result = reconciled(theirs, ours, gives=COST)
    assert (result.agrees, result.compared) == (True, 1)


def test_the_largest_difference_comes_first() -> None:
    theirs = [
        charged(figures(cost), model=name)
        for name, cost in [("a", 2 * DOLLAR), ("b", 9 * DOLLAR), ("c", 0)]
    ]
    ours = [booked(figures(), served="a"), booked(figures(5 * DOLLAR), served="c")]
    assert [each.model for each in reconciled(theirs, ours).differences] == ["b", "c", "a"]
    tokens = [charged(figures(read=read), model=str(read)) for read in (1, 500, 20)]
    found = reconciled(tokens, [], gives=TOKENS).differences
    assert [each.model for each in found] == ["500", "20", "1"]


@pytest.mark.parametrize(
    ("theirs", "ours", "given", "words"),
    [
        pytest.param(figures(), None, {}, "not made through Homeward", id="only theirs"),
        pytest.param(
            figures(), None, {"begun": NEXT}, "Before the first call in the books", id="before us"
        ),
        pytest.param(None, booked(figures()), {}, "Only in our books: another account", id="ours"),
        pytest.param(
            None, booked(figures()), {"today": NEXT}, "Providers count late", id="ours of yesterday"
        ),
        pytest.param(
            None,
            booked(figures(50_000, 0, 0, 0), lost=2, lost_cost=Money(50_000)),
            {},
            "2 calls lost when a process died, and booked at the worst case, $0.05, which",
            id="lost",
        ),
        pytest.param(
            figures(),
            booked(figures(DOLLAR + 40_000), lost=1, lost_cost=Money(60_000)),
            {},
            "1 call lost",
            id="lost among others",
        ),
        pytest.param(
            figures(9 * DOLLAR, 90, 9000),
            booked(figures(DOLLAR + 40_000), lost=1, lost_cost=Money(60_000)),
            {},
            "not made through Homeward",
            id="lost does not explain too little",
        ),
        pytest.param(
            figures(),
            booked(figures(DOLLAR + 30_000, read=1200), broke=3, broke_cost=Money(30_000)),
            {},
            "3 calls broke off; their tokens are our estimate",
            id="estimated",
        ),
        pytest.param(
            figures(3 * DOLLAR),
            booked(figures()),
            {},
            "Same tokens, another price: $2,000.00 a million at the provider, $666.666667 here",
            id="another price",
        ),
        pytest.param(
            figures(3 * DOLLAR, 30, 3000, 1500),
            booked(figures()),
            {},
            "More at the provider: calls that were not made through Homeward.",
            id="more theirs",
        ),
        pytest.param(
            figures(3 * DOLLAR, 30, 3000, 1500),
            booked(figures()),
            {"begun": DAY},
            "calls before Homeward's first on that day",
            id="more theirs on our first day",
        ),
        pytest.param(
            figures(3 * DOLLAR), booked(figures()), {"gives": COST}, "or another price", id="a bill"
        ),
        pytest.param(
            figures(100_000, 1, 10, 5),
            booked(figures()),
            {},
            "More in our books: an export",
            id="-",
        ),
        pytest.param(
            figures(100_000, 1, 10, 5), booked(figures()), {"gives": COST}, "a discount", id="cheap"
        ),
        pytest.param(
            figures(),
            booked(figures() + figures(), late=figures()),
            {},
            "calls that began before midnight (UTC) may be on the next day",
            id="late on the last day",
        ),
        pytest.param(
            figures(),
            booked(figures() + figures(), late=figures()),
            {"gives": TOKENS},
            "calls that began before midnight (UTC) may be on the next day",
            id="late by its tokens",
        ),
        pytest.param(
            figures(100_000, 1, 10, 5),
            booked(figures()),
            {"today": DAY},
            "This day (UTC) is not over: export it again tomorrow. More in our books. Providers",
            id="today",
        ),
    ],
)
def test_the_likely_reason_is_told(
    theirs: Figures | None, ours: Booked | None, given: dict[str, Any], words: str
) -> None:
    result = reconciled(
        [] if theirs is None else [charged(theirs)], [] if ours is None else [ours], **given
    )
    assert words in result.differences[0].reason
    assert not result.agrees


PART = figures(100_000, 1, 100, 50)
"""A call, or a few, that began at 23:59 and that the provider counts on the next day."""


@pytest.mark.parametrize("gives", [ALL, COST, TOKENS], ids=["all", "cost", "tokens"])
@pytest.mark.parametrize(
    "late",
    [
        pytest.param([PART, Figures()], id="one night"),
        pytest.param([PART, PART, Figures()], id="as much on the next night"),
        pytest.param([PART, PART + PART, Figures()], id="more on the next night"),
    ],
)
def test_calls_that_ran_past_midnight_do_not_speak_against_the_books(
    gives: frozenset[Measure], late: list[Figures]
) -> None:
    days = [DAY + timedelta(n) for n in range(len(late))]
    begun_before = [Figures(), *late]
    theirs = [
        charged(figures() + before, day) for before, day in zip(begun_before, days, strict=False)
    ]
    ours = [
        booked(figures() + after, day, late=after) for after, day in zip(late, days, strict=True)
    ]
    result = reconciled(theirs, ours, gives=gives)
    assert result.agrees
    assert {(each.reason, each.counts) for each in result.differences} == {
        ("Calls that began before midnight (UTC), counted on the next day.", False)
    }


def test_what_is_missing_on_one_day_and_too_much_on_the_next_needs_a_late_call() -> None:
    result = reconciled([charged(figures(), day=NEXT)], [booked(figures(), day=DAY)])
    assert not result.agrees
    assert [each.counts for each in result.differences] == [True, True]


def test_a_late_call_is_not_found_again_days_later() -> None:
    gap = DAY + timedelta(2)
    theirs = [charged(figures(), DAY), charged(figures() + PART, gap)]
    ours = [booked(figures() + PART, DAY, late=PART), booked(figures(), gap)]
    assert [each.counts for each in reconciled(theirs, ours).differences] == [True, True]
