"""Makes harmless and hostile files to upload; used by tests of uploads."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

import av
import numpy as np
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

A4 = (595, 842)
_XLSX = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


CORNERS = "0 0 2 2 re f 593 840 2 2 re f"
"""Drawing operators for marks in two corners of an A4 page: it has no empty margins then."""


def picture(path: Path, size: tuple[int, int] = (640, 480), kind: str = "JPEG") -> Path:
    Image.new("RGB", size, "#2f6f4f").save(path, kind)
    return path


def picture_bomb(path: Path) -> Path:
    """A PNG of a few bytes that claims to be 60,000 pixels wide and high."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [head, b"IDAT" + zlib.compress(bytes(1000))]
    packed = [struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in chunks]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))
    return path


def pdf(
    path: Path, pages: Sequence[tuple[int, int]] = (A4,), words: str = "Lich tiep cong dan", extra: str = ""
) -> Path:
    """Writes a PDF with one page for each size (in points); each page has ``words`` and its number as text.

    ``extra`` are further drawing operators for each page.
    """
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, (width, height) in enumerate(pages):
        drawn = f"BT /F1 28 Tf 60 {max(60, height - 120)} Td ({words} {at + 1}) Tj ET {extra}"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * at} 0 R >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    return _write_pdf(path, [one.encode() for one in objects])


def pdf_bomb(path: Path) -> Path:
    """Writes a PDF of one A4 page whose drawing unpacks from a megabyte to a gigabyte of lines."""
    squeeze = zlib.compressobj(9)
    lines = b"0 0 m 595 842 l S " * 60_000
    packed = b"".join([*(squeeze.compress(lines) for _ in range(1000)), squeeze.flush()])
    return _write_pdf(
        path,
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed),
        ],
    )


SQUARE = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 19 >>\nstream\n1 0 0 rg 0 0 9 9 re f\nendstream"


def pdf_form(path: Path, *, listed: bool = True, appearance: bool = True, dynamic: bool = False) -> Path:
    """Writes a PDF of one page with form fields, a stamp and a signature.

    Stamp and signature are squares of 80 points at x 50 and 450, y 100. There are a text field "Ba B, 05/12/2026" (at
    50, 500), a ticked box (at 50, 400) and a hidden field (at 300, 600). ``listed``: the document lists its fields.
    ``appearance``: the text field contains its drawing; otherwise readers have to make it. ``dynamic``: the form is
    an XFA program.
    """
    form = (
        b"/AcroForm << /Fields [5 0 R 6 0 R 7 0 R 9 0 R] /SigFlags 3 /DR << /Font << /F1 4 0 R >> >> "
        b"/DA (/F1 12 Tf 0 g) %b >>"
    )
    extra = (b"" if appearance else b"/NeedAppearances true ") + (b"/XFA 11 0 R" if dynamic else b"")
    drawn = b"BT /F1 14 Tf 2 5 Td (Ba B, 05/12/2026) Tj ET"
    widget = b"<< /Type /Annot /Subtype /Widget /P 3 0 R "
    xfa = b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>"
    return _write_pdf(
        path,
        [
            b"<< /Type /Catalog /Pages 2 0 R %b %b >>"
            % (form % extra if listed else b"", b"/NeedsRendering true" if dynamic else b""),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [5 0 R 6 0 R 7 0 R 8 0 R 9 0 R] "
            b"/Contents 14 0 R >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            widget + b"/FT /Sig /T (Ky) /F 132 /Rect [450 100 530 180] /AP << /N 10 0 R >> >>",
            widget
            + b"/FT /Tx /T (Ten) /V (Ba B, 05/12/2026) /F 4 /Rect [50 500 250 524] /DA (/F1 14 Tf 0 g) "
            + (b"/AP << /N 12 0 R >> >>" if appearance else b">>"),
            widget + b"/FT /Btn /T (Chon) /V /Co /AS /Co /F 4 /Rect [50 400 80 430] "
            b"/AP << /N << /Co 10 0 R /Off 13 0 R >> >> >>",
            b"<< /Type /Annot /Subtype /Stamp /F 4 /Rect [50 100 130 180] /AP << /N 10 0 R >> >>",
            widget + b"/FT /Tx /T (An) /V (khong ai thay) /F 2 /Rect [300 600 380 680] /AP << /N 10 0 R >> >>",
            SQUARE,
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(xfa), xfa),
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 200 24] /Resources << /Font << /F1 4 0 R >> >> "
            b"/Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(CORNERS), CORNERS.encode()),
        ],
    )


def pdf_with_layers(path: Path, *, hidden: bool) -> Path:
    """Writes a PDF of one page with the words "Cong khai" and, in a layer that is ``hidden`` or not, "Rieng tu"."""
    drawn = (
        CORNERS.encode()
        + b" BT /F1 28 Tf 60 700 Td (Cong khai) Tj ET /OC /L BDC BT /F1 28 Tf 60 400 Td (Rieng tu) Tj ET EMC"
    )
    state = b"/OFF" if hidden else b"/ON"
    return _write_pdf(
        path,
        [
            b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R] /D << %b [6 0 R] >> >> >>" % state,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
            b"/Resources << /Font << /F1 4 0 R >> /Properties << /L 6 0 R >> >> >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
            b"<< /Type /OCG /Name (Lop) >>",
        ],
    )


def _write_pdf(path: Path, objects: Sequence[bytes]) -> Path:
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    path.write_bytes(out.getvalue())
    return path


class VideoOptions(TypedDict, total=False):
    """The keyword arguments of ``video``."""

    codec: str
    size: tuple[int, int]
    seconds: float
    samples: str
    live: bool


def video(
    path: Path,
    *,
    codec: str = "libx264",
    size: tuple[int, int] = (320, 180),
    seconds: float = 2,
    samples: str = "yuv420p",
    live: bool = False,
) -> Path:
    """Writes a video of a changing colour, ten frames per second.

    ``samples`` is the pixel format. ``live``: without length and index, as recorders write it.
    """
    with av.open(str(path), "w", options={"live": "1"} if live else {}) as container:
        stream: Any = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, samples
        for at in range(int(seconds * 10)):
            frame = av.VideoFrame.from_ndarray(
                np.asarray(Image.new("RGB", size, (at * 5 % 256, 80, 90))), format="rgb24"
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def sheet(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def workbook(path: Path, rows: Sequence[Sequence[object]], change: Callable[[Worksheet], object]) -> Path:
    """Writes a workbook with the rows on its first sheet, in which ``change`` may hide, merge or format cells."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in rows:
        page.append(list(row))
    change(page)
    book.save(path)
    return path


def sheet_bomb(path: Path, *, false_size: int | None = None, body: bytes = b"") -> Path:
    """Writes a workbook whose only sheet unpacks to 300 MB, or, with ``body``, to these bytes.

    ``false_size`` is the sheet's size as the archive's directory claims it; None: the true one.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _XLSX.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            member.write(
                body or b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            )
            for _ in range(0 if body else 300):
                member.write(b'<row><c t="inlineStr"><is><t>' + b"a" * (2**20) + b"</t></is></c></row>")
            member.write(b"</sheetData></worksheet>" if not body else b"")
    if false_size is not None:
        _write_size(path, false_size)
    return path


def _write_size(path: Path, size: int) -> None:
    """Changes the size that the last entry of the archive's directory claims, in bytes."""
    body = bytearray(path.read_bytes())
    entry = body.rfind(b"PK\x01\x02")
    body[entry + 24 : entry + 28] = struct.pack("<I", size)
    path.write_bytes(bytes(body))


def lying_sheet_bomb(path: Path) -> Path:
    """Writes a workbook of 300 MB whose directory claims 1,000 bytes."""
    return sheet_bomb(path, false_size=1000)


def laughing_sheet(path: Path) -> Path:
    """Writes a workbook with an entity bomb ("billion laughs")."""
    return sheet_bomb(path, body=LAUGHS)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(12))
    + b']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>'
    b'<c t="inlineStr"><is><t>&m;</t></is></c></row></sheetData></worksheet>'
)
