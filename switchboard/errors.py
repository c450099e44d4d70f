"""How a request can end without an answer."""

from collections.abc import Sequence

from switchboard.request import Tried
from vocabulary import HomewardError


class InvalidRequest(HomewardError):
    """The request contradicts itself, is empty, or is too large to be read."""


class NoCandidate(HomewardError):
    """Every model was ruled out; the message says which gate removed which."""


class ConsentSpent(HomewardError):
    """What a person allowed once was used by another call; this text stays until they agree."""


class AllFailed(HomewardError):
    """Every permitted model was tried and failed. `tried` says how, in order."""

    def __init__(self, what: str, *, fix: str = "", tried: Sequence[Tried] = ()) -> None:
        super().__init__(what, fix=fix)
        self.tried = tuple(tried)
