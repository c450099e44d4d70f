"""What of a request each destination is sent, and how a reply finds its way back into words."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

import anyio.to_thread

from routing.running.fitting import fit
from routing.tokens import estimate_tokens
from routing.values import Candidate, Completion, Model
from switchboard.request import OnText
from vocabulary import Prompt, TaskKind
from whitelist import Verdict
from whitelist.detector.detect import Detect, detect
from whitelist.grants import Form, Grant
from whitelist.redaction import INSTRUCTION, Redaction, redact
from whitelist.restoring import Restoring


def texts(prompt: Prompt) -> tuple[str, ...]:
    """Every text that a prompt sends, in a fixed order: the system text first, then each turn."""
    return (prompt.system or "", *(message.text for message in prompt.messages))


def in_one(prompt: Prompt) -> str:
    """All of a prompt's texts as one: what the detector inspects, and its findings point into."""
    return "\n\n".join(filter(None, texts(prompt)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one destination is sent. `restoring` begins to put words back into a redacted reply.

    `dropped` says what of the conversation was left out for it to fit; empty where all of it fits.
    """

    prompt: Prompt
    dropped: str = ""
    form: Form = "as_is"
    grant: Grant | None = None
    restoring: Callable[[], Restoring] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A model's reply, and what is wrong with it where a redaction was damaged."""

    completion: Completion
    damage: str = ""


class Outgoing:
    """The letters of one request. A redaction is made once, and only when it is first needed.

    The words that tags stand for are kept here, in memory, as long as the request lives: each
    letter is written from the original, so none is ever put into a second letter.
    """

    def __init__(
        self, prompt: Prompt, terms: Mapping[str, Verdict], *, detect: Detect = detect
    ) -> None:
        self._prompt = prompt
        self._terms = terms
        self._detect = detect
        self._redaction: Redaction | None = None

    async def letter(self, candidate: Candidate) -> Letter:
        """What this candidate may be sent.

        Raises:
            NotRedactable: it must be redacted, and cannot be.
        """
        prompt = _within(self._prompt, candidate.model.max_output)
        if candidate.model.local:
            return _fitted(Letter(prompt=prompt), candidate.model)
        terms = self._terms[candidate.model.id]
        if terms.form == "as_is":
            return _fitted(Letter(prompt=prompt, grant=terms.grant), candidate.model)
        redaction = await anyio.to_thread.run_sync(self._redact)
        system, *said = redaction.parts
        messages = zip(prompt.messages, said, strict=True)
        letter = Letter(
            prompt=replace(
                prompt,
                system=f"{system}\n\n{INSTRUCTION}".lstrip(),
                messages=tuple(replace(message, text=text) for message, text in messages),
            ),
            form="redacted",
            grant=terms.grant,
            restoring=partial(Restoring, redaction),
        )
        return _fitted(letter, candidate.model)

    def _redact(self) -> Redaction:
        if self._redaction is None:
            self._redaction = redact(texts(self._prompt), detect=self._detect)
        return self._redaction


CARRIED_OVER = frozenset({TaskKind.TRANSLATION, TaskKind.INLINE_COMPLETION})
"""Tasks whose answer must hold everything that the text held: a lost tag is a lost word."""


def opened(completion: Completion, letter: Letter, task: TaskKind) -> Reply:
    """The reply with its words put back."""
    if letter.restoring is None:
        return Reply(completion=completion)
    restoring = letter.restoring()
    text = restoring.restore(completion.text)
    damage = (
        ""
        if restoring.whole(must_keep=task in CARRIED_OVER)
        else (
            f"The text was sent redacted, and in the reply {restoring.altered} tags were altered "
            f"and {restoring.lost} are missing."
        )
    )
    return Reply(completion=replace(completion, text=text), damage=damage)


@asynccontextmanager
async def restored(on_text: OnText, letter: Letter) -> AsyncIterator[OnText]:
    """`on_text`, given the words instead of the tags, also where a tag comes in pieces.

    What looked like the beginning of a tag and was none is told when the reply has ended.
    """
    if letter.restoring is None:
        yield on_text
        return
    restoring = letter.restoring()

    async def listen(piece: str) -> None:
        if words := restoring.feed(piece):
            await on_text(words)

    yield listen
    if rest := restoring.close():
        await on_text(rest)


def _fitted(letter: Letter, model: Model) -> Letter:
    """The letter without the oldest turns, where the model cannot hold them all."""
    if len(letter.prompt.messages) == 1:
        return letter
    fitted = fit(letter.prompt, model.context, estimate_tokens)
    if fitted is None:
        return letter  # by our estimate it does not fit at all; the model has the last word
    return replace(letter, prompt=fitted.prompt, dropped=fitted.dropped)


def _within(prompt: Prompt, most: int | None) -> Prompt:
    """The prompt, asking for no more tokens than the model can write at once."""
    return prompt if most is None else replace(prompt, max_tokens=min(prompt.max_tokens, most))
