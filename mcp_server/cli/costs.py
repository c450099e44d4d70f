"""`homeward costs`: what was spent and saved, for people and for programs."""

from rich.markup import escape
from rich.table import Table

from ledger import By, Period
from mcp_server.cli.running import screen, with_app
from mcp_server.replies import costs
from mcp_server.wiring import App


def show_costs(period: Period, by: By, *, as_json: bool) -> None:
    """The report of a period, grouped."""

    async def work(app: App) -> None:
        report = costs(app.report(period, by), baseline=app.baseline_name)
        if as_json:
            print(report.model_dump_json())
            return
        out = screen()
        table = Table(by, "requests", "spent", "saved", box=None, header_style="dim")
        for group in report.groups:
            table.add_row(
                escape(group.name),
                str(group.requests),
                f"${group.cost_usd:.6f}",
                f"${group.saved_usd:.6f}",
            )
        if report.groups:
            out.print(table)
        out.print(report.text().split("\n- ")[0], markup=False)

    with_app(work)
