"""Asks the best model at home what a cloud once answered, and holds its answer against that one.

It is given models at home only and no way to any other; nothing is written down of it, neither in
the books nor in the cache, and nothing is learned.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import anyio.to_thread

from cache import Embed
from routing.attempt import Timeouts, attempt
from routing.checks import Checked, check
from routing.checks.agreement import SHORT, agreement
from routing.fleet import Fleet
from routing.tokens import estimate_tokens
from routing.values import Analysis, Completion, Forecast, Model
from switchboard.checking import question_of
from switchboard.reviewing import Evidence

if TYPE_CHECKING:
    from switchboard.reading import Reading

AGREE = 0.8
"""F1 of the words from which on two short answers say the same."""

ALIKE, UNLIKE = 0.85, 0.6
"""Cosines of two longer answers: from here on they may say the same, below they hardly do. Answers
to one question are alike whatever they say, so this is a hint and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that can be asked again as it was, and what a cloud answered it."""

    reading: "Reading"
    answer: str


class Replay:
    """`expect` is how likely a model's answer will do, `calibrate` as `Lessons.calibrate` says;
    `bar` the confidence from which on an answer stands. `embed` is None while there is no encoder.
    """

    def __init__(
        self,
        fleet: Fleet,
        *,
        timeouts: Timeouts,
        bar: float,
        expect: Callable[[Model, Analysis], Forecast],
        calibrate: "Callable[[Reading], Callable[[str, float], float]]",
        embed: Embed | None,
    ) -> None:
        self._fleet = fleet
        self._timeouts = timeouts
        self._bar = bar
        self._expect = expect
        self._calibrate = calibrate
        self._embed = embed

    async def ask(self, asked: Asked) -> Evidence | None:
        """What a model at home answers now, compared; None where none there could be asked.

        Raises:
            ProviderError: the model failed.
        """
        reading = asked.reading
        model = self._best(at_home(await self._fleet.models()), reading)
        if model is None:
            return None
        completion = await self._attempt(model, reading)
        prior = self._expect(model, reading.analysis).p
        checked = await check(
            replace(question_of(reading), prior=prior),
            completion,
            prompt=reading.prompt,
            calibrate=partial(self._calibrate(reading), model.id),
        )
        return await anyio.to_thread.run_sync(
            self._compared, model, checked, completion, asked.answer
        )

    async def _attempt(self, model: Model, reading: "Reading") -> Completion:
        if not model.local:
            raise AssertionError  # `at_home` gave it
        return await attempt(
            self._fleet.provider(model.provider),
            reading.prompt,
            model=model.name,
            timeouts=self._timeouts,
            count=estimate_tokens,
        )

    def _best(self, models: Sequence[Model], reading: "Reading") -> Model | None:
        needed = reading.analysis.input_tokens + reading.prompt.max_tokens
        able = [model for model in models if needed <= model.context]
        chance = {model.id: self._expect(model, reading.analysis).p for model in able}
        return max(able, key=lambda model: (chance[model.id], model.id), default=None)

    def _compared(
        self, model: Model, checked: Checked, completion: Completion, answer: str
    ) -> Evidence:
        """Which of the two is better nobody can tell here: only whether they say the same."""

        def found(would: bool | None, says: str) -> Evidence:
            return Evidence(
                model=model.id, would=would, by="replay", sure=checked.confidence, says=says
            )

        trust = f"its checks trust it {checked.confidence:.0%}"
        if checked.failed or completion.finish == "length":
            return found(False, "asked again, its answer failed a check")
        stands = checked.confidence >= self._bar
        if max(len(text.split()) for text in (completion.text, answer)) <= SHORT:
            same = agreement(completion.text, answer)
            says = f"asked again, it agrees by {same:.0%}, and {trust}"
            return found(stands if same >= AGREE else _unlike(same, 1 - AGREE), says)
        cosine = self._cosine(completion.text, answer)
        if cosine is None:
            return found(None, f"asked again, too long to compare; {trust}")
        says = f"asked again, alike by {cosine:.2f}, and {trust}"
        return found(stands or None if cosine >= ALIKE else _unlike(cosine, UNLIKE), says)

    def _cosine(self, one: str, other: str) -> float | None:
        embed = self._embed
        if embed is None or not (embed.fits(one) and embed.fits(other)):
            return None
        first, second = embed.embed([one, other])
        return float(first @ second)


def at_home(models: Sequence[Model]) -> list[Model]:
    """Those whose weights are on this machine, or one that the person declared theirs."""
    return [model for model in models if model.local]


def _unlike(value: float, least: float) -> bool | None:
    return False if value < least else None
