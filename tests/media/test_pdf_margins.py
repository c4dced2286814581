"""An upright page of a PDF loses most of its empty margins, so that no strip of it is bare paper."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from server.core.model import Attachment, Format
from server.media.pdf import KEPT_MARGIN, MOST_GROWTH, WIDEST, DrawnPage, draw_page
from server.slides.kinds.pdf.strips import strips
from tests.media import made

LINES = "BT /F1 14 Tf 85 {} Td (Uy ban nhan dan xa Minh Tan thong bao lich tiep cong dan thang nay) Tj ET "
FULL = "".join(LINES.format(y) for y in range(790, 60, -20))
TALL = Format("landscape", "S")


def drawn(tmp_path: Path, extra: str, size: tuple[int, int] = made.A4) -> DrawnPage:
    return draw_page(made.pdf(tmp_path / "a.pdf", [size], words="", extra=extra), 0)


def ink_of(page: DrawnPage) -> tuple[int, int, int, int]:
    """The box around what is printed: left, top, right, bottom in pixels."""
    with Image.open(io.BytesIO(page.body)) as image:
        found = image.convert("L").point([255 * (lightness < 200) for lightness in range(256)]).getbbox()
    assert found is not None
    return found


def strips_of(page: DrawnPage) -> int:
    return strips(Attachment("a" * 16, "", page.width, page.height), TALL, "Niêm yết")


@pytest.mark.parametrize(("lines", "shown"), [(3, 1), (10, 1), (14, 2), (20, 3)])
def test_no_strip_of_a_short_letter_is_bare_paper(tmp_path: Path, lines: int, shown: int) -> None:
    page = drawn(tmp_path, "".join(LINES.format(y) for y in range(790, 790 - 20 * lines, -20)))
    assert strips_of(page) == shown < strips_of(drawn(tmp_path, made.CORNERS))
    left, top, right, bottom = ink_of(page)
    margin = 2 * KEPT_MARGIN * page.width
    assert 0 < left < margin
    assert 0 < page.width - right < margin
    assert top > 0
    # Of the last strip at least a third is printed on.
    assert page.height - bottom < page.height / shown * 2 / 3
    assert page.width / page.height <= WIDEST + 0.01


def test_a_full_page_keeps_every_line_and_becomes_larger(tmp_path: Path) -> None:
    page, whole = drawn(tmp_path, FULL), drawn(tmp_path, f"{FULL}{made.CORNERS}")
    left, top, right, bottom = ink_of(page)
    assert min(left, top, page.width - right, page.height - bottom) > 0
    assert max(page.width, page.height) <= max(whole.width, whole.height)
    assert (right - left) / page.width > 0.9


def test_a_single_short_line_is_not_enlarged_without_limit(tmp_path: Path) -> None:
    page = drawn(tmp_path, "BT /F1 14 Tf 250 800 Td (Het) Tj ET")
    assert page.width <= 1920 * MOST_GROWTH * 1.01
    left, _, right, _ = ink_of(page)
    assert (right - left) / page.width < 0.5


@pytest.mark.parametrize(("extra", "size"), [(FULL, (842, 595)), (made.CORNERS, made.A4)])
def test_pages_across_and_pages_without_margins_stay_whole(tmp_path: Path, extra: str, size: tuple[int, int]) -> None:
    path = made.pdf(tmp_path / "a.pdf", [size], words="", extra=extra)
    page = draw_page(path, 0)
    assert page.width / page.height == pytest.approx(size[0] / size[1], abs=0.01)
