"""A batch as it is remembered between sending and fetching: numbers and names, no text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ledger.entry import Reservation
from vocabulary import Money, TaskKind

BatchState = Literal["preparing", "sending", "sent", "fetched", "failed"]
"""`preparing`: nothing has left. `sending`: it left, and no answer came: the provider may have it.
`sent`: the provider has it. `fetched`: every line that came back is settled. `failed`: the provider
never had it, and nothing is held for it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """`id` is ours, `remote` the provider's, empty until it has taken the batch. The money of its
    lines is held until `until`. `owner` is the process that sends it.
    """

    id: str
    provider: str
    state: BatchState
    owner: str
    created: datetime
    until: datetime
    remote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One prompt of a batch. `label` is the name the person gave it. `entry_id` is its line in the
    books, which began at `at` and holds `held`. `instead` is what it is compared with, as
    `Pricing.baseline` takes it.
    """

    number: int
    label: str
    entry_id: str
    at: datetime
    held: Money
    task: TaskKind
    model: str
    instead: str | None

    @property
    def reservation(self) -> Reservation:
        return Reservation(entry_id=self.entry_id, day=self.at.date(), held=self.held)
