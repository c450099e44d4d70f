"""After a doubtful answer: what the better model is sent, with the draft where it may see it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from routing.checks import Failure, with_draft
from routing.values import Candidate, Model
from switchboard.outgoing import Letter
from switchboard.pricing import worst_case
from switchboard.weighing import INPUT_SAFETY
from vocabulary import Money, Usage
from whitelist.detector.detect import Detect


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer that was doubted, and why."""

    text: str
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """Adds drafts to letters, where they help, fit, stay within what the call may cost, and where
    nothing in them may not leave. `count` estimates the tokens of a text.
    """

    count: Callable[[str], int]
    price: Callable[[Model, Usage], Money]
    detect: Detect

    def added(
        self, candidate: Candidate, letter: Letter, draft: Draft, *, most: Money | None
    ) -> tuple[Candidate, Letter]:
        """The letter with the draft, and the candidate with its worst case anew; or both as they
        were. A redacted letter gets none, for the draft was written from the whole text; nor one
        that a person allowed, for they allowed that text and no other.
        """
        model = candidate.model
        as_written = letter.form == "as_is" and letter.grant is None
        if not as_written or not self._harmless(draft.text, model):
            return candidate, letter
        prompt = with_draft(letter.prompt, draft.text, draft.failures)
        if prompt is letter.prompt:
            return candidate, letter
        reads = sum(map(self.count, (prompt.system or "", *(m.text for m in prompt.messages))))
        worst = Usage(input_tokens=int(reads * INPUT_SAFETY) + 64, output_tokens=prompt.max_tokens)
        cost = Money(0) if model.local else worst_case(self.price, model, worst)
        if reads + prompt.max_tokens > model.context or (most is not None and cost > most):
            return candidate, letter
        dearer = max(candidate.worst_case, cost)
        return replace(candidate, worst_case=dearer), replace(letter, prompt=prompt)

    def _harmless(self, text: str, model: Model) -> bool:
        if model.local:
            return True
        findings = self.detect(text)
        return findings.complete and findings.tier not in ("A", "B")
