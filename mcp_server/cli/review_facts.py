"""What a review rests on: books, what routing and the cache keep, answers asked for again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from cache import Listed
from ledger.reviews import Paid, paid
from mcp_server.house import timeouts_of
from mcp_server.wiring import App
from routing.learning.outcomes import Choice, Considered, Experience
from routing.learning.sqlite import SqliteOutcomes
from routing.values import Analysis, Forecast
from storage import StorageError
from switchboard.reading import Reading, read
from switchboard.request import Request
from switchboard.review_replay import Asked, Replay, at_home
from switchboard.reviewing import Dear, Evidence, Expect, reviewed
from switchboard.suggesting import Advice, advice
from switchboard.what_if import Ways, WhatIf, changes
from vocabulary import HomewardError

if TYPE_CHECKING:
    from routing.prior import Prior

MOST_REPLAYED = 20
REPLAY_WITHIN_S = 300.0
"""What somebody waits for who asked for a review; a slow model answers fewer in it."""

DOORS = ("terminal", "stdio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """`questions` are known of requests, by id, whose answer the cache still has. `replayed` is how
    many were asked again.
    """

    since: datetime
    days: float
    dear: tuple[Dear, ...]
    questions: Mapping[str, str]
    replayed: int
    advice: Advice
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the disk knows of a period."""

    paid: list[Paid]
    experiences: list[Experience]
    dear: list[Dear]
    kept: Mapping[str, Listed]
    plain: Mapping[str, Asked]
    notices: tuple[str, ...]


async def review(
    app: App,
    since: datetime,
    *,
    days: float,
    replay: bool,
    on_step: Callable[[str], None] = lambda _: None,
) -> Reviewed:
    """Gather, judge, and think of a change. Nothing leaves the machine for it.

    Raises:
        StorageError: the books or what routing keeps cannot be read.
    """
    known = await anyio.to_thread.run_sync(_known, app, since)
    again: dict[str, Evidence] = {}
    notices = known.notices
    if replay and known.paid:
        again, trouble = await _again(app, known, on_step)
        notices += trouble
    dear = [_with(again, each) for each in known.dear]
    models = await app.fleet.models() if known.paid else ()
    preferences = app.house.preferences
    ways = Ways(
        strategy=app.house.strategy,
        preferences=preferences,
        min_confidence=app.house.min_confidence,
    )
    analyses: dict[str, Analysis] = {
        name: asked.reading.analysis for name, asked in known.plain.items()
    }
    period = [each for each in known.experiences if each.choice.at >= since]
    told = await anyio.to_thread.run_sync(
        lambda: advice(
            WhatIf(ways, models=models, analyses=analyses),
            changes(ways),
            period,
            replayed=again,
            days=days,
        )
    )
    return Reviewed(
        since=since,
        days=days,
        dear=tuple(dear),
        questions={name: each.found.question for name, each in known.kept.items()},
        replayed=len(again),
        advice=told,
        notices=notices,
    )


def _known(app: App, since: datetime) -> _Known:
    found = paid(app.database, since)
    if not found:
        return _Known(paid=[], experiences=[], dear=[], kept={}, plain={}, notices=())
    outcomes = SqliteOutcomes(app.database)
    prior = app.prior()
    version = "" if prior is None else prior.version
    usable = [each for each in outcomes.every() if each.choice.prior_version == version]
    notices = [app.prior.trouble] if app.prior.trouble else []
    kept: Mapping[str, Listed] = {}
    if app.cache is not None:
        try:
            kept = app.cache.given_first([each.request_id for each in found])
        except StorageError as error:
            notices.append(f"What was asked is not known. {error}")
        notices += filter(None, [app.cache.notice])
    dear = reviewed(
        found,
        usable,
        expect=_expect(outcomes, prior),
        home_advantage=app.house.preferences.home_advantage,
    )
    return _Known(
        paid=found,
        experiences=[each for each in usable if each.choice.considered],
        dear=dear,
        kept=kept,
        plain=dict(_plain(app, found, kept)),
        notices=tuple(notices),
    )


def _expect(outcomes: SqliteOutcomes, prior: "Prior | None") -> Expect:
    """By the prior, and by what was learned so far."""
    if prior is None:
        return lambda choice, considered: Forecast(p=considered.p, doubt=considered.doubt)
    from routing.learning.fitting import fit, sketch_of

    posterior = fit(outcomes, prior.version)

    def expect(choice: Choice, considered: Considered) -> Forecast:
        sketch = sketch_of(choice)
        if sketch is None:
            return Forecast(p=considered.p, doubt=considered.doubt)
        return posterior.forecast(considered.model, considered.prior, sketch)

    return expect


def _plain(
    app: App, found: Sequence[Paid], kept: Mapping[str, Listed]
) -> Iterable[tuple[str, Asked]]:
    """Those that were asked with nothing but the question: they can be asked again as they were."""
    for each in found:
        listed = kept.get(each.request_id)
        if listed is None:
            continue
        for door in DOORS:
            reading = _read(app, listed.found.question, each.caller, door)
            if reading is not None and app.memory.question(reading).scope == listed.scope:
                yield each.request_id, Asked(reading=reading, answer=listed.found.answer.text)
                break


def _read(app: App, question: str, caller: str, door: str) -> Reading | None:
    request = Request(prompt=question, caller=caller, origin=door)
    try:
        return read(request, app.house, began=0)
    except HomewardError:
        return None


async def _again(
    app: App, known: _Known, on_step: Callable[[str], None]
) -> tuple[dict[str, Evidence], tuple[str, ...]]:
    """Ask the best model at home what is not settled by a word or a check, the dearest first."""
    open_ids = [
        each.paid.request_id for each in known.dear if each.evidence.by in ("forecast", "nothing")
    ]
    wanted = [(name, known.plain[name]) for name in open_ids if name in known.plain]
    if not wanted:
        return {}, ()
    if not at_home(await app.fleet.models()):
        why = " ".join(await app.fleet.troubles())
        return {}, (f"Nothing was asked again, for there is no model at home. {why}".strip(),)
    asking = Replay(
        app.fleet,
        timeouts=timeouts_of(app.settings),
        bar=app.house.min_confidence,
        expect=await anyio.to_thread.run_sync(app.lessons.expect),
        calibrate=app.lessons.calibrate,
        embed=app.encoder.ready,
    )
    return await _in_time(asking, wanted[:MOST_REPLAYED], on_step)


async def _in_time(
    asking: Replay, wanted: Sequence[tuple[str, Asked]], on_step: Callable[[str], None]
) -> tuple[dict[str, Evidence], tuple[str, ...]]:
    found: dict[str, Evidence] = {}
    with anyio.move_on_after(REPLAY_WITHIN_S) as limit:
        for number, (name, asked) in enumerate(wanted, start=1):
            on_step(f"asking at home, {number} of {len(wanted)}")
            try:
                evidence = await asking.ask(asked)
            except HomewardError as error:
                return found, (f"No more was asked again: {error}",)
            if evidence is not None:
                found[name] = evidence
    if limit.cancelled_caught:
        return found, (f"Asking again was stopped after {REPLAY_WITHIN_S:.0f} seconds.",)
    return found, ()


def _with(again: Mapping[str, Evidence], dear: Dear) -> Dear:
    evidence = again.get(dear.paid.request_id)
    return dear if evidence is None else replace(dear, evidence=evidence)
