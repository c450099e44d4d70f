"""Which of many prompts may go in a batch: by the same rules as any, and only as they are."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import anyio.to_thread

from ledger.batches import BatchLine
from routing.fleet import Fleet
from routing.providers.batches import TakesBatches
from routing.values import Candidate, Model
from switchboard.comparing import insisted_on
from switchboard.outgoing import Letter, Outgoing
from switchboard.planner import Planner
from switchboard.planning import Drawn
from switchboard.pricing import Pricing
from switchboard.reading import House, Reading, read
from switchboard.request import Request
from switchboard.weighing import INPUT_SAFETY
from vocabulary import HomewardError, Money, Usage

STAYS = "It holds personal data that may not go as it is. `homeward ask` can answer it."
NO_BATCHES = "No model that takes batches may answer it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One prompt of a batch, with the name that the person gave it."""

    label: str
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A prompt that may go: to whom, in which form, and the most that it can cost."""

    asked: Asked
    reading: Reading
    candidate: Candidate
    letter: Letter
    line: BatchLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """Which prompts may go, and why each other one stays (its label and a sentence)."""

    ready: tuple[Ready, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def worst_case(self) -> Money:
        return Money(sum(each.line.held for each in self.ready))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """Chooses for each prompt the model that may have it in a batch. `pricing` is at batch prices,
    and so is that of `planner`.
    """

    house: House
    planner: Planner
    fleet: Fleet
    pricing: Pricing
    clock: Callable[[], datetime]

    async def sort(self, asked: Sequence[Asked]) -> Sorted:
        """Which of these may go in a batch: read, permitted and priced as any prompt is, and among
        the models that would do, the best one of a provider that takes batches. Nothing is sent.

        Raises:
            StorageError: the books cannot be read.
        """
        ready: list[Ready] = []
        left_out: list[tuple[str, str]] = []
        for number, each in enumerate(asked):
            try:
                found = await self._ready(each, number)
            except HomewardError as error:
                found = str(error)
            if isinstance(found, str):
                left_out.append((each.label, found))
            else:
                ready.append(found)
        one = ready[0].candidate.model.provider if ready else ""
        others = [each for each in ready if each.candidate.model.provider != one]
        left_out += [(each.asked.label, "It is for another provider.") for each in others]
        return Sorted(
            ready=tuple(each for each in ready if each not in others), left_out=tuple(left_out)
        )

    async def _ready(self, asked: Asked, number: int) -> Ready | str:
        reading = await anyio.to_thread.run_sync(
            partial(read, asked.request, self.house, began=0.0)
        )
        drawn = await self.planner.draw(reading)
        candidate = self._first(drawn)
        if candidate is None:
            return self._why_not(drawn)
        letter = await Outgoing(reading.prompt, drawn.terms, detect=self.house.detect).letter(
            candidate
        )
        worst = Usage(
            input_tokens=int(reading.analysis.input_tokens * INPUT_SAFETY) + 64,
            output_tokens=letter.prompt.max_tokens,
        )
        now = self.clock()
        return Ready(
            asked=asked,
            reading=reading,
            candidate=candidate,
            letter=letter,
            line=BatchLine(
                number=number,
                label=asked.label,
                entry_id=uuid.uuid4().hex,
                at=now,
                held=self.pricing.of(candidate.model, worst),
                task=reading.analysis.task,
                model=candidate.model.name,
                instead=insisted_on(reading.request, candidate.model.id),
            ),
        )

    def _first(self, drawn: Drawn) -> Candidate | None:
        """The best that takes batches and may be sent the text as it is, on nobody's consent."""
        for candidate in drawn.plan.candidates:
            if self._takes_batches(candidate.model):
                terms = drawn.terms[candidate.model.id]
                if terms.form == "as_is" and terms.grant is None:
                    return candidate
        return None

    def _why_not(self, drawn: Drawn) -> str:
        plan = drawn.plan
        able = [candidate.model for candidate in plan.candidates]
        if drawn.asking or any(map(self._takes_batches, able)):
            return STAYS
        out = (each.reason for each in plan.excluded if self._takes_batches(each.model))
        return next(out, NO_BATCHES)

    def _takes_batches(self, model: Model) -> bool:
        return not model.local and isinstance(self.fleet.provider(model.provider), TakesBatches)
