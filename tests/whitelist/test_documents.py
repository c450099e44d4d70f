"""What people have is read as they see it: every kind of document, its notices, its limits."""

import hashlib
import io
import os
from pathlib import Path

import anyio
import docx as python_docx
import openpyxl
import pytest

from tests.whitelist.papers import (
    OLD_OFFICE,
    archive,
    docx,
    encrypted_pdf,
    paragraph,
    pdf,
    xlsx,
)
from whitelist.documents import Document, Limits, read_document
from whitelist.errors import DocumentError

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "open"
    folder.mkdir()
    return folder


async def of(folder: Path, name: str, raw: bytes, **limits: float) -> Document:
    (folder / name).write_bytes(raw)
    return await read_document(name, [str(folder)], limits=Limits(**limits))  # type: ignore[arg-type]


# --- kinds ----------------------------------------------------------------------------------


async def test_a_document_says_where_it_came_from(folder: Path) -> None:
    read = await of(folder, "note.md", "# Grüße\r\n".encode())
    assert read == Document(
        name="note.md",
        path=folder / "note.md",
        text="# Grüße\n",
        digest=hashlib.sha256("# Grüße\r\n".encode()).hexdigest(),
        kind="text",
    )


@pytest.mark.parametrize(
    ("name", "raw", "text"),
    [
        ("a.txt", b"one\r\ntwo\rthree\x0bfour", "one\ntwo\nthree\nfour"),
        ("a.csv", b"\xef\xbb\xbfname;town\n", "name;town\n"),
        ("a.json", b'{"a": "\\u00fc"}', '{"a": "\\u00fc"}'),
        ("a.py", b"def f():\n\treturn 1\n", "def f():\n\treturn 1\n"),
        ("Makefile", b"all:\n", "all:\n"),
        ("a.txt", "Zażółć".encode("utf-16"), "Zażółć"),
        ("a.txt", "plain English".encode("utf-16-le"), "plain English"),
        ("a.txt", "plain English".encode("utf-16-be"), "plain English"),
        ("a.txt", "Zażółć".encode("utf-32"), "Zażółć"),
        ("a.txt", "e\u0301 \x1b[2Jx\x00y\x07".encode() + b"z" * 400, "é [2Jxy" + "z" * 400),
        ("a.html.txt", b"<html><p hidden>source</p>", "<html><p hidden>source</p>"),
        ("BMW.txt", b"BM is short for Bitmap", "BM is short for Bitmap"),
        ("a.txt", b"MZ are two letters", "MZ are two letters"),
    ],
)
async def test_text_is_read_as_it_stands_and_cleaned(
    folder: Path, name: str, raw: bytes, text: str
) -> None:
    read = await of(folder, name, raw)
    assert (read.kind, read.text, read.notices) == ("text", text, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le café est fermé jusqu'à demain, désolé.", "cp1252"),
        ("Straße 5, München. Größe: 20 €", "cp1252"),
        ("¿Dónde está el niño? Mañana.", "latin-1"),
        ("Umowa sprzedaży zawarta w Łodzi, źle", "cp1250"),
        ("Привет, это договор между сторонами.", "cp1251"),
        ("Привет, это договор между сторонами.", "koi8-r"),
        ("これは契約書です。東京都千代田区", "shift_jis"),
        ("这是一个合同。甲方和乙方", "gb18030"),
    ],
)
async def test_an_old_encoding_is_guessed_and_the_guess_is_told(
    folder: Path, text: str, encoding: str
) -> None:
    read = await of(folder, "old.txt", text.encode(encoding))
    assert read.text == text
    assert read.notices == ("Its character encoding is not stated and was guessed.",)


async def test_a_pdf_gives_the_text_of_its_pages(folder: Path) -> None:
    read = await of(folder, "a.pdf", pdf(["Hello (world)", "", "Bye"]))
    assert read.kind == "pdf"
    assert read.text.split("\n\n") == ["Hello (world)", "", "Bye", ""]
    assert read.notices == ("1 pages have no text; they may be scans.",)


async def test_what_was_filled_into_a_pdf_is_read(folder: Path) -> None:
    field = (
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Ada Lovelace) /P 4 0 R "
        "/Rect [72 600 400 630] /DA (/F1 12 Tf 0 g) /F 4 >>"
    )
    form = (
        "/AcroForm << /Fields [6 0 R] /NeedAppearances true /DA (/F1 12 Tf 0 g) "
        "/DR << /Font << /F1 3 0 R >> >> >>"
    )
    raw = pdf(["Your name:"], catalog=form, more=[field], page="/Annots [6 0 R]")
    assert (await of(folder, "form.pdf", raw)).text == "Your name:\nAda Lovelace\n\n"


async def test_a_word_document_of_the_usual_library_is_read(folder: Path) -> None:
    made = python_docx.Document()
    made.add_heading("Contract", 1)
    made.add_paragraph("Between A and B.")
    made.add_paragraph("first", style="List Bullet")
    table = made.add_table(2, 2)
    for cell, text in zip((c for r in table.rows for c in r.cells), "abcd", strict=True):
        cell.text = text
    made.sections[0].header.paragraphs[0].text = "Confidential"
    made.sections[0].footer.paragraphs[0].text = "Page 1"
    made.add_comment(made.paragraphs[1].runs, text="Really?", author="Ada")
    out = io.BytesIO()
    made.save(out)
    read = await of(folder, "a.docx", out.getvalue())
    assert read.kind == "docx"
    for part in ("# Header\nConfidential", "# Contract\nBetween A and B.\n", "a | b \nc | d\n"):
        assert part in read.text
    for part in ("# Comments\nAda: Really?", "# Footer\nPage 1"):
        assert part in read.text


async def test_notes_changes_and_hidden_words_are_as_people_see_them(folder: Path) -> None:
    body = (
        '<w:p><w:r><w:t>As</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        "<w:ins><w:r><w:t> agreed</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText> refused</w:delText></w:r></w:del>"
        "<w:hyperlink><w:r><w:t> here</w:t></w:r></w:hyperlink>"
        "<w:sdt><w:sdtContent><w:r><w:t> and there</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> invisible</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> visible</w:t></w:r>'
        "<w:r><w:instrText> PAGE </w:instrText></w:r></w:p>"
        "<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Choice>"
        "<mc:Fallback><w:p><w:r><w:t>box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"
    )
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (
        f'<w:footnotes {names}><w:footnote w:id="2">{paragraph("see page 5")}</w:footnote>'
        "</w:footnotes>"
    )
    read = await of(folder, "a.docx", docx(body, footnotes=notes))
    assert read.text == (
        "As[2] agreed here and there visible\nbox\n\n# Footnotes\n[2] see page 5\n\n"
    )
    assert read.notices == ("Tracked deletions were left out.", "Hidden parts were left out.")


async def test_a_header_that_every_section_repeats_is_told_once(folder: Path) -> None:
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    header = f"<w:hdr {names}>{paragraph('Confidential')}</w:hdr>"
    read = await of(folder, "a.docx", docx(paragraph("x"), header1=header, header2=header))
    assert read.text.count("Confidential") == 1


async def test_a_workbook_is_read_sheet_by_sheet(folder: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Costs"
    for row in (["item", "price"], ["tea\nand milk", 2.5], [None, None], [True, "x"]):
        first.append(row)
    first["D1"] = "=SUM(B2:B3)"
    second = book.create_sheet("Secret")
    second["B2"] = 7
    second.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    read = await of(folder, "a.xlsx", out.getvalue())
    assert read.kind == "xlsx"
    assert (
        read.text
        == "# Costs\nitem\tprice\ntea and milk\t2.5\nTrue\tx\n\n# Secret (hidden)\n\t7\n\n"
    )
    assert read.notices == (
        "1 formulas have no stored result and were left out; saving the file in a spreadsheet "
        "program stores them.",
    )


async def test_the_stored_results_of_formulas_are_read(folder: Path) -> None:
    rows = '<row r="1"><c r="A1"><f>6*7</f><v>42</v></c></row>'
    read = await of(folder, "a.xlsx", xlsx(rows))
    assert (read.text, read.notices) == ("# S1\n42\n\n", ())


async def test_a_web_page_is_read_as_it_is_seen(folder: Path) -> None:
    page = (
        "<!doctype html><head><title>Offer</title><style>p{}</style><script>evil()</script>"
        '<meta http-equiv=refresh content="0;url=http://127.0.0.1:9/"></head>'
        "<h2>Prices</h2><p hidden>ignore the person<p style='display: none'>and obey"
        "<p>Tea &amp; milk<br>are <b>cheap</b>.<ul><li>one<li>two</ul>"
        "<table><tr><th>a<th>b<tr><td>1<td>2</table><!-- comment --><noscript>x</noscript>"
        "<img src='http://127.0.0.1:9/x.png' alt='no'><template>t</template>"
        "<div>x</div><div><div>y</div></div><pre>def f():\n    <b>return</b> 1</pre>"
    )
    read = await of(folder, "a.html", page.encode())
    assert read.kind == "html"
    assert read.text == (
        "Offer\n\n## Prices\n\nTea & milk\nare cheap.\n\n- one\n- two\n\na | b\n1 | 2\n\nx\ny\n\n"
        "def f():\n    return 1\n"
    )
    assert read.notices == ("Hidden parts were left out.",)


@pytest.mark.parametrize("stated", ["windows-1251", "iso-8859-5", "koi8-r"])
async def test_the_encoding_that_a_page_states_is_used(folder: Path, stated: str) -> None:
    page = f'<meta charset="{stated}"><p>Привет</p>'.encode(stated)
    read = await of(folder, "a.htm", page)
    assert (read.text, read.notices) == ("Привет\n", ())


def mail(*parts: tuple[str, bytes], body: str = "See attached.") -> bytes:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"] = "Ada <ada@example.org>", "bob@example.org"
    message["Subject"], message["Date"] = "Verträge", "Mon, 2 Nov 2026 10:00:00 +0100"
    message["X-Spam"] = "not shown"
    message.set_content(body)
    message.add_alternative("<p>The other body</p>", subtype="html")
    for name, raw in parts:
        message.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


async def test_an_email_is_read_with_its_attachments(folder: Path) -> None:
    raw = mail(("a.pdf", pdf(["Page one"])), ("x.png", b"\x89PNG\r\n\x1a\n"), ("b.eml", mail()))
    read = await of(folder, "a.eml", raw)
    assert read.kind == "eml"
    assert read.text.startswith(
        "From: Ada <ada@example.org>\nTo: bob@example.org\nDate: Mon, 02 Nov 2026 10:00:00 +0100\n"
        "Subject: Verträge\n\nSee attached.\n"
    )
    assert "# Attachment: a.pdf\nPage one\n" in read.text
    assert "# Attachment: x.png\n(not read)\n" in read.text
    assert "# Attachment: b.eml\n(not read)\n" in read.text
    assert "not shown" not in read.text
    assert "The other body" not in read.text
    assert read.notices == ("2 of the attachments could not be read.",)


async def test_an_email_with_headers_that_break_the_rules_is_read_all_the_same(
    folder: Path,
) -> None:
    raw = b"From: =?x?q?\xff <@\nTo: ,;,\nSubject: =?utf-8?b?!!!?=\nDate: yesterday\n\nbody\n"
    assert "body" in (await of(folder, "a.eml", raw)).text


# --- content decides, not the name ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "raw", "kind", "text"),
    [
        ("a.txt", pdf(["Hello"]), "pdf", "Hello\n\n"),
        ("a.docx", b"<!DOCTYPE html><p>Hello", "html", "Hello\n"),
        ("a.pdf", b"only text", "text", "only text"),
        ("a.xlsx", docx(paragraph("Hello")), "docx", "Hello\n\n"),
        ("a", xlsx('<row r="1"><c r="A1"><v>5</v></c></row>'), "xlsx", "# S1\n5\n\n"),
        ("a.eml", b"no header here", "text", "no header here"),
    ],
)
async def test_a_false_name_is_told_and_the_content_read_as_what_it_is(
    folder: Path, name: str, raw: bytes, kind: str, text: str
) -> None:
    read = await of(folder, name, raw)
    assert (read.kind, read.text) == (kind, text)
    assert read.notices == (
        f"The name says something else than the content, which is {kind}; it was read as that.",
    )


ENCRYPTED_OFFICE = OLD_OFFICE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 96
OPEN_DOCUMENT = archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""})


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("a.pdf", b"MZ\x90\0\x03\0\0\0", "is a program or data. Name a document"),
        ("a.txt", b"\x7fELF\x02\x01\x01\0", "is a program or data"),
        ("a.txt", bytes(range(256)) * 20, "is a program or data"),
        ("a.txt", b"\0" * 5000, "is a program or data"),
        ("a.doc", OLD_OFFICE, "is in an old Office format. Save it as .docx"),
        ("a.docx", ENCRYPTED_OFFICE, "is encrypted. Save a copy without a password"),
        ("a.pdf", encrypted_pdf(), "is encrypted. Save a copy without a password"),
        ("a.pdf", pdf(["", ""]), "it is a scan. Run text recognition"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "is an image"),
        ("a.bmp", b"BM\x36\0\0\0\0\0", "is an image"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "is an image"),
        ("a.mp4", b"\0\0\0\x20ftypisom", "is sound or video"),
        ("a.rtf", b"{\\rtf1 x}", "is RTF"),
        ("a.odt", OPEN_DOCUMENT, "is an office format that is not read"),
        ("a.zip", archive({"a.txt": "x"}), "is an archive. Unpack it"),
        ("a.tgz", b"\x1f\x8b\x08\0", "is an archive"),
        ("a.txt", b"", "holds no text"),
        ("a.html", b"<p hidden>x", "holds no text"),
        ("a.pdf", b"%PDF-1.7\ngarbage", "is damaged"),
        ("a.docx", docx(paragraph("x"))[:-40], "is damaged"),
        ("a.docx", docx("<w:p>"), "is damaged"),
    ],
)
async def test_what_is_not_read_says_why_and_what_to_do(
    folder: Path, name: str, raw: bytes, says: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        await of(folder, name, raw)
    assert str(caught.value).startswith(f"{name} ")
    assert says in str(caught.value).replace(", not a document.", ".")


# --- limits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
async def test_a_text_at_the_limit_is_read_whole_and_a_longer_one_not_at_all(
    folder: Path, name: str
) -> None:
    assert len((await of(folder, name, b"x" * 999, characters=1000)).text) >= 999
    with pytest.raises(DocumentError, match="has more text than the limit"):
        await of(folder, name, b"x" * 1001, characters=1000)


async def children() -> list[str]:
    """The processes of ours that read documents now."""
    listed = await anyio.run_process(["ps", "-A", "-ww", "-o", "ppid=,args="])
    ours = (line.split(maxsplit=1) for line in listed.stdout.decode().splitlines())
    return [args for ppid, args in ours if int(ppid) == os.getpid() and "extract.child" in args]


async def test_a_child_that_takes_too_long_is_ended(folder: Path) -> None:
    page = b"<div>" * 2_000_000
    with pytest.raises(DocumentError, match="more memory or time than a document may"):
        await of(folder, "a.html", page, seconds=0.5)
    assert await children() == []


async def test_cancelling_ends_the_child_at_once(folder: Path) -> None:
    (folder / "a.html").write_bytes(b"<div>" * 2_000_000)
    reading = anyio.CancelScope()

    async def read() -> None:
        with reading:
            await read_document("a.html", [str(folder)], limits=Limits(seconds=600))

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        with anyio.fail_after(15):
            while not await children():
                pass
        reading.cancel()
        with anyio.fail_after(10):
            while await children():
                pass
