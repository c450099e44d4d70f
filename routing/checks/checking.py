"""Is this cheap answer good enough? The cheapest checks first, and no more than it takes."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from routing.checks.agreement import SHORT, agreement
from routing.checks.confidence import evidence, moved
from routing.checks.hard import failures
from routing.checks.likelihood import likelihood
from routing.checks.signals import text_signals
from routing.checks.telling import told
from routing.checks.values import Checked, Failure, Question
from routing.checks.verification import says_yes, verification
from routing.values import Completion
from vocabulary import Prompt

Ask: TypeAlias = Callable[[Prompt], Awaitable[Completion | None]]
"""Asks a model and books the call; None where it may not, or nothing came."""

_WARM = 0.8
"""Temperature of a second sample: it must be free to differ."""

_FAILED = 0.02
"""Confidence in an answer that cannot stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much may be spent on checking one answer.

    `samples` more answers to compare with (each a call of about the first one's length), and
    whether the model may be asked if it is right. Nothing is asked once the confidence is at
    least `enough` or at most `hopeless`.
    """

    samples: int = 1
    verify: bool = False
    enough: float = 0.85
    hopeless: float = 0.15


FREE = Effort(samples=0, verify=False)
"""Only what needs no further call."""


async def check(
    question: Question,
    completion: Completion,
    *,
    prompt: Prompt,
    ask: Ask | None = None,
    effort: Effort = FREE,
    calibrate: Callable[[float], float] = lambda confidence: confidence,
) -> Checked:
    """How good the answer `completion` to `prompt` is.

    `ask` puts a prompt to the same model, or a second small one. `calibrate` turns a raw
    confidence into how often such answers were right. Whatever goes wrong in a check, that check
    says nothing; only a cancellation passes.
    """
    found = failures(question, completion.text, completion.finish)
    looking = _Looking(question, completion, found, calibrate)
    if looking.failed or ask is None:
        return looking.checked()
    for _ in range(effort.samples if looking.short else 0):
        if looking.in_doubt(effort):
            with suppress(Exception):
                looking.compare(await ask(replace(prompt, temperature=_WARM)))
    if effort.verify and looking.in_doubt(effort):
        with suppress(Exception):
            looking.hear(await ask(verification(question.text, completion.text)))
    return looking.checked()


class _Looking:
    """What is known of one answer so far."""

    def __init__(
        self,
        question: Question,
        completion: Completion,
        found: tuple[Failure, ...],
        calibrate: Callable[[float], float],
    ) -> None:
        self._question = question
        self._completion = completion
        self._found = found
        self._calibrate = calibrate
        self._agreed: list[float] = []
        self.failed = any(failure.certain for failure in found)
        self.short = len(completion.text.split()) <= SHORT
        self._signals: dict[str, float] = {}
        with suppress(Exception):
            self._signals.update(text_signals(question, completion.text, found))
        self._signals.update(likelihood(completion.logprobs))

    def in_doubt(self, effort: Effort) -> bool:
        return effort.hopeless < self._confidence() < effort.enough

    def compare(self, sample: Completion | None) -> None:
        if sample is not None and sample.finish != "refusal":
            self._agreed.append(agreement(self._completion.text, sample.text))
            self._signals["agreement"] = sum(self._agreed) / len(self._agreed)

    def hear(self, verdict: Completion | None) -> None:
        yes = None if verdict is None else says_yes(verdict)
        if yes is not None:
            self._signals["verified"] = yes

    def checked(self) -> Checked:
        confidence = self._confidence()
        return Checked(
            confidence=confidence,
            evidence=evidence(self._signals),
            failures=self._found,
            signals=dict(self._signals),
            says=told(self._found, self._signals, confidence),
        )

    def _confidence(self) -> float:
        if self.failed:
            return _FAILED
        raw = moved(self._question.prior, evidence(self._signals))
        return min(max(self._calibrate(raw), 0.0), 1.0)
