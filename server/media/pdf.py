"""Renders PDF pages as pictures with PDFium; called only in the child process, because documents may be hostile."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from feeds.errors import ParseError
from server.core.typesetting.page_ratios import STRIPS, WHOLE

MOST_PAGES = 60
LONGEST_SIDE = 2716
"""Length of a page's longer side in pixels. A portrait A4 page is then 1,920 pixels wide, as a Full HD board is."""
MOST_POINTS = 14_400
"""The longest allowed side of a page in points (1/72 inch): the PDF standard's limit, 5 m. A0 has 3,370 points."""
LEAST_SIDE = 240  # pixels
KEPT_MARGIN = 0.03
"""So much of an upright page's empty margins is kept, as a share of its width."""
MOST_GROWTH = 1.4
"""What is left of a page without its margins is drawn at most so many times as large as with them."""
LEAST_WIDTH = 0.75
"""So much of a page's width is kept at least, so that a short line is not enlarged without limit."""
WIDEST = 3.0
"""The largest ratio of width to height to which a page is cropped."""
_SEARCH = 1 / 8
"""The scale at which the margins are searched, beside that of the picture."""
_PAPER = 245
"""Lightness from which on a pixel counts as empty paper, of 255."""
_QUALITY = 88
_ALT = 240
MOST_LETTERS = 2_000
"""So many letters of a page are read for its alt text."""
_LONGEST_MARK = 64


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A rendered page. ``body`` is a WebP picture; sizes are in pixels. ``text`` is its first words, as alt text."""

    body: bytes
    width: int
    height: int
    text: str


def count_pages(path: Path) -> int:
    """Returns the number of pages, from 1 to MOST_PAGES.

    Raises ParseError if there are no pages or more than MOST_PAGES, if a page is too large or too narrow to be drawn,
    or if the file is damaged or has a password.
    """
    with _opened(path) as document:
        pages = len(document)
        if not 0 < pages <= MOST_PAGES:
            raise ParseError(f"Tệp PDF có {pages} trang; nhận từ 1 đến {MOST_PAGES} trang.", "pdf-pages")
        for number in range(pages):
            _scale(document, number)
        return pages


def draw_page(path: Path, number: int) -> DrawnPage:
    """Renders page ``number`` (from 0). Raises ParseError if that is not possible.

    An upright page is rendered without most of its empty margins. The longer side has at most LONGEST_SIDE pixels.
    """
    with _opened(path) as document:
        scale = _scale(document, number)
        page = document[number]
        try:
            text = f"{_text(page)} {_filled_in(document, page)}"
            crop = _margins(page, scale)
            image = page.render(scale=_enlarged(page, scale, crop), crop=crop).to_pil().convert("RGB")
        except pypdfium2.PdfiumError as error:
            raise ParseError(f"Không vẽ được trang {number + 1} của tệp PDF.", "pdf-damaged") from error
        out = io.BytesIO()
        image.save(out, "WEBP", quality=_QUALITY, method=4)
        return DrawnPage(out.getvalue(), image.width, image.height, " ".join(text.split())[:_ALT])


def head_text(path: Path) -> str:
    """Returns the first MOST_LETTERS letters of the first page, also of layers, with line ends. Raises ParseError."""
    with _opened(path) as document:
        try:
            if not len(document):
                return ""
            texts = document[0].get_textpage()
            found: str = texts.get_text_range(0, min(texts.count_chars(), MOST_LETTERS))
            return found
        except pypdfium2.PdfiumError as error:
            raise ParseError("Tệp PDF bị hỏng.", "pdf-damaged") from error


_Margins = tuple[float, float, float, float]
"""Left, bottom, right and top margin of a page in points."""


def _margins(page: pypdfium2.PdfPage, scale: float) -> _Margins:
    """Returns the empty margins to cut off from an upright page; all are 0 if it is empty or not upright.

    With its margins, a letter of ten lines would be white paper for half of the time for which screens show it.
    ``scale`` is in pixels per point.
    """
    width, height = page.get_size()
    image = page.render(scale=scale * _SEARCH).to_pil().convert("L")
    box = image.point([255 * (lightness < _PAPER) for lightness in range(256)]).getbbox()
    if box is None or height <= width:
        return 0.0, 0.0, 0.0, 0.0
    left, top, right, bottom = (edge / (scale * _SEARCH) for edge in box)
    left, right = _widened(left, right, width, max(right - left + 2 * KEPT_MARGIN * width, LEAST_WIDTH * width))
    high = bottom - top + 2 * KEPT_MARGIN * width
    ratio = (right - left) / high
    if ratio > STRIPS:
        high = (right - left) / (STRIPS if ratio < WHOLE else min(ratio, WIDEST))
    top, bottom = _widened(top, bottom, height, high)
    return left, height - bottom, width - right, top


def _widened(start: float, end: float, length: float, wanted: float) -> tuple[float, float]:
    """Returns the span from ``start`` to ``end``, extended at both ends to the length ``wanted``.

    The span stays between 0 and ``length``; if one end cannot be extended as far, the other is extended further.
    """
    added = (wanted - (end - start)) / 2
    first = max(0.0, min(start - added, length - wanted))
    return first, min(length, first + wanted)


def _enlarged(page: pypdfium2.PdfPage, scale: float, crop: _Margins) -> float:
    """Returns the scale, in pixels per point, for a page whose margins ``crop`` are cut off.

    The longer side gets as many pixels as that of the whole page has at ``scale``, unless the scale would be more
    than MOST_GROWTH times ``scale``.
    """
    width, height = page.get_size()
    left, bottom, right, top = crop
    growth: float = max(width, height) / max(width - left - right, height - bottom - top)
    return scale * min(MOST_GROWTH, growth)


@contextmanager
def _opened(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    """Opens the document, so that form fields and visible signatures are drawn too. Raises ParseError."""
    try:
        # pypdfium2 resolves links, and a file in memory (/proc/PID/fd/N) has no other path than that link.
        document = pypdfium2.PdfDocument(path.open("rb") if path.is_relative_to("/proc") else path, autoclose=True)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise ParseError("Tệp PDF có mật khẩu: hãy gỡ mật khẩu rồi gửi lại.", "pdf-password") from error
        raise ParseError("Tệp PDF bị hỏng.", "pdf-damaged") from error
    with document:
        if document.get_formtype() == raw.FORMTYPE_XFA_FULL:
            # PDFium would only draw the placeholder page of such a file; the form itself is a program in it.
            raise ParseError("Tệp PDF là biểu mẫu động (XFA): hãy in ra tệp PDF thường rồi gửi lại.", "pdf-form")
        _prepare_fields(document)
        yield document


def _prepare_fields(document: pypdfium2.PdfDocument) -> None:
    """Makes PDFium draw form fields, also those that the document does not list.

    pypdfium2's ``init_forms`` would leave out fields that are not listed.
    """
    config = raw.FPDF_FORMFILLINFO(version=2)
    handle = raw.FPDFDOC_InitFormFillEnvironment(document, config)
    if not handle:
        raise ParseError("Tệp PDF bị hỏng.", "pdf-damaged")
    document.formenv = pypdfium2.PdfFormEnv(handle, config)


def _text(page: pypdfium2.PdfPage) -> str:
    """Returns the page's text without the text of layers, because PDFium does not tell which layers are hidden."""
    texts = page.get_textpage()
    found = []
    for index in range(min(texts.count_chars(), MOST_LETTERS)):
        part = raw.FPDFText_GetTextObject(texts, index)
        if not part or not _is_optional(part):
            found.append(chr(raw.FPDFText_GetUnicode(texts, index)).replace("\0", " "))
    # PDFium counts UTF-16 code units: a character above U+FFFF comes as two.
    return "".join(found).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_optional(part: object) -> bool:
    """Returns whether PDFium's page object ``part`` belongs to a layer, that is, has the mark "OC"."""
    for number in range(raw.FPDFPageObj_CountMarks(part)):
        mark, length = raw.FPDFPageObj_GetMark(part, number), ctypes.c_ulong()
        name = ctypes.create_string_buffer(_LONGEST_MARK)
        named = ctypes.cast(name, ctypes.POINTER(raw.FPDF_WCHAR))
        if raw.FPDFPageObjMark_GetName(mark, named, _LONGEST_MARK, length) and name.raw[:4] == b"O\0C\0":
            return True
    return False


def _filled_in(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> str:
    """Returns the values of the page's visible text fields and combo boxes, separated by blanks, for the alt text."""
    values = []
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        hidden = raw.FPDFAnnot_GetFlags(annotation) & (raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW)
        kind = raw.FPDFAnnot_GetFormFieldType(document.formenv, annotation)
        if kind in (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX) and not hidden:
            values.append(_value(document, annotation))
        raw.FPDFPage_CloseAnnot(annotation)
    return " ".join(values)


def _value(document: pypdfium2.PdfDocument, annotation: object) -> str:
    """Returns the value of a form field; ``annotation`` is PDFium's handle of the field."""
    length = raw.FPDFAnnot_GetFormFieldValue(document.formenv, annotation, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFAnnot_GetFormFieldValue(
        document.formenv, annotation, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), length
    )
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")


def _scale(document: pypdfium2.PdfDocument, number: int) -> float:
    """Returns the scale for rendering page ``number`` (from 0), in pixels per point.

    Raises ParseError if the page is too large or too narrow, before anything is drawn.
    """
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
