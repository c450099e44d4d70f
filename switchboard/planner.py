"""What may answer a request: every room's facts at this moment, drawn into one plan."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import anyio.to_thread

from ledger import Ledger, Left, Restraint, restraints
from routing.breaker import Breakers
from routing.fleet import Fleet
from routing.naming import find
from routing.running.pace import Pace
from routing.strategies import EXPLORING
from routing.values import Analysis, Model
from storage import StorageError
from switchboard.asking import Asking
from switchboard.errors import InvalidRequest, NoCandidate
from switchboard.improving import Earlier
from switchboard.lessons import Lessons
from switchboard.limits import BUDGET_LOG
from switchboard.planning import Drawn, draw_plan, nothing_left
from switchboard.pricing import Pricing
from switchboard.reading import House, Reading
from switchboard.sessions import Sessions
from switchboard.weighing import Facts
from whitelist import AuditError, Whitelist, WhitelistError

log = logging.getLogger(BUDGET_LOG)


class Planner:
    """Asks the rooms what they know, and draws plans from it."""

    def __init__(
        self,
        *,
        house: House,
        fleet: Fleet,
        breakers: Breakers,
        ledger: Ledger,
        pricing: Pricing,
        asking: Asking,
        whitelist: Callable[[], Whitelist],
        lessons: Lessons,
        sessions: Sessions,
        pace: Pace,
    ) -> None:
        self._house = house
        self._fleet = fleet
        self._breakers = breakers
        self._ledger = ledger
        self._pricing = pricing
        self._asking = asking
        self._whitelist = whitelist
        self._lessons = lessons
        self._sessions = sessions
        self._pace = pace
        self._restrained: frozenset[str] = frozenset()

    async def draw(self, reading: Reading, earlier: Earlier | None = None) -> Drawn:
        """The plan for a request, with what the person allowed for exactly this text. `earlier` is
        what a better answer is wanted for.

        Raises:
            InvalidRequest: it insists on a model that is not there.
        """
        models = await self._fleet.models()
        wishes = replace(
            reading.wishes,
            model=_named(models, reading.request.model),
            better_than=None if earlier is None else earlier.model,
        )
        usual, wanted = self._house.preferences, reading.wishes.min_quality
        preferences = replace(
            usual,
            min_quality=usual.min_quality if wanted is None else wanted,
            personal=reading.private,
        )

        def draw(facts: Facts, analysis: Analysis = reading.analysis) -> Drawn:
            return draw_plan(analysis, wishes, preferences, facts, strategy_name=reading.strategy)

        cold = await self._fleet.cold()

        def drawn() -> Drawn:
            facts = self._facts(reading, models, cold)
            first = draw(facts)
            if _too_long_with_its_turns(first, reading.analysis):
                first = draw(facts, _without_turns(reading.analysis))
            if self._may_explore(reading, facts):
                return replace(first, plan=self._lessons.explored(first.plan, preferences))
            if not first.asking:
                return first
            try:  # only now is a look at the person's key worth its time
                grants = self._asking.standing(reading)
            except (AuditError, StorageError) as error:
                return draw(replace(facts, closed=str(error)))
            return draw(replace(facts, grants=grants)) if grants else first

        return await anyio.to_thread.run_sync(drawn)

    def _may_explore(self, reading: Reading, facts: Facts) -> bool:
        """Never with what is private, in the middle of a conversation, or against a wish."""
        request = reading.request
        free = request.model is None and request.improve is None and request.prefer == "auto"
        known = not reading.analysis.clueless and facts.pin is None
        return reading.strategy in EXPLORING and free and known and not reading.private

    def _facts(self, reading: Reading, models: Sequence[Model], cold: Collection[str]) -> Facts:
        def seconds(model: Model, analysis: Analysis) -> float:
            if not model.local:
                return 0.0
            took = self._pace.estimate(
                model,
                analysis.input_tokens,
                analysis.output_tokens,
                warm=model.id not in cold,
            )
            return took.total if took.measured else 0.0

        rules, left, closed = Whitelist(), None, ""
        held_back: tuple[Restraint, ...] = ()
        try:
            rules, left = self._whitelist(), self._ledger.left(self._house.budget)
            held_back = self._restraints(left)
        except (WhitelistError, StorageError) as error:
            closed = str(error)  # a model at home can still answer
        return Facts(
            models=models,
            kinds=reading.kinds,
            findings=reading.findings,
            whitelist=rules,
            price=self._pricing.of,
            left=left,
            trouble=self._breakers.why,
            closed=closed,
            restraints=held_back,
            caller=reading.request.caller,
            by_reference=bool(reading.request.documents),
            expect=self._lessons.expect(),
            seconds=seconds,
            cold=cold,
            pin=self._sessions.pin(reading.request),
        )

    def _restraints(self, left: Left) -> tuple[Restraint, ...]:
        """What may not be used for now; said in the log when it begins."""
        house = self._house
        found = restraints(house.budget, left, self._ledger.pace(), house.consequences)
        steps = {f"{each.step} {each.limit}": each for each in found}
        for begun in steps.keys() - self._restrained:
            log.warning("%s", steps[begun].why)
        self._restrained = frozenset(steps)
        return found

    async def nothing_left(self, reading: Reading, drawn: Drawn) -> NoCandidate:
        """Why no model may answer, and the ways out."""
        # Where one model was asked for, the troubles of others are beside the point.
        troubles = () if reading.request.model else await self._fleet.troubles()
        return nothing_left(drawn.plan, troubles)


def _too_long_with_its_turns(drawn: Drawn, analysis: Analysis) -> bool:
    """Whether nothing but the length of the conversation is in the way somewhere."""
    out = any(excluded.gate == "context" for excluded in drawn.plan.excluded)
    return out and bool(analysis.turns_tokens) and not (drawn.plan.candidates or drawn.asking)


def _without_turns(analysis: Analysis) -> Analysis:
    """The least of a conversation that must fit: its oldest turns can be left out."""
    return replace(analysis, input_tokens=analysis.input_tokens - analysis.turns_tokens)


def _named(models: Sequence[Model], wanted: str | None) -> str | None:
    """The id of the model a request insists on."""
    if wanted is None:
        return None
    found = find(models, wanted)
    if found.model is not None:
        return found.model.id
    known = ", ".join(found.near or [model.id for model in models][:5])
    raise InvalidRequest(
        f"There is no model {wanted[:80]!r} here, or its provider has no key.",
        fix=f"Use one of {known}, or leave it out." if known else "`homeward models` lists them.",
    )
