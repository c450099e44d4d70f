"""What a person wants done with each tier of sensitive data that would go to a cloud."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from whitelist.detector.findings import Tier

KEY = "sensitive"
"""The table in whitelist.toml."""

Rule = Literal["local", "ask", "redact", "send"]
"""Strictest first. `ask` sends only what the person agreed to, `redact` sends it without the data
and asks nobody."""

RULES: Mapping[Tier, tuple[Rule, ...]] = {
    "A": ("local", "ask"),
    "B": ("local", "ask", "redact"),
    "C": ("local", "ask", "send"),
}
"""What may be chosen for each tier, strictest first. Signals (C) are not redacted: a tag in place
of every name and place would leave nothing to work on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """One rule for each tier."""

    a: Rule = "ask"
    b: Rule = "ask"
    c: Rule = "send"

    def rule(self, tier: Tier) -> Rule:
        return {"A": self.a, "B": self.b, "C": self.c}[tier]

    def stricter(self, other: "Handling") -> "Handling":
        """Of each tier, the stricter of both rules."""
        return Handling(
            a=_stricter(self.a, other.a),
            b=_stricter(self.b, other.b),
            c=_stricter(self.c, other.c),
        )


def _stricter(one: Rule, other: Rule) -> Rule:
    order: tuple[Rule, ...] = get_args(Rule)
    return min(one, other, key=order.index)
