"""What an assistant may look at: the rules, what left, what it cost. Never a text or a sample."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceError
from mcp.types import InputRequiredResult, Resource, ResourceTemplate
from pydantic import AnyUrl

from mcp_server.results import PERIODS, Period
from mcp_server.service import Service
from vocabulary import HomewardError

if TYPE_CHECKING:
    from mcp_server.wiring import App

AUDIT_LINES = 50
_JSON = "application/json"


def whitelist(app: "App") -> dict[str, Any]:
    """The entries, the rules for sensitive data, and how much waits for the person.

    Of opened folders only the number: a path is a person's own.
    """
    from whitelist.handling import RULES
    from whitelist.resources import KEYS

    now = app.whitelist()
    return {
        **{KEYS[kind]: list(now.entries(kind)) for kind in KEYS},
        "folders": len(now.folders),
        "for_a_while": list(app.grants.hosts()),
        "sensitive": {tier: now.handling.rule(tier) for tier in RULES},
        "pending": {
            "proposals": len(app.proposals.pending()),
            "questions": len(app.grants.pending()),
        },
    }


def recent_audit(app: "App") -> list[dict[str, Any]]:
    """The last decisions, oldest first: kinds and numbers."""
    return [asdict(entry) for entry in app.audit.tail(AUDIT_LINES)]


def costs(period: Period, app: "App") -> dict[str, Any]:
    """The whole cost report of a period."""
    from mcp_server.cost_report import whole

    return whole(app, period)


_VIEWS: Mapping[str, Callable[["App"], Any]] = {
    "homeward://whitelist": whitelist,
    "homeward://audit/recent": recent_audit,
    **{f"homeward://costs/{period}": partial(costs, period) for period in PERIODS},
}
_LISTED = (
    Resource(
        uri="homeward://whitelist",
        name="whitelist",
        title="What may leave",
        description="Allowed hosts and tasks, rules for sensitive data, what waits for approval",
        mime_type=_JSON,
    ),
    Resource(
        uri="homeward://audit/recent",
        name="audit-recent",
        title="What left lately",
        description="The last 50 lines of the audit log: kinds and numbers, never text",
        mime_type=_JSON,
    ),
    Resource(
        uri="homeward://costs/month",
        name="costs-month",
        title="Costs this month",
        description="Spend and savings by model, day, task and source, and the budget",
        mime_type=_JSON,
    ),
)
_TEMPLATE = ResourceTemplate(
    uri_template="homeward://costs/{period}",
    name="costs",
    title="Costs and savings",
    description=f"The same for a period: {', '.join(PERIODS)}",
    mime_type=_JSON,
)


class ResourceServer(MCPServer[Service]):
    """Reads our resources with the desk in reach, which the SDK gives to no static resource."""

    async def list_resources(self) -> list[Resource]:
        return [*await super().list_resources(), *_LISTED]

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        return [*await super().list_resource_templates(), _TEMPLATE]

    async def read_resource(
        self, uri: AnyUrl | str, context: Context[Service, Any] | None = None
    ) -> Iterable[ReadResourceContents] | InputRequiredResult:
        view = _VIEWS.get(str(uri))
        if view is None or context is None:
            return await super().read_resource(uri, context)
        try:
            desk = await context.request_context.lifespan_context.ready()
            content = await anyio.to_thread.run_sync(view, desk.app)
        except HomewardError as error:
            raise ResourceError(str(error)) from error
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return [ReadResourceContents(content=text, mime_type=_JSON)]
