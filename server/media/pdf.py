"""Renders PDF pages as pictures with PDFium; called by server.media.child only, because documents may be hostile."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD

from feeds.errors import ParseError

MOST_PAGES = 60
LONGEST_SIDE = 2160
"""Pixels: a page fits a 4K screen without being enlarged."""
MOST_POINTS = 14_400
"""Points (1/72 inch): the longest side that the PDF standard allows, 5 m; that of A0 is 3,370."""
LEAST_SIDE = 240
_QUALITY = 88
_ALT = 240


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A rendered page: ``body`` is WebP, sizes in pixels; ``text`` (its first words) is the alternative text."""

    body: bytes
    width: int
    height: int
    text: str


def count_pages(path: Path) -> int:
    """The number of pages, each of a size that can be drawn. Raises ParseError."""
    with _opened(path) as document:
        pages = len(document)
        if not 0 < pages <= MOST_PAGES:
            raise ParseError(f"Tệp PDF có {pages} trang; nhận từ 1 đến {MOST_PAGES} trang.", "pdf-pages")
        for number in range(pages):
            _scale(document, number)
        return pages


def draw_page(path: Path, number: int) -> DrawnPage:
    """Page ``number`` (from 0), its longer side LONGEST_SIDE pixels. Raises ParseError."""
    with _opened(path) as document:
        scale = _scale(document, number)
        page = document[number]
        try:
            text = page.get_textpage().get_text_bounded()
            image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        except pypdfium2.PdfiumError as error:
            raise ParseError(f"Không vẽ được trang {number + 1} của tệp PDF.", "pdf-damaged") from error
        out = io.BytesIO()
        image.save(out, "WEBP", quality=_QUALITY, method=4)
        return DrawnPage(out.getvalue(), image.width, image.height, " ".join(text.split())[:_ALT])


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == FPDF_ERR_PASSWORD:
            raise ParseError("Tệp PDF có mật khẩu: hãy gỡ mật khẩu rồi gửi lại.", "pdf-password") from error
        raise ParseError("Tệp PDF bị hỏng.", "pdf-damaged") from error


def _scale(document: pypdfium2.PdfDocument, number: int) -> float:
    """Pixels per point. The page size is read from the file before anything is drawn."""
    try:
        width, height = document.get_page_size(number)
    except pypdfium2.PdfiumError as error:
        raise ParseError("Tệp PDF bị hỏng.", "pdf-damaged") from error
    longer, shorter = max(width, height), min(width, height)
    if not 0 < longer <= MOST_POINTS:
        raise ParseError(f"Trang {number + 1} của tệp PDF có khổ quá lớn.", "pdf-size")
    scale: float = LONGEST_SIDE / longer
    if shorter * scale < LEAST_SIDE:
        raise ParseError(f"Trang {number + 1} của tệp PDF quá hẹp để đọc được.", "pdf-size")
    return scale
