"""Many prompts at once, answered within a day at a lower price: by the one path's own rules."""

import uuid
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import anyio
import anyio.to_thread

from ledger import Budget, Entry, Ledger, OverBudget
from ledger.batches import Batch, SqliteBatches
from ledger.processes import is_gone, this_process
from routing.errors import ProviderError, ProviderRejected, ProviderTimeout
from routing.fleet import Fleet
from routing.providers.batches import Batches, Posted, Progress, TakesBatches
from switchboard.batch_choosing import Asked, Choosing, Ready, Sorted
from switchboard.batch_settling import Came, nothing_sent, settled
from vocabulary import HomewardError
from whitelist.audit import Audit

HELD_FOR = timedelta(hours=26)
"""A batch is worked on for 24 hours at most; what is not settled by then counts as spent."""

ANSWER_WITHIN_S = 180.0
"""For the provider to take a batch, or to say how far it is."""

NEXT_WITHIN_S = 60.0
"""Between two results."""


class UnknownBatch(HomewardError):
    """There is no such batch here, or none that can be asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A batch that is under way; None where no prompt could go."""

    batch: Batch | None
    sorted: Sorted


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A batch, how many prompts it has, and how far it is; None where that was not asked, or could
    not be: `trouble` says why.
    """

    batch: Batch
    lines: int
    progress: Progress | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """Sends batches and settles what comes back. `gone` tells of the name of a process whether it
    is certainly dead.
    """

    choosing: Choosing
    fleet: Fleet
    ledger: Ledger
    budget: Budget
    audit: Audit
    batches: SqliteBatches
    clock: Callable[[], datetime]
    owner: str = field(default_factory=this_process)
    gone: Callable[[str], bool] = is_gone
    answer_within_s: float = ANSWER_WITHIN_S

    async def send(self, asked: Sequence[Asked]) -> Sent:
        """Reserve, write down, send: in this order, each prompt by itself, and then all at once.

        Raises:
            StorageError, AuditError: nothing was sent.
            ProviderError: the provider did not take it, and nothing is held; or it is not known
                whether it did, and the money stays held.
        """
        await anyio.to_thread.run_sync(self.clean)
        chosen = await self.choosing.sort(asked)
        if not chosen.ready:
            return Sent(batch=None, sorted=chosen)
        now = self.clock()
        batch = Batch(
            id=uuid.uuid4().hex,
            provider=chosen.ready[0].candidate.model.provider,
            state="preparing",
            owner=self.owner,
            created=now,
            until=now + HELD_FOR,
        )
        chosen = await anyio.to_thread.run_sync(partial(self._prepare, batch, chosen))
        if not chosen.ready:
            await anyio.to_thread.run_sync(partial(self._forget, batch))
            return Sent(batch=None, sorted=chosen)
        posted = [
            Posted(
                id=f"{batch.id}-{each.line.number}",
                prompt=each.letter.prompt,
                model=each.candidate.model.name,
            )
            for each in chosen.ready
        ]
        return Sent(batch=await self._post(batch, posted), sorted=chosen)

    async def standing(self) -> list[Standing]:
        """Every batch, the newest first; those that are under way as far as they are now."""
        await anyio.to_thread.run_sync(self.clean)
        found = []
        for batch in await anyio.to_thread.run_sync(self.batches.all):
            lines = await anyio.to_thread.run_sync(self.batches.lines, batch.id)
            progress, trouble = None, ""
            try:
                progress = await self.look(batch) if batch.state == "sent" else None
            except HomewardError as error:
                trouble = error.what  # its way out is for a prompt, not for a batch
            found.append(
                Standing(batch=batch, lines=len(lines), progress=progress, trouble=trouble)
            )
        return found

    def find(self, wanted: str | None) -> Batch:
        """The batch whose id, ours or the provider's, begins so; the newest one for None.

        Raises:
            UnknownBatch: there is none, or several.
        """
        known = [each for each in self.batches.all() if each.remote]
        if wanted is None:
            found = known[:1]
        else:
            found = [b for b in known if b.id.startswith(wanted) or b.remote.startswith(wanted)]
        if len(found) != 1:
            raise UnknownBatch(
                "There is no such batch." if not found else "Several batches begin like that.",
                fix="`homeward batch status` lists them.",
            )
        return found[0]

    async def look(self, batch: Batch) -> Progress:
        """How far it is. Raises ProviderError."""
        with _within(self.answer_within_s, batch.provider):
            return await self._api(batch.provider).look(batch.remote)

    async def cancel(self, batch: Batch) -> Progress:
        """Have the provider stop; what is done by then is answered and billed. Raises as `look`."""
        with _within(self.answer_within_s, batch.provider):
            return await self._api(batch.provider).cancel(batch.remote)

    async def fetch(self, batch: Batch) -> AsyncGenerator[Came, None]:
        """What came of each prompt, settled in the books before it is given, and only once however
        often it is fetched.

        Raises:
            ProviderError: the provider cannot be read; what came until then is settled.
            StorageError: the books cannot be written; it can be fetched again.
        """
        lines = await anyio.to_thread.run_sync(self.batches.lines, batch.id)
        waiting = {f"{batch.id}-{line.number}": line for line in lines}
        results = self._api(batch.provider).results(batch.remote)
        try:
            while True:
                with _within(NEXT_WITHIN_S, batch.provider):
                    result = await anext(results, None)
                if result is None:
                    break
                line = waiting.pop(result.id, None)
                if line is None:
                    continue  # no prompt of ours, or told twice
                came = settled(line, batch.provider, result, self.choosing.pricing)
                await anyio.to_thread.run_sync(
                    self.ledger.settle, line.reservation, came.outcome, self.budget
                )
                yield came
        finally:
            await results.aclose()
        if not waiting:
            await anyio.to_thread.run_sync(self.batches.now, batch.id, "fetched")

    def clean(self) -> None:
        """Let go of what a process held that died before it sent anything."""
        for batch in self.batches.all():
            if batch.state == "preparing" and batch.owner != self.owner and self.gone(batch.owner):
                self._forget(batch)

    def _forget(self, batch: Batch) -> None:
        for line in self.batches.lines(batch.id):
            self.ledger.settle(line.reservation, nothing_sent(line))
        self.batches.now(batch.id, "failed")

    def _api(self, provider: str) -> Batches:
        here = any(server.provider == provider for server in self.fleet.servers)
        found = self.fleet.provider(provider) if here else None
        if not isinstance(found, TakesBatches):
            raise UnknownBatch(
                f"{provider} has no key here any more.",
                fix=f"`homeward keys set {provider}` gives it one.",
            )
        return found.batches

    def _prepare(self, batch: Batch, chosen: Sorted) -> Sorted:
        """Hold the money of each prompt and write it down; those that do not fit stay."""
        self.batches.begin(batch, [each.line for each in chosen.ready])
        kept: list[Ready] = []
        stay: list[Ready] = []
        left_out = list(chosen.left_out)
        try:
            for each in chosen.ready:
                try:
                    self.ledger.reserve(self._entry(each), self.budget, until=batch.until)
                except OverBudget as error:
                    stay.append(each)
                    left_out.append((each.asked.label, str(error)))
                    continue
                self._write_down(each)
                kept.append(each)
            self.batches.drop(batch.id, [each.line.number for each in stay])
        except BaseException:
            self._forget(batch)
            raise
        return replace(chosen, ready=tuple(kept), left_out=tuple(left_out))

    def _entry(self, each: Ready) -> Entry:
        line, model = each.line, each.candidate.model
        return Entry(
            id=line.entry_id,
            request_id=each.reading.id,
            number=1,
            at=line.at,
            caller=each.asked.request.caller,
            task=line.task,
            strategy="batch",
            profile=self.choosing.house.profile,
            provider=model.provider,
            local=False,
            model_asked=model.name,
            tier=each.candidate.tier,
            worst_case=line.held,
        )

    def _write_down(self, each: Ready) -> None:
        reading = each.reading
        self.audit.record(
            request_id=reading.id,
            decision="sent",
            reason="in a batch",
            destination=each.candidate.model.host,
            task=reading.analysis.task,
            counts=reading.findings.counts(),
            detector=reading.findings.version,
            caller=reading.request.caller,
            form=each.letter.form,
        )

    async def _post(self, batch: Batch, posted: Sequence[Posted]) -> Batch:
        api = self._api(batch.provider)
        await anyio.to_thread.run_sync(self.batches.now, batch.id, "sending")
        try:
            with _within(self.answer_within_s, batch.provider):
                progress = await api.send(posted)
        except HomewardError as error:
            # What the door or the provider refused, or what met no connection, is nowhere. After
            # anything else the provider may be at work.
            refused = isinstance(error, ProviderRejected) or not isinstance(error, ProviderError)
            if refused or getattr(error, "safe_to_retry", False):
                await anyio.to_thread.run_sync(partial(self._forget, batch))
            raise
        await anyio.to_thread.run_sync(
            partial(self.batches.now, batch.id, "sent", remote=progress.id)
        )
        return replace(batch, state="sent", remote=progress.id)


@contextmanager
def _within(seconds: float, provider: str) -> Iterator[None]:
    """Raises ProviderTimeout after so long."""
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError:
        raise ProviderTimeout(
            f"{provider} did not answer about a batch in time.",
            fix="`homeward batch status` shows what is known of it.",
            provider=provider,
        ) from None
