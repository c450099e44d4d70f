"""Decides by its content what a document is, and reads it as that."""

from collections.abc import Callable, Mapping
from importlib import import_module
from zipfile import BadZipFile

from defusedxml import DefusedXmlException

from .found import Text, Unreadable
from .letters import decoded, plain

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image"),
    (0, b"\xff\xd8\xff", "image"),
    (0, b"GIF8", "image"),
    (0, b"II*\0", "image"),
    (0, b"MM\0*", "image"),
    (0, b"BM", "bitmap"),
    (8, b"WEBP", "image"),
    (4, b"ftypheic", "image"),
    (4, b"ftypavif", "image"),
    (4, b"ftyp", "media"),
    (0, b"ID3", "media"),
    (0, b"OggS", "media"),
    (0, b"fLaC", "media"),
    (0, b"RIFF", "media"),
    (0, b"\x1aE\xdf\xa3", "media"),
    (0, b"\x7fELF", "program"),
    (0, b"MZ", "dos"),
    (0, b"\xca\xfe\xba\xbe", "program"),
    (0, b"\xcf\xfa\xed\xfe", "program"),
    (0, b"SQLite format 3\0", "program"),
    (0, b"\x1f\x8b", "archive"),
    (0, b"BZh", "archive"),
    (0, b"\xfd7zXZ\0", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive"),
    (0, b"Rar!\x1a\x07", "archive"),
    (257, b"ustar", "archive"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
)
"""Where a format's own first bytes stand, after the formats' specifications."""
_NEEDS_MORE = ("bitmap", "dos")
"""Two letters are a weak sign: a text may begin with them, but holds no NUL."""
_PDF_HEAD = 1024
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4.4

_BY_SUFFIX: Mapping[str, str] = {
    "pdf": "pdf",
    "docx": "docx",
    "docm": "docx",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "html": "html",
    "htm": "html",
    "xhtml": "html",
    "eml": "eml",
}
_READERS: Mapping[str, tuple[str, str]] = {
    "pdf": (".pages", "read_pdf"),
    "docx": (".word", "read_docx"),
    "xlsx": (".sheets", "read_xlsx"),
    "html": (".web", "read_html"),
    "eml": (".mail", "read_eml"),
    "text": (".letters", "read_text"),
}
"""The module and the function of each; libraries are only imported for what they read."""


def read(raw: bytes, name: str, text: Text) -> tuple[str, str]:
    """The kind of a document and its whole text, cleaned; notices are left in `text`.

    Raises:
        Unreadable: it is none of the kinds that are read, damaged, encrypted, or too much.
    """
    kind = kind_of(raw, name)
    claimed = _claimed(name)
    if kind != claimed:
        text.notices["name_differs"] += 1
    read_into(raw, kind, text)
    whole = plain(text.whole())
    if not whole.strip():
        raise Unreadable("empty")
    if len(whole) > text.characters:
        raise Unreadable("too_long")
    return kind, whole


def read_into(raw: bytes, kind: str, text: Text) -> None:
    """Add what a document of this kind says to `text`. Raises Unreadable as `read` does."""
    module, function = _READERS[kind]
    reader: Callable[[bytes, Text], None] = getattr(import_module(module, __package__), function)
    try:
        reader(raw, text)
    except DefusedXmlException:
        raise Unreadable("entities") from None
    except BadZipFile:  # also where a part is longer than was declared
        raise Unreadable("damaged") from None


def kind_of(raw: bytes, name: str) -> str:
    """The kind by content; among texts, whose content decides nothing, by the name.

    Raises:
        Unreadable: it is known to be something else, or is neither a known format nor text.
    """
    if b"%PDF-" in raw[:_PDF_HEAD]:
        return "pdf"
    sign = next((kind for at, magic, kind in _SIGNATURES if raw[at:].startswith(magic)), "")
    if sign in _NEEDS_MORE:
        sign = "" if b"\0" not in raw[:4096] else {"bitmap": "image", "dos": "program"}[sign]
    if sign == "zip":
        from .parts import kind_of_zip

        return kind_of_zip(raw)
    if sign == "old_office" and _ENCRYPTED_OFFICE in raw:
        raise Unreadable("encrypted")
    if sign:
        raise Unreadable(sign)
    return _kind_of_text(raw, _claimed(name))


def _claimed(name: str) -> str:
    return _BY_SUFFIX.get(name.rpartition(".")[2].lower(), "text")


def _kind_of_text(raw: bytes, claimed: str) -> str:
    start = decoded(raw[:4096], Text(4096)).lstrip().lower()
    if claimed in ("text", "html"):
        return claimed
    if start.startswith(("<!doctype html", "<html")):
        return "html"
    return "eml" if claimed == "eml" and ":" in start.partition("\n")[0] else "text"
