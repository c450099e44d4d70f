"""Local models through the whole path: loading, waiting in turn, and what an answer will take."""

import asyncio
import json
import threading
from collections.abc import Iterator

import anyio
import anyio.to_thread
import pytest

from switchboard import AllFailed, NoCandidate, Request
from tests.homes import EASY, HARD, Home
from tests.wire import listening
from tests.wire.dialects import OLLAMA
from tests.wire.faulty import Faulty
from tests.wire.listening import Listening, Reply

pytestmark = pytest.mark.anyio

SECOND = 1_000_000_000


class Shelf(Listening):
    """An Ollama with two models. `loads` are those it never finishes loading; no answer leaves
    before `gate` is open; `read_s` is what it says that reading took; `most` is how many calls it
    has had at once, and `full` is set once it has `room` of them.
    """

    def __init__(self) -> None:
        super().__init__(self._route)
        self.loaded = {"small:1b"}
        self.loads: set[str] = set()
        self.read_s = 1
        self.gate = threading.Event()
        self.gate.set()
        self.room, self.full = 1, threading.Event()
        self.running = self.most = 0

    async def _route(self, request: listening.Request, reply: Reply) -> None:
        asked = json.loads(request.body or b"{}")
        match request.path:
            case "/api/tags":
                await self._say(reply, models=[{"name": "large:70b"}, {"name": "small:1b"}])
            case "/api/ps":
                await self._say(reply, models=[{"name": name} for name in sorted(self.loaded)])
            case "/api/generate":
                self.loaded.add(asked["model"])
                await self._say(reply, done=True)
            case "/api/chat":
                await self._chat(asked["model"], reply)
            case _:
                await self._say(reply)

    async def _chat(self, model: str, reply: Reply) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        if self.running == self.room:
            self.full.set()
        try:
            if model in self.loads:
                await asyncio.Event().wait()
            await asyncio.to_thread(self.gate.wait)
            await reply.begin(200, content_type=OLLAMA.content_type)
            await reply.piece(OLLAMA.opening + OLLAMA.text(f"I am {model}."))
            ended = json.loads(OLLAMA.ending)
            ended |= {"prompt_eval_count": 20, "prompt_eval_duration": self.read_s * SECOND}
            ended |= {"eval_count": 20, "eval_duration": SECOND}
            await reply.piece(json.dumps(ended).encode() + b"\n")
            await reply.end()
        finally:
            self.running -= 1

    @staticmethod
    async def _say(reply: Reply, **said: object) -> None:
        await reply.whole(200, json.dumps(said).encode(), content_type="application/json")


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with Shelf() as server:
        yield server


@pytest.fixture
def at_home(home: Home, shelf: Shelf) -> Home:
    """A home with that Ollama; the large model is the first choice."""
    home.environ["OLLAMA_HOST"] = shelf.address
    return home


def settings(home: Home, local: str = "") -> None:
    home.settings(f'[routing]\nstrategy = "local_first"\n[cache]\nenabled = false\n{local}')


async def test_while_the_first_choice_is_loading_one_that_is_loaded_answers(
    at_home: Home, shelf: Shelf
) -> None:
    settings(at_home, "[local]\nhedge = true\n")
    shelf.loads = {"large:70b"}
    async with at_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=EASY, max_tokens=20))
        rows = app.database.rows("select model_asked, outcome from attempts order by model_asked")

    assert answer.text == "I am small:1b."
    assert [(tried.model, tried.outcome) for tried in answer.decision.tried] == [
        ("ollama/large:70b", "overtaken"),
        ("ollama/small:1b", "ok"),
    ]
    assert rows == [("large:70b", "cancelled"), ("small:1b", "ok")]
    assert await anyio.to_thread.run_sync(shelf.hung_up.wait, 5)


@pytest.mark.parametrize(
    ("hedge", "loaded"),
    [("hedge = false", {"small:1b"}), ("hedge = true", {"small:1b", "large:70b"})],
    ids=["not wanted", "not loading"],
)
async def test_otherwise_the_first_choice_is_the_only_one_asked(
    hedge: str, loaded: set[str], at_home: Home, shelf: Shelf
) -> None:
    settings(at_home, f"[local]\n{hedge}\n")
    shelf.loaded = loaded
    async with at_home.app() as app:
        answer = await app.switchboard.answer(Request(prompt=EASY, max_tokens=20))

    assert answer.text == "I am large:70b."
    assert shelf.most == 1


@pytest.mark.parametrize(("parallel", "most"), [(1, 1), (2, 2)])
async def test_a_local_model_is_asked_as_much_at_once_as_it_can_do_and_the_rest_waits_in_turn(
    parallel: int, most: int, at_home: Home, shelf: Shelf
) -> None:
    settings(at_home, f"[local]\nparallel = {parallel}\n")
    shelf.room = parallel
    shelf.gate.clear()
    steps: list[str] = []

    async def step(phrase: str) -> None:
        steps.append(phrase)
        if sum("in its queue" in told for told in steps) == 4 - parallel:
            await anyio.to_thread.run_sync(shelf.full.wait, 5)
            shelf.gate.set()

    async with at_home.app() as app, anyio.create_task_group() as callers:
        for number in range(4):
            request = Request(prompt=f"{EASY} {number}", model="ollama/small:1b", max_tokens=20)
            callers.start_soon(lambda asked: app.switchboard.answer(asked, on_step=step), request)

    assert shelf.most == most
    assert "waiting for ollama/small:1b, number 1 in its queue" in steps


async def test_a_model_that_would_take_longer_than_there_is_time_is_ruled_out_before_it_is_asked(
    at_home: Home, shelf: Shelf
) -> None:
    settings(at_home)
    shelf.read_s = 1000
    request = Request(prompt=EASY, model="ollama/small:1b", max_tokens=20, within_s=30.0)
    async with at_home.app() as app:
        await app.switchboard.answer(request)  # nothing was measured yet
        chats = len(shelf.requests)
        with pytest.raises(NoCandidate, match=r"small:1b \(time\)"):
            await app.switchboard.answer(request)

    assert [each.path for each in shelf.requests[chats:] if each.path == "/api/chat"] == []


async def test_models_the_person_wants_ready_are_loaded_at_the_start(
    at_home: Home, shelf: Shelf
) -> None:
    settings(at_home, '[local]\nwarm = ["ollama/large:70b"]\n')
    async with at_home.app() as app:
        await app.load_local_models()

    assert shelf.loaded == {"large:70b", "small:1b"}


async def test_a_cloud_whose_rate_limit_is_used_up_is_not_asked_until_it_renews(
    home: Home, faulty: Faulty
) -> None:
    home.openai(faulty.at("last-of-its-limit"))
    home.allow(faulty.address.removeprefix("http://"))
    request = Request(prompt=HARD, model="openai/gpt-6-luna", max_tokens=20, fresh=True)
    async with home.app() as app:
        assert (await app.switchboard.answer(request)).text == "One"
        with pytest.raises(NoCandidate, match="health"):
            await app.switchboard.answer(request)
        assert app.breakers.why("openai/gpt-6-luna").startswith("Its rate limit is used up")

    assert faulty.count["last-of-its-limit"] == 1


async def test_a_prompt_that_is_too_long_for_a_model_does_not_count_against_its_health(
    home: Home, faulty: Faulty
) -> None:
    home.openai(faulty.at("too-long"))
    home.allow(faulty.address.removeprefix("http://"))
    request = Request(prompt=HARD, model="openai/gpt-6-luna", max_tokens=20, fresh=True)
    async with home.app() as app:
        for _ in range(4):
            with pytest.raises(AllFailed, match="too long"):
                await app.switchboard.answer(request)

    assert faulty.count["too-long"] == 4
