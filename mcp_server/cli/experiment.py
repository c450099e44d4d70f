"""`homeward experiment start` and `stop`."""

import json
import math
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio.to_thread

from ledger.experiments import (
    ARMS,
    Arm,
    By,
    Experiment,
    History,
    Letter,
    Metric,
    NoExperiment,
)
from ledger.experiments.limits import limits_of, to_detect
from ledger.experiments.standing import Standing, standing, units_needed
from ledger.experiments.wording import concluded, shown
from mcp_server.cli.experiment_keep import Kept, keep_settings
from mcp_server.cli.experiment_status import UNITS, counted_in, described, opened, print_arms
from mcp_server.cli.running import screen, told, with_app
from mcp_server.wiring import App
from routing.naming import find
from routing.providers.vendors import vendors
from routing.strategies import strategy
from vocabulary import HomewardError, Usage
from whitelist.detector.detect import detect as inspect

FEW_CALLERS = 20

_A_CALL = Usage(input_tokens=1000, output_tokens=1000)
"""Of which the price must be known."""


class Unfit(HomewardError):
    """No experiment can be made of what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person wants to try; amounts in dollars, seconds and shares."""

    name: str
    a: Arm
    b: Arm
    by: By
    share: float
    metric: Metric
    detect: float | None
    tolerated: Mapping[Metric, float | None]
    caps: Mapping[Metric, float | None]
    note: str


def start(asked: Asked, *, dry_run: bool, as_json: bool) -> None:
    """Begin it, and say how long it may take and what a person should know of it."""
    with told():
        _check(asked)
    if named := [arm.model for arm in (asked.a, asked.b) if arm.model is not None]:
        _models_here(named)
    with told(), opened() as experiments:
        history = experiments.history()
        experiment = _experiment(asked, history)
        if not dry_run:
            experiments.start(experiment)
    notices = list(_notices(experiment, history))
    needed = units_needed(experiment, deviation=_expected_deviation(experiment, history))
    if as_json:
        facts = described(experiment) | {"needed": needed, "notices": notices}
        print(json.dumps(facts | {"started": not dry_run}))
        return
    out = screen()
    out.print(
        f"{experiment.id}: {experiment.name}. " + ("Not started." if dry_run else "Started."),
        markup=False,
    )
    print_arms(experiment)
    out.print(
        f"To find a difference of {shown(experiment.metric, experiment.detect)} in "
        f"{experiment.metric}, {needed:,} {counted_in(experiment)} are mostly enough.",
        soft_wrap=True,
    )
    out.print(f"It ends by itself where {_guarded(experiment)}.", soft_wrap=True)
    for notice in notices:
        out.print(notice, style="yellow", markup=False, soft_wrap=True)


def stop(keep: Letter | None, *, yes: bool, as_json: bool) -> None:
    """End the one that runs, and write an arm's settings where that is wanted."""
    with told(), opened() as experiments:
        experiment = experiments.latest()
        if experiment is None or (experiment.ended is not None and keep is None):
            raise NoExperiment("No experiment runs.", fix="`homeward experiment status` tells why.")
        kept, doubt = Kept(settings={}), ""
        if keep is not None:  # written first, for that may be declined, and then it goes on
            stands = standing(experiment, experiments.observations(experiment))
            doubt = _doubt(keep, stands)
            kept = keep_settings(experiment.arm(keep), doubt=doubt, yes=yes, quiet=as_json)
        words = f" and arm {keep} was kept" if keep is not None else ""
        stopped = experiments.stop(experiment.id, f"stopped by hand{words}", by="person")
    if as_json:
        facts = {"id": experiment.id, "stopped": stopped, "written": dict(kept.settings)}
        print(json.dumps(facts | {"copy": kept.copy and str(kept.copy), "doubt": doubt}))
        return
    ended = "ended now" if stopped else "had ended before"
    screen().print(f"{experiment.name} {ended}; everything goes its usual way.", markup=False)


def _doubt(keep: Letter, stands: Standing) -> str:
    """What speaks against keeping an arm; nothing where the experiment has shown it the better."""
    shown_better = ("B is better",) if keep == "B" else ("B is worse", "harm")
    if stands.verdict in shown_better:
        return ""
    numbers = ", ".join(f"{seen.number:,} of {letter}" for letter, seen in stands.seen.items())
    return (
        f"This experiment has not shown that {keep} is the better arm. {concluded(stands)} "
        f"Counted: {numbers}."
    )


def _models_here(named: Sequence[str]) -> None:
    """Ends with a sentence where an arm's model is not known here, or its price is not."""

    async def work(app: App) -> None:
        models = await app.fleet.models()
        for name in named:
            found = find(models, name)
            if found.model is None:
                troubles = " ".join(await app.fleet.troubles())
                near = f"Near it: {', '.join(found.near)}. " if found.near else ""
                raise Unfit(
                    f"No model {name[:80]!r} is known here. {troubles}".rstrip(),
                    fix=f"{near}`homeward models` lists all; a cloud's are known once it has a "
                    "key.",
                )
            await anyio.to_thread.run_sync(app.pricing.of, found.model, _A_CALL)

    with_app(work)


def _check(asked: Asked) -> None:
    if not asked.name.strip() or len(asked.name) > 80 or not asked.name.isprintable():
        raise Unfit("An experiment has a name of 1 to 80 letters.", fix="Give it one.")
    if asked.a == asked.b:
        raise Unfit(
            "Both arms would do the same.",
            fix="Say what B does otherwise: --strategy, --model, --min-quality, --min-confidence "
            "or --system.",
        )
    if asked.detect == 0:
        raise Unfit(
            "No experiment finds a difference of nothing.", fix="Give --detect more than 0."
        )
    for arm in (asked.a, asked.b):
        _check_arm(arm)


def _check_arm(arm: Arm) -> None:
    if arm.strategy is not None:
        strategy(arm.strategy)
    if arm.model is not None and not all(arm.model.partition("/")):
        raise Unfit(
            f"{arm.model[:80]!r} names no model.", fix="Write provider/name; see `homeward models`."
        )
    if arm.system is None:
        return
    if not arm.system.strip() or len(arm.system) > 4_000:
        raise Unfit("Words before a system prompt are 1 to 4,000 letters.", fix="Shorten them.")
    findings = inspect(arm.system)
    if not findings.complete or findings.tier in ("A", "B"):
        raise Unfit(
            "These words hold personal data or a secret.",
            fix="Leave it out: what holds such data takes part in no experiment.",
        )


def _experiment(asked: Asked, history: History) -> Experiment:
    def kept(amounts: Mapping[Metric, float | None]) -> dict[Metric, float | None]:
        return {
            metric: None if amount is None else amount * UNITS[metric]
            for metric, amount in amounts.items()
        }

    limits = limits_of(history, caps=kept(asked.caps), tolerated=kept(asked.tolerated))
    wanted = asked.detect
    return Experiment(
        id=f"x{secrets.token_hex(4)}",
        name=asked.name.strip(),
        began=datetime.now(UTC),
        by=asked.by,
        share=asked.share,
        metric=asked.metric,
        detect=to_detect(asked.metric, limits) if wanted is None else wanted * UNITS[asked.metric],
        a=asked.a,
        b=asked.b,
        limits=limits,
        note=asked.note,
    )


def _expected_deviation(experiment: Experiment, history: History) -> float | None:
    """Of one value, as the last month had it; None for what the books do not know."""
    metric = experiment.metric
    if metric == "refusals" and history.requests >= FEW_CALLERS:
        return math.sqrt(history.unanswered * (1 - history.unanswered))
    spread = {"cost": history.cost, "latency": history.latency}.get(metric)
    return None if spread is None else min(spread.deviation, experiment.limits[metric].cap / 2)


def _notices(experiment: Experiment, history: History) -> Iterator[str]:
    if experiment.by == "caller" and history.callers < FEW_CALLERS:
        yield (
            f"Each caller keeps one arm and counts once, and the last 30 days saw "
            f"{history.callers} of them: that shows nothing in years. With --by request each "
            "question counts (the same one by the same caller stays in its arm)."
        )
    for letter in ARMS:
        model = experiment.arm(letter).model
        vendor = vendors().get((model or "").partition("/")[0])
        if vendor is not None and vendor.cloud:
            yield (
                f"Arm {letter} asks {model}: what would stay at home goes there, where the "
                "whitelist allows it and the budget lasts."
            )


def _guarded(experiment: Experiment) -> str:
    parts = [
        f"{metric} by {shown(metric, limit.tolerance)}"
        for metric, limit in experiment.limits.items()
        if limit.tolerance < limit.cap
    ]
    return f"B is worse in {', in '.join(parts)}" if parts else "you stop it; no guard is set"
