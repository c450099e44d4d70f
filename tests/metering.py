"""Many calls from several processes at clouds that keep a meter, and the ledger held against it.

Used by `tests/switchboard/test_metering.py` and, at full length, by `bench/metering.py`. Nothing is
said beside the wire, but for two gates (`/begun`, `/sent`) by which a call is broken off at a
moment that both sides know.
"""

import json
import os
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import anyio
import httpx2
import pytest

from mcp_server.places import places
from mcp_server.wiring import App, build
from routing.breaker import Breakers
from storage import Database
from storage.migrations import HOME
from tests.clocks import Clock
from tests.homes import Home
from tests.metered_calls import (
    BEYOND,
    CLOUDS,
    KINDS,
    LANES,
    MODELS,
    Call,
    Kind,
    call_of,
    number_of,
    script_of,
)
from tests.wire.metering import PRICES, Metered, Script, Served
from vocabulary import HomewardError, TaskKind


@contextmanager
def deaf() -> Iterator[str]:
    """The address of a server whose doorstep is full: no connection to it ever comes about."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def settle_in(home: Home, server: Metered, nobody: str) -> None:
    """Write the person's settings: three clouds and one that is deaf, their prices, and short
    limits of time.
    """
    home.environ |= {
        "OPENAI_BASE_URL": f"{server.address}/openai",
        "ANTHROPIC_BASE_URL": f"{server.address}/anthropic",
        "OPENROUTER_BASE_URL": f"{server.address}/openrouter",
        **{f"{name.upper()}_API_KEY": "a-key-for-tests" for name in (*CLOUDS, "deepseek")},
    }
    tables = [
        f'[models."{cloud}/{model}"]\nquality = 0.9\ncontext = 8192\n'
        f'[prices."{cloud}/{model}"]\n'
        f"input_usd_per_million = {float(read)}\noutput_usd_per_million = {float(write)}\n"
        for cloud, (read, write) in {**PRICES, "deepseek": (1, 1)}.items()
        for model in MODELS
    ]
    home.settings(_SETTINGS.format(nobody=nobody) + "".join(tables))
    tasks = "".join(f"{kind} = true\n" for kind in TaskKind)
    home.allow(server.address.removeprefix("http://"), nobody, tasks=tasks)


_SETTINGS = """
[cache]
enabled = false
[budget]
monthly_usd = 100000
[routing]
learn = false
explore = 0
[timeouts]
connect = 10
first_token = 3
between_tokens = 3
total = 30
[providers.deepseek]
address = "http://{nobody}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one kind of call came to, in micro-dollars. `estimated` counts the rows whose tokens
    the ledger marks as an estimate, `off` the calls where the two figures differ.
    """

    kind: Kind
    calls: int
    requests: int
    billed: int
    booked: int
    estimated: int
    off: int

    @property
    def difference(self) -> int:
        return self.booked - self.billed


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The clouds' bill against the ledger. `rounded` is what rounding up adds to the exact bill."""

    lines: tuple[Line, ...]
    still_open: int
    held: int
    spent: int
    rounded: Fraction
    ended: Mapping[str, int]

    @property
    def difference(self) -> int:
        return sum(line.difference for line in self.lines)


def metered(home: Home, calls: int, *, processes: int, kinds: Sequence[Kind] = KINDS) -> Account:
    """Make so many calls from so many processes, and hold the ledger against the meter."""
    beyond = kinds is BEYOND

    def script(number: int, nth: int) -> Script:
        return script_of(number, nth, kinds)

    with Metered(MODELS, script, number_of) as server, deaf() as nobody:
        settle_in(home, server, nobody)
        build(home.places, environ=home.environ).database.close()  # its tables are made once
        work = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.metering", server.address, str(first), str(calls),
                 str(processes), str(int(beyond))],
                cwd=Path(__file__).parents[1],
                env=home.for_process(),
                stdout=subprocess.PIPE,
                text=True,
            )
            for first in range(processes)
        ]  # fmt: skip
        said = [json.loads(process.communicate()[0]) for process in work]
        books = list(server.books)
    ended = sum((Counter(each) for each in said), Counter[str]())
    return _account(home.places.home_database, books, calls, kinds, ended)


def _account(
    path: Path, books: Sequence[Served], calls: int, kinds: Sequence[Kind], ended: Counter[str]
) -> Account:
    billed, requests = Counter[int](), Counter[int]()
    for served in books:
        billed[served.number] += served.billed
        requests[served.number] += 1
    database = Database(path, HOME)
    rows = database.rows("select caller, cost, price_source, outcome from attempts")
    [(held,)] = database.rows("select coalesce(sum(held), 0) from attempts where outcome = 'open'")
    [(spent,)] = database.rows("select coalesce(sum(cost), 0) from attempts")
    database.close()
    booked, estimated = Counter[int](), Counter[int]()
    for caller, cost, source, _ in rows:
        number = int(caller.removeprefix("call "))
        booked[number] += cost
        estimated[number] += "estimated" in source or "disputed" in source
    of_kind = defaultdict[str, list[int]](list)
    for number in range(calls):
        of_kind[call_of(number, kinds).kind.name].append(number)
    lines = tuple(
        Line(
            kind=kind,
            calls=len(numbers),
            requests=sum(requests[each] for each in numbers),
            billed=sum(billed[each] for each in numbers),
            booked=sum(booked[each] for each in numbers),
            estimated=sum(estimated[each] for each in numbers),
            off=sum(billed[each] != booked[each] for each in numbers),
        )
        for kind in kinds
        if (numbers := of_kind[kind.name])
    )
    return Account(
        lines=lines,
        still_open=sum(outcome == "open" for *_, outcome in rows),
        held=held,
        spent=spent,
        rounded=sum((each.billed - each.exactly for each in books), Fraction(0)),
        ended=ended,
    )


async def work(address: str, first: int, calls: int, step: int, kinds: Sequence[Kind]) -> None:
    """Make this process's calls, and print how many ended in which way."""
    ended: Counter[str] = Counter()
    clock = Clock(0.0)
    with ExitStack() as stack:
        patched = stack.enter_context(pytest.MonkeyPatch.context())
        patched.setattr("mcp_server.wiring.Breakers", lambda *_: Breakers(clock))
        patched.setattr("routing.attempt._FIRST_DELAY", 0.02)
        app = build(places(), environ=os.environ)
        for cloud in CLOUDS:  # a library may take seconds to import, in which no call should be
            await app.fleet.provider(cloud).models()
        await app.fleet.ask_clouds(lambda _: True)  # they have none of the shipped models
        async with httpx2.AsyncClient(trust_env=False, timeout=60) as gate:

            async def caller(lane: int) -> None:
                for number in range(first + lane * step, calls, LANES * step):
                    clock.now += 100_000.0  # every breaker's pause is over
                    ended[await one(app, call_of(number, kinds), gate, address)] += 1

            async with anyio.create_task_group() as callers:
                for lane in range(LANES):
                    callers.start_soon(caller, lane)
        await app.aclose()
    print(json.dumps(ended))


async def one(app: App, call: Call, gate: httpx2.AsyncClient, address: str) -> str:
    """One call, and how it ended."""
    heard = 0
    everything = sum(map(len, call.pieces))
    until = call.kind.until
    stuck = anyio.Event()

    async def listen(piece: str) -> None:
        nonlocal heard
        heard += len(piece)
        if until == "heard" and heard == everything:
            scope.cancel()
        if until == "sent":
            await stuck.wait()  # a reader who is slow: what comes now stays in the pipe

    async def cut_off() -> None:
        await gate.get(f"{address}/{until}/{call.number}")
        scope.cancel()

    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            if until in ("begun", "sent"):
                tasks.start_soon(cut_off)
            try:
                await app.switchboard.answer(call.request, on_text=listen)
            except HomewardError as error:
                ended = type(error).__name__
            else:
                ended = "Answer"
            tasks.cancel_scope.cancel()
    return "cancelled" if scope.cancelled_caught else ended


if __name__ == "__main__":
    where, *figures, beyond = sys.argv[1:]
    anyio.run(work, where, *map(int, figures), BEYOND if int(beyond) else KINDS)
