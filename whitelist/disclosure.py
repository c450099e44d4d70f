"""How a text may travel, given what was found in it: as it is, redacted, after a question, or not.

Pure: the person's rules (`Handling`) and what they allowed for this very text (`Grant`) are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from whitelist.detector.findings import KINDS, Findings, Tier
from whitelist.grants import Form, Grant
from whitelist.handling import Handling, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """The `form` in which the text may travel now; None where it may not.

    `ask` are the forms that a person could still allow. `grant` is the consent that is used up.
    """

    form: Form | None
    ask: tuple[Form, ...] = ()
    grant: Grant | None = None
    rule: str = ""
    reason: str = ""
    fix: str = ""


def disclosure(
    findings: Findings,
    handling: Handling,
    destination: str,
    *,
    by_reference: bool = False,
    grants: Sequence[Grant] = (),
) -> Disclosure:
    """How a text with these findings may travel to `destination` (canonical, `host[:port]`).

    A text from a document handed over `by_reference` never travels without a question, whatever
    was found. Tier A never travels as it is, whatever was granted.
    """
    if not findings.complete:
        return _stays(
            "detection incomplete",
            f"The text could not be inspected in full ({findings.failure}), "
            "so it is treated as secret.",
            "Use a local model; a shorter text may be inspected in full.",
        )
    tiers = {finding.tier for finding in findings.items}
    rules: dict[str, Rule] = {
        tier: rule
        for tier, rule in (("A", handling.a), ("B", handling.b), ("C", handling.c))
        if tier in tiers
    }
    holds = f"The text holds {_in_words(findings, strict='C' in _asking(rules))}."
    kept = next((tier for tier, rule in rules.items() if rule == "local"), None)
    if kept is not None:
        return _stays(f"tier {kept} stays local", holds, _TAKE_OUT)
    if not by_reference and not _asking(rules):
        redacted = "redact" in rules.values()
        return Disclosure(form="redacted" if redacted else "as_is")
    forms = _forms(tiers)
    grant = next((g for g in grants if g.destination == destination and g.form in forms), None)
    if grant is not None:
        return Disclosure(form=grant.form, grant=grant)
    asking = _asking(rules)
    return Disclosure(
        form=None,
        ask=forms,
        rule=f"tier {asking[0]} is asked for" if asking else "documents are asked for",
        reason=holds if asking else "Documents handed over by reference stay on this machine.",
        fix="Use a local model, or let the person decide.",
    )


_TAKE_OUT = "Use a local model, or take that out of the text."


def _forms(tiers: set[Tier]) -> tuple[Form, ...]:
    """What may be allowed: never tier A as it is, and nothing redacted where nothing would be."""
    redacted: tuple[Form, ...] = ("redacted",) if tiers & {"A", "B"} else ()
    as_is: tuple[Form, ...] = () if "A" in tiers else ("as_is",)
    return redacted + as_is


def _asking(rules: dict[str, Rule]) -> list[str]:
    return [tier for tier, rule in rules.items() if rule == "ask"]


def _stays(rule: str, reason: str, fix: str) -> Disclosure:
    return Disclosure(form=None, rule=rule, reason=reason, fix=fix)


def _in_words(findings: Findings, *, strict: bool) -> str:
    """Kinds and numbers; signals only where the person asked to be told of them."""
    parts = [
        f"{n} × {KINDS[kind].words}"
        for kind, n in findings.counts().items()
        if strict or KINDS[kind].tier != "C"
    ]
    return ", ".join(parts)
