"""What a person is asked to decide, in plain words: shown alike at a terminal and on a page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from whitelist.consent import Consent
from whitelist.detector.findings import KINDS
from whitelist.editing import add
from whitelist.errors import Unusable
from whitelist.grants import GRANT_SECONDS, Ask, choices
from whitelist.proposals import Proposal, Proposals


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to decide. `retype` is what a person types again first; empty where nothing is."""

    name: str
    label: str
    retype: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A question, what there is to know about it, and the ways to decide; the safest is first.

    `decide` carries out the choice of that name and says in a sentence what was done.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    choices: tuple[Choice, ...]
    decide: Callable[[str], str]

    def settle(self, name: str, typed: str) -> str:
        """Decide. Blocks for the disk.

        Raises:
            Unusable: that is no choice, or what had to be typed again is not the same.
        """
        choice = next((choice for choice in self.choices if choice.name == name), None)
        if choice is None:
            raise Unusable("That is not one of the choices; nothing was decided.")
        if choice.retype and typed.strip() != choice.retype:
            raise Unusable(
                "That was not the same; nothing was allowed.",
                fix=f"To allow it, type {choice.retype} exactly.",
            )
        return self.decide(name)


def of_ask(ask: Ask, consent: Consent) -> Matter:
    """May this content go to that cloud, and in which form?"""
    minutes = GRANT_SECONDS // 60

    def decide(name: str) -> str:
        if name == "local":
            consent.keep_local(ask)
            return "It stays on this machine. Nothing was sent."
        consent.allow(ask, "as_is" if name == "as_is" else "redacted")
        return f"Allowed once, within {minutes} minutes. Let the assistant try again."

    ways = {
        "redacted": Choice(
            name="redacted", label="Send it once, with tags in place of what was found"
        ),
        "as_is": Choice(name="as_is", label="Send it once, just as it is", retype=ask.destination),
    }
    forms = choices(ask.forms, ask.counts)
    return Matter(
        title="May this be sent to a cloud?",
        facts=_facts(ask),
        choices=(
            Choice(name="local", label="Keep it local"),
            *(way for name, way in ways.items() if name in forms),
        ),
        decide=decide,
    )


def of_proposal(proposal: Proposal, proposals: Proposals, whitelist: Path) -> Matter:
    """May this entry be added to the whitelist?"""
    kind, entry = proposal.resource_type, proposal.resource_name

    def decide(name: str) -> str:
        if name == "allow":
            add(whitelist, kind, entry)
        proposals.decide(proposal.id, approved=name == "allow")
        return f"Allowed: {kind} {entry}" if name == "allow" else "Refused."

    return Matter(
        title="May this be added to your whitelist?",
        facts=(
            ("Entry", entry),
            ("Kind", kind.replace("_", " ")),
            ("Asked by", proposal.caller),
            ("Its reason", proposal.reason),
            ("Waits until", _time(proposal.expires)),
        ),
        choices=(
            Choice(name="refuse", label="Refuse it"),
            Choice(name="allow", label="Allow it", retype=entry),
        ),
        decide=decide,
    )


def counted(ask: Ask) -> str:
    """`2 × e-mail address, 1 × payment card`."""
    return ", ".join(
        f"{number} × {KINDS[kind].words if kind in KINDS else kind}"
        for kind, number in ask.counts.items()
    )


def _facts(ask: Ask) -> tuple[tuple[str, str], ...]:
    facts = (
        ("To", ask.destination),
        ("Model", f"{ask.model}, or another there"),
        ("For", ask.task.replace("_", " ")),
        ("It holds", counted(ask)),
        ("Such as", ", ".join(ask.samples)),
        ("Documents", ", ".join(ask.documents)),
        ("Asked by", ask.caller),
        ("Waits until", _time(ask.expires)),
    )
    return tuple((name, value) for name, value in facts if value)


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000).astimezone().strftime("%A, %H:%M")
