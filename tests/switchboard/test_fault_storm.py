"""Model servers that fail in every way at once: no request is lost, none goes astray."""

from collections import Counter
from collections.abc import Iterable, Iterator

import anyio
import pytest

from mcp_server.wiring import App
from switchboard import Request
from tests.homes import EASY, Home
from tests.storm import Seen, Weather
from vocabulary import HomewardError

pytestmark = pytest.mark.anyio

PAUSE_S = 30.0


@pytest.fixture
def weather(home: Home) -> Weather:
    return Weather(home)


@pytest.fixture
def app(weather: Weather) -> Iterator[App]:
    with weather.blowing() as app:
        yield app


@pytest.mark.parametrize(
    "requests", [200, pytest.param(800, marks=pytest.mark.slow)], ids=["breeze", "storm"]
)
async def test_in_a_storm_every_request_ends_in_an_answer_or_one_clear_error_and_none_goes_astray(
    requests: int, weather: Weather, app: App
) -> None:
    seen = await weather.storm(app, requests)
    await app.aclose()

    assert seen.requests == requests
    assert seen.late == 0
    assert set(seen.errors) <= {"AllFailed", "NoCandidate"}
    assert seen.told_too_much == 0
    assert seen.answers > requests / 4
    assert seen.fallbacks > 0
    assert seen.tasks_left == 0
    assert all(server.all_hung_up() for server in weather.servers)
    assert weather.cloud.chats.total() > 0
    assert weather.forbidden.connections == 0


async def test_in_a_storm_the_books_are_kept(weather: Weather, app: App) -> None:
    seen = await weather.storm(app, 60)

    [(rows, still_open)] = app.database.rows(
        "select count(*), coalesce(sum(outcome = 'open'), 0) from attempts"
    )
    [(held,)] = app.database.rows("select coalesce(sum(held), 0) from spend")
    await app.aclose()
    assert rows == seen.calls
    assert (still_open, held) == (0, 0)


async def test_breakers_open_while_nothing_works_and_close_by_themselves_after_it(
    weather: Weather, app: App
) -> None:
    weather.fails(1.0)
    dark = await weather.storm(app, 40)
    assert dark.answers == 0
    shut = set(app.breakers.snapshot())
    assert {"ollama/tiny", "llamacpp/tiny", "openai/gpt-6-luna"} <= shut

    weather.fails(0.0)
    weather.clock.now += 3600.0
    light = Seen()
    for _ in range(8):
        await weather.one(app, light)
    assert light.answers == 8
    assert set(light.closed) & shut
    calm = await weather.storm(app, 30)
    assert calm.answers == 30
    await app.aclose()


@pytest.mark.parametrize(
    ("fault", "chats"), [("wrong-key", 1), ("dies", 1), ("silent", 1), ("starting", 3)]
)
async def test_a_dead_model_is_left_alone_after_three_calls_and_probed_by_one(
    fault: str, chats: int, weather: Weather, app: App
) -> None:
    """`chats` is how often the server is asked for one call: what is safe is tried again."""
    dead = weather.ollama
    dead.fault_share, dead.kinds = 1.0, (fault,)
    for number in range(5):
        assert await ask(app, number) == ("AllFailed" if number < 3 else "NoCandidate")
    assert dead.chats[fault] == 3 * chats

    weather.clock.now += PAUSE_S
    came = await ask_at_once(app, range(5, 21))
    assert came["AllFailed"] >= 1
    assert came.total() == came["AllFailed"] + came["NoCandidate"] == 16
    assert dead.chats[fault] == 4 * chats

    dead.fault_share = 0.0
    weather.clock.now += PAUSE_S
    assert await ask(app, 21) == "NoCandidate"  # the second pause is twice as long
    weather.clock.now += PAUSE_S
    assert await ask(app, 22) == "Answer"
    assert await ask_at_once(app, range(23, 27)) == {"Answer": 4}
    assert app.breakers.snapshot() == {}
    await app.aclose()


async def ask(app: App, number: int) -> str:
    """How a call of the local model ends: the name of its answer or its error."""
    prompt = f"{EASY} Case {number}."
    try:
        answer = await app.switchboard.answer(
            Request(prompt=prompt, model="ollama/tiny", max_tokens=20)
        )
    except HomewardError as error:
        return type(error).__name__
    return type(answer).__name__


async def ask_at_once(app: App, numbers: Iterable[int]) -> Counter[str]:
    came: Counter[str] = Counter()

    async def one(number: int) -> None:
        came[await ask(app, number)] += 1

    async with anyio.create_task_group() as callers:
        for number in numbers:
            callers.start_soon(one, number)
    return came
