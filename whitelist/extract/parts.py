"""The parts of an Office document (ECMA-376): a zip archive, unpacked within limits."""

import io
import re
import zipfile

from defusedxml.ElementTree import fromstring

from .found import Unreadable

_MOST_MEMBERS = 10_000
_MOST_BYTES = 200_000_000
_MOST_RATIO = 250
_SMALL = 1_000_000
_PIECE = 1 << 16
_ENCRYPTED = 0x1
_CONTENT_TYPES = "[Content_Types].xml"
_MAIN = re.compile(
    r"(word|excel|spreadsheet)[\w-]*\.(?:document|template|sheet)(?:\.macroEnabled\w*)?\.main\+xml"
)


def kind_of_zip(raw: bytes) -> str:
    """Whether an archive is a docx or xlsx document. Raises Unreadable where it is neither."""
    archive = _opened(raw)
    names = set(archive.namelist())
    if _CONTENT_TYPES not in names:
        raise Unreadable("other_office" if "mimetype" in names else "archive")
    main = _MAIN.search(" ".join(content_types(archive).values()))
    if main is None:
        raise Unreadable("other_office")
    return "docx" if main[1] == "word" else "xlsx"


def unpacked(raw: bytes) -> zipfile.ZipFile:
    """The same archive with nothing but its XML parts, stored as they are.

    Sizes that an archive declares may lie, so all is unpacked in pieces and counted. What comes
    out has honest sizes; pictures, macros and embedded files are not even unpacked.

    Raises:
        Unreadable: it would unpack to too much, is encrypted, or is damaged.
    """
    archive, honest, left = _opened(raw), io.BytesIO(), _MOST_BYTES
    with zipfile.ZipFile(honest, "w") as copy:
        for member in archive.infolist():
            if member.filename.endswith((".xml", ".rels")):
                part = _part(archive, member, left)
                left -= len(part)
                copy.writestr(member.filename, part)
    return zipfile.ZipFile(honest)


def content_types(archive: zipfile.ZipFile) -> dict[str, str]:
    """The type of each part by its name, as the archive itself declares them."""
    listed = fromstring(_part(archive, archive.getinfo(_CONTENT_TYPES), _SMALL))
    return {
        each.get("PartName", "").lstrip("/"): each.get("ContentType", "")
        for each in listed
        if each.tag.endswith("}Override")
    }


def _opened(raw: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(raw))
    members = archive.infolist()
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Unreadable("encrypted")
    size = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or size > max(_SMALL, len(raw) * _MOST_RATIO):
        raise Unreadable("bomb")
    if len({member.filename for member in members}) < len(members):
        raise Unreadable("damaged")  # two parts of one name: every reader would choose another
    return archive


def _part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """One member, unpacked piece by piece: `zipfile` alone trusts the size that is declared."""
    if member.file_size > most:
        raise Unreadable("bomb")
    whole = bytearray()
    with archive.open(member) as packed:
        while piece := packed.read(_PIECE):
            whole += piece
    if b"<!DOCTYPE" in whole:  # no Office program writes one; only with it can entities come
        raise Unreadable("entities")
    return bytes(whole)
