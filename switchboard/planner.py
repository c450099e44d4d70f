"""What may answer a request: every room's facts at this moment, drawn into one plan."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import anyio.to_thread

from ledger import Ledger
from routing.breaker import Breakers
from routing.fleet import Fleet
from routing.naming import find
from routing.values import Model, Preferences
from storage import StorageError
from switchboard.asking import Asking
from switchboard.errors import InvalidRequest, NoCandidate
from switchboard.planning import Drawn, Facts, draw_plan, nothing_left
from switchboard.pricing import Pricing
from switchboard.reading import House, Reading
from whitelist import AuditError, Whitelist, WhitelistError


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
    ) -> None:
        self._house = house
        self._fleet = fleet
        self._breakers = breakers
        self._ledger = ledger
        self._pricing = pricing
        self._asking = asking
        self._whitelist = whitelist

    async def draw(self, reading: Reading) -> Drawn:
        """The plan for a request, with what the person allowed for exactly this text.

        Raises:
            InvalidRequest: it insists on a model that is not there.
        """
        models = await self._fleet.models()
        wishes = replace(reading.wishes, model=_named(models, reading.request.model))
        usual, wanted = self._house.preferences, reading.wishes.min_quality
        preferences = Preferences(
            complexity_threshold=usual.complexity_threshold,
            min_quality=usual.min_quality if wanted is None else wanted,
            try_local_first=usual.try_local_first,
            personal=reading.private,
        )

        def draw(facts: Facts) -> Drawn:
            return draw_plan(
                reading.analysis, wishes, preferences, facts, strategy_name=self._house.strategy
            )

        def drawn() -> Drawn:
            facts = self._facts(reading, models)
            first = draw(facts)
            if not first.asking:
                return first
            try:  # only now is a look at the person's key worth its time
                grants = self._asking.standing(reading)
            except (AuditError, StorageError) as error:
                return draw(replace(facts, closed=str(error)))
            return draw(replace(facts, grants=grants)) if grants else first

        return await anyio.to_thread.run_sync(drawn)

    def _facts(self, reading: Reading, models: Sequence[Model]) -> Facts:
        rules, left, closed = Whitelist(), None, ""
        try:
            rules, left = self._whitelist(), self._ledger.left(self._house.budget).least
        except (WhitelistError, StorageError) as error:
            closed = str(error)  # a model at home can still answer
        return Facts(
            models=models,
            kinds=reading.kinds,
            findings=reading.findings,
            whitelist=rules,
            price=self._pricing.of,
            left=left,
            healthy=self._breakers.healthy,
            closed=closed,
            by_reference=bool(reading.request.documents),
        )

    async def nothing_left(self, reading: Reading, drawn: Drawn) -> NoCandidate:
        """Why no model may answer, and the ways out."""
        # Where one model was asked for, the troubles of others are beside the point.
        troubles = () if reading.request.model else await self._fleet.troubles()
        return nothing_left(drawn.plan, troubles)


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
