"""The whole cost report of a period as one JSON value: the resource, and what the view draws."""

from typing import TYPE_CHECKING, Any, get_args

from ledger import By, Group, Left, Report
from mcp_server.replies import costs, group, usd
from mcp_server.results import Period
from vocabulary import Money

if TYPE_CHECKING:
    from mcp_server.wiring import App


def whole(app: "App", period: Period) -> dict[str, Any]:
    """The fields of `cost_report`, with every grouping under `by`, and the limits of the budget.

    Amounts are US dollars, days are the person's own (ISO 8601). Blocks for some reading.

    Raises:
        StorageError: the books cannot be read.
    """
    by_model, *others = (app.report(period, by) for by in get_args(By))
    short = costs(by_model, baseline=app.baseline_name)
    return {
        **short.model_dump(mode="json", exclude_none=True, exclude={"groups"}),
        **_days(by_model),
        "baseline_usd": usd(by_model.baseline),
        "answered": by_model.answered,
        "budget": _budget(app, by_model),
        "by": {report.by: [_row(each) for each in report.rows] for report in (by_model, *others)},
    }


def _row(row: Group) -> dict[str, Any]:
    unconfirmed = {"unconfirmed_usd": usd(row.unconfirmed)} if row.unconfirmed else {}
    tokens = {"tokens_in": row.tokens_in, "tokens_out": row.tokens_out}
    return {**group(row).model_dump(mode="json"), **tokens, **unconfirmed}


def _days(report: Report) -> dict[str, str]:
    """The first and last day; left out for `all`."""
    if report.first is None or report.last is None:
        return {}
    return {"first": report.first.isoformat(), "last": report.last.isoformat()}


def _budget(app: "App", report: Report) -> list[dict[str, Any]]:
    """Each limit there is, what is left of it, and when it is whole again."""
    left, all_of_it = report.left, {"scope": "all", "name": ""}
    return [
        *_spans(all_of_it, left, (app.budget.daily, left.day), (app.budget.monthly, left.month)),
        *(
            line
            for part in left.limits
            for line in _spans(
                {"scope": part.limit.scope, "name": part.limit.name},
                left,
                (part.limit.daily, part.day),
                (part.limit.monthly, part.month),
            )
        ),
    ]


def _spans(of: dict[str, str], left: Left, *most: tuple[Money | None, Money | None]) -> list[Any]:
    """The day's and the month's limit, each with what is left of it, where there is one, and what
    calls under way hold of that.
    """
    taken = left.held
    renewals = ("day", left.day_renews, taken.day), ("month", left.month_renews, taken.month)
    return [
        {
            **of,
            "period": period,
            "limit_usd": usd(limit),
            "left_usd": usd(rest),
            **({"held_usd": usd(held)} if held and of["scope"] == "all" else {}),
            "renews": renews.isoformat(),
        }
        for (period, renews, held), (limit, rest) in zip(renewals, most, strict=True)
        if limit is not None and rest is not None
    ]
