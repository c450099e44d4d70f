"""What the books can do: keep room for a call, write down what it came to, and say what is left."""

from datetime import datetime
from typing import Protocol

from ledger.budgets import NO_LIMITS, Budget, Left, Notice
from ledger.entry import Entry, Outcome, Reservation
from ledger.reports import By, Period, Report
from ledger.restraint import Pace


class Ledger(Protocol):
    """One line per attempt. Correct with several processes writing to the same books.

    A call that costs money is reserved before and settled after, however it ends; one that is
    free (local, or answered by the cache) is noted once, after. Methods block: call them from a
    worker thread.

    Raises:
        StorageError: from every method, when the books cannot be read or written.
    """

    def reserve(
        self, entry: Entry, budget: Budget, *, until: datetime | None = None
    ) -> Reservation:
        """Keep the entry's worst case until it is settled; on disk before this returns.

        With `until` it belongs to no process: the provider works on it, and it is kept until then.

        Raises:
            OverBudget: it does not fit; nothing was written.
        """
        ...

    def settle(
        self, reservation: Reservation, outcome: Outcome, budget: Budget = NO_LIMITS
    ) -> tuple[Notice, ...]:
        """Let go of what was kept and book what the attempt came to, on the day it began. Gives the
        marks of the budget that were passed by it; each is given once, whoever else settles.

        Settling again changes nothing. An attempt that was taken for lost in the meantime is put
        right.
        """
        ...

    def note(
        self, entry: Entry, outcome: Outcome, budget: Budget = NO_LIMITS
    ) -> tuple[Notice, ...]:
        """Write down an attempt that needed no room in the budget, after it ended; gives the marks
        that its cost passed, if it had one.
        """
        ...

    def stood(self, entry_id: str) -> None:
        """The answer of this attempt was given, though a later one of its request ended well."""
        ...

    def recover(self) -> int:
        """Book the attempts whose process died before settling them, and say how many there were.

        The provider may have billed such a call in full, so its worst case is booked as spent and
        the line is marked `lost`; the room in the budget stays as it was.
        """
        ...

    def left(self, budget: Budget) -> Left:
        """What may still be spent today and this month, with what is kept already taken off."""
        ...

    def pace(self) -> Pace:
        """What is committed today, and what a day usually comes to."""
        ...

    def report(self, period: Period, by: By, budget: Budget) -> Report:
        """The figures of a period, and the same by model, day, kind of task or source."""
        ...
