"""The end of a call: what it used is priced and settled, however it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import anyio
import anyio.to_thread

from ledger import Budget, Entry, Ledger, Outcome, Reservation, UnknownPrice
from ledger.entry import Result
from routing.tally import Tally
from routing.values import Candidate, Completion, Counting
from storage import StorageError
from switchboard.comparing import Compared, compared
from switchboard.limits import told
from switchboard.pricing import Pricing
from switchboard.request import NOT_RECORDED
from switchboard.telemetry import SILENT, Attempt, Telemetry
from vocabulary import Money

_COUNTED: Mapping[Counting, str] = {
    "counted": "",
    "estimated": ", tokens estimated",
    "disputed": ", tokens disputed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One attempt that ended by itself, well or not."""

    entry_id: str
    cost: Money
    baseline: Money
    result: Completion | BaseException
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call under way: its line of the books, the room kept for it, and what it is compared with
    (`comparing.insisted_on`).
    """

    entry: Entry
    candidate: Candidate
    reservation: Reservation | None
    instead: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Closes calls in the books."""

    ledger: Ledger
    budget: Budget
    pricing: Pricing
    telemetry: Telemetry = SILENT

    async def close(
        self,
        call: Call,
        tally: Tally,
        result: Result,
        ending: Completion | BaseException,
    ) -> Ended:
        """Settle what was used, also when cancelled. A ledger that fails keeps no answer back."""
        used = tally.so_far
        outcome = self._outcome(call, used, result)

        def write() -> tuple[str, ...]:
            if call.reservation is None:
                return told(self.ledger.note(call.entry, outcome, self.budget))
            return told(self.ledger.settle(call.reservation, outcome, self.budget))

        try:
            with anyio.CancelScope(shield=True):
                notices = await anyio.to_thread.run_sync(write)
        except StorageError as error:
            notices = (f"{NOT_RECORDED}{error}",)
        self.telemetry.attempt(
            Attempt(
                entry=call.entry,
                host=call.candidate.model.host,
                outcome=outcome,
                used=used,
                error=ending if isinstance(ending, BaseException) else None,
            )
        )
        notices += _of_the_bill(call, used)
        return Ended(
            entry_id=call.entry.id,
            cost=outcome.cost,
            baseline=outcome.baseline,
            result=ending,
            notices=notices,
        )

    def _outcome(self, call: Call, used: Completion | None, result: Result) -> Outcome:
        entry = call.entry
        if used is None:  # nothing was sent, or nothing can have been used
            return Outcome(result=result, model_served=entry.model_asked)
        cost, source = self._cost(call.candidate, used, entry.at)
        instead = Compared()
        if result == "ok":
            instead = compared(self.pricing, used.usage, entry.task, call.instead)
        return Outcome(
            result=result,
            model_served=used.model,
            usage=used.usage,
            cost=cost,
            price_source=source,
            baseline=instead.cost,
            baseline_model=instead.model,
            first_token_ms=used.first_token_ms,
            total_ms=used.total_ms,
        )

    def _cost(self, candidate: Candidate, used: Completion, at: datetime) -> tuple[Money, str]:
        """The bill; where the served model's price is unknown, the worst case that was reserved."""
        try:
            bill = self.pricing.bill(candidate.model, used, at)
        except UnknownPrice:
            return candidate.worst_case, "worst case: price unknown"
        return bill.cost, bill.source + _COUNTED[used.counting]


def _of_the_bill(call: Call, used: Completion | None) -> tuple[str, ...]:
    """What is odd about the tokens that were counted, or about who served."""
    if used is None or call.candidate.model.local:
        return ()
    asked = call.candidate.model
    found = []
    if used.counting == "disputed":
        found.append(
            f"{asked.id} counts more tokens than this answer can have; it is booked at the most "
            f"that could be, {used.usage.input_tokens:,} and {used.usage.output_tokens:,}. Compare "
            "it with the bill: `homeward costs reconcile`."
        )
    if call.instead == asked.id and not _is_release_of(used.model, asked.name):
        found.append(f"You asked for {asked.name}, and {used.model} answered.")
    return tuple(found)


def _is_release_of(served: str, asked: str) -> bool:
    """Whether a name can be the dated or full name of what was asked for (`gpt-6` and
    `openai/gpt-6-2026-10-01`).
    """
    one, other = (
        name.lower().rpartition("/")[2].partition(":")[0].removesuffix("-latest")
        for name in (served, asked)
    )
    return one.startswith(other) or other.startswith(one)
