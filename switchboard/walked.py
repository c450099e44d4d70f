"""What comes of walking a plan: an answer that stands, and everything that led to it."""

from dataclasses import dataclass, field

from routing.checks import Checked
from routing.values import Candidate, Completion
from switchboard.outgoing import Letter
from switchboard.request import Tried
from vocabulary import Money
from whitelist.grants import Form

BETTER_BY = 0.02
"""A model whose chance is higher by less than this is no better: both are estimates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """The attempt that answered, all that were made, and what they cost together.

    `form` is how the text went to the model that answered. `checked` is what the checks made of
    the answer, `checks` of every answer, by model id. `doubtful`: it stands only because there was
    no better one. `better`: there is a better model that could be asked.
    """

    candidate: Candidate
    completion: Completion
    form: Form
    spent: Money
    baseline: Money
    tried: tuple[Tried, ...]
    notices: tuple[str, ...]
    checked: Checked
    checks: tuple[tuple[str, Checked], ...] = ()
    doubtful: bool = False
    better: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An answer in hand. It stands if it is good enough, or if nothing better comes.

    `damage` says what became of a redaction; empty where it is whole. `entry_id` is its line of the
    books.
    """

    entry_id: str
    candidate: Candidate
    letter: Letter
    completion: Completion
    baseline: Money
    checked: Checked
    damage: str = ""

    def enough(self, bar: float, expected: int) -> bool:
        """Whether the checks trust it at least so much. `expected` is how many tokens an answer
        takes: where the limit is lower, any model's is cut off.
        """
        cut = self.completion.finish == "length" and expected >= self.letter.prompt.max_tokens
        return cut or self.checked.confidence >= bar

    @property
    def rank(self) -> tuple[bool, float]:
        """Which of two answers stands: the whole one, then the one that the checks trust more."""
        return not self.damage, self.checked.confidence

    def may_be_followed_by(self, candidate: Candidate) -> bool:
        """A damaged redaction is mended at home only, a doubtful answer by a better model only."""
        if self.damage:
            return candidate.model.local
        return is_better(candidate, self.candidate)


@dataclass(slots=True)
class SoFar:
    """What a walk has gathered: how each call ended, what they cost together, what to tell.

    `last` is the line of the last one that ended well.
    """

    tried: list[Tried] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    checks: list[tuple[str, Checked]] = field(default_factory=list)
    spent: int = 0
    last: str = ""

    @property
    def doubts(self) -> int:
        """How many answers the checks doubted."""
        return sum(each.outcome == "doubtful" for each in self.tried)

    def walked(self, held: Held, *, doubtful: bool = False, better: bool = False) -> Walked:
        return Walked(
            candidate=held.candidate,
            completion=held.completion,
            form=held.letter.form,
            spent=Money(self.spent),
            baseline=held.baseline,
            tried=tuple(self.tried),
            notices=(*self.notices, *filter(None, (held.letter.dropped, held.damage))),
            checked=held.checked,
            checks=tuple(self.checks),
            doubtful=doubtful,
            better=better,
        )


def is_better(one: Candidate, other: Candidate) -> bool:
    """Whether one candidate is likelier to do than another, by more than such figures are good."""
    return one.quality > other.quality + BETTER_BY
