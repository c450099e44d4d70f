"""What changes an answer: the question, and everything it was asked under."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from cache.guard import LEANING, exact_only, reading_key

Parameter = str | int | float | bool | None

_SHAPE = "2"
"""Raised when what follows changes, so that older entries are no longer found."""

LONGEST_READ = 20_000
"""Characters of a text that is read for what it says; longer ones take a guard too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked, and the scope (from `scope_of`) that it must not leave.

    `to_the_letter`: only the very same text may ever get its answer. `whole`: what it leans on
    (earlier turns, context, documents) was given, and is in its scope.
    """

    text: str
    scope: str
    to_the_letter: bool = False
    whole: bool = False


def scope_of(
    *,
    caller: str,
    system: str | None = None,
    context: str | None = None,
    tier: str,
    **parameters: Parameter,
) -> str:
    """Names the set of answers that may be served to each other's questions.

    `caller` is whoever may be served each other's answers. `context` is everything the question
    leans on: earlier turns, texts, digests of files (`digest_of`). `tier` is what kind of model
    was asked for; two tiers never share. `parameters` are the rest of what changes an answer
    (temperature, max_tokens, task, …). 64 hexadecimal digits that say nothing of what went in.
    """
    named = [item for name in sorted(parameters) for item in (name, parameters[name])]
    return digest_of(["scope", _SHAPE, caller, system, context, tier, *named])


def exact_key(question: Question) -> str:
    """Equal for questions that differ in nothing but how the same letters are encoded.

    Unicode is composed (NFC), line ends are \\n, white space around the whole text is dropped;
    nothing else, for inside a text even two spaces may matter.
    """
    text = unicodedata.normalize("NFC", question.text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return digest_of(["question", _SHAPE, question.scope, text])


def reading_digest(question: Question) -> str | None:
    """Equal for questions of one scope that certainly are the same, however they are written;
    None where only the very same text is.
    """
    if question.to_the_letter or len(question.text) > LONGEST_READ:
        return None
    if not is_unicode(question.text):
        return None
    try:
        reading = reading_key(question.text)
    except Exception:  # a guard that cannot read a text has nothing to say of it
        return None
    return None if reading is None else digest_of(["reading", _SHAPE, question.scope, reading])


def is_passing(question: Question) -> bool:
    """Whether the answer may be another in a minute, or in another conversation."""
    reason = exact_only(question.text[:LONGEST_READ])
    return reason is not None and not (question.whole and reason in LEANING)


def is_unicode(text: str) -> bool:
    """False for half a surrogate pair, which JSON can carry and neither UTF-8 nor SQLite can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def digest_of(fields: Iterable[Parameter]) -> str:
    """Each field goes in with its type and length: no two lists of fields read alike."""
    digest = hashlib.sha256()
    for field in fields:
        # A text from JSON may hold half a surrogate pair, which strict UTF-8 refuses.
        content = str(field).encode("utf-8", "surrogatepass")
        digest.update(f"{type(field).__name__}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()
