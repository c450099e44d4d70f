"""The end of a call: what it used is priced and settled, however it ended."""

from dataclasses import dataclass
from datetime import datetime

import anyio
import anyio.to_thread

from ledger import Budget, Entry, Ledger, Outcome, Reservation, UnknownPrice
from ledger.entry import Result
from routing.tally import Tally
from routing.values import Candidate, Completion
from storage import StorageError
from switchboard.comparing import Compared, compared
from switchboard.limits import told
from switchboard.pricing import Pricing
from switchboard.request import NOT_RECORDED
from switchboard.telemetry import SILENT, Attempt, Telemetry
from vocabulary import Money


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
        return bill.cost, bill.source if used.counted else f"{bill.source}, tokens estimated"
