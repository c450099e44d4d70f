"""Work handed over by a host: answered in time, or with what there is and a ticket for the rest."""

import json
import logging
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from mcp_server.results import Routed
from mcp_server.tickets import ALIVE_S, Tickets
from storage import StorageError
from switchboard.request import OnStep, OnText
from vocabulary import HomewardError

BEAT_S = 3.0
LOOK_S = 0.25
log = logging.getLogger(__name__)

Report = Callable[[float, float | None, str | None], Awaitable[None]]

Work = Callable[[OnText, OnStep], Awaitable[Routed]]
"""Something that takes a while: tells its text as it comes, and its steps."""


@dataclass(eq=False)
class _Job:
    """One request being worked on. `text` is what has come so far."""

    cancel: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    done: anyio.Event = field(default_factory=anyio.Event)
    text: str = ""
    step: str = "thinking"
    result: Routed | None = None
    error: HomewardError | None = None
    ticket: str | None = None

    def failure(self) -> HomewardError:
        """Why there is no result."""
        return self.error or HomewardError(
            "The process that worked on this ended before it was done.",
            fix="Send the prompt again with route_prompt.",
        )


class Delegation:
    """Runs work in the process's task group, so that it can outlive one tool call."""

    def __init__(self, tickets: Tickets, tasks: TaskGroup, *, patience_s: float) -> None:
        self._tickets = tickets
        self._tasks = tasks
        self._patience_s = patience_s

    async def answer(self, work: Work, *, report: Report) -> Routed:
        """What `work` gives, or what there is of it with a ticket once patience is used up.

        A host that cancels before then cancels the work too.
        """
        job = _Job()
        self._tasks.start_soon(self._work, job, work)
        try:
            with anyio.move_on_after(self._patience_s):
                await self._wait(job, report)
            if not job.done.is_set():
                job.ticket = await anyio.to_thread.run_sync(self._tickets.issue)
                if not job.done.is_set():
                    self._tasks.start_soon(self._keep_alive, job)
                    return Routed(status="working", answer=job.text, ticket=job.ticket)
        except BaseException:  # the host gave up, or a ticket cannot be kept: nobody will ask
            job.cancel.cancel()
            raise
        if job.result is None:
            raise job.failure()
        return job.result

    async def redeem(self, ticket: str, *, report: Report) -> Routed:
        """The rest of an earlier answer, or the same ticket if it still takes longer.

        Raises:
            UnknownTicket: nothing to fetch.
            HomewardError: the work failed; with the sentence it failed with.
        """
        waited, beats = 0.0, 0
        while True:
            state, text = await anyio.to_thread.run_sync(self._tickets.look, ticket)
            if state == "done":
                return Routed.model_validate_json(text)
            if state == "failed":
                what, fix = json.loads(text)
                raise HomewardError(what, fix=fix)
            if waited >= self._patience_s:
                return Routed(status="working", answer="", ticket=ticket)
            await anyio.sleep(LOOK_S)
            waited += LOOK_S
            if waited >= BEAT_S * (beats + 1):
                beats += 1
                await report(beats, None, "still working")

    async def _work(self, job: _Job, work: Work) -> None:
        async def on_text(piece: str) -> None:
            job.text += piece

        async def on_step(sentence: str) -> None:
            job.text, job.step = "", sentence

        with job.cancel:
            try:
                job.result = await work(on_text, on_step)
            except HomewardError as error:
                job.error = error
            except Exception as error:  # the top of a task: one surprise must not end the server
                # Where it happened, but not what it says: that may quote a prompt.
                where = "".join(traceback.format_tb(error.__traceback__))
                log.error("A call failed unexpectedly: %s\n%s", type(error).__name__, where)  # noqa: TRY400
                job.error = HomewardError(
                    "Something failed that should not have.",
                    fix="See the server's log; please report this if it happens again.",
                )
            finally:
                job.done.set()

    async def _wait(self, job: _Job, report: Report) -> None:
        beats = 0.0
        while not job.done.is_set():
            with anyio.move_on_after(BEAT_S):
                await job.done.wait()
                return
            beats += 1
            so_far = f" ({len(job.text)} characters so far)" if job.text else ""
            await report(beats, None, f"{job.step}{so_far}")

    async def _keep_alive(self, job: _Job) -> None:
        """Say that the job goes on until it is done, then seal its result for who fetches it."""
        ticket = job.ticket or ""
        try:
            while not job.done.is_set():
                with anyio.move_on_after(ALIVE_S / 3):
                    await job.done.wait()
                with suppress(StorageError):  # the next beat may be written again
                    await anyio.to_thread.run_sync(self._tickets.beat, ticket)
        finally:
            with anyio.CancelScope(shield=True), suppress(StorageError):
                await anyio.to_thread.run_sync(self._seal, ticket, job)

    def _seal(self, ticket: str, job: _Job) -> None:
        if job.result is not None:
            self._tickets.finish(ticket, job.result.model_dump_json())
            return
        error = job.failure()
        self._tickets.finish(ticket, json.dumps([error.what, error.fix]), failed=True)
