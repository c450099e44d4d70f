"""What a detector finds: where, of what kind, and how far it may travel. Never the text itself."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Tier = Literal["A", "B", "C"]
"""A stays local as it is, always. B stays local unless a person agrees. C is only a signal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of sensitive data: its tier, and what people call it."""

    tier: Tier
    words: str


KINDS: Mapping[str, Kind] = {
    "SECRET": Kind(tier="A", words="password or key"),
    "CARD": Kind(tier="A", words="payment card"),
    "IBAN": Kind(tier="A", words="IBAN"),
    "ID": Kind(tier="A", words="identity number"),
    "SSN": Kind(tier="A", words="social security number"),
    "EMAIL": Kind(tier="B", words="e-mail address"),
    "ACCOUNT": Kind(tier="B", words="account number"),
    "DOB": Kind(tier="B", words="date of birth"),
    "PHONE": Kind(tier="B", words="phone number"),
    "ADDRESS": Kind(tier="B", words="street address"),
    "IP": Kind(tier="B", words="public IP address"),
    "PERSON": Kind(tier="C", words="name"),
    "ZIP": Kind(tier="C", words="postal code"),
    "ORG": Kind(tier="C", words="organisation"),
    "URL": Kind(tier="C", words="web address"),
    "PRIVATE_IP": Kind(tier="C", words="private IP address"),
}
"""Every kind, worst first; where two overlap, the earlier one stands."""

RANK: Mapping[str, int] = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something of `kind` in `text[start:end]` of the text as it was given."""

    kind: str
    tier: Tier
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that was found. Not `complete` (see `failure`) means that there may be more."""

    items: tuple[Finding, ...] = ()
    complete: bool = True
    failure: str | None = None
    version: str = ""

    @property
    def tier(self) -> Tier | None:
        """The worst tier found, A where detection was not complete, None where nothing was."""
        if not self.complete:
            return "A"
        return min((item.tier for item in self.items), default=None)

    def counts(self) -> dict[str, int]:
        """How many of each kind, worst first: all that a log or an answer may say."""
        counted = Counter(item.kind for item in self.items)
        return {kind: counted[kind] for kind in KINDS if counted[kind]}
