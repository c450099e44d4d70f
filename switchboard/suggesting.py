"""One change of the settings that would have saved money and kept the answers as good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal

from cache.standing import wilson
from routing.learning.outcomes import Choice, Experience
from switchboard.reviewing import Evidence
from switchboard.what_if import ESCALATING, Change, WhatIf, usual

if TYPE_CHECKING:
    from routing.learning.replay import Estimate

ENOUGH = 30
"""Outcomes from which on the log itself is believed."""

MOST_LOSS = 0.02
"""So much of a reward a change may cost on average, at 90 % confidence."""

LEAST_REPLAYED = 5
_TWO_SIDED_90 = 1.645
_ONE_SIDED_90 = 1.2816
_WEEK_DAYS = 7

Rests = Literal["outcomes", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """US dollars a week, with the 90 % range. A request that a cheaper model does not do well is
    paid for after all, where doubtful answers go on.
    """

    usd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A change with what is expected of it.

    `moved` requests of the period would have gone elsewhere. `quality` is the change of the mean
    reward (how often an answer does), `quality_low` the bound it exceeds with 90 %; for `replay`
    they are the share of replayed answers that would have done, and its lower bound. `outcomes` is
    how many of them this rests on.
    """

    change: Change
    rests: Rests
    moved: int
    saving: Saving
    quality: float
    quality_low: float
    outcomes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The best change, if any is good enough, and a sentence that says why it is that or none."""

    best: Suggestion | None
    says: str


def advice(
    what_if: WhatIf,
    among: Sequence[Change],
    experiences: Sequence[Experience],
    *,
    replayed: Mapping[str, Evidence],
    days: float,
) -> Advice:
    """The change that saves most, of those whose answers are as good by all that is known.

    `experiences` are all requests of the period; `replayed` what came of asking again, by id.
    """
    known = [each for each in experiences if each.settled(each.choice.model) is not None]
    enough = len(known) >= ENOUGH
    found: list[Suggestion] = []
    for change in among:
        moves = _moves(what_if, change, experiences)
        if not moves or any(move.leaves_home for move in moves):
            continue
        weigh = _by_outcomes if enough else _by_replay
        weighed = weigh(what_if, change, moves, known, replayed, _saving(moves, days))
        if weighed is not None:
            found.append(weighed)
    best = max(found, key=lambda each: each.saving.usd, default=None)
    return Advice(best=best, says=_says(best, len(known), enough=enough))


@dataclass(frozen=True, slots=True)
class _Move:
    """A request that would have gone elsewhere: micro-dollars that this saves if the answer does,
    and the chance that it does.
    """

    choice: Choice
    saves: float
    chance: float
    leaves_home: bool = False
    comes_home: bool = False


def _moves(what_if: WhatIf, change: Change, experiences: Sequence[Experience]) -> list[_Move]:
    if change.key == "min_confidence":
        return _not_escalated(change, experiences)
    moves = []
    for each in experiences:
        choice = each.choice
        before, after = usual(choice), what_if.first(choice, change)
        if before == after:
            continue
        rows = {one.model: one for one in choice.considered}
        cost = float(choice.cost if choice.model == before else rows[before].estimate)
        goes_on = change.ways.strategy in ESCALATING
        moves.append(
            _Move(
                choice=choice,
                saves=cost - rows[after].estimate,
                chance=rows[after].p if goes_on else 1.0,
                leaves_home=rows[before].local and not rows[after].local,
                comes_home=rows[after].local and not rows[before].local,
            )
        )
    return moves


def _not_escalated(change: Change, experiences: Sequence[Experience]) -> list[_Move]:
    """Answers that were doubted, and would have stood under a lower bar."""
    moves = []
    for each in experiences:
        choice = each.choice
        trusted = [
            outcome.reward
            for outcome in each.outcomes
            if outcome.model == choice.model and outcome.signal == "check_passed"
        ]
        stood = choice.answered == choice.model
        if stood or not trusted or trusted[-1] < change.ways.min_confidence:
            continue
        first = next((one for one in choice.considered if one.model == choice.model), None)
        if first is not None:
            saves = float(choice.cost - first.estimate)
            moves.append(_Move(choice, saves, 1.0))
    return moves


def _saving(moves: Sequence[_Move], days: float) -> Saving:
    """The mean of a compound Poisson process, whose variance is the sum of the squares."""
    weeks = days / _WEEK_DAYS
    mean = sum(move.chance * move.saves for move in moves)
    spread = sqrt(sum(move.chance * move.saves**2 for move in moves))
    usd, wide = mean / weeks / 1e6, _TWO_SIDED_90 * spread / weeks / 1e6
    return Saving(usd=usd, low=max(0.0, usd - wide), high=usd + wide)


def _by_outcomes(
    what_if: WhatIf,
    change: Change,
    moves: Sequence[_Move],
    known: Sequence[Experience],
    replayed: Mapping[str, Evidence],
    saving: Saving,
) -> Suggestion | None:
    """None where it saves nothing, may cost too much, or moves what little is known of."""
    moved = {move.choice.request_id for move in moves}
    told = sum(each.choice.request_id in moved for each in known)
    if saving.usd <= 0 or 2 * told < len(moves):
        return None
    if change.key == "min_confidence":
        gain = _paired(known, moved)
    else:
        from routing.learning.replay import compare

        gain = compare(known, lambda choice: what_if.first(choice, change), usual).gain
    if gain.low < -MOST_LOSS:
        return None
    return Suggestion(
        change=change,
        rests="outcomes",
        moved=len(moves),
        saving=saving,
        quality=gain.mean,
        quality_low=gain.low,
        outcomes=gain.outcomes,
    )


def _paired(known: Sequence[Experience], moved: set[str]) -> "Estimate":
    """What both answers to the same request were worth, where both were judged."""
    from routing.learning.replay import Estimate

    gains = []
    for each in known:
        first, last = each.settled(each.choice.model), each.settled(each.choice.answered)
        here = each.choice.request_id in moved and first is not None and last is not None
        gains.append(first.reward - last.reward if here and first and last else 0.0)
    count = len(gains)
    mean = sum(gains) / count
    error = sqrt(sum((gain - mean) ** 2 for gain in gains)) / count
    return Estimate(
        mean=mean, low=mean - _ONE_SIDED_90 * error, outcomes=count, effective=float(count)
    )


def _by_replay(
    what_if: WhatIf,
    change: Change,
    moves: Sequence[_Move],
    known: Sequence[Experience],
    replayed: Mapping[str, Evidence],
    saving: Saving,
) -> Suggestion | None:
    """Held against what the person takes for good enough at home. None where it falls short."""
    ids = [move.choice.request_id for move in moves if move.comes_home]
    seen = [replayed[each] for each in ids if each in replayed]
    if saving.usd <= 0 or len(seen) < LEAST_REPLAYED or len(ids) < len(moves):
        return None
    good = sum(each.would is True for each in seen)
    low = wilson(good, len(seen))
    own = what_if.now.preferences
    if low < own.min_quality - own.home_advantage:
        return None
    return Suggestion(
        change=change,
        rests="replay",
        moved=len(moves),
        saving=saving,
        quality=good / len(seen),
        quality_low=low,
        outcomes=len(seen),
    )


def _says(best: Suggestion | None, known: int, *, enough: bool) -> str:
    if best is None and enough:
        return (
            f"No change is suggested: by {known} outcomes it cannot be said of any that was "
            "thought of that it would have saved money and kept the answers as good."
        )
    if best is None:
        return (
            f"Too little is known to suggest a change: {known} outcomes, and it takes {ENOUGH}; or "
            f"{LEAST_REPLAYED} answers asked again at home, nearly all of which would do."
        )
    if best.rests == "replay":
        return (
            f"Too little is known for more than a hint: {known} outcomes, and it takes {ENOUGH}. "
            f"It rests on {best.outcomes} answers asked again at home."
        )
    return f"It rests on {best.outcomes} outcomes."
