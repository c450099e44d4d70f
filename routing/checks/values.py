"""What checks look at and what they find."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vocabulary import TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked: the last request, or the one that a "yes" approved.

    `kind` is the type that answers are calibrated by (a sketch's, `word_problem`). `prior` in
    (0, 1) is P(ok | model, prompt) before there was an answer. `system` may ask for a form too.
    """

    text: str
    task: TaskKind = TaskKind.SIMPLE_COMPLETION
    kind: str = ""
    prior: float = 0.5
    system: str = ""

    @property
    def wishes(self) -> str:
        """All the text in which a form may be asked for."""
        return f"{self.system}\n{self.text}" if self.system else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What is wrong with an answer, in words that hold nothing of the question or the answer.

    `certain` means that the answer cannot stand; else it is a sign that counts against it.
    """

    check: str
    says: str
    certain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Whether an answer is good enough.

    `confidence` in [0, 1] is P(ok), calibrated. `evidence` is what the answer itself said, in
    log-odds, without the prior: 0 where it said nothing. `signals` holds each number by name.
    `says` tells a person how the answer was checked and what came of it.
    """

    confidence: float
    evidence: float
    failures: tuple[Failure, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)
    says: str = ""

    @property
    def failed(self) -> bool:
        """Whether a check is certain that the answer cannot stand."""
        return any(failure.certain for failure in self.failures)
