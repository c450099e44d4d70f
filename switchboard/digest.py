"""Documents larger than any local model's context: read in parts, noted, answered from the notes.

Every part and the answer are requests of their own on the one path (map and reduce), and stay at
home as the whole does.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from switchboard.chunks import chunks
from switchboard.errors import InvalidRequest
from switchboard.request import Answer, OnStep, OnText, Request
from vocabulary import Usage
from whitelist.documents import Document

SAFETY = 0.8
"""Our token count is an estimate: parts are made a fifth smaller than what should fit."""

AROUND = 200
"""Tokens of what is said around a part."""

SMALLEST_PART = 128
MOST_ROUNDS = 6

_NOTE = (
    "This is part {number} of {parts} of a longer text. Later this task will be done with notes "
    "on all parts:\n{task}\n\n"
    "Write down briefly what in this part matters for it, with names, numbers and dates as they "
    "stand. If nothing in it matters, write: nothing."
)

Ask = Callable[[Request, OnText | None], Awaitable[Answer]]
"""Answers one request that fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the local models can read at once: their largest context, `count` to measure with it.

    `answer_tokens` is how long an answer may usually get.
    """

    context: int
    answer_tokens: int
    count: Callable[[str], int]

    def answer(self, request: Request) -> int:
        """Tokens kept free for the answer: what was asked for, else at most a quarter."""
        return request.max_tokens or min(self.answer_tokens, self.context // 4)

    def note(self, request: Request) -> int:
        """Tokens of a note on one part: so few that every round is shorter than the last."""
        return min(max(SMALLEST_PART // 2, self.part(request) // 8), self.answer(request))

    def part(self, request: Request) -> int:
        """Tokens of text that fit beside the request's own words and the answer.

        Raises:
            InvalidRequest: those leave no room.
        """
        said = self.count(request.prompt) + self.count(request.system) + self.count(request.context)
        left = int((self.context - self.answer(request) - said - AROUND) * SAFETY)
        if left < SMALLEST_PART:
            raise InvalidRequest(
                "Beside this prompt no part of the document fits into a local model's context "
                f"({self.context:,} tokens).",
                fix="Ask more briefly, lower max_tokens, or use a local model with a larger one.",
            )
        return left


async def digest(
    request: Request, room: Room, ask: Ask, *, on_text: OnText | None, on_step: OnStep
) -> Answer:
    """The answer to a request whose documents fit into no local context at once.

    `on_text` receives the last answer only, `on_step` how far the reading has come.

    Raises what `ask` raises, and InvalidRequest where not even parts fit.
    """
    request = replace(request, prefer="local", max_tokens=room.answer(request))
    used: list[Answer] = []
    pieces = [part for each in request.documents for part in _parts(each, request, room)]
    read = len(pieces)
    for _ in range(MOST_ROUNDS):
        if sum(room.count(piece.text) for piece in pieces) <= room.part(request):
            break
        notes = await _notes(pieces, request, room, ask, on_step)
        used += notes
        pieces = _gathered(pieces, notes, request, room)
    await on_step("answering from the notes" if used else "reading")
    last = await ask(replace(request, documents=tuple(pieces)), on_text)
    return _together(last, used, read)


def _parts(document: Document, request: Request, room: Room) -> list[Document]:
    texts = chunks(document.text, tokens=room.part(request), count=room.count)
    return [replace(document, text=text) for text in texts]


async def _notes(
    pieces: Sequence[Document], request: Request, room: Room, ask: Ask, on_step: OnStep
) -> list[Answer]:
    notes = []
    for number, piece in enumerate(pieces, start=1):
        await on_step(f"reading part {number} of {len(pieces)}")
        prompt = _NOTE.format(number=number, parts=len(pieces), task=request.prompt)
        part = replace(request, prompt=prompt, documents=(piece,), max_tokens=room.note(request))
        notes.append(await ask(part, None))
    return notes


def _gathered(
    pieces: Sequence[Document], notes: Sequence[Answer], request: Request, room: Room
) -> list[Document]:
    short = [chunks(note.text, tokens=room.note(request), count=room.count)[:1] for note in notes]
    text = "\n\n".join(f"{number}. {''.join(note)}" for number, note in enumerate(short, start=1))
    first = pieces[0]
    name = first.name if first.name.startswith("notes on") else f"notes on {first.name}"
    return _parts(replace(first, name=name, text=text), request, room)


def _together(last: Answer, used: Sequence[Answer], read: int) -> Answer:
    """The last answer, with what all of them took."""
    if not used:
        return last
    every = [*used, last]
    return replace(
        last,
        usage=Usage(
            input_tokens=sum(each.usage.input_tokens for each in every),
            output_tokens=sum(each.usage.output_tokens for each in every),
        ),
        total_ms=sum(each.total_ms for each in every),
        notices=(f"Read in {read} parts, and answered from notes on them.", *last.notices),
    )
