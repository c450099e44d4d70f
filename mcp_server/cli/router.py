"""`homeward router`: what routing has learned, learning more of it, and forgetting it."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape
from rich.table import Table

from mcp_server.cli.forget import moment
from mcp_server.cli.outcomes import Kept, opened, requests, shipped_prior
from mcp_server.cli.running import screen, told
from mcp_server.keys import Keys
from mcp_server.places import places
from mcp_server.settings import load
from routing.learning.outcomes import Experience
from routing.learning.promise import labels_of, promise

if TYPE_CHECKING:
    from routing.learning.posterior import Posterior

_FORECAST_FROM = 100
"""Requests of a kind whose forecasts are averaged: the latest are enough."""


def show_stats(*, as_json: bool) -> None:
    """What is kept, what it says of each model and kind, what was learned, what can be promised."""
    with told(), opened() as kept:
        facts = _facts(kept)
    if as_json:
        print(json.dumps(facts))
        return
    _show(facts)


def _facts(kept: Kept) -> dict[str, Any]:
    prior, trouble = shipped_prior()
    version = "" if prior is None else prior.version
    tally, learned = kept.outcomes.tally(version), kept.outcomes.learned()
    recent = kept.outcomes.recent(prior_version=version)
    return {
        "requests": tally.requests,
        "with_outcomes": tally.rewarded,
        "not_usable": recent.skipped,
        "explored": tally.explored,
        "explored_share": round(tally.explored / tally.requests, 4) if tally.requests else 0.0,
        "explored_at_most": _most_explored(),
        "models": _models(kept, recent.experiences, version),
        "learned": None
        if learned is None
        else {"at": learned.at.isoformat(timespec="seconds"), "says": learned.says}
        | {"outcomes": learned.outcomes},
        "promise": asdict(promise(labels_of(recent.experiences))),
        "notice": trouble,
    }


def _most_explored() -> float:
    where = places()
    return load(where.settings, Keys(os.environ, where.dotenv).environment()).routing.explore


def _models(kept: Kept, experiences: Iterable[Experience], version: str) -> list[dict[str, Any]]:
    if not version:
        return []
    from routing.learning.fitting import fit

    posterior = fit(kept.outcomes, version)
    groups: dict[tuple[str, str], list[Experience]] = defaultdict(list)
    for each in experiences:
        for model in each.rewarded():
            groups[model, each.choice.kind].append(each)
    return [_row(*name, groups[name], posterior) for name in sorted(groups)]


def _row(
    model: str, kind: str, experiences: list[Experience], posterior: "Posterior"
) -> dict[str, Any]:
    from routing.learning.fitting import forecast_of

    worths = [worth for each in experiences if (worth := each.settled(model)) is not None]
    total = sum(each.weight for each in worths)
    forecasts = [
        told_p
        for each in experiences[-_FORECAST_FROM:]
        if (told_p := forecast_of(posterior, each.choice, model)) is not None
    ]
    return {
        "model": model,
        "kind": kind,
        "outcomes": len(worths),
        "mean": round(sum(each.reward * each.weight for each in worths) / total, 3),
        "forecast": round(sum(forecasts) / len(forecasts), 3) if forecasts else None,
    }


def _show(facts: dict[str, Any]) -> None:
    out = screen()
    out.print(
        f"{requests(facts['requests'])} kept, {facts['with_outcomes']:,} with an outcome; "
        f"explored {facts['explored_share']:.1%} (at most {facts['explored_at_most']:.0%}).",
        markup=False,
    )
    if facts["models"]:
        table = Table("model", "kind", "outcomes", "mean", "forecast", box=None)
        table.columns[0].no_wrap = True
        for row in facts["models"]:
            forecast = "-" if row["forecast"] is None else f"{row['forecast']:.2f}"
            names = (escape(row["model"]), escape(row["kind"].replace("_", " ")))
            table.add_row(*names, f"{row['outcomes']:,}", f"{row['mean']:.2f}", forecast)
        out.print(table)
    learned = facts["learned"]
    out.print(
        f"{learned['at']}: {learned['says']}" if learned else "Nothing was learned yet.",
        markup=False,
        soft_wrap=True,
    )
    out.print(facts["promise"]["says"], markup=False, soft_wrap=True)
    if facts["not_usable"]:
        out.print(
            f"{requests(facts['not_usable'])} with outcomes cannot be used: another version of the "
            "prior noted them, or they are damaged.",
            style="yellow",
            soft_wrap=True,
        )
    if facts["notice"]:
        out.print(facts["notice"], style="yellow", markup=False, soft_wrap=True)


def train(*, as_json: bool) -> None:
    """Learn from newer outcomes, unless a replay is against it; and say which."""
    with told(), opened() as kept:
        prior, trouble = shipped_prior()
        if prior is None:
            said: dict[str, Any] = {"applied": False, "says": trouble}
        else:
            from routing.learning.fitting import learn

            trained = learn(kept.outcomes, prior.version, now=datetime.now(UTC))
            said = asdict(trained)
    if as_json:
        print(json.dumps(said))
        return
    screen().print(said["says"], markup=False, soft_wrap=True)


def reset(*, yes: bool, as_json: bool) -> None:
    """Erase what was learned and all outcomes; routing is as it was shipped."""
    with told(), opened() as kept:
        meant = kept.outcomes.forget(lambda choice: True, dry_run=True)
        if not yes:
            typer.confirm(
                f"This erases what was learned, and {requests(meant)} with all outcomes. Go on?",
                abort=True,
                err=True,
            )
        gone = kept.outcomes.reset()
        finished = kept.database.scrub()
    _erased(gone, finished=finished, as_json=as_json)


def forget(wanted: str | None, before: str | None, *, yes: bool, as_json: bool) -> None:
    """Erase one request, or the older ones. What was learned from them goes with them."""
    with told(), opened() as kept:
        if wanted is not None:
            kept.outcomes.found(wanted)  # an unknown one is an error
        until = None if before is None else moment(before, datetime.now(UTC))
        meant = kept.outcomes.forget(
            lambda choice: choice.request_id == wanted or (until is not None and choice.at < until),
            dry_run=True,
        )
        if meant and not yes:
            typer.confirm(
                f"This erases {requests(meant)} with outcomes. Go on?", abort=True, err=True
            )
        gone = kept.outcomes.forget(
            lambda choice: choice.request_id == wanted or (until is not None and choice.at < until)
        )
        finished = kept.database.scrub()
    _erased(gone, finished=finished, as_json=as_json)


def _erased(gone: int, *, finished: bool, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"erased": gone, "finished": finished}))
        return
    screen().print(f"Erased {requests(gone)}, and what was learned from that.")
    if not finished:
        screen().print(
            "Another program reads the database, so bytes of it stay in there. Close that program "
            "and run this again.",
            style="yellow",
            soft_wrap=True,
        )
