"""Why a provider's figures are likely to differ from ours; the first that fits is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.money import dollars
from ledger.reconcile.values import NOTHING, Export, Figures, Sums
from vocabulary import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    export: Export
    theirs: Figures | None
    ours: Sums
    day: date
    begun: date | None
    today: date

    @property
    def over(self) -> Money:
        """What we booked beyond the provider's figure."""
        return Money(self.ours.figures.cost - (self.theirs.cost if self.theirs else 0))

    @property
    def has_cost(self) -> bool:
        return "cost" in self.export.gives

    @property
    def more_theirs(self) -> bool:
        """Whether the provider counts more of everything that it counts and that differs."""
        theirs = self.theirs or NOTHING
        pairs = [
            (getattr(theirs, each), getattr(self.ours.figures, each))
            for each in self.export.gives - {"cached"}
        ]
        return all(more >= less for more, less in pairs)


def reason_of(
    export: Export,
    theirs: Figures | None,
    ours: Sums,
    *,
    day: date,
    begun: date | None,
    today: date,
) -> str:
    """One or two sentences; `theirs` None where the provider has no line of this model and day."""
    case = _Case(export=export, theirs=theirs, ours=ours, day=day, begun=begun, today=today)
    told = next(said for reason in _REASONS if (said := reason(case)))
    if day >= today:
        return f"This day (UTC) is not over: export it again tomorrow. {told}"
    return told


_A_CENT = 10_000


def _only_theirs(case: _Case) -> str:
    if not case.ours.figures.nothing or case.ours.lost:
        return ""
    if case.begun is not None and case.day < case.begun:
        return f"Before the first call in the books ({case.begun})."
    return "Only at the provider: calls that were not made through Homeward."


def _lost(case: _Case) -> str:
    """Lost calls are booked at their worst case, and explain up to that much too much."""
    if not case.ours.lost:
        return ""
    if case.has_cost and not 0 < case.over <= case.ours.lost_cost + _A_CENT:
        return ""
    return (
        f"{_calls(case.ours.lost)} lost when a process died, and booked at the worst case, "
        f"{dollars(case.ours.lost_cost)}, which was never confirmed."
    )


def _only_ours(case: _Case) -> str:
    if case.theirs is not None:
        return ""
    if case.day >= case.today - timedelta(days=1):
        return "Only in our books. Providers count late: export it again in a day."
    return (
        "Only in our books: another account or key than the export's, or a model that the provider "
        "bills under another name."
    )


def _broke_off(case: _Case) -> str:
    if not case.ours.broke or (case.has_cost and abs(case.over) > case.ours.broke_cost + _A_CENT):
        return ""
    return f"{_calls(case.ours.broke)} broke off; their tokens are our estimate."


def _other_price(case: _Case) -> str:
    if not (case.has_cost and case.theirs and {"input", "output"} <= case.export.gives):
        return ""
    theirs, ours = case.theirs, case.ours.figures
    tokens = ours.input + ours.output
    if not tokens or (theirs.input, theirs.output) != (ours.input, ours.output):
        return ""
    each = (Money(round(cost * 1_000_000 / tokens)) for cost in (theirs.cost, ours.cost))
    at_theirs, at_ours = map(dollars, each)
    return (
        f"Same tokens, another price: {at_theirs} a million at the provider, {at_ours} here "
        "(input and output taken together). Set [prices] in homeward.toml."
    )


def _more_theirs(case: _Case) -> str:
    if not case.more_theirs:
        return ""
    if case.day == case.begun:
        return "More at the provider: calls before Homeward's first on that day, or not through it."
    if case.has_cost and not {"input", "requests"} & case.export.gives:
        return "More at the provider: calls that were not made through Homeward, or another price."
    return "More at the provider: calls that were not made through Homeward."


def _late(case: _Case) -> str:
    """The last day of an export: what ran past its end is on none of its lines."""
    late, ours, theirs = case.ours.late, case.ours.figures, case.theirs or NOTHING
    if case.has_cost:
        fits = 0 < case.over <= late.cost + _A_CENT
    else:
        read, written = ours.input - theirs.input, ours.output - theirs.output
        fits = 0 <= read <= late.input and 0 <= written <= late.output
    if not late.requests or not fits:
        return ""
    return "More in our books: calls that began before midnight (UTC) may be on the next day."


def _fewer_theirs(case: _Case) -> str:
    if case.day >= case.today - timedelta(days=1):
        return "More in our books. Providers count late: export it again in a day."
    if case.has_cost and not {"input", "requests"} & case.export.gives:
        return "More in our books: another price, a discount, or an export of only some keys."
    return "More in our books: an export of only some keys, or tokens that are counted otherwise."


_REASONS: tuple[Callable[[_Case], str], ...] = (
    _only_theirs,
    _lost,
    _only_ours,
    _broke_off,
    _other_price,
    _more_theirs,
    _late,
    _fewer_theirs,
)


def _calls(number: int) -> str:
    return "1 call" if number == 1 else f"{number} calls"
