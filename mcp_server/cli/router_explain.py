"""`homeward router explain`: why a request went where it went, or where one would go."""

import json
from typing import Any

import anyio.to_thread
from rich.markup import escape
from rich.table import Table

from mcp_server.cli.cache import plain_request
from mcp_server.cli.outcomes import opened, shipped_prior
from mcp_server.cli.running import screen, told, with_app
from mcp_server.wiring import App
from routing.learning.outcomes import Experience
from routing.learning.signals import SIGNALS
from routing.learning.sqlite import SqliteOutcomes
from routing.values import Model
from switchboard.reading import read


def explain_request(request_id: str, *, as_json: bool) -> None:
    """What was weighed when a request was routed, and what came of it."""
    with told(), opened() as kept:
        found = kept.outcomes.found(request_id.strip())
    facts = _facts(found)
    if as_json:
        print(json.dumps(facts))
        return
    _show(facts)


def _facts(found: Experience) -> dict[str, Any]:
    choice = found.choice
    return {
        "id": choice.request_id,
        "at": choice.at.isoformat(timespec="seconds"),
        "task": choice.task,
        "kind": choice.kind,
        "likeness": round(choice.likeness, 3),
        "strategy": choice.strategy,
        "good_enough_from": choice.least,
        "chosen": choice.model,
        "answered": choice.answered,
        "explored": choice.explored,
        "propensity": round(choice.propensity, 4),
        "cost_usd": choice.cost / 1_000_000,
        "models": [
            {
                "model": each.model,
                "where": "local" if each.local else "cloud",
                "prior": round(each.prior, 3),
                "forecast": round(each.p, 3),
                "doubt": round(each.doubt, 3),
                "propensity": round(each.propensity, 4),
                "estimate_usd": each.estimate / 1_000_000,
            }
            for each in choice.considered
        ],
        "outcomes": [
            {
                "at": each.at.isoformat(timespec="seconds"),
                "model": each.model,
                "says": SIGNALS[each.signal].says if each.signal in SIGNALS else each.signal,
                "reward": round(each.reward, 3),
                "weight": each.weight,
            }
            for each in found.outcomes
        ],
        "worth": {
            model: round(worth.reward, 3)
            for model in found.rewarded()
            if (worth := found.settled(model)) is not None
        },
    }


def _show(facts: dict[str, Any]) -> None:
    out = screen()
    how = "to learn how it does" if facts["explored"] else f"by the strategy {facts['strategy']}"
    out.print(
        f"{facts['kind'].replace('_', ' ')} ({facts['likeness']:.2f} alike), {facts['task']}: "
        f"{facts['chosen']} was chosen {how}, with a probability of {facts['propensity']:.3f}; "
        f"{facts['answered']} answered. Good enough was {facts['good_enough_from']:.2f}.",
        markup=False,
        soft_wrap=True,
    )
    table = Table("model", "where", "prior", "forecast", "doubt", "chance", "estimate", box=None)
    table.columns[0].no_wrap = True
    for row in facts["models"]:
        numbers = (f"{row[name]:.2f}" for name in ("prior", "forecast", "doubt"))
        last = (f"{row['propensity']:.3f}", f"${row['estimate_usd']:.6f}")
        table.add_row(escape(row["model"]), row["where"], *numbers, *last)
    out.print(table)
    for each in facts["outcomes"]:
        out.print(
            f"{each['at']}  {each['model']}: {each['says']} (reward {each['reward']:g}, weight "
            f"{each['weight']:g})",
            markup=False,
            soft_wrap=True,
        )
    worth = ", ".join(f"{model} {value:.2f}" for model, value in facts["worth"].items())
    out.print(f"Worth: {worth}" if worth else "Nothing came of it yet.", markup=False)


def explain_prompt(text: str, *, as_json: bool) -> None:
    """What would be thought of a text, of every model for it, and where it would go."""

    async def work(app: App) -> None:
        request = plain_request(text, "homeward ask")
        models = await app.fleet.models()
        told_of = await anyio.to_thread.run_sync(_thought, app, text, models)
        decision = await app.switchboard.plan(request)
        told_of["order"] = list(decision.considered)
        told_of["because"] = decision.reason
        told_of["ruled_out"] = [
            {"model": each.model.id, "gate": each.gate, "reason": each.reason, "fix": each.fix}
            for each in decision.excluded
        ]
        if as_json:
            print(json.dumps(told_of))
            return
        _show_thought(told_of)

    with_app(work)


def _thought(app: App, text: str, models: tuple[Model, ...]) -> dict[str, Any]:
    prior, trouble = shipped_prior()
    if prior is None:
        return {"kind": None, "reasons": [], "models": [], "notice": trouble}
    from routing.learning.fitting import fit

    task = read(plain_request(text, "homeward ask"), app.house, began=0).analysis.task
    sketch = prior.sketch(text)
    posterior = fit(SqliteOutcomes(app.database), prior.version)
    rows = []
    for model in models:
        believed = prior.likely(model.quality_for(task), sketch)
        forecast = posterior.forecast(model.id, believed, sketch)
        rows.append(
            {
                "model": model.id,
                "where": "local" if model.local else "cloud",
                "prior": round(believed, 3),
                "forecast": round(forecast.p, 3),
                "doubt": round(forecast.doubt, 3),
                "outcomes": round(forecast.outcomes, 1),
            }
        )
    return {
        "kind": sketch.kind,
        "likeness": round(sketch.likeness, 3),
        "reasons": list(prior.explain(sketch)),
        "models": rows,
        "notice": "",
    }


def _show_thought(facts: dict[str, Any]) -> None:
    out = screen()
    out.print("Nothing was sent.", end=" ")
    if facts["kind"] is None:
        out.print(facts["notice"], style="yellow", markup=False, soft_wrap=True)
    else:
        reasons = "; ".join(facts["reasons"])
        kind = facts["kind"].replace("_", " ")
        out.print(f"{kind} ({facts['likeness']:.2f} alike): {reasons}.", markup=False)
        table = Table("model", "where", "prior", "forecast", "doubt", "outcomes", box=None)
        table.columns[0].no_wrap = True
        for row in facts["models"]:
            numbers = (f"{row[name]:.2f}" for name in ("prior", "forecast", "doubt"))
            table.add_row(escape(row["model"]), row["where"], *numbers, f"{row['outcomes']:g}")
        out.print(table)
    order = ", ".join(facts["order"]) or "no model may answer"
    out.print(f"Order: {order} ({facts['because']})", markup=False, soft_wrap=True)
    for each in facts["ruled_out"]:
        out.print(
            f"Out: {each['model']}: {each['reason']} {each['fix']}".rstrip(),
            style="dim",
            markup=False,
            soft_wrap=True,
        )
