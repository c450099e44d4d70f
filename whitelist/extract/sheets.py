"""Spreadsheets (xlsx): every sheet, row by row, with the values that were stored last."""

import datetime
import re

from .found import Text, Unreadable
from .parts import content_types, unpacked

_NO_RESULT = re.compile(rb"(?:</f>|<f\b[^<>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_GAP = re.compile(r"\t{100,}")  # nobody lays out a table so
_MOST_SHEETS = 1000


def read_xlsx(raw: bytes, text: Text) -> None:
    """Raises Unreadable: too much, encrypted or damaged."""
    from openpyxl import load_workbook

    archive = unpacked(raw)
    for name, type_ in content_types(archive).items():
        if type_.endswith(".worksheet+xml"):
            text.notices["formulas_unknown"] += len(_NO_RESULT.findall(archive.read(name)))
        elif type_.endswith((".comments+xml", ".threadedcomments+xml")):
            text.notices["comments_left_out"] = 1
        elif type_.endswith((".drawing+xml", ".chart+xml")):
            text.notices["pictures_left_out"] = 1
        elif type_.endswith(".main+xml") and archive.read(name).count(b"<sheet ") > _MOST_SHEETS:
            raise Unreadable("too_many_parts")  # many names can mean one sheet
    book = load_workbook(archive.fp, read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        text.line(f"# {sheet.title}" + (" (hidden)" if sheet.sheet_state != "visible" else ""))
        sheet.reset_dimensions()  # those that the file declares may lie
        for row in sheet.iter_rows(values_only=True):
            line = _GAP.sub("\t", "\t".join(map(_shown, row)).rstrip())
            if line:
                text.line(line)
        text.line()


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return " ".join(str(value).split())
