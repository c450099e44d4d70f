"""Documents as people have them and as attackers make them, built here byte by byte."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>{}</Types>'
)
OFFICE = "application/vnd.openxmlformats-officedocument"
WORD_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def pdf(
    pages: Sequence[str],
    *,
    catalog: str = "",
    page: str = "",
    more: Sequence[str] = (),
    trailer: str = "",
) -> bytes:
    """A PDF with a line of text on each page. `more` objects are numbered from 4 + 2 × pages on."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        shown = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        stream = f"BT /F1 12 Tf 72 700 Td ({shown}) Tj ET" if text else ""
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"{page} /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    return assembled([*objects, *more], trailer)


def assembled(objects: Sequence[str | bytes], trailer: str = "") -> bytes:
    """A PDF file of numbered objects, of which the first is its catalog."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, each in enumerate(objects, start=1):
        places.append(out.tell())
        body = each.encode("latin-1") if isinstance(each, str) else each
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    head = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n"
    out.write(head.encode() + b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def encrypted_pdf() -> bytes:
    """A PDF whose password nobody knows (standard security handler, revision 2)."""
    owner, user = "4f" * 32, "55" * 32
    secret = f"<< /Filter /Standard /V 1 /R 2 /O <{owner}> /U <{user}> /P -4 >>"
    return pdf(
        ["hidden"], more=[secret], trailer=f"/Encrypt 6 0 R /ID [<{'00' * 16}> <{'00' * 16}>]"
    )


def flate_bomb_pdf(megabytes: int) -> bytes:
    """A PDF whose one page unpacks to very much."""
    packed = zlib.compress(b"(a) Tj " * (megabytes * 1_000_000 // 7), 9)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)
    return assembled(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            stream,
        ]
    )


def archive(members: Mapping[str, str | bytes], *, level: int = 9) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(
    body: str, *, also: Mapping[str, str] | None = None, level: int = 9, **parts: str
) -> bytes:
    """A Word document around `body` (XML of paragraphs), with other parts by their kind's name."""
    kinds = {"document": "document.main", **{name: name.rstrip("0123456789") for name in parts}}
    listed = "".join(
        f'<Override PartName="/word/{name}.xml" '
        f'ContentType="{OFFICE}.wordprocessingml.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    whole = {"document": f"<w:document {WORD_NAMES}><w:body>{body}</w:body></w:document>", **parts}
    members = {f"word/{name}.xml": text for name, text in whole.items()}
    return archive(
        {"[Content_Types].xml": TYPES.format(listed), **members, **(also or {})}, level=level
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(sheet: str, *, sheets: int = 1, head: str = "", before: str = "") -> bytes:
    """A workbook that names one sheet (`sheet` is the XML of its rows) as often as `sheets`."""
    main = f"{OFFICE}.spreadsheetml"
    names = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listed = (
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{main}.worksheet+xml"/>'
    )
    book = "".join(
        f'<sheet name="S{number}" sheetId="{number}" r:id="rId1"/>'
        for number in range(1, sheets + 1)
    )
    packages = "http://schemas.openxmlformats.org/package/2006/relationships"
    return archive(
        {
            "[Content_Types].xml": TYPES.format(listed),
            "_rels/.rels": f'<Relationships xmlns="{packages}"><Relationship Id="rId1" '
            f'Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{names}" xmlns:r="{links}">'
            f"<sheets>{book}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}"><Relationship '
            f'Id="rId1" Type="{links}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{names}">'
            f"{before}<sheetData>{sheet}</sheetData></worksheet>",
        }
    )


def lying(zipped: bytes, name: str, size: int) -> bytes:
    """The archive with a member's unpacked size declared as `size`, in both of its headers."""
    raw = bytearray(zipped)
    for signature, size_at, length_at, name_at in (
        (b"PK\x03\x04", 22, 26, 30),
        (b"PK\x01\x02", 24, 28, 46),
    ):
        at = -1
        while (at := raw.find(signature, at + 1)) >= 0:
            (length,) = struct.unpack_from("<H", raw, at + length_at)
            if raw[at + name_at : at + name_at + length] == name.encode():
                struct.pack_into("<I", raw, at + size_at, size)
    return bytes(raw)
