"""What a person says of an answer: routing learns from it, and so does the cache."""

from dataclasses import dataclass
from typing import Literal

from cache.standing import SAME
from cache.store import Spoken, Store
from routing.learning.outcomes import Outcomes, UnknownRequest
from routing.learning.signals import SignalName
from storage import StorageError

Opinion = Literal["good", "bad", "better"]
"""`better`: it was not enough, and a better one is wanted."""

_SIGNALS: dict[Opinion, SignalName] = {"good": "good", "bad": "bad", "better": "improve"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Of whose answer something was noted, and where.

    `model` is `provider/name`. `cached`: the answer came from the cache. `taught` is the request
    that routing learned of, the one that a model gave the answer to; empty where it learned
    nothing. `kept_back`: there is an entry in the cache that the word was a bad one on. `trouble`
    says why one of the two could not be told.
    """

    model: str
    cached: bool
    taught: str
    kept_back: bool
    trouble: str = ""


def say(outcomes: Outcomes, answers: Store | None, request_id: str, opinion: Opinion) -> Noted:
    """Note an opinion on the answer that a request was given. The last one counts.

    A hit is judged in the cache, and with it the model that gave the answer once; but that a
    question was taken for another, and got its answer, is no fault of the model's.

    Raises:
        UnknownRequest: nothing is known of an answer to that request.
        StorageError: what routing learns from cannot be written.
    """
    spoken, trouble = _judged(answers, request_id, good=opinion == "good")
    first_id = request_id if spoken is None else spoken.first_id
    fair = opinion == "good" or spoken is None or spoken.confidence >= SAME
    model = taught = ""
    try:
        if first_id and fair:
            model = outcomes.reward(first_id, _SIGNALS[opinion]).model
            taught = first_id
    except UnknownRequest:
        if spoken is None:
            raise
    if spoken is None:
        return Noted(model=model, cached=False, taught=taught, kept_back=False, trouble=trouble)
    return Noted(
        model=model or f"{spoken.provider}/{spoken.model}",
        cached=not spoken.fresh,
        taught=taught,
        kept_back=opinion != "good",
        trouble=trouble,
    )


def _judged(answers: Store | None, request_id: str, *, good: bool) -> tuple[Spoken | None, str]:
    if answers is None:
        return None, ""
    try:
        return answers.say(request_id, good=good), ""
    except StorageError as error:
        return None, str(error)
