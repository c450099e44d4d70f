"""What is kept of a routed request so that routing can learn from it: numbers, never its text."""

import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from routing.learning.signals import SIGNALS, SignalName
from vocabulary import HomewardError, Money

if TYPE_CHECKING:
    from typing import Any

    from numpy import float32
    from numpy.typing import NDArray

GOOD = 0.5
"""From here on a reward counts as a good answer, where only good or bad can be told."""


class UnknownRequest(HomewardError):
    """Nothing is kept under that id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A model that was permitted. `prior` and `p` are P(ok) before and after own outcomes.

    `doubt` is the standard deviation of `p`, `propensity` the probability of being chosen.
    """

    model: str
    prior: float
    p: float
    doubt: float
    estimate: Money
    local: bool
    propensity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One routed request: what was weighed, and which model was chosen.

    `features` is a sketch's vector as `packed` gives it, made by the prior of `prior_version`;
    `question` is what `digest` gives. `model` was chosen to be tried first, `answered` is the one
    whose answer was given. `least` is the quality that was asked for.
    """

    request_id: str
    at: datetime
    task: str
    kind: str
    likeness: float
    features: bytes
    prior_version: str
    question: str
    considered: tuple[Considered, ...]
    model: str
    answered: str
    strategy: str
    least: float
    explored: bool
    local: bool
    cost: Money

    @property
    def propensity(self) -> float:
        """With which probability the model was chosen; 0 if it was not among those considered."""
        return next((each.propensity for each in self.considered if each.model == self.model), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one model's answer: a reward in [0, 1], and how much that says, in [0, 1]."""

    model: str
    signal: SignalName
    reward: float
    weight: float
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an answer was worth in the end, after all that was said of it."""

    reward: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """A choice with all that came of it, oldest first. `number` grows with its first outcome."""

    number: int
    choice: Choice
    outcomes: tuple[Outcome, ...]

    def settled(self, model: str) -> Settled | None:
        """What `model`'s answer was worth; None where nothing is known of it."""
        return settled([each for each in self.outcomes if each.model == model])

    def rewarded(self) -> tuple[str, ...]:
        """The models of whose answers something is known."""
        return tuple(dict.fromkeys(each.model for each in self.outcomes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """Experiences, oldest first. `skipped` were made with another prior, or are damaged."""

    experiences: tuple[Experience, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Up to which experience routing has learned, with which prior, and why it was let.

    `at` changes as well when some of these are forgotten: what was fitted to them is then stale.
    """

    through: int
    prior_version: str
    at: datetime
    outcomes: int
    says: str


class Outcomes(Protocol):
    """Where choices and outcomes are kept. Every method may block on the disk.

    Raises:
        StorageError: from every method.
    """

    def note(self, choice: Choice) -> None:
        """Keep a choice; one that is kept already stays as it is."""

    def reward(
        self,
        request_id: str,
        signal: SignalName,
        *,
        model: str | None = None,
        reward: float | None = None,
    ) -> Outcome:
        """Keep what came of an answer: of `model`'s, else of the one that was given.

        Raises:
            UnknownRequest: nothing is kept under that id, or that model was not asked.
        """

    def found(self, request_id: str) -> Experience:
        """One choice with all that came of it so far.

        Raises:
            UnknownRequest: nothing is kept under that id.
        """

    def asked_before(self, question: str, since: datetime) -> str | None:
        """The id of the latest request with that digest, not older than `since`."""

    def recent(self, *, prior_version: str, limit: int = 5000, model: str | None = None) -> Recent:
        """The newest choices of which something came."""

    def learned(self) -> Learned | None:
        """Up to where routing has learned; None at first, and after a reset."""

    def learn(self, learned: Learned) -> None:
        """Let routing have learned up to there."""

    def forget(self, chosen: Callable[[Choice], bool], *, dry_run: bool = False) -> int:
        """Erase the chosen requests with all that came of them; how many."""


def settled(outcomes: Sequence[Outcome]) -> Settled | None:
    """What all that is known of one answer comes to; None for nothing.

    The person's last word stands alone. Without one it is the weighted mean of the last of every
    other signal; they speak of the same answer, so they weigh no more than the heaviest of them.
    """
    spoken = [each for each in outcomes if SIGNALS[each.signal].spoken]
    if spoken:
        return Settled(reward=spoken[-1].reward, weight=spoken[-1].weight)
    last = {each.signal: each for each in outcomes if each.weight > 0}.values()
    if not last:
        return None
    total = sum(each.weight for each in last)
    mean = sum(each.reward * each.weight for each in last) / total
    return Settled(reward=mean, weight=max(each.weight for each in last))


def digest(text: str, *, scope: str, key: bytes) -> str:
    """A question's name, by which it is known again and nothing else: HMAC-SHA-256, 32 digits.

    Case, width and spacing make no difference (Unicode NFKC casefold); `scope` is who asks.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    words = f"{scope}\0{' '.join(folded.split())}"
    return hmac.new(key, words.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def packed(features: "NDArray[Any]") -> bytes:
    """A sketch's vector in half precision, little-endian: 11 bits are plenty for unit scale."""
    return features.astype("<f2").tobytes()


def unpacked(features: bytes) -> "NDArray[float32]":
    """What `packed` was given, as float32.

    Raises:
        ValueError: not a whole number of them, or some are not finite.
    """
    import numpy as np

    vector = np.frombuffer(features, dtype="<f2").astype(np.float32)
    if not np.isfinite(vector).all():
        raise ValueError("not finite")
    return vector
