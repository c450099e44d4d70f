"""A document by reference: found in an open folder, read once, its text taken out in a child."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, get_args

import anyio.to_thread

from whitelist.errors import DocumentError
from whitelist.extraction import extract
from whitelist.files import locate, read_file, shown

Kind = Literal["text", "html", "pdf", "docx", "xlsx", "eml"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one document may cost: bytes of the file, characters of text, seconds of work."""

    bytes: int = 50_000_000
    characters: int = 2_000_000
    seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document's text, as one reading of its bytes gave it.

    `path` has no links in it. `digest` is the SHA-256 of those bytes, in hex. `kind` is what the
    content is, whatever its name says; `notices` are sentences about what the text leaves out.
    """

    name: str
    path: Path
    text: str
    digest: str
    kind: Kind
    notices: tuple[str, ...] = ()


LIMITS = Limits()

_DAMAGED = ("is damaged, or not built as documents of its kind are.", "Open it and save it anew.")
_TOO_MUCH = ("asks for more memory or time than a document may.", "Split it, or save it as text.")
_REFUSALS: Mapping[str, tuple[str, str]] = {
    "archive": ("is an archive.", "Unpack it and name a file in it."),
    "bomb": ("would unpack to far more than a document holds.", "Do not open it."),
    "damaged": _DAMAGED,
    "empty": ("holds no text.", "Name another file."),
    "encrypted": ("is encrypted.", "Save a copy without a password."),
    "entities": (
        "defines XML entities, as no Office program does but attacks do.",
        "Do not open it.",
    ),
    "failed": _DAMAGED,
    "image": ("is an image; Homeward reads text only.", "Run text recognition (OCR) on it first."),
    "media": ("is sound or video.", "Make a transcript of it first."),
    "old_office": ("is in an old Office format.", "Save it as .docx, .xlsx or PDF."),
    "other_office": ("is an office format that is not read.", "Save it as .docx, .xlsx or PDF."),
    "program": ("is a program or data, not a document.", "Name a document."),
    "rtf": ("is RTF, which is not read.", "Save it as .docx or PDF."),
    "scanned": (
        "has pages but no text: it is a scan.",
        "Run text recognition (OCR) on it, for example with ocrmypdf.",
    ),
    "too_long": (
        "has more text than the limit.",
        "Split it; nothing is left out silently, so it was not read at all.",
    ),
    "too_many_parts": ("has more parts than a document has.", "Save what matters as text."),
    "too_much": _TOO_MUCH,
}
_NOTICES: Mapping[str, str] = {
    "attachments_unread": "{n} of the attachments could not be read.",
    "comments_left_out": "Comments in the sheets were left out.",
    "deletions_left_out": "Tracked deletions were left out.",
    "encoding_guessed": "Its character encoding is not stated and was guessed.",
    "formulas_unknown": "{n} formulas have no stored result and were left out; saving the file in "
    "a spreadsheet program stores them.",
    "hidden_left_out": "Hidden parts were left out.",
    "name_differs": "The name says something else than the content, which is {kind}; it was read "
    "as that.",
    "pages_without_text": "{n} pages have no text; they may be scans.",
    "pictures_left_out": "Pictures and charts were left out.",
}


async def read_document(path: str, folders: Sequence[str], *, limits: Limits = LIMITS) -> Document:
    """Find, read and understand one document. Cancelling it ends the child that reads.

    `path` is absolute, begins with `~`, is a `file://` URI, or is relative to an open folder.

    Raises:
        DocumentError: it may not be read, or cannot be; says why.
    """
    place = await anyio.to_thread.run_sync(locate, path, tuple(folders))
    read = partial(read_file, place, limit=limits.bytes)
    return await understood(await anyio.to_thread.run_sync(read), place, limits=limits)


async def understood(raw: bytes, place: Path, *, limits: Limits = LIMITS) -> Document:
    """The document that these bytes are; `place` is where they were read. Raises DocumentError."""
    found = await extract(
        raw, name=place.name, characters=limits.characters, seconds=limits.seconds
    )
    kind = _kind(found.kind)
    if found.refusal or kind is None:
        what, fix = _REFUSALS.get(found.refusal, _DAMAGED)
        raise DocumentError(f"{shown(place.name)} {what}", fix=fix)
    return Document(
        name=place.name,
        path=place,
        text=found.text,
        digest=hashlib.sha256(raw).hexdigest(),
        kind=kind,
        notices=tuple(
            _NOTICES[code].format(n=number, kind=kind)
            for code, number in found.notices.items()
            if code in _NOTICES
        ),
    )


def _kind(word: str) -> Kind | None:
    return next((kind for kind in get_args(Kind) if kind == word), None)
