"""PDF through PDFium, built without JavaScript: actions, links and attached files do nothing."""

import re
from typing import Any

from .found import Text, Unreadable

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_HYPHEN = re.compile("[\x02\ufffe](?:\r\n)?")  # PDFium's signs for one that a line end made


def read_pdf(raw: bytes, text: Text) -> None:
    """The text of every page, filled-in form fields too.

    Raises:
        Unreadable: encrypted, damaged, too much, or pages without any text.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        code = "encrypted" if getattr(error, "err_code", None) == _PASSWORD else "damaged"
        raise Unreadable(code) from None
    if document.get_formtype():
        document.init_forms()
    empty = 0
    for number in range(len(document)):
        said = _page(document, number)
        empty += not said
        text.line(said)
        text.line()
    if empty == len(document):
        raise Unreadable("scanned")
    if empty:
        text.notices["pages_without_text"] = empty


def _page(document: Any, number: int) -> str:
    page = document[number]
    if document.formenv:
        page.flatten()  # makes what was filled in a part of the page
        page.close()
        page = document[number]
    words = page.get_textpage()
    said: str = words.get_text_bounded()
    words.close()
    page.close()
    return _HYPHEN.sub("", said).strip()
