"""A storm: model servers that fail in every way at random, and many requests at once.

Used by `tests/switchboard/test_fault_storm.py` and, at full length, by `bench/storm.py`.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count

import anyio
import pytest

from mcp_server.wiring import App, build
from routing.breaker import Breakers
from switchboard import AllFailed, Answer, Request
from tests.clocks import Clock
from tests.homes import EASY, HARD, NOBODY, Home
from tests.wire import listening
from tests.wire.faulty import FAULTS, LEAK
from tests.wire.listening import Listening, Reply
from vocabulary import HomewardError

AT_ONCE = 16
FAULT_SHARE = 0.3
TOTAL_S = 2.0
TICK_S = 0.5
"""By so much the breakers' clock moves on with every request that ends."""

KINDS = (
    "wrong-key",
    "unknown-model",
    "too-many",
    "inside",
    "starting",
    "silent",
    "stalls",
    "nonsense",
    "cut",
    "html",
    "empty",
    "slams",
    "dies",
)
"""What a server that is reached can do wrong; a refused connection is a server of its own."""

SETTINGS = f"""
[cache]
enabled = false
[budget]
monthly_usd = 100000
[timeouts]
connect = 1.0
first_token = 0.5
between_tokens = 0.5
total = {TOTAL_S}
[providers.llamacpp]
address = "{{llamacpp}}"
[providers.deepseek]
address = "{NOBODY}"
"""


class Stormy(Listening):
    """A model server that lists its models well, and answers `fault_share` of chats badly."""

    def __init__(self, seed: int, *, fault_share: float = FAULT_SHARE) -> None:
        super().__init__(self._route)
        self._random = random.Random(seed)
        self.fault_share = fault_share
        self.kinds: Sequence[str] = KINDS
        self.chats: Counter[str] = Counter()

    async def _route(self, request: listening.Request, reply: Reply) -> None:
        if request.path in _LISTS:
            await reply.whole(200, _LISTS[request.path], content_type="application/json")
            return
        bad = self._random.random() < self.fault_share
        fault = self._random.choice(self.kinds) if bad else "none"
        self.chats[fault] += 1
        await FAULTS[fault](request, reply)

    def all_hung_up(self) -> bool:
        """Whether every connection is closed, or is within five seconds."""
        return asyncio.run_coroutine_threadsafe(self._left(), self._loop).result(10)

    async def _left(self) -> bool:
        if not self._tasks:
            return True
        _, pending = await asyncio.wait(self._tasks, timeout=5)
        return not pending


_LISTS = {
    "/api/tags": json.dumps({"models": [{"name": "tiny"}]}).encode(),
    "/api/show": json.dumps({"capabilities": ["completion"]}).encode(),
    "/api/ps": json.dumps({"models": [{"name": "tiny"}]}).encode(),
    "/models": json.dumps({"data": [{"id": "tiny"}]}).encode(),
}


@dataclass(kw_only=True)
class Seen:
    """What came of a storm. `opened` and `closed` count how often each breaker did, `told_too_much`
    the errors that hold a prompt, a key, or what a server wrote.
    """

    answers: int = 0
    fallbacks: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    late: int = 0
    told_too_much: int = 0
    calls: int = 0
    opened: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    tasks_left: int = 0

    @property
    def requests(self) -> int:
        return self.answers + self.errors.total() + self.late


class Weather:
    """A home with four providers in a storm: two local, a cloud, and a cloud that is never there.

    `forbidden` is a fifth, a cloud with a key that the whitelist does not name.
    """

    def __init__(self, home: Home, *, seed: int = 0) -> None:
        self.ollama, self.llamacpp, self.cloud = (Stormy(seed + n) for n in range(3))
        self.forbidden = Stormy(seed, fault_share=0.0)
        self.clock = Clock(0.0)
        self._home = home
        self._numbers = count()
        self._shut: set[str] = set()

    @property
    def servers(self) -> tuple[Stormy, ...]:
        return (self.ollama, self.llamacpp, self.cloud, self.forbidden)

    def fails(self, share: float) -> None:
        """From now on so many of the chats go wrong, everywhere."""
        for server in self.servers:
            server.fault_share = share

    @contextmanager
    def blowing(self) -> Iterator[App]:
        """The wired application in the storm, with a virtual clock for its breakers."""
        with ExitStack() as stack:
            for server in self.servers:
                stack.enter_context(server)
            self._settle_in()
            patched = stack.enter_context(pytest.MonkeyPatch.context())
            patched.setattr("mcp_server.wiring.Breakers", lambda *_: Breakers(self.clock))
            patched.setattr("routing.attempt._FIRST_DELAY", 0.02)
            yield build(self._home.places, environ=self._home.environ)

    def _settle_in(self) -> None:
        home = self._home
        home.settings(SETTINGS.format(llamacpp=self.llamacpp.address))
        home.environ["OLLAMA_HOST"] = self.ollama.address
        home.environ["DEEPSEEK_API_KEY"] = "a-key-for-tests"
        home.openai(self.cloud.address)
        home.anthropic(self.forbidden.address, "a-key-for-tests")
        hosts = [address.split("//")[1] for address in (self.cloud.address, NOBODY)]
        home.allow(*hosts, tasks="reasoning_tasks = true")

    async def storm(self, app: App, requests: int) -> Seen:
        """That many requests, sixteen at once, each with its own deadline."""
        seen, before = Seen(), len(asyncio.all_tasks())
        waiting = iter(range(requests))
        async with anyio.create_task_group() as callers:

            async def caller() -> None:
                for _ in waiting:
                    await self.one(app, seen)

            for _ in range(AT_ONCE):
                callers.start_soon(caller)
        seen.tasks_left = len(asyncio.all_tasks()) - before
        return seen

    async def one(self, app: App, seen: Seen) -> None:
        """One request, hard or easy, and what came of it."""
        number = next(self._numbers)
        prompt = f"{HARD if number % 2 else EASY} Case {number}."
        try:
            with anyio.fail_after(await _deadline(app)):
                answer = await app.switchboard.answer(Request(prompt=prompt, max_tokens=20))
            _note_answer(seen, answer)
        except TimeoutError:
            seen.late += 1
        except HomewardError as error:
            _note_error(seen, error)
        self.clock.now += TICK_S
        self._look_at(app.breakers, seen)

    def _look_at(self, breakers: Breakers, seen: Seen) -> None:
        """Count the breakers that have opened or closed since the last look."""
        shut = {name for name, health in breakers.snapshot().items() if health.state != "closed"}
        seen.opened.update(shut - self._shut)
        seen.closed.update(self._shut - shut)
        self._shut = shut


_SENT = ("ok", "error", "timeout")


async def _deadline(app: App) -> float:
    """Every candidate may take its total, and a busy machine a little more."""
    return TOTAL_S * len(await app.fleet.models()) + 5


def _note_error(seen: Seen, error: HomewardError) -> None:
    seen.errors[type(error).__name__] += 1
    if isinstance(error, AllFailed):
        seen.calls += sum(tried.outcome in _SENT for tried in error.tried)
    said = str(error)
    seen.told_too_much += LEAK in said or "Case" in said or "a-key-for-tests" in said


def _note_answer(seen: Seen, answer: Answer) -> None:
    seen.answers += 1
    tried = answer.decision.tried
    seen.fallbacks += len(tried) > 1
    seen.calls += sum(each.outcome in _SENT for each in tried)
