"""`homeward experiment status`: both arms, how sure the difference is, and what the guards say."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from rich.table import Table

from ledger.experiments import ARMS, METRICS, Experiment, Metric, SqliteExperiments
from ledger.experiments.standing import Standing, standing
from ledger.experiments.wording import concluded, shown
from mcp_server.cli.running import screen, told
from mcp_server.places import make_private, places
from storage import Database
from storage.migrations import HOME
from switchboard.trying import watch

UNITS: Mapping[Metric, float] = {"quality": 1, "cost": 1e6, "latency": 1e3, "refusals": 1}
"""From what a person writes (shares, dollars, seconds) to what is kept."""


@contextmanager
def opened() -> Iterator[SqliteExperiments]:
    """The experiments of this machine; nothing else of Homeward is started."""
    where = places()
    make_private(where.data)
    with closing(Database(where.home_database, HOME)) as database:
        yield SqliteExperiments(database)


def status(wanted: str | None, *, as_json: bool) -> None:
    """How an experiment stands. One whose arm B does harm is ended by looking, too."""
    with told(), opened() as experiments:
        found = experiments.latest() if wanted is None else experiments.found(wanted)
        if found is None:
            if as_json:
                print(json.dumps(None))
            else:
                screen().print(
                    "There was no experiment yet. `homeward experiment start` begins one."
                )
            return
        if found.ended is None and watch(experiments, found):
            found = experiments.found(found.id)
        stands = standing(found, experiments.observations(found))
    if as_json:
        print(json.dumps(_facts(stands)))
        return
    _show(stands)


def described(experiment: Experiment) -> dict[str, Any]:
    """An experiment for programs; amounts in dollars, seconds and shares."""
    return {
        "id": experiment.id,
        "name": experiment.name,
        "note": experiment.note,
        "began": experiment.began.isoformat(timespec="seconds"),
        "ended": experiment.ended and experiment.ended.isoformat(timespec="seconds"),
        "why": experiment.why,
        "stopped_by": experiment.stopped_by,
        "by": experiment.by,
        "share": experiment.share,
        "metric": experiment.metric,
        "detect": _written(experiment.metric, experiment.detect),
        "arms": {letter: dict(experiment.arm(letter).changes) for letter in ARMS},
        "caps": {m: _written(m, experiment.limits[m].cap) for m in METRICS},
        "tolerated": {m: _written(m, experiment.limits[m].tolerance) for m in METRICS},
    }


def _facts(stands: Standing) -> dict[str, Any]:
    told_of, metric = stands.evidence, stands.experiment.metric
    return described(stands.experiment) | {
        "seen": {
            letter: {"number": seen.number}
            | {m: _written(m, value) for m, value in seen.means.items()}
            for letter, seen in stands.seen.items()
        },
        "waiting": stands.waiting,
        "difference": [_written(metric, told_of.low), _written(metric, told_of.high)],
        "e_value": round(told_of.e_value, 3),
        "highest_e_value": round(told_of.highest, 3),
        "decided_after": told_of.decided_after,
        "verdict": stands.verdict,
        "says": concluded(stands),
        "guards": [
            {"metric": guard.metric, "e_value": round(guard.highest, 3), "fired": guard.fired}
            for guard in stands.guards
        ],
        "needed": stands.needed,
        "remaining": stands.remaining,
    }


def _show(stands: Standing) -> None:
    experiment, out = stands.experiment, screen()
    until = (
        f"since {experiment.began:%Y-%m-%d %H:%M} UTC"
        if experiment.ended is None
        else f"from {experiment.began:%Y-%m-%d %H:%M} to {experiment.ended:%Y-%m-%d %H:%M} UTC"
    )
    out.print(f"{experiment.id}: {experiment.name}, {until}", markup=False)
    if experiment.note:
        out.print(experiment.note, style="dim", markup=False)
    print_arms(experiment)
    table = Table("arm", "counted", *METRICS, box=None, header_style="dim")
    for letter, seen in stands.seen.items():
        means = (shown(metric, seen.means[metric]) for metric in METRICS)
        table.add_row(letter, f"{seen.number:,}", *means)
    out.print(table)
    out.print(concluded(stands), style="bold", soft_wrap=True)
    if experiment.ended is not None:
        out.print(f"Ended: {experiment.why}. All goes its usual way.", markup=False, soft_wrap=True)
    elif stands.remaining:
        out.print(
            f"{stands.remaining:,} more {counted_in(experiment)} to be expected for a difference "
            f"of {shown(experiment.metric, experiment.detect)}.",
            soft_wrap=True,
        )
    guards = ", ".join(f"{guard.metric} {guard.highest:.1f}" for guard in stands.guards)
    out.print(f"Guards (100 ends it): {guards}.", style="dim", soft_wrap=True)
    if stands.waiting and experiment.metric == "quality":
        out.print(
            "Those of cost, latency and refusals look at every finished request. Above, and for "
            "quality, one counts once nothing more may be said of it: after 15 minutes.",
            style="dim",
            soft_wrap=True,
        )
    if stands.waiting:
        out.print(
            f"{stands.waiting:,} more wait: not finished, or something may still be said of them.",
            style="dim",
        )
    out.print(_counts_once(experiment), style="dim", soft_wrap=True)


def print_arms(experiment: Experiment) -> None:
    """A line for each arm: its share and what it does otherwise."""
    out = screen()
    for letter in ARMS:
        changes = experiment.arm(letter).changes
        says = ", ".join(f"{name} {value!r}" for name, value in changes.items())
        part = experiment.share if letter == "B" else 1 - experiment.share
        says = says or "things as they are"
        out.print(f"{letter} ({part:.0%}): {says}", markup=False, soft_wrap=True)


def _counts_once(experiment: Experiment) -> str:
    who = "caller" if experiment.by == "caller" else "question of a caller"
    return (
        f"Each {who} keeps its arm and counts once, with its first request: more of the same would "
        "not be independent."
    )


def counted_in(experiment: Experiment) -> str:
    """What is counted in it."""
    return "callers" if experiment.by == "caller" else "finished requests"


def _written(metric: Metric, value: float) -> float | None:
    """As a person writes it: shares, dollars, seconds. JSON knows no NaN."""
    return None if math.isnan(value) else round(value / UNITS[metric], 9)
