"""Why requests cost money, whether a cheaper model would have done, and which change would save."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ledger.reviews import Line, Paid
from routing.learning.outcomes import Choice, Considered, Experience, Outcome
from routing.learning.signals import SIGNALS, SignalName
from routing.values import Analysis, Forecast, Preferences
from switchboard.reviewing import Evidence, reviewed
from switchboard.suggesting import ENOUGH, advice
from switchboard.what_if import Change, Ways, WhatIf, changes, usual
from tests.routing.learning.worlds import COST, LARGE, MIDDLE, NOON, SMALL, choice
from tests.routing.making import analysis
from vocabulary import Money

NOW = Ways(strategy="learned", preferences=Preferences(), min_confidence=0.5)


def line(number: int = 1, model: str = MIDDLE, **more: Any) -> Line:
    plain = {"local": model == SMALL, "answered": True, "fallback_from": None, "escalated": False}
    return Line(number=number, model=model, cost=Money(COST[model]), **(plain | more))


def paid(*lines: Line, request_id: str = "one") -> Paid:
    return Paid(
        request_id=request_id,
        at=NOON,
        task="simple_completion",
        caller="homeward ask",
        lines=lines or (line(),),
    )


def considered(p: float = 0.62, usually: str = MIDDLE) -> tuple[Considered, ...]:
    return tuple(
        Considered(
            model=model,
            prior=chance,
            p=chance,
            doubt=0.1,
            estimate=Money(COST[model]),
            local=model == SMALL,
            propensity=float(model == usually),
        )
        for model, chance in ((SMALL, p), (MIDDLE, 0.82), (LARGE, 0.92))
    )


def dear(request_id: str = "one", **more: Any) -> Choice:
    plain: dict[str, Any] = {
        "request_id": request_id,
        "considered": considered(),
        "model": MIDDLE,
        "answered": MIDDLE,
        "local": False,
        "least": 0.75,
        "cost": Money(COST[MIDDLE]),
    }
    return choice(**(plain | more))


def outcome(model: str, signal: SignalName, reward: float | None = None) -> Outcome:
    kind = SIGNALS[signal]
    value = kind.reward if reward is None else reward
    assert value is not None
    return Outcome(model=model, signal=signal, reward=value, weight=kind.weight, at=NOON)


def kept(made: Choice, *outcomes: Outcome, number: int = 1) -> Experience:
    return Experience(number=number, choice=made, outcomes=outcomes)


def as_logged(_: Choice, each: Considered) -> Forecast:
    return Forecast(p=each.p, outcomes=10)


def found(experiences: Sequence[Experience], request: Paid | None = None) -> tuple[str, Evidence]:
    [one] = reviewed([request or paid()], experiences, expect=as_logged, home_advantage=0.1)
    return one.why, one.evidence


# --- why ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "made", "why"),
    [
        ((line(),), dear(), "chosen"),
        ((line(),), dear(explored=True), "explored"),
        ((line(),), dear(considered=considered()[1:2]), "alone"),
        ((line(),), dear(considered=considered()[1:]), "cheapest"),
        ((line(1, SMALL), line(2, fallback_from=SMALL, escalated=True)), dear(), "doubted"),
        ((line(1, SMALL), line(2, fallback_from=SMALL)), dear(), "doubted"),
        ((line(1, SMALL, answered=False), line(2, fallback_from=SMALL)), dear(), "failed"),
        ((line(2, fallback_from=SMALL),), dear(), "failed"),
    ],
    ids=[
        "at once",
        "explored",
        "alone",
        "cheapest",
        "doubted",
        "doubted, older books",
        "failed",
        "not asked",
    ],
)
def test_the_books_and_the_log_tell_why(lines: tuple[Line, ...], made: Choice, why: str) -> None:
    assert found([kept(made)], paid(*lines))[0] == why


def test_of_what_routing_did_not_keep_the_books_tell_what_they_can() -> None:
    assert found([]) == ("unknown", found([])[1])
    assert found([])[1].would is None
    assert found([], paid(line(1, SMALL), line(2, fallback_from=SMALL)))[0] == "doubted"


# --- would a cheaper model have done --------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "by", "would"),
    [
        ((outcome(SMALL, "good"),), "word", True),
        ((outcome(SMALL, "bad"), outcome(SMALL, "check_passed", 0.9)), "word", False),
        ((outcome(SMALL, "improve"),), "word", False),
        ((outcome(SMALL, "check_failed"),), "check", False),
        ((outcome(SMALL, "check_passed", 0.3),), "check", False),
        ((outcome(MIDDLE, "good"),), "forecast", None),
        ((outcome(LARGE, "bad"),), "forecast", None),
    ],
    ids=["good", "bad", "improve", "failed", "doubted", "of the dear one", "of a dearer one"],
)
def test_what_was_said_comes_before_what_was_checked(
    outcomes: tuple[Outcome, ...], by: str, would: bool | None
) -> None:
    evidence = found([kept(dear(), *outcomes)])[1]
    assert (evidence.by, evidence.would, evidence.model) == (by, would, SMALL)


def test_what_was_said_of_the_same_question_before_counts() -> None:
    before = choice(request_id="before", at=NOON - timedelta(hours=1))
    evidence = found([kept(before, outcome(SMALL, "improve")), kept(dear())])[1]
    assert (evidence.by, evidence.would) == ("word", False)
    assert evidence.says == "you asked for a better answer than its own"


def test_where_no_cheaper_model_was_considered_that_is_said() -> None:
    evidence = found([kept(dear(considered=considered()[1:]))])[1]
    assert (evidence.by, evidence.would) == ("nothing", None)
    assert evidence.says == "no cheaper model was considered"


IMPROVED = dear(question="with the earlier answer", considered=considered()[1:])


def test_an_answer_that_was_to_better_another_says_so_and_that_it_was_not_enough() -> None:
    cheap = choice(request_id="before", at=NOON, cost=Money(0))
    why, evidence = found([kept(cheap, outcome(SMALL, "improve")), kept(IMPROVED)])
    assert why == "improved"
    assert (evidence.by, evidence.would, evidence.model) == ("word", False, SMALL)


@pytest.mark.parametrize(
    "earlier",
    [
        kept(choice(request_id="before", cost=Money(0)), outcome(SMALL, "bad")),
        kept(choice(request_id="before", cost=Money(0), features=b"x"), outcome(SMALL, "improve")),
        kept(choice(request_id="before", cost=Money(10**9)), outcome(SMALL, "improve")),
        kept(choice(request_id="before", cost=Money(0)), outcome(MIDDLE, "improve")),
        kept(
            choice(request_id="before", cost=Money(0)),
            replace(outcome(SMALL, "improve"), at=NOON - timedelta(hours=1)),
        ),
    ],
    ids=["another word", "other words", "dearer", "considered again", "long ago"],
)
def test_what_only_looks_like_it_was_to_better_nothing(earlier: Experience) -> None:
    assert found([earlier, kept(IMPROVED)])[0] == "cheapest"


@pytest.mark.parametrize(("p", "would"), [(0.7, True), (0.6, None)])
def test_a_forecast_must_reach_what_is_good_enough_at_home(p: float, would: bool | None) -> None:
    evidence = found([kept(dear(considered=considered(p)))])[1]
    assert (evidence.by, evidence.would, evidence.sure) == ("forecast", would, p)


# --- the changes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategy", "keys"),
    [
        (
            "hybrid",
            {"home_advantage", "min_quality", "worth_usd", "min_confidence"}
            | {"complexity_threshold", "strategy"},
        ),
        ("learned", {"home_advantage", "min_quality", "worth_usd", "strategy"}),
        ("cost", {"min_quality", "strategy"}),
        ("complexity", {"min_quality", "complexity_threshold", "try_local_first", "strategy"}),
        ("privacy", set()),
        ("tiered", {"min_confidence"}),
    ],
)
def test_only_settings_that_have_a_say_are_thought_of(strategy: str, keys: set[str]) -> None:
    own = Preferences(try_local_first=False)
    made = changes(Ways(strategy=strategy, preferences=own, min_confidence=0.5))
    assert {change.key for change in made} == keys
    assert all(change.before != change.after for change in made)


def what_if(now: Ways = NOW, **analyses: Analysis) -> WhatIf:
    return WhatIf(now, models=(), analyses=analyses)


def the(key: str, now: Ways = NOW) -> Change:
    return next(change for change in changes(now) if change.key == key)


def test_the_strategy_itself_says_what_would_have_come_first() -> None:
    assert usual(dear()) == MIDDLE
    assert what_if().first(dear(considered=considered(0.62)), the("home_advantage")) == SMALL
    assert what_if().first(dear(considered=considered(0.4)), the("home_advantage")) == MIDDLE


def test_a_kind_of_task_that_is_not_known_is_no_trouble() -> None:
    assert what_if().first(dear(task="of another release"), the("home_advantage")) == SMALL


def test_what_something_else_decided_it_decides_again() -> None:
    pinned = dear(considered=considered(0.62, usually=LARGE), model=LARGE)
    assert what_if().first(pinned, the("home_advantage")) == LARGE


def test_a_wish_of_the_request_stands_whatever_is_set() -> None:
    wanted = dear(least=0.8, considered=considered(0.66))
    assert what_if().first(wanted, the("min_quality")) == MIDDLE


@pytest.mark.parametrize("known", [True, False])
def test_how_hard_the_words_are_is_known_of_texts_only(known: bool) -> None:
    now = replace(NOW, strategy="complexity")
    analyses = {"one": analysis(0.65)} if known else {}
    first = what_if(now, **analyses).first(dear(), the("complexity_threshold", now))
    assert first == (SMALL if known else MIDDLE)


# --- the advice -----------------------------------------------------------------------------


def log(number: int, *, small: float) -> list[Experience]:
    """Half the requests went to the model at home by chance, which did so well."""
    made = []
    for each in range(number):
        at_home = each % 2 == 0
        among = zip(considered(), (0.49, 0.51, 0.0), strict=True)
        model = SMALL if at_home else MIDDLE
        good = (each // 2 % 100) < 100 * (small if at_home else 0.82)
        row = dear(
            f"{each:012x}",
            model=model,
            answered=model,
            local=at_home,
            cost=Money(COST[model]),
            considered=tuple(replace(one, propensity=chance) for one, chance in among),
        )
        made.append(kept(row, outcome(model, "good" if good else "bad"), number=each + 1))
    return made


def advised(experiences: Sequence[Experience], **replayed: Evidence) -> Any:
    return advice(what_if(), changes(NOW), experiences, replayed=replayed, days=7)


def test_a_change_that_saves_and_harms_nothing_is_suggested() -> None:
    told = advised(log(400, small=0.95))
    assert told.best.change.key in ("home_advantage", "min_quality")
    assert told.best.rests == "outcomes"
    assert told.best.outcomes == 400
    assert told.best.quality > 0
    assert 0 < told.best.saving.low < told.best.saving.usd < told.best.saving.high
    assert told.best.saving.usd == pytest.approx(400 * COST[MIDDLE] / 1e6, rel=0.01)


def test_a_change_that_would_make_answers_worse_is_not_suggested() -> None:
    told = advised(log(400, small=0.4))
    assert told.best is None
    assert "by 400 outcomes it cannot be said of any" in told.says


def test_with_few_outcomes_it_is_said_that_too_little_is_known() -> None:
    told = advised(log(ENOUGH - 1, small=0.95))
    assert told.best is None
    assert told.says.startswith("Too little is known to suggest a change: 29 outcomes")


@pytest.mark.parametrize(("good", "suggested"), [(8, True), (5, False)])
def test_with_few_outcomes_answers_asked_again_may_give_a_hint(good: int, suggested: bool) -> None:
    few = log(8, small=0.95)
    replayed = {
        each.choice.request_id: Evidence(
            model=SMALL, would=index < good, by="replay", sure=0.8, says=""
        )
        for index, each in enumerate(few)
    }
    told = advised(few, **replayed)
    assert (told.best is not None) is suggested
    if suggested:
        assert (told.best.rests, told.best.outcomes) == ("replay", 8)


def test_nothing_that_stays_at_home_is_sent_away_to_save() -> None:
    """With the strategy `cost` a poor model at home gives way to the cheapest good cloud."""
    at_home = [
        kept(
            dear(
                f"{number:012x}",
                model=SMALL,
                answered=SMALL,
                cost=Money(0),
                considered=considered(0.7, usually=SMALL),
            ),
            outcome(SMALL, "good"),
        )
        for number in range(40)
    ]
    dearer = [
        kept(dear(f"{number:012d}", considered=considered(0.1)), outcome(MIDDLE, "good"))
        for number in range(5)
    ]
    told = advised([*at_home, *dearer])
    assert told.best is None or told.best.change.after != "cost"


def test_a_lower_bar_is_judged_by_both_answers() -> None:
    now = replace(NOW, strategy="hybrid")
    doubted = [
        kept(
            dear(
                f"{number:012x}",
                model=SMALL,
                answered=MIDDLE,
                considered=considered(0.7, usually=SMALL),
            ),
            outcome(SMALL, "check_passed", 0.45),
            outcome(SMALL, "good"),
            outcome(MIDDLE, "good"),
        )
        for number in range(40)
    ]
    told = advice(what_if(now), [the("min_confidence", now)], doubted, replayed={}, days=7)
    assert told.best is not None
    assert told.best.change.after == 0.4
    assert (told.best.moved, told.best.quality) == (40, 0.0)
    assert told.best.saving.usd == pytest.approx(40 * COST[MIDDLE] / 1e6)
