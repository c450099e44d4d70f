"""The same question, asked again while it is being answered: the model is asked once."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import anyio
import anyio.to_thread
import pytest

from mcp_server.wiring import App
from switchboard import AllFailed, Request
from switchboard.request import Answer
from tests.homes import EASY, Home
from tests.wire.scribe import Scribe

pytestmark = pytest.mark.anyio
ASKED = Request(prompt=EASY, caller="mcp:desk", origin="stdio")
ALIKE = replace(ASKED, prompt=f"please, {EASY.lower()}")

ASKING = """
import anyio, sys
from mcp_server.places import places
from mcp_server.wiring import build
from switchboard import Request

async def step(said):
    print(said, flush=True)

async def main():
    app = build(places())
    answer = await app.switchboard.answer(Request(prompt=sys.argv[1], caller="desk"), on_step=step)
    print(answer.cached, answer.text, answer.cost, flush=True)
    await app.aclose()

anyio.run(main)
"""


class Slow:
    """A model that answers when it is let; `asked` is set when it is asked."""

    def __init__(self, *says: str) -> None:
        self.says = iter(says)
        self.asked, self.let = threading.Event(), threading.Event()

    def __call__(self, _: str) -> Sequence[str]:
        self.asked.set()
        assert self.let.wait(60)
        return [said] if (said := next(self.says, "Paris.")) else []


@contextmanager
def slow_model(home: Home, *says: str) -> Iterator[tuple[Scribe, Slow]]:
    model = Slow(*says)
    with Scribe(model) as server:
        home.settings(f'[providers.llamacpp]\naddress = "{server.address}/v1"\n')
        try:
            yield server, model
        finally:
            model.let.set()


async def both(
    app: App, model: Slow, first: Request, second: Request, cancel: bool = False
) -> list[Answer | str]:
    """What two come to that ask at once; the first is asking when the second comes."""
    ended: dict[int, Answer | str] = {}
    waits, scope = anyio.Event(), anyio.CancelScope()

    async def step(said: str) -> None:
        if said.startswith("waiting for the same question"):
            waits.set()

    async def ask(number: int, request: Request) -> None:
        with scope if number == 0 else anyio.CancelScope():
            try:
                ended[number] = await app.switchboard.answer(request, on_step=step)
            except AllFailed:
                ended[number] = "failed"

    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask, 0, first)
            await anyio.to_thread.run_sync(model.asked.wait)
            tasks.start_soon(ask, 1, second)
            if not second.fresh:
                await waits.wait()
            if cancel:
                scope.cancel()
            model.let.set()
    return [ended.get(number, "cancelled") for number in (0, 1)]


@pytest.mark.parametrize(("second", "cached"), [(ASKED, "exact"), (ALIKE, "semantic")])
async def test_asked_twice_at_once_the_model_is_asked_once(
    home: Home, second: Request, cached: str
) -> None:
    with slow_model(home) as (server, model):
        async with home.app() as app:
            first, joined = await both(app, model, ASKED, second)
            report = app.ledger.report("all", "source", app.budget)
    assert isinstance(first, Answer)
    assert isinstance(joined, Answer)
    assert (first.cached, joined.cached) == ("no", cached)
    assert (joined.text, joined.cost) == (first.text, 0)
    assert len(server.heard) == 1
    assert {row.name: row.requests for row in report.rows} == {"cache": 1, "local": 1}


async def test_a_first_that_fails_does_not_fail_the_second(home: Home) -> None:
    with slow_model(home, "", "Paris.") as (_, model):
        async with home.app() as app:
            first, second = await both(app, model, ASKED, ASKED)
    assert first == "failed"
    assert isinstance(second, Answer)
    assert (second.cached, second.text) == ("no", "Paris.")


async def test_a_first_whose_answer_is_not_kept_leaves_the_second_to_itself(home: Home) -> None:
    with slow_model(home, "I don't know.", "Paris.") as (server, model):
        async with home.app() as app:
            _, second = await both(app, model, ASKED, ASKED)
    assert isinstance(second, Answer)
    assert (second.cached, second.text) == ("no", "Paris.")
    assert len(server.heard) == 2


async def test_a_first_that_is_cancelled_does_not_fail_the_second(home: Home) -> None:
    with slow_model(home) as (_, model):
        async with home.app() as app:
            first, second = await both(app, model, ASKED, ASKED, cancel=True)
    assert first == "cancelled"
    assert isinstance(second, Answer)
    assert second.text == "Paris."


async def test_who_wants_a_fresh_answer_waits_for_nobody(home: Home) -> None:
    with slow_model(home) as (server, model):
        async with home.app() as app:
            _, second = await both(app, model, ASKED, replace(ASKED, fresh=True))
    assert isinstance(second, Answer)
    assert second.cached == "no"
    assert len(server.heard) == 2


@contextmanager
def processes(home: Home, *questions: str) -> Iterator[list["subprocess.Popen[str]"]]:
    with ExitStack() as all_of_them:
        started = []
        for question in questions:
            process = subprocess.Popen(
                [sys.executable, "-c", ASKING, question],
                env=home.for_process(),
                stdout=subprocess.PIPE,
                text=True,
            )
            all_of_them.enter_context(process)
            all_of_them.callback(process.kill)
            started.append(process)
        yield started


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.slow
def test_three_processes_ask_one_question_once(home: Home) -> None:
    with slow_model(home) as (server, model), processes(home, EASY, EASY, EASY) as three:
        said = sorted(line(process) for process in three)
        assert said[0].startswith("asking llamacpp/tiny")
        assert [each.startswith("waiting for the same") for each in said] == [False, True, True]
        model.let.set()
        ends = sorted(line(process) for process in three)
    assert ends == ["exact Paris. 0", "exact Paris. 0", "no Paris. 0"]
    assert len(server.heard) == 1


@pytest.mark.slow
def test_a_process_that_is_killed_while_asking_does_not_hold_up_the_others(home: Home) -> None:
    with slow_model(home) as (server, model), processes(home, EASY) as [first]:
        assert line(first).startswith("asking")
        with processes(home, EASY) as [second]:
            assert line(second).startswith("waiting for the same question")
            first.send_signal(signal.SIGKILL)
            model.let.set()
            assert line(second).startswith("asking")
            assert line(second) == "no Paris. 0"
    assert len(server.heard) == 2
