"""What the tools ask for, answered by the wired application in the tools' own words."""

from collections.abc import Sequence
from typing import Any

import anyio.to_thread
from anyio.abc import TaskGroup

from ledger import By, Period
from mcp_server.by_reference import Delivery, work_on
from mcp_server.cost_report import whole
from mcp_server.delegation import Delegation, Report
from mcp_server.replies import (
    allowed,
    allowed_for_an_hour,
    consent_required,
    costs,
    planned,
    proposed,
    routed,
)
from mcp_server.results import Allowed, Costs, Proposed, Routed
from mcp_server.sqlite import SqliteTickets
from mcp_server.tickets import Tickets
from mcp_server.wiring import App
from switchboard.asking import ConsentRequired, in_words
from switchboard.errors import InvalidRequest
from switchboard.request import OnStep, OnText, Request
from whitelist import KINDS, Proposal, check
from whitelist.concealing import concealed
from whitelist.consent import Consent
from whitelist.errors import NotRedactable
from whitelist.grants import Ask


class Desk:
    """One per serving process; `patience_s` is how long a host may be kept waiting."""

    def __init__(self, app: App, tasks: TaskGroup, *, patience_s: float) -> None:
        self.app = app
        self._tasks = tasks
        self._delegation = Delegation(
            Tickets(SqliteTickets(app.database)), tasks, patience_s=patience_s
        )
        self._consent = Consent(grants=app.grants, audit=app.audit, channel="in_client")

    async def route(
        self, request: Request, *, files: Sequence[str], deliver: Delivery, report: Report
    ) -> Routed:
        """Answer; documents are read at home, and what they hold is not told."""
        if deliver == "file" and not files:
            raise InvalidRequest(
                "deliver='file' writes beside a document, and none was named.",
                fix="Name it in `files`.",
            )
        switchboard = self.app.switchboard

        async def work(on_text: OnText, on_step: OnStep) -> Routed:
            try:
                if not files:
                    answer = await switchboard.answer(request, on_text=on_text, on_step=on_step)
                    self._tasks.start_soon(self.app.judging.judge, request, answer)
                    return routed(answer)
                folders = (await anyio.to_thread.run_sync(self.app.whitelist)).folders
                return await work_on(
                    switchboard,
                    request,
                    files,
                    folders=folders,
                    delivery=deliver,
                    detect=self.app.detect,
                    on_step=on_step,
                )
            except ConsentRequired as required:
                return consent_required(required)

        return await self._delegation.answer(work, report=report)

    async def plan(self, request: Request, *, files: Sequence[str]) -> Routed:
        """What `route` would do."""
        if files:
            raise InvalidRequest(
                "A plan cannot be made for documents without reading them.",
                fix="Leave out dry_run: they are worked on at home, for free.",
            )
        return planned(await self.app.switchboard.plan(request))

    async def redeem(self, ticket: str, *, report: Report) -> Routed:
        return await self._delegation.redeem(ticket, report=report)

    async def question(self, request: Request) -> str | None:
        """What the person may be asked inside their host before this is answered, if anything."""
        ask = await self._narrow(request)
        if ask is None:
            return None
        samples = f" Found: {', '.join(ask.samples)}." if ask.samples else ""
        return (
            f"{in_words(ask)}{samples} Asked by {ask.caller}, question {ask.id}. Keep it local, or "
            "send it once with tags in place of the data? "
            f"(Once as it is: run `homeward approve {ask.id}` in a terminal.)"
        )

    async def decide(self, request: Request, choice: str) -> None:
        """Carry out what the person chose about a text inside their host."""
        ask = await self._narrow(request) if choice else None
        if ask is None:
            return
        if choice == "send_redacted":
            await anyio.to_thread.run_sync(self._consent.allow, ask, "redacted")
            return
        await anyio.to_thread.run_sync(self._consent.keep_local, ask)

    async def _narrow(self, request: Request) -> Ask | None:
        """The question, if a host may answer it: nothing of tier A, nothing by reference."""
        if not self.app.settings.privacy.ask_in_client:
            return None
        ask = await self.app.switchboard.question(request)
        if ask is None or ask.documents or "redacted" not in ask.forms:
            return None
        secret = any(KINDS[kind].tier == "A" for kind in ask.counts)
        return None if secret else ask

    async def check(self, resource_type: str, resource_name: str) -> Allowed:
        app = self.app
        return allowed(
            await anyio.to_thread.run_sync(
                lambda: check(resource_type, resource_name, app.whitelist(), aliases=app.aliases)
            )
        )

    async def propose(
        self, resource_type: str, resource_name: str, reason: str, caller: str, *, choice: str
    ) -> Proposed:
        """Write a proposal down; with the person's yes inside their host, allow it for an hour."""

        def propose() -> Proposed:
            proposal = self._proposal(resource_type, resource_name, reason, caller)
            if choice == "allow_for_one_hour" and self._is_narrow(proposal):
                self._consent.allow_host(proposal.resource_name, caller=caller)
                return allowed_for_an_hour(proposal)
            return proposed(proposal)

        return await anyio.to_thread.run_sync(propose)

    async def question_about_host(
        self, resource_type: str, resource_name: str, reason: str, caller: str
    ) -> str | None:
        """What the person may be asked inside their host about a proposal, if anything."""

        def question() -> str | None:
            proposal = self._proposal(resource_type, resource_name, reason, caller)
            if not self._is_narrow(proposal):
                return None
            return (
                f"{proposal.caller} asks to let Homeward send prompts to "
                f"{proposal.resource_name}, by your rules for personal data. Its reason, in its "
                f"own words: {proposal.reason!r} "
                f"Allow it for one hour? (For good: run `homeward approve {proposal.id}`.)"
            )

        return await anyio.to_thread.run_sync(question)

    def _proposal(
        self, resource_type: str, resource_name: str, reason: str, caller: str
    ) -> Proposal:
        return self.app.proposals.propose(resource_type, resource_name, self._clear(reason), caller)

    def _clear(self, reason: str) -> str:
        """An assistant's own words are kept and shown: not with what they may hold of secrets."""
        try:
            return concealed(reason, detect=self.app.detect)[0]
        except NotRedactable:
            return "(withheld: it could not be inspected)"

    def _is_narrow(self, proposal: Proposal) -> bool:
        """One exact host of a provider that the person has set up, and nothing else."""
        return (
            self.app.settings.privacy.ask_in_client
            and proposal.state == "pending"
            and proposal.resource_type == "cloud_api"
            and proposal.resource_name in self.app.aliases.values()
        )

    async def costs(self, period: Period, by: By) -> Costs:
        report = await anyio.to_thread.run_sync(self.app.report, period, by)
        return costs(report, baseline=self.app.baseline_name)

    async def whole_costs(self, period: Period) -> dict[str, Any]:
        """What a page shows of a period: every grouping at once."""
        return await anyio.to_thread.run_sync(whole, self.app, period)
