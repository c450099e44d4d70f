"""A person's consent: what was asked, and what was allowed once, to whom, in which form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from whitelist.detector.findings import KINDS
from whitelist.errors import Unusable
from whitelist.resources import canonical_name

Form = Literal["as_is", "redacted"]
"""How a text may travel."""

Channel = Literal["terminal", "page", "in_client"]
"""Where a person decided."""

AskState = Literal["pending", "granted", "refused", "withdrawn", "expired"]

ASK_SECONDS = 24 * 3600
GRANT_SECONDS = 15 * 60
HOST_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question to the person about one content and one destination.

    `fingerprint` is an HMAC of the whole content, `destination` an exact `host` or `host:port`.
    `counts` is how many findings of each kind, `samples` are masked, `documents` are names of
    files. `forms` is what may be chosen besides keeping it local. `caller` is the asker's own
    word. `created` and `expires` are Unix milliseconds.
    """

    id: str
    fingerprint: str
    destination: str
    model: str
    task: str
    counts: Mapping[str, int] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    documents: tuple[str, ...] = ()
    caller: str
    created: int
    expires: int
    state: AskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a person allowed: this content, once, to one destination, in one form.

    `ask_id` is the question it answers. `expires` is Unix milliseconds.
    """

    id: str
    ask_id: str
    destination: str
    form: Form
    expires: int


class Grants(Protocol):
    """Remembers questions and answers; keeps no text. Methods may block for the disk."""

    def ask(
        self,
        *,
        fingerprint: str,
        destination: str,
        model: str,
        task: str,
        counts: Mapping[str, int],
        samples: Sequence[str],
        forms: Sequence[Form],
        documents: Sequence[str],
        caller: str,
    ) -> Ask:
        """A pending question: a new one, or the one that waits for this content and destination.
        Within an hour of a refusal it is the refused one: a no is not asked away.

        Raises:
            Unusable: the destination is no exact host.
            Refused: too many were made within the hour.
        """
        ...

    def pending(self) -> list[Ask]:
        """What waits for a decision and has not expired, oldest first."""
        ...

    def get(self, ask_id: str) -> Ask | None: ...

    def grant(self, ask_id: str, form: Form, *, channel: Channel) -> Grant:
        """Note that a person allowed it, once, in this form.

        Raises:
            Unusable: no such question is pending, or this form is not one of its choices.
        """
        ...

    def refuse(self, ask_id: str, *, channel: Channel) -> Ask:
        """Note that it stays local. Raises Unusable where no such question is pending."""
        ...

    def standing(self, fingerprint: str) -> tuple[Grant, ...]:
        """The grants for exactly this content that are neither spent nor expired."""
        ...

    def spend(self, grant_id: str) -> bool:
        """Use a grant up. True for one caller only, over all processes: send on nothing else."""
        ...

    def allow_host(self, host: str, *, channel: Channel, seconds: float = HOST_SECONDS) -> str:
        """Let one exact cloud host be asked for a while, an hour at most; its canonical name.

        Raises:
            Unusable: it is not one exact host, or the time is longer than that.
        """
        ...

    def hosts(self) -> tuple[str, ...]:
        """The hosts that are allowed for a while, in their canonical spelling."""
        ...

    def withdraw(self) -> int:
        """End every grant, host and pending question; how many there were."""
        ...

    def forget(self, before: datetime | None) -> None:
        """Delete whatever was made before then, or everything."""
        ...


def choices(forms: Sequence[Form], counts: Mapping[str, int]) -> tuple[Form, ...]:
    """The forms that a person may really choose: never `as_is` for tier A or an unknown kind."""
    secret = any(kind not in KINDS or KINDS[kind].tier == "A" for kind in counts)
    return tuple(
        form for form in ("as_is", "redacted") if form in forms and not (secret and form == "as_is")
    )


def one_host(host: str, seconds: float = HOST_SECONDS) -> str:
    """The canonical name of a host that may be allowed for that long.

    Raises:
        Unusable: it is not one exact host, or the time is longer than an hour.
    """
    name = canonical_name("cloud_api", host)
    if name.startswith("."):
        raise Unusable(
            f"`{name}` is more than one host.",
            fix="Name the one host, or add the entry to the whitelist for good.",
        )
    if not 0 < seconds <= HOST_SECONDS:
        raise Unusable(
            "A host is allowed for an hour at most.",
            fix=f"For longer, run `homeward whitelist add cloud_api {name}`.",
        )
    return name
