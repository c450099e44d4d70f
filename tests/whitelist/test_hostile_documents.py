"""Files made to harm whoever opens them: each is refused, or read safely, with a sentence."""

import select
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import whitelist.extract
from tests.whitelist.papers import (
    OFFICE,
    TYPES,
    WORD_NAMES,
    archive,
    assembled,
    docx,
    flate_bomb_pdf,
    lying,
    paragraph,
    pdf,
    xlsx,
)
from whitelist.documents import Document, Limits, read_document
from whitelist.errors import DocumentError

pytestmark = pytest.mark.anyio
OUTSIDE = "what must never be read"
TIMES = 3000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "open"
    folder.mkdir()
    return folder


async def of(folder: Path, name: str, raw: bytes) -> Document:
    (folder / name).write_bytes(raw)
    return await read_document(name, [str(folder)], limits=Limits(seconds=20))


# --- made to blow up ------------------------------------------------------------------------

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY e0 "lol">'
    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


def word(document: str) -> bytes:
    """A Word document whose main part is exactly this XML."""
    kind = f"{OFFICE}.wordprocessingml.document.main+xml"
    listed = f'<Override PartName="/word/document.xml" ContentType="{kind}"/>'
    return archive({"[Content_Types].xml": TYPES.format(listed), "word/document.xml": document})


def zip_bomb() -> bytes:
    return docx(paragraph("a" * 50_000_000))


def zip_bomb_of_small_ratio() -> bytes:
    return docx(paragraph("0123456789" * 25_000_000))


def zip_bomb_that_lies() -> bytes:
    return lying(docx(paragraph("a" * 30_000_000)), "word/document.xml", 5000)


def zip_bomb_that_claims_to_be_huge() -> bytes:
    return lying(docx(paragraph("a")), "word/document.xml", 0xFFFF_FFF0)


def zip_bomb_in_the_list_of_types() -> bytes:
    return archive({"[Content_Types].xml": TYPES.format(" " * 30_000_000)})


def zip_of_very_many() -> bytes:
    return archive({f"{number}.xml": "" for number in range(10_001)}, level=0)


def zip_of_one_name_twice() -> bytes:
    raw = archive({"word/document.xml": "a", "word/documens.xml": "b"})
    return raw.replace(b"documens", b"document")


def laughing_word() -> bytes:
    return word(f"{LAUGHS}<w:document {WORD_NAMES}>&e9;</w:document>")


def laughing_sheet() -> bytes:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>'
    return xlsx(row, head=LAUGHS)


def deep_word() -> bytes:
    return docx(
        ("<w:p><w:r><w:t>" + "é" * 40 + "</w:t></w:r>") * 60_000 + "</w:p>" * 60_000, level=0
    )


def deep_mail() -> bytes:
    levels = (
        f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(3000)
    )
    return b"From: a@example.org\n" + "".join(levels).encode()


def mail_of_many_parts() -> bytes:
    part = b"--b\nContent-Type: text/plain\n\nhi\n"
    return b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 10_000 + b"--b--\n"


def workbook_of_many_sheets() -> bytes:
    return xlsx('<row r="1"><c r="A1"><v>5</v></c></row>', sheets=100_000)


def workbook_of_wide_rows() -> bytes:
    cells = (f'<c r="{column}1048576"><v>5</v></c>' for column in ("A", "XFD"))
    return xlsx(f'<row r="1048576">{"".join(cells)}</row>')


def pdf_of_endless_pages() -> bytes:
    return assembled(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>",
        ]
    )


def combining_marks() -> bytes:
    return ("a" + "\u0301\u0323" * 900_000).encode()


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("a.docx", zip_bomb, "would unpack to far more"),
        pytest.param(
            "a.docx", zip_bomb_of_small_ratio, "would unpack to far more", marks=pytest.mark.slow
        ),
        ("a.docx", zip_bomb_that_lies, "is damaged"),
        ("a.docx", zip_bomb_that_claims_to_be_huge, "would unpack to far more"),
        ("a.docx", zip_bomb_in_the_list_of_types, "would unpack to far more"),
        ("a.docx", zip_of_very_many, "would unpack to far more"),
        ("a.docx", zip_of_one_name_twice, "is damaged"),
        ("a.docx", laughing_word, "defines XML entities"),
        ("a.xlsx", laughing_sheet, "defines XML entities"),
        ("a.docx", deep_word, "has more text than the limit"),
        ("a.eml", deep_mail, "more memory or time|more parts"),
        ("a.eml", mail_of_many_parts, "has more parts than a document has"),
        ("a.xlsx", workbook_of_many_sheets, "has more parts than a document has"),
        ("a.pdf", pdf_of_endless_pages, "is damaged|it is a scan|more memory or time"),
        pytest.param(
            "a.pdf",
            lambda: flate_bomb_pdf(1500),
            "more memory or time|it is a scan|is damaged",
            marks=pytest.mark.slow,
        ),
        ("a.html", lambda: b"<div>" * 200_000, "holds no text"),
        ("a.html", lambda: b"<a" * 1_000_000, "holds no text"),
        ("a.txt", combining_marks, "more memory or time|is a program"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
async def test_what_is_made_to_blow_up_is_refused(
    folder: Path,
    name: str,
    make: Callable[[], bytes],
    says: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(DocumentError, match=says):
        await of(folder, name, make())
    assert capfd.readouterr() == ("", "")


async def test_an_archive_inside_a_document_is_not_even_unpacked(folder: Path) -> None:
    inner = archive({"a.xml": "a" * 30_000_000})
    for _ in range(5):
        inner = archive({"inner.zip": inner, "a.xml.zip": inner})
    kind = f"{OFFICE}.wordprocessingml.document.main+xml"
    listed = f'<Override PartName="/word/document.xml" ContentType="{kind}"/>'
    raw = archive(
        {
            "[Content_Types].xml": TYPES.format(listed),
            "word/document.xml": f"<w:document {WORD_NAMES}>{paragraph('fine')}</w:document>",
            "word/embeddings/inner.zip": inner,
        }
    )
    assert (await of(folder, "a.docx", raw)).text == "fine\n\n"


async def test_a_workbook_that_lies_about_its_size_is_read_as_it_is(folder: Path) -> None:
    read = await of(folder, "a.xlsx", workbook_of_wide_rows())
    assert read.text == "# S1\n5\t5\n\n"
    rows = '<row r="1"><c r="A1"><v>5</v></c></row><row r="2"><c r="B2"><v>6</v></c></row>'
    for lie in ("A1:XFD1048576", "A1:A1"):
        raw = xlsx(rows, before=f'<dimension ref="{lie}"/>')
        assert (await of(folder, "b.xlsx", raw)).text == "# S1\n5\n\t6\n\n"


# --- made to reach out ----------------------------------------------------------------------


@contextmanager
def listening() -> Iterator[tuple[str, Callable[[], bool]]]:
    """An address on this machine, and whether anybody has called there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        yield f"http://127.0.0.1:{port}/x", lambda: bool(select.select([server], [], [], 0)[0])


def entity_word(target: str) -> bytes:
    head = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{target}">]>'
    return word(f"{head}<w:document {WORD_NAMES}>{paragraph('&e;')}</w:document>")


def parameter_entity_word(target: str) -> bytes:
    head = f'<!DOCTYPE x [<!ENTITY % e SYSTEM "{target}"> %e;]>'
    return word(f"{head}<w:document {WORD_NAMES}>{paragraph('fine')}</w:document>")


def external_dtd_word(target: str) -> bytes:
    head = f'<!DOCTYPE x SYSTEM "{target}">'
    return word(f"{head}<w:document {WORD_NAMES}>{paragraph('fine')}</w:document>")


def entity_sheet(target: str) -> bytes:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'
    return xlsx(row, head=f'<!DOCTYPE x [<!ENTITY e SYSTEM "{target}">]>')


def linked_word(target: str) -> bytes:
    packages = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="r{n}" Type="{kinds}/{kind}" Target="{target}" TargetMode="External"/>'
        for n, kind in enumerate(("attachedTemplate", "image", "header", "oleObject"))
    )
    rels = f'<Relationships xmlns="{packages}">{links}</Relationships>'
    return docx(paragraph("fine"), also={"word/_rels/document.xml.rels": rels})


def page_that_fetches(target: str) -> bytes:
    return (
        f'<html><head><base href="{target}"><meta http-equiv=refresh content="0;url={target}">'
        f'<link rel=stylesheet href="{target}"><script src="{target}"></script></head>'
        f'<body background="{target}"><img src="{target}"><iframe src="{target}"></iframe>'
        f'<object data="{target}"></object><p>fine'
    ).encode()


def mail_that_fetches(target: str) -> bytes:
    head = f"From: a@example.org\nContent-Type: message/external-body; URL={target}\n\n"
    return head.encode() + b"Content-Type: text/html\n\n" + page_that_fetches(target)


def pdf_that_acts(target: str) -> bytes:
    actions = (
        f"<< /S /URI /URI ({target}) /Next << /S /Launch /F (/bin/sh) /Next << /S /JavaScript "
        f"/JS (app.launchURL('{target}'); this.submitForm('{target}')) /Next << /S /SubmitForm "
        f"/F << /FS /URL /F ({target}) >> >> >> >> >>"
    )
    return pdf(["fine"], catalog="/OpenAction 6 0 R /AA << /WC 6 0 R >>", more=[actions])


@pytest.mark.parametrize(
    "make",
    [
        entity_word,
        parameter_entity_word,
        external_dtd_word,
        entity_sheet,
        linked_word,
        page_that_fetches,
        mail_that_fetches,
        pdf_that_acts,
    ],
)
async def test_nothing_is_fetched_or_read_along(
    folder: Path, tmp_path: Path, make: Callable[[str], bytes]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(OUTSIDE)
    with listening() as (address, was_called):
        for target in (address, f"file://{secret}", str(secret)):
            try:
                said = (await of(folder, "a", make(target))).text
            except DocumentError as error:
                said = str(error)
            assert OUTSIDE not in said
            assert any(words in said for words in ("fine", "defines XML entities", "is damaged"))
        assert not was_called()


# --- made to break out ----------------------------------------------------------------------

CONFINED = """
import sys
sys.path.insert(0, {room!r})
import extract.child
extract.child._confine(20)
try:
    {attempt}
except (PermissionError, OSError, MemoryError):
    sys.exit(7)
"""


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "import os; os.execv('/bin/true', ['true'])",
        "import os; os.posix_spawn('/bin/true', ['true'], dict())",
        "bytearray(2 << 30)",
        "[open('/dev/null') for _ in range(100)]",
    ],
)
def test_a_parser_that_was_taken_over_can_do_little(attempt: str) -> None:
    room = Path(whitelist.extract.__file__).parents[1]
    code = CONFINED.format(room=str(room), attempt=attempt)
    assert subprocess.run([sys.executable, "-I", "-c", code]).returncode == 7


def test_nor_can_it_write_a_file(tmp_path: Path) -> None:
    room = Path(whitelist.extract.__file__).parents[1]
    attempt = f"open({str(tmp_path / 'new')!r}, 'wb', buffering=0).write(b'x')"
    code = CONFINED.format(room=str(room), attempt=attempt)
    assert subprocess.run([sys.executable, "-I", "-c", code]).returncode == 7
    assert (tmp_path / "new").read_bytes() == b""


async def test_neither_our_environment_nor_our_folder_reaches_the_child(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sitecustomize", "json", "extract", "justhtml", "html"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken over')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    monkeypatch.chdir(tmp_path)
    assert (await of(folder, "a.html", b"<p>fine")).text == "fine\n"
