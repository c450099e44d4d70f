"""What the tools ask for, answered by the wired application in the tools' own words."""

from typing import Any

import anyio.to_thread
from anyio.abc import TaskGroup

from ledger import By, Period
from mcp_server.delegation import Delegation, Report
from mcp_server.replies import allowed, costs, limit, planned, proposed
from mcp_server.results import Allowed, Costs, Proposed, Routed
from mcp_server.sqlite import SqliteTickets
from mcp_server.tickets import Tickets
from mcp_server.wiring import App
from switchboard.request import Request
from whitelist import check


class Desk:
    """One per serving process; `patience_s` is how long a host may be kept waiting."""

    def __init__(self, app: App, tasks: TaskGroup, *, patience_s: float) -> None:
        self.app = app
        self._delegation = Delegation(
            app.switchboard, Tickets(SqliteTickets(app.database)), tasks, patience_s=patience_s
        )

    async def route(
        self, *, report: Report, max_cost_usd: float | None, dry_run: bool, **asked: Any
    ) -> Routed:
        """Answer, or only plan; `asked` are the fields of a `Request`."""
        cost = None if max_cost_usd is None else limit(max_cost_usd)
        request = Request(max_cost=cost, **asked)
        if dry_run:
            return planned(await self.app.switchboard.plan(request))
        return await self._delegation.answer(request, report=report)

    async def redeem(self, ticket: str, *, report: Report) -> Routed:
        return await self._delegation.redeem(ticket, report=report)

    async def check(self, resource_type: str, resource_name: str) -> Allowed:
        app = self.app
        return allowed(
            await anyio.to_thread.run_sync(
                lambda: check(resource_type, resource_name, app.whitelist(), aliases=app.aliases)
            )
        )

    async def propose(
        self, resource_type: str, resource_name: str, reason: str, caller: str
    ) -> Proposed:
        propose = self.app.proposals.propose
        return proposed(
            await anyio.to_thread.run_sync(propose, resource_type, resource_name, reason, caller)
        )

    async def costs(self, period: Period, by: By) -> Costs:
        report = await anyio.to_thread.run_sync(self.app.report, period, by)
        return costs(report, baseline=self.app.baseline_name)
