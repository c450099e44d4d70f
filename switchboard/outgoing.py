"""What of a request each destination is sent, and how a reply finds its way back into words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from routing.values import Candidate, Completion
from switchboard.request import OnText
from vocabulary import Prompt, TaskKind
from whitelist import Verdict
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
    """What one destination is sent. `restoring` begins to put words back into a redacted reply."""

    prompt: Prompt
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

    def __init__(self, prompt: Prompt, terms: Mapping[str, Verdict]) -> None:
        self._prompt = prompt
        self._terms = terms

    def letter(self, candidate: Candidate) -> Letter:
        """What this candidate may be sent. Takes milliseconds; blocks.

        Raises:
            NotRedactable: it must be redacted, and cannot be.
        """
        prompt = _within(self._prompt, candidate.model.max_output)
        if candidate.model.local:
            return Letter(prompt=prompt)
        terms = self._terms[candidate.model.id]
        if terms.form == "as_is":
            return Letter(prompt=prompt, grant=terms.grant)
        redaction = self._redaction
        system, *said = redaction.parts
        messages = zip(prompt.messages, said, strict=True)
        return Letter(
            prompt=replace(
                prompt,
                system=f"{system}\n\n{INSTRUCTION}".lstrip(),
                messages=tuple(replace(message, text=text) for message, text in messages),
            ),
            form="redacted",
            grant=terms.grant,
            restoring=partial(Restoring, redaction),
        )

    @cached_property
    def _redaction(self) -> Redaction:
        return redact(texts(self._prompt))


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


def restored(on_text: OnText, letter: Letter) -> OnText:
    """`on_text`, given the words instead of the tags, also where a tag comes in pieces."""
    if letter.restoring is None:
        return on_text
    restoring = letter.restoring()

    async def listen(piece: str) -> None:
        if words := restoring.feed(piece):
            await on_text(words)

    return listen


def _within(prompt: Prompt, most: int | None) -> Prompt:
    """The prompt, asking for no more tokens than the model can write at once."""
    return prompt if most is None else replace(prompt, max_tokens=min(prompt.max_tokens, most))
