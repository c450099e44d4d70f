"""When money runs short or an experiment runs, the path follows; through the wired application."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger import Entry, Outcome
from ledger.experiments import Arm, Experiment, SqliteExperiments
from mcp_server.wiring import App
from switchboard.request import Request
from tests.homes import HARD, Home
from tests.switchboard.test_escalating import GOOD, two
from vocabulary import Money, TaskKind

pytestmark = pytest.mark.anyio

ASK = Request(prompt="Why is the sky blue?", task=TaskKind.REASONING_TASKS, max_tokens=300)


def spend(app: App, dollars: float, *, days_ago: int = 0) -> None:
    """Something that was paid before."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    number = f"{dollars} {days_ago}"
    entry = Entry(
        id=number,
        request_id=number,
        number=1,
        at=at,
        caller="tests",
        task=TaskKind.DEBUGGING,
        strategy="cost",
        profile="balanced",
        provider="anthropic",
        local=False,
        model_asked="opus",
    )
    app.ledger.note(
        entry,
        Outcome(result="ok", model_served="opus", cost=Money(round(dollars * 1_000_000))),
    )


async def test_at_four_fifths_of_the_budget_no_large_model_is_asked(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    with two(home, lambda _: GOOD):
        home.settings(
            '[routing]\nstrategy = "cost"\nmin_quality = 0.9\n[budget]\ndaily_usd = 1.0\n'
            'monthly_usd = 100.0\n[prices."anthropic/claude-haiku-5-5"]\n'
            "input_usd_per_million = 20.0\noutput_usd_per_million = 60.0\n"
        )
        async with home.app() as app:
            spend(app, 0.85)
            answer = await app.switchboard.answer(ASK)
    held_back = {each.model.id for each in answer.decision.excluded if each.gate == "restraint"}
    assert "anthropic/claude-haiku-5-5" in held_back
    assert f"{answer.provider}/{answer.model}" not in held_back
    assert any(
        notice.startswith("85 % of the daily budget is used, so no large model is used until")
        for notice in answer.notices
    )
    assert [record.message for record in caplog.records if "85 %" in record.message]


async def test_a_day_of_more_than_three_usual_ones_steps_down_by_itself(home: Home) -> None:
    with two(home, lambda _: GOOD) as models:
        home.settings('[routing]\nmin_quality = 0.9\n[budget]\nat_spike = "local"\n')
        async with home.app() as app:
            for days_ago in range(1, 6):
                spend(app, 0.04, days_ago=days_ago)
            spend(app, 0.13)
            answer = await app.switchboard.answer(ASK)
    assert answer.local
    assert models.cloud.heard == []
    assert any("more than 3 times the usual $0.04" in notice for notice in answer.notices)


async def test_a_limit_of_a_provider_leaves_the_others(home: Home) -> None:
    with two(home, lambda _: GOOD) as models:
        home.settings(
            '[routing]\nmin_quality = 0.9\n[[budget.limits]]\nprovider = "anthropic"\n'
            "daily_usd = 0.0\n"
        )
        async with home.app() as app:
            answer = await app.switchboard.answer(ASK)
            decision = await app.switchboard.plan(Request(prompt=HARD))
    assert answer.local
    assert models.cloud.heard == []
    assert {each.gate for each in decision.excluded if not each.model.local} == {"restraint"}


@pytest.mark.parametrize(
    ("request_", "compared"),
    [
        pytest.param(ASK, "anthropic/claude-sonnet-5-5", id="the usual model"),
        pytest.param(
            Request(prompt="Why is the sky blue?", prefer="local", max_tokens=300),
            "",
            id="what was to stay at home would have cost nothing",
        ),
    ],
)
async def test_a_saving_is_against_what_would_really_have_been_used(
    home: Home, request_: Request, compared: str
) -> None:
    with two(home, lambda _: GOOD):
        async with home.app() as app:
            answer = await app.switchboard.answer(request_)
            again = await app.switchboard.answer(request_)
            rows = app.database.rows("select baseline_model, baseline > 0 from attempts")
    assert answer.local
    assert again.cached == "exact"
    assert rows == [(compared, bool(compared))] * 2
    assert (answer.baseline > 0, again.baseline > 0) == (bool(compared), bool(compared))


async def test_requests_are_answered_in_the_arms_of_an_experiment(home: Home) -> None:
    with two(home, lambda _: GOOD) as models:
        async with home.app() as app:
            kept = SqliteExperiments(app.database)
            kept.start(
                Experiment(
                    id="0123abcd",
                    name="words",
                    began=datetime.now(UTC),
                    by="request",
                    share=0.5,
                    metric="quality",
                    detect=0.05,
                    b=Arm(system="Answer in one line."),
                )
            )
            for number in range(12):
                await app.switchboard.answer(
                    Request(prompt=f"Why is planet number {number} round?", max_tokens=300)
                )
            app.trying.settle()
            arms = dict(app.database.rows("select arm, count(*) from attempts group by 1"))
    assert set(arms) == {"0123abcd/A", "0123abcd/B"}
    told = [body for body in models.local.heard if "Answer in one line." in str(body)]
    assert len(told) == arms["0123abcd/B"]
