"""Requests in an experiment: who takes part, what an arm changes, and that nothing fails for it."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from ledger.experiments import Arm, Experiment, Limit, Observation, SqliteExperiments
from mcp_server.house import house_of
from mcp_server.settings import Settings
from routing.learning.signals import SignalName
from storage import Database
from storage.migrations import HOME
from switchboard.errors import NoCandidate
from switchboard.reading import House, Reading, read
from switchboard.request import Answer, Decision, Request
from switchboard.trying import LOOK_EVERY_S, Trial, Trying, in_arm, may_take_part, watch
from tests.ledger.experiments.made import experiment
from vocabulary import HomewardError, Message, Money, TaskKind, Usage
from whitelist.documents import Document

pytestmark = pytest.mark.anyio

ASK = Request(prompt="Why is the sky blue?", caller="tests", origin="stdio")
PAPER = Document(
    name="a.txt", path=Path("/papers/a.txt"), text="Some words.", digest="0" * 64, kind="text"
)


class Clock:
    """Hours on the wall and seconds of a stopwatch, both moved by a test."""

    def __init__(self) -> None:
        self.now, self.seconds = datetime.now(UTC), 0.0

    def wall(self) -> datetime:
        return self.now

    def watch(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "home.db", HOME)
    yield database
    database.close()


@pytest.fixture
def kept(database: Database, clock: Clock) -> SqliteExperiments:
    return SqliteExperiments(database, now=clock.wall)


@pytest.fixture
async def trying(kept: SqliteExperiments, clock: Clock) -> AsyncIterator[Trying]:
    trying = Trying(kept, monotonic=clock.watch)
    yield trying
    trying.close()


@pytest.fixture(scope="module")
def house() -> House:
    return house_of(Settings())


def answer_of(reading: Reading) -> Answer:
    return Answer(
        request_id=reading.id,
        text="Because.",
        provider="ollama",
        model="tiny",
        local=True,
        cached="no",
        finish="stop",
        usage=Usage(),
        counted=True,
        cost=Money(0),
        baseline=Money(0),
        total_ms=1,
        decision=Decision(
            task=TaskKind.REASONING_TASKS,
            complexity=0.1,
            signals=(),
            profile="balanced",
            strategy="hybrid",
            reason="",
        ),
    )


class OnePath:
    """The one path of these tests: reads in earnest, and remembers what it was to answer."""

    def __init__(self, house: House, fails: Callable[[Trial | None], bool] | None = None) -> None:
        self._house, self._fails = house, fails or (lambda _: False)
        self.asked: list[tuple[Reading, Trial | None]] = []

    async def read(self, request: Request) -> Reading:
        return read(request, self._house, began=0.0)

    async def answer(self, reading: Reading, trial: Trial | None) -> Answer:
        self.asked.append((reading, trial))
        if self._fails(trial):
            raise NoCandidate("No model may answer this.")
        return answer_of(reading)

    async def through(self, trying: Trying, request: Request) -> Answer:
        return await trying.through(request, self.read, self.answer)


def seen(trying: Trying, kept: SqliteExperiments, tried: Experiment) -> list[Observation]:
    trying.settle()
    return kept.observations(tried)


async def asked_of(letter: str, trying: Trying) -> Request:
    """A question that falls into an arm."""
    for number in range(200):
        request = replace(ASK, prompt=f"Question {number}?")
        trial = await trying.trial(request)
        if trial is not None and trial.letter == letter:
            return request
    raise AssertionError("no such question")


async def test_without_an_experiment_nothing_is_different(
    trying: Trying, kept: SqliteExperiments, house: House
) -> None:
    path = OnePath(house)
    await path.through(trying, ASK)
    [(reading, trial)] = path.asked
    assert (reading.request, trial) == (ASK, None)
    trying.settle()
    assert kept.latest() is None


async def test_a_request_in_b_is_answered_as_b_has_it(
    trying: Trying, kept: SqliteExperiments, house: House
) -> None:
    tried = experiment(b=Arm(model="ollama/tiny", min_quality=0.4, system="Be short."))
    kept.start(tried)
    request = await asked_of("B", trying)
    path = OnePath(house)
    await path.through(trying, replace(request, system="Speak like a pirate."))
    [(reading, trial)] = path.asked
    assert trial is not None
    assert trial.name == "x1/B"
    assert reading.request.model == "ollama/tiny"
    assert reading.request.min_quality == 0.4
    assert reading.request.system == "Be short.\n\nSpeak like a pirate."
    [observation] = seen(trying, kept, tried)
    assert (observation.letter, observation.answered) == ("B", True)


async def test_a_request_in_a_is_answered_as_it_came(
    trying: Trying, kept: SqliteExperiments, house: House
) -> None:
    tried = experiment(b=Arm(system="Be short."))
    kept.start(tried)
    request = await asked_of("A", trying)
    path = OnePath(house)
    await path.through(trying, request)
    [(reading, trial)] = path.asked
    assert reading.request == request
    assert trial is not None
    assert [each.letter for each in seen(trying, kept, tried)] == ["A"]


async def test_what_an_arm_cannot_answer_is_answered_as_it_came_and_held_against_the_arm(
    trying: Trying, kept: SqliteExperiments, house: House
) -> None:
    tried = experiment(b=Arm(model="ollama/gone"))
    kept.start(tried)
    request = await asked_of("B", trying)
    path = OnePath(house, fails=lambda trial: trial is not None)
    answer = await path.through(trying, request)
    assert answer.text == "Because."
    assert [trial and trial.letter for _, trial in path.asked] == ["B", None]
    assert path.asked[1][0].request == request
    [observation] = seen(trying, kept, tried)
    assert (observation.answered, observation.good) == (False, False)


async def test_what_cannot_be_answered_at_all_fails_once_in_an_arm_that_changes_nothing(
    trying: Trying, kept: SqliteExperiments, house: House
) -> None:
    tried = experiment()
    kept.start(tried)
    request = await asked_of("A", trying)
    path = OnePath(house, fails=lambda _: True)
    with pytest.raises(NoCandidate):
        await path.through(trying, request)
    assert len(path.asked) == 1
    assert [each.answered for each in seen(trying, kept, tried)] == [False]


async def test_an_answer_that_nobody_waits_for_is_held_against_the_arm(
    trying: Trying, kept: SqliteExperiments, house: House, clock: Clock
) -> None:
    tried = experiment()
    kept.start(tried)

    async def never(reading: Reading, trial: Trial | None) -> Answer:
        clock.wait(3)
        scope.cancel()
        await anyio.sleep_forever()
        raise AssertionError

    with anyio.CancelScope() as scope:
        await trying.through(ASK, OnePath(house).read, never)
    [observation] = seen(trying, kept, tried)
    assert (observation.done, observation.answered, observation.total_ms) == (True, False, 3_000)


async def test_personal_data_takes_no_part_and_goes_as_it_came(
    trying: Trying, kept: SqliteExperiments, house: House
) -> None:
    tried = experiment(a=Arm(system="Be long."), b=Arm(system="Be short."))
    kept.start(tried)
    request = replace(ASK, prompt="Write to ada.lovelace@analytical-engines.co.uk about it.")
    path = OnePath(house)
    await path.through(trying, request)
    [(reading, trial)] = path.asked
    assert (reading.request, trial) == (request, None)
    assert seen(trying, kept, tried) == []


async def test_an_error_of_the_request_itself_is_told_and_not_counted(
    trying: Trying, kept: SqliteExperiments, house: House
) -> None:
    tried = experiment()
    kept.start(tried)
    with pytest.raises(HomewardError, match="The prompt is empty"):
        await OnePath(house).through(trying, replace(ASK, prompt=" "))
    assert seen(trying, kept, tried) == []


@pytest.mark.parametrize(
    ("changed", "arm", "part"),
    [
        ({}, Arm(strategy="cost"), True),
        ({"model": "ollama/tiny"}, Arm(strategy="cost"), False),
        ({"improve": "abc"}, Arm(strategy="cost"), False),
        ({"at_home": True}, Arm(strategy="cost"), False),
        ({"documents": (PAPER,)}, Arm(strategy="cost"), False),
        ({"teaches": False}, Arm(strategy="cost"), False),
        ({"prefer": "local"}, Arm(strategy="cost"), True),
        ({"prefer": "local"}, Arm(model="ollama/tiny"), False),
        ({"min_quality": 0.5}, Arm(strategy="cost"), True),
        ({"min_quality": 0.5}, Arm(min_quality=0.9), False),
        ({"fresh": True, "turns": (Message(role="user", text="Hi"),)}, Arm(system="x"), True),
    ],
)
def test_who_takes_part(changed: dict[str, object], arm: Arm, part: bool) -> None:
    request = replace(ASK, **changed)  # type: ignore[arg-type]
    assert may_take_part(request, experiment(b=arm)) is part
    # Whoever would get the other arm is held to the same.
    assert may_take_part(request, experiment(a=arm, b=Arm())) is part


def test_an_arm_that_changes_nothing_leaves_a_request_alone() -> None:
    assert in_arm(ASK, Arm(strategy="cost", min_confidence=0.1)) == ASK


async def test_a_conversation_stays_in_its_arm(trying: Trying, kept: SqliteExperiments) -> None:
    kept.start(experiment())
    for number in range(20):
        first = replace(ASK, prompt=f"Question {number}?")
        then = replace(
            ASK, prompt="And why?", turns=(Message(role="user", text=f"Question {number}?"),)
        )
        one, two = await trying.trial(first), await trying.trial(then)
        assert one is not None
        assert two is not None
        assert one.unit == two.unit


async def test_an_experiment_of_another_process_is_noticed_soon(
    trying: Trying, kept: SqliteExperiments, clock: Clock
) -> None:
    assert await trying.trial(ASK) is None
    kept.start(experiment())
    assert await trying.trial(ASK) is None
    clock.wait(LOOK_EVERY_S)
    assert await trying.trial(ASK) is not None
    kept.stop("x1", "enough", by="person")
    clock.wait(LOOK_EVERY_S)
    assert await trying.trial(ASK) is None


@pytest.mark.parametrize(
    ("signals", "good"),
    [
        ([], True),
        (["bad"], False),
        (["improve"], False),
        (["again"], False),
        (["retry"], False),
        (["check_failed"], False),
        (["check_failed", "good"], True),
        (["check_passed", "judge"], True),
    ],
)
async def test_what_is_said_of_an_answer_counts(
    trying: Trying,
    kept: SqliteExperiments,
    house: House,
    signals: list[SignalName],
    good: bool,
) -> None:
    tried = experiment()
    kept.start(tried)
    answer = await OnePath(house).through(trying, ASK)
    for signal in signals:
        trying.heard(answer.request_id, signal)
    [observation] = seen(trying, kept, tried)
    assert observation.good is good


async def test_books_that_cannot_be_used_are_no_experiment(
    kept: SqliteExperiments, database: Database, house: House, clock: Clock
) -> None:
    kept.start(experiment(b=Arm(system="Be short.")))
    trying = Trying(kept, monotonic=clock.watch)
    with database.transaction() as db:
        db.execute("drop table observations")
    path = OnePath(house)
    answer = await path.through(trying, ASK)
    trying.heard(answer.request_id, "bad")
    trying.settle()
    with database.transaction() as db:
        db.execute("drop table experiments")
    clock.wait(LOOK_EVERY_S)
    await path.through(trying, ASK)
    assert path.asked[-1][1] is None
    trying.close()
    trying.heard(answer.request_id, "bad")  # too late, and no error


async def test_an_arm_that_does_harm_ends_the_experiment_by_itself(
    trying: Trying, kept: SqliteExperiments, house: House
) -> None:
    tried = experiment(b=Arm(model="ollama/gone"))
    kept.start(tried)
    path = OnePath(house, fails=lambda trial: trial is not None and trial.letter == "B")
    for number in range(150):
        await path.through(trying, replace(ASK, prompt=f"Question {number}?"))
    trying.settle()
    assert kept.running() is None
    ended = kept.found("x1")
    assert ended.stopped_by == "guard"
    assert ended.why.startswith("more of B's requests stay without an answer")


async def test_a_harmless_arm_is_left_alone(kept: SqliteExperiments) -> None:
    tried = experiment(limits={**experiment().limits, "cost": Limit(cap=1_000, tolerance=1_000)})
    kept.start(tried)
    assert watch(kept, tried) == ""
    assert kept.running() is not None
