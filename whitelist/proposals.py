"""What an assistant asks to have on the whitelist; a person decides, elsewhere."""

import secrets
from dataclasses import dataclass
from typing import Literal, Protocol

from whitelist.errors import Refused
from whitelist.resources import ResourceType

State = Literal["pending", "approved", "rejected", "expired", "allowed"]
"""`allowed`: there is nothing to decide, the whitelist has it already; such a one has no id."""

LIFETIME_SECONDS = 24 * 3600
PER_CALLER_AN_HOUR = 20
IN_ALL_AN_HOUR = 60  # a caller's name is its own word, so changing it must not help

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An entry that someone asked for. `created` and `expires` are Unix milliseconds.

    `resource_name` is canonical. `reason` and `caller` are the asker's words, made safe to show
    in a terminal and cut short; they prove nothing.
    """

    id: str
    resource_type: ResourceType
    resource_name: str
    reason: str
    caller: str
    created: int
    expires: int
    state: State


class Proposals(Protocol):
    """Remembers proposals; never changes the whitelist. Methods may block for the disk."""

    def propose(self, resource_type: str, resource_name: str, reason: str, caller: str) -> Proposal:
        """A pending proposal: a new one, or the one that is already there for the same entry.

        Raises:
            Unusable: no entry can look like that.
            Refused: too many were made within the hour.
        """
        ...

    def pending(self) -> list[Proposal]:
        """What waits for a decision and has not expired, oldest first."""
        ...

    def get(self, proposal_id: str) -> Proposal | None: ...

    def decide(self, proposal_id: str, *, approved: bool) -> Proposal:
        """Note a person's decision, after it was carried out.

        Raises:
            Unusable: no such proposal is pending.
        """
        ...


def new_id() -> str:
    """Eight letters and digits (39 bits) that a person can read out and type."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def within_rate(by_caller: int, in_all: int, *, of: str) -> None:
    """Raises Refused when what was asked `of` the person in the last hour is enough."""
    if by_caller >= PER_CALLER_AN_HOUR or in_all >= IN_ALL_AN_HOUR:
        raise Refused(
            f"Too many {of} were made within the hour.",
            fix="Let the person decide about those first (`homeward approve`).",
            rule=f"rate of {of}",
        )
