"""What changes an answer: the question, and everything it was asked under."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

Parameter = str | int | float | bool | None

_SHAPE = "1"
"""Raised when what follows changes, so that older entries are no longer found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked, and the scope (from `scope_of`) that it must not leave."""

    text: str
    scope: str


def scope_of(
    *,
    caller: str,
    system: str | None = None,
    context: str | None = None,
    tier: str,
    **parameters: Parameter,
) -> str:
    """Names the set of answers that may be served to each other's questions.

    `context` is everything the question leans on: earlier turns, texts, digests of files. `tier`
    is what kind of model was asked for; two tiers never share. `parameters` are the rest of what
    changes an answer (temperature, max_tokens, task, …). 64 hexadecimal digits that say nothing
    of what went in.
    """
    named = [item for name in sorted(parameters) for item in (name, parameters[name])]
    return _digest(["scope", _SHAPE, caller, system, context, tier, *named])


def exact_key(question: Question) -> str:
    """Equal for questions that differ in nothing but how the same letters are encoded.

    Unicode is composed (NFC), line ends are \\n, white space around the whole text is dropped;
    nothing else, for inside a text even two spaces may matter.
    """
    text = unicodedata.normalize("NFC", question.text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return _digest(["question", _SHAPE, question.scope, text])


def _digest(fields: Iterable[Parameter]) -> str:
    """Each field goes in with its type and length: no two lists of fields read alike."""
    digest = hashlib.sha256()
    for field in fields:
        # A text from JSON may hold half a surrogate pair, which strict UTF-8 refuses.
        content = str(field).encode("utf-8", "surrogatepass")
        digest.update(f"{type(field).__name__}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()
