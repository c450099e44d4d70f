"""What routing keeps of an answer, and what it makes of what is said of it."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mcp_server.wiring import App
from routing.learning.exploring import Explorer
from routing.learning.fitting import learn
from routing.learning.outcomes import Experience
from routing.learning.sqlite import SqliteOutcomes
from routing.prior import load
from routing.values import Candidate, Plan, Preferences
from storage import Database
from storage.migrations import HOME
from switchboard import Request
from switchboard.knowledge import Knowledge
from switchboard.lessons import Lessons, School
from switchboard.request import Answer
from tests.homes import Home
from tests.routing.making import candidate
from tests.wire.scribe import Scribe
from vocabulary import TaskKind
from whitelist.documents import Document

pytestmark = pytest.mark.anyio

GOOD = ("The sky looks blue because air scatters blue light ", "more than red light.")
ASK = Request(prompt="Why is the sky blue?", task=TaskKind.REASONING_TASKS, max_tokens=300)

PAPER = Document(
    name="a.txt", path=Path("/papers/a.txt"), text="Some words.", digest="0" * 64, kind="text"
)


def kept(app: App) -> list[Experience]:
    app.lessons.settle()
    return list(SqliteOutcomes(app.database).every())


def signals(app: App, answer: Answer) -> list[str]:
    app.lessons.settle()
    found = SqliteOutcomes(app.database).found(answer.request_id)
    return [outcome.signal for outcome in found.outcomes]


async def test_a_choice_is_kept_in_numbers_and_never_its_text(local_home: Home) -> None:
    async with local_home.app() as app:
        answer = await app.switchboard.answer(ASK)
        [experience] = kept(app)
    choice = experience.choice
    assert choice.request_id == answer.request_id
    assert choice.answered == f"{answer.provider}/{answer.model}"
    assert choice.propensity == 1.0
    assert {each.model for each in choice.considered} == {choice.answered}
    everything = b"".join(
        path.read_bytes() for path in local_home.places.data.iterdir() if path.is_file()
    )
    assert b"sky" not in everything


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            Request(prompt="Write to ada.lovelace@analytical-engines.co.uk", max_tokens=20),
            id="personal data",
        ),
        pytest.param(
            Request(
                prompt="Summarise it",
                max_tokens=20,
                documents=(PAPER,),
            ),
            id="a document",
        ),
    ],
)
async def test_nothing_is_kept_of_what_is_private(local_home: Home, request_: Request) -> None:
    async with local_home.app() as app:
        await app.switchboard.answer(request_)
        assert kept(app) == []


async def test_nothing_is_kept_where_the_person_does_without(local_home: Home) -> None:
    local_home.settings("[routing]\nlearn = false\n")
    async with local_home.app() as app:
        await app.switchboard.answer(ASK)
        assert kept(app) == []


async def test_asking_again_is_held_against_the_answer(local_home: Home) -> None:
    async with local_home.app() as app:
        first = await app.switchboard.answer(ASK)
        await app.switchboard.answer(Request(prompt=ASK.prompt, task=ASK.task, fresh=True))
        assert "again" in signals(app, first)


async def test_an_answer_of_anothers_is_not_judged_by_who_asks_the_same(local_home: Home) -> None:
    async with local_home.app() as app:
        first = await app.switchboard.answer(ASK)
        await app.switchboard.answer(
            Request(prompt=ASK.prompt, task=ASK.task, fresh=True, caller="someone else")
        )
        assert "again" not in signals(app, first)


async def test_asking_for_a_better_answer_is_held_against_the_model_that_gave_it(
    home: Home,
) -> None:
    with Scribe(lambda _: GOOD) as local, Scribe(lambda _: GOOD) as cloud:
        home.environ["LMSTUDIO_BASE_URL"] = f"{local.address}/v1"
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"), tasks="simple_completion = true")
        home.settings('[models."lmstudio/tiny"]\nquality = 0.85\n')
        async with home.app() as app:
            first = await app.switchboard.answer(ASK)
            better = await app.switchboard.answer(Request(prompt="", improve=first.request_id))
            found = signals(app, first)
    assert first.local
    assert not better.local
    assert "improve" in found


async def test_what_a_check_finds_is_kept_with_the_model_it_was_found_of(home: Home) -> None:
    refusal = ("I'm sorry, but I ", "cannot help with that.")
    with Scribe(lambda _: refusal) as local, Scribe(lambda _: GOOD) as cloud:
        home.environ["LMSTUDIO_BASE_URL"] = f"{local.address}/v1"
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"), tasks="simple_completion = true")
        home.settings('[models."lmstudio/tiny"]\nquality = 0.85\n')
        async with home.app() as app:
            await app.switchboard.answer(ASK)
            [experience] = kept(app)
    failed = {each.model for each in experience.outcomes if each.signal == "check_failed"}
    assert failed == {"lmstudio/tiny"}
    assert experience.choice.model == "lmstudio/tiny"
    assert experience.choice.answered.startswith("anthropic/")


async def test_outcomes_of_ones_own_change_where_requests_go(home: Home) -> None:
    with Scribe(lambda _: GOOD) as local, Scribe(lambda _: GOOD) as cloud:
        home.environ["LMSTUDIO_BASE_URL"] = f"{local.address}/v1"
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"), tasks="simple_completion = true")
        home.settings(
            '[models."lmstudio/tiny"]\nquality = 0.85\n[cache]\nenabled = false\n'
            '[routing]\nstrategy = "learned"\nexplore = 0.0\n'
        )
        async with home.app() as app:
            outcomes, places = SqliteOutcomes(app.database), []
            for _ in range(40):
                answer = await app.switchboard.answer(ASK)
                app.lessons.settle()
                outcomes.reward(answer.request_id, "bad" if answer.local else "good")
                places.append(answer.local)
            assert learn(outcomes, load().version, now=datetime.now(UTC)).applied
        async with home.app() as app:
            after = await app.switchboard.answer(ASK)
    assert all(places), after.decision
    assert not after.local, after.decision
    assert "outcomes of yours" in after.decision.reason


async def test_without_the_prior_the_catalogue_speaks(
    local_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from routing.prior import PriorError

    def missing() -> None:
        raise PriorError("The routing prior is missing.", fix="Install Homeward again.")

    monkeypatch.setattr("routing.prior.load", missing)
    async with local_home.app() as app:
        answer = await app.switchboard.answer(ASK)
        assert kept(app) == []
    assert answer.text


async def test_a_judge_grades_an_answer_by_the_same_rules_as_any_request(home: Home) -> None:
    with Scribe(lambda _: GOOD) as local, Scribe(lambda _: ('{"grade": 7}',)) as cloud:
        home.environ["LMSTUDIO_BASE_URL"] = f"{local.address}/v1"
        home.anthropic(cloud.address, "a-key-for-tests")
        home.allow(cloud.address.removeprefix("http://"), tasks="simple_completion = true")
        home.settings('[models."lmstudio/tiny"]\nquality = 0.9\n')
        async with home.app() as app:
            answer = await app.switchboard.answer(ASK)
            judging = replace(app.judging, model="anthropic/claude-haiku-5-5", share=1.0)
            await judging.judge(ASK, answer)
            graded = SqliteOutcomes(app.database).found(answer.request_id).outcomes
            sent = len(app.audit.tail(9))
            assert len(kept(app)) == 1  # nothing is learned of the judge's own answers
            home.allow()
            await judging.judge(ASK, await app.switchboard.answer(replace(ASK, fresh=True)))
        assert len(cloud.heard) == sent == 1
    assert [each.reward for each in graded if each.signal == "judge"] == [0.7]


async def test_nothing_private_is_ever_shown_to_a_judge(local_home: Home) -> None:
    with Scribe(lambda _: ('{"grade": 7}',)) as cloud:
        local_home.anthropic(cloud.address, "a-key-for-tests")
        local_home.allow(cloud.address.removeprefix("http://"), tasks="simple_completion = true")
        request = Request(prompt="Write to ada.lovelace@analytical-engines.co.uk", max_tokens=20)
        async with local_home.app() as app:
            answer = await app.switchboard.answer(request)
            judging = replace(app.judging, model="anthropic/claude-haiku-5-5", share=1.0)
            await judging.judge(request, answer)
            assert app.grants.pending() == []
        assert cloud.heard == []


class Restless(Random):
    """Draws the last of what may be drawn."""

    def choices(self, population: Any, weights: Any = None, **_: Any) -> Any:
        return [max(index for index in population if weights[index] > 0)]


NEAR = replace(candidate("near", local=True), doubt=0.3)
FAR = replace(candidate("far", local=True), doubt=0.3)
AWAY = replace(candidate("away", cost=10), doubt=0.3)


@pytest.mark.parametrize(
    ("usual", "explored"),
    [
        pytest.param((NEAR, FAR, AWAY), ("far", "near", "away"), id="at home, another at home"),
        pytest.param((NEAR, AWAY), ("near", "away"), id="alone at home"),
        pytest.param((AWAY, NEAR), ("near", "away"), id="from a cloud home"),
    ],
)
def test_nothing_is_sent_away_only_to_learn(
    usual: tuple[Candidate, ...], explored: tuple[str, ...], tmp_path: Path
) -> None:
    with closing(Database(tmp_path / "home.db", HOME)) as database:
        outcomes = SqliteOutcomes(database)
        school = School(
            outcomes=outcomes,
            explorer=lambda _: Explorer(Restless(), requests=10_000),
            knowledge=Knowledge(outcomes, preferences=Preferences(), clock=now),
        )
        lessons = Lessons(prior=load, school=school, clock=now)
        plan = lessons.explored(
            Plan(strategy="learned", reason="", candidates=usual), Preferences(min_quality=0.9)
        )
    assert tuple(each.model.name for each in plan.candidates) == explored
    assert plan.explored == (plan.candidates[0] is not usual[0])
    assert sum(plan.propensities) == pytest.approx(1.0)


def now() -> datetime:
    return datetime.now(UTC)
