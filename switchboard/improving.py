"""A better answer to an earlier request, asked for by its id."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from switchboard.errors import InvalidRequest
from switchboard.lessons import Lessons
from switchboard.reading import Reading
from switchboard.request import Prefer, Request

T = TypeVar("T")

MOST = 100
MOST_CHARS = 4_000_000
"""Requests and answers together; beyond this the oldest are forgotten."""

Asker = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A request that was answered, by which model (`provider/name`), and with what.

    `request` is None and `text` empty where only the numbers are still known.
    """

    model: str
    request: Request | None = None
    text: str = ""

    def again(self, request: Request) -> Request:
        """The request that asks for a better answer: the earlier one, unless it is sent anew.

        The limits of both hold: what stayed at home stays there, and what is to stay from now on
        does; of two limits on money or time the lower, of two on quality the higher.
        """
        earlier = self.request
        if earlier is None:
            return replace(request, fresh=True)
        anew = request if request.prompt.strip() else earlier
        return replace(
            anew,
            improve=request.improve,
            fresh=True,
            prefer=_stricter(request.prefer, earlier.prefer),
            at_home=request.at_home or earlier.at_home,
            model=request.model,
            min_quality=_of_both(max, request.min_quality, earlier.min_quality),
            max_cost=_of_both(min, request.max_cost, earlier.max_cost),
            within_s=_of_both(min, request.within_s, earlier.within_s),
            max_tokens=request.max_tokens or earlier.max_tokens,
            needs=request.needs | earlier.needs,
        )

    def asks_the_same(self, request: Request) -> bool:
        """Whether it is this very answer that is not good enough, and not another request."""
        if self.request is None or not request.prompt.strip():
            return True
        return request.prompt == self.request.prompt

    @property
    def chars(self) -> int:
        request = self.request
        if request is None:
            return len(self.text)
        said = sum(len(turn.text) for turn in request.turns)
        given = len(request.prompt) + len(request.context) + len(request.system)
        return given + said + len(self.text)


class Improving:
    """The last answers of this process, in memory only, found by nobody but who asked, through the
    same door. Of older ones, and of other processes, the outcomes know at least the model.
    """

    def __init__(self, lessons: Lessons) -> None:
        self._lessons = lessons
        self._kept: OrderedDict[tuple[Asker, str], Earlier] = OrderedDict()
        self._chars = 0

    def keep(self, reading: Reading, model: str, text: str) -> None:
        """An answer was given. One about documents is not kept: what is said of them is concealed
        where they are named, and asking by an id names none.
        """
        if reading.request.documents:
            return
        earlier = Earlier(model=model, request=reading.request, text=text)
        self._kept[_asker(reading.request), reading.id] = earlier
        self._chars += earlier.chars
        while len(self._kept) > MOST or self._chars > MOST_CHARS:
            _, oldest = self._kept.popitem(last=False)
            self._chars -= oldest.chars

    async def earlier(self, request: Request) -> Earlier | None:
        """What a better answer is wanted for; None where this is a request of its own.

        Raises:
            InvalidRequest: nothing is known under that id, or not enough to ask again.
        """
        wanted = request.improve
        if wanted is None:
            return None
        found = self._kept.get((_asker(request), wanted))
        if found is not None:
            return found
        model = await self._lessons.answered(wanted)
        if not model:
            raise InvalidRequest(
                "There is no earlier answer of that id to improve on.",
                fix="Use the request_id of an answer that this caller was given by a model (one "
                "from the cache is known to the same process only), or send the prompt again with "
                "fresh=true.",
            )
        if not request.prompt.strip():
            raise InvalidRequest(
                "What was asked then is no longer known: texts are kept in memory only, for the "
                f"last {MOST} answers.",
                fix="Send the prompt again, together with improve.",
            )
        return Earlier(model=model)


def _stricter(one: Prefer, other: Prefer) -> Prefer:
    if "local" in (one, other):
        return "local"
    return other if one == "auto" else one


def _of_both(choose: Callable[[T, T], T], one: T | None, other: T | None) -> T | None:
    """What holds of two limits, each of which may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)


def _asker(request: Request) -> Asker:
    return request.tenant, request.origin, request.caller
