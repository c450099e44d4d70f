"""The cost report as an MCP App: a page of our own that a host shows beside the answer.

The page is one file that fetches nothing. What it draws comes with the result of `cost_report`,
in `_meta`, which a host hands to the page and not to its model.
"""

from pathlib import Path

from mcp.server.apps import APP_MIME_TYPE, Apps
from mcp.server.mcpserver.resources import FileResource

COSTS_URI = "ui://homeward/costs"
COSTS_META = "homeward/costs"
"""The key of the whole report in the `_meta` of a result."""

_PAGE = Path(__file__).with_name("views") / "costs.html"


def cost_view() -> Apps:
    """The extension to hand to the server. The page is read when a host asks for it."""
    apps = Apps()
    apps.add_resource(
        FileResource(
            uri=COSTS_URI,
            name="costs-view",
            title="Costs and savings",
            description="The page that shows cost_report",
            mime_type=APP_MIME_TYPE,
            meta={"ui": {"prefersBorder": True}},
            path=_PAGE,
            encoding="utf-8",
        )
    )
    return apps
