"""A request, read: valid, analysed and inspected, before any model or database is asked."""

import uuid
from dataclasses import dataclass
from functools import partial

from ledger import Budget
from routing.analysis import analyse
from routing.gates import Wishes
from routing.values import Analysis, Preferences
from switchboard.errors import InvalidRequest
from switchboard.request import Request
from vocabulary import Message, Prompt, TaskKind
from whitelist import Findings
from whitelist.detector.detect import detect

LONGEST_CHARS = 2_000_000
"""More text than any model here reads; refused before any work is spent on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """How this person wants requests handled where a request does not say."""

    profile: str
    strategy: str
    preferences: Preferences
    max_tokens: int
    budget: Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known of a request from its own words. `began` is on the caller's monotonic clock.

    `kinds` are the kind of task that the caller named and the one that was found: both must be
    allowed for a cloud, or a caller's word would be its own permission.
    """

    id: str
    request: Request
    analysis: Analysis
    kinds: tuple[TaskKind, ...]
    findings: Findings
    wishes: Wishes
    began: float

    @property
    def personal(self) -> bool:
        """Personal data, or a text that could not be inspected in full: kept home, never cached."""
        return not self.findings.complete or self.findings.tier in ("A", "B")

    def prompt(self) -> Prompt:
        """The request as a model is sent it."""
        request = self.request
        said = f"{request.context}\n\n{request.prompt}" if request.context else request.prompt
        return Prompt(
            messages=(*request.turns, Message(role="user", text=said)),
            system=request.system or None,
            max_tokens=self.wishes.max_tokens,
        )


def read(request: Request, house: House, *, began: float) -> Reading:
    """Check, analyse and inspect a request. Takes milliseconds; up to a second on huge texts.

    Raises:
        InvalidRequest: empty, too long, not text, or contradicting itself.
    """
    _validate(request)
    max_tokens = request.max_tokens or house.max_tokens
    ask = partial(
        analyse,
        request.prompt,
        context=request.context,
        system=request.system,
        turns=request.turns,
        max_tokens=max_tokens,
    )
    analysis = ask(task=request.task)
    found = analysis if request.task is None else ask()
    return Reading(
        id=uuid.uuid4().hex[:12],
        request=request,
        analysis=analysis,
        kinds=tuple(dict.fromkeys((analysis.task, found.task))),
        findings=detect("\n\n".join(_texts(request))),
        wishes=Wishes(
            prefer=request.prefer,
            model=request.model,
            min_quality=request.min_quality,
            max_cost=request.max_cost,
            max_tokens=max_tokens,
        ),
        began=began,
    )


def _validate(request: Request) -> None:
    if not request.prompt.strip():
        raise InvalidRequest(
            "The prompt is empty.", fix="Say in `prompt` what to do; a document goes in `context`."
        )
    if not all(map(_is_unicode, (*_texts(request), request.caller))):
        raise InvalidRequest(
            "The request holds half a character, which no model can be sent.",
            fix="Send it as UTF-8 text.",
        )
    chars = sum(len(text) for text in _texts(request))
    if chars > LONGEST_CHARS:
        raise InvalidRequest(
            f"The request has {chars:,} characters; at most {LONGEST_CHARS:,} can be read.",
            fix="Send the part that matters, or several smaller requests.",
        )
    if request.prefer == "cloud" and request.max_cost == 0:
        raise InvalidRequest(
            "prefer=cloud and a limit of $0 contradict each other.",
            fix="Raise max_cost_usd, or use prefer=auto.",
        )


def _is_unicode(text: str) -> bool:
    """False for half a surrogate pair: from JSON, or from bytes that are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(request: Request) -> list[str]:
    """Everything that would be sent: nothing may slip past the detector because of where it is."""
    said = [turn.text for turn in request.turns]
    return [text for text in (request.system, *said, request.context, request.prompt) if text]
