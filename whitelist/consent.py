"""A person's decisions, each written to the audit log: what allows, before it takes effect."""

from contextlib import suppress
from dataclasses import dataclass

from whitelist.audit import Audit
from whitelist.errors import AuditError, Unusable
from whitelist.grants import HOST_SECONDS, Ask, Channel, Form, Grant, Grants, choices, one_host


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Decides in the person's name, on the `channel` that they decided at."""

    grants: Grants
    audit: Audit
    channel: Channel

    def allow(self, ask: Ask, form: Form) -> Grant:
        """Let this content travel once, in this form.

        Raises:
            Unusable: the question no longer waits, or this form is not one of its choices.
            AuditError: it could not be written down, so nothing is allowed.
        """
        now = self.grants.get(ask.id)
        if now is None or now.state != "pending" or form not in choices(now.forms, now.counts):
            raise Unusable(
                "That can no longer be allowed in this form.",
                fix="Run `homeward approve` to see what waits, and how it may be sent.",
            )
        self._record("consented", now, form)
        return self.grants.grant(now.id, form, channel=self.channel)

    def keep_local(self, ask: Ask) -> Ask:
        """Refuse. This stands even where it cannot be written down. Raises Unusable as `allow`."""
        refused = self.grants.refuse(ask.id, channel=self.channel)
        with suppress(AuditError):
            self._record("refused", refused, "as_is")
        return refused

    def allow_host(self, host: str, *, caller: str, seconds: float = HOST_SECONDS) -> str:
        """Let one exact cloud host be asked for a while; its canonical name.

        Raises:
            Unusable: it is not one exact host, or the time is longer than an hour.
            AuditError: it could not be written down, so nothing is allowed.
        """
        name = one_host(host, seconds)
        self.audit.record(
            request_id="",
            decision="host allowed",
            reason=f"by the person ({self.channel}), for {seconds:.0f} s",
            destination=name,
            task="",
            counts={},
            detector="",
            caller=caller,
        )
        return self.grants.allow_host(name, channel=self.channel, seconds=seconds)

    def _record(self, decision: str, ask: Ask, form: Form) -> None:
        self.audit.record(
            request_id="",
            decision=decision,
            reason=f"by the person ({self.channel})",
            destination=ask.destination,
            task=ask.task,
            counts=ask.counts,
            detector="",
            caller=ask.caller,
            consent=ask.id,
            form=form,
        )
