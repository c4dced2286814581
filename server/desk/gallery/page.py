"""Renders an example slide (specimen) on the page of a board; called by the gallery, tests and bench.

The page is the boards' own board.html without its scripts. Fixed texts are inserted here where
display/stage/frame.js and stage.js would insert the current ones.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.core.model import Board
from server.slides.kinds.calm.fixture import BOARD
from server.slides.specimens import Specimen
from server.slides.templating import media_address

MEDIA = "/glass/gallery/media/"
TIME = "14:05"
LONG_NEXT = "Kế hoạch triển khai chính sách hỗ trợ sản xuất nông nghiệp ứng dụng công nghệ cao gắn với nông thôn mới"
COMING = (
    LONG_NEXT,
    "Lịch tiếp công dân định kỳ của Chủ tịch Ủy ban nhân dân xã",
    "Cắt điện thôn Đông",
    "NGHIÊNG NGẪM VỀ NHỮNG TRẬN LŨ, ĐỂ CÙNG GIỮ ĐỒNG RUỘNG",
    "Thu gom rác thải cồng kềnh vào sáng thứ Bảy",
    "Giải bóng chuyền hơi người cao tuổi toàn xã",
)
PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[3] / "display/templates"),
    autoescape=True,
    undefined=StrictUndefined,
)
_LAYER = '<section class="layer" aria-hidden="true"></section>'
_PROGRESS = "".join(f"<li{' class=past' if n < 3 else ' class=now' if n == 3 else ''}></li>" for n in range(12))
_FRAME = {
    '<p id="date-solar">': "Chủ nhật, 22/11/2026",
    '<p id="date-lunar">': "Âm lịch: 14 tháng Mười, Bính Ngọ",
    '<p id="date-lunar-short">': "14 tháng Mười âm lịch",
    '<span id="clock-minutes">': TIME,
    '<span id="clock-seconds">': ":32",
    '<span id="next-title">': LONG_NEXT,
    '<ol id="coming">': "".join(f"<li>{title}</li>" for title in COMING),
    '<span id="ticker-text">': "   •   ".join(COMING),
    '<p id="count">': "4 / 12",
    '<ol id="progress" aria-hidden="true">': _PROGRESS,
}


def body(one: Specimen) -> str:
    """Returns the HTML of the specimen's slide, with a fixed time and the gallery's pictures.

    A video is replaced by its first frame.
    """
    html = one.slide.html.replace("data-clock></span>", f"data-clock>{TIME}</span>")
    return html.replace(f'<video src="{media_address("")}', f'<video poster="{MEDIA}').replace(
        media_address(""), MEDIA
    )


def page(one: Specimen, *, root: str, viewer: str = "screen", theme: str = "province") -> str:
    """Returns the complete HTML page of a board that shows the specimen.

    ``root`` is the address of the folders css/ and fonts/; ``viewer`` is "screen" or "public", the kind of client
    that the page is for. Raises LookupError if board.html lacks an element that must be filled in.
    """
    board = Board("hoi-truong", BOARD, "xa-minh-tan", format=one.format, theme=theme)
    html = PAGES.get_template("board.html").render(
        board=board, area_name=one.area, root=root, build="", viewer=viewer, still=True
    )
    shown = Markup(body(one))  # noqa: S704 - our own template's output
    if one.urgent:
        html = _put(html, 'role="alert" hidden>', f'role="alert"><section data-notice="1">{shown}</section>')
        html = _put(html, '<main id="stage">', '<main id="stage" inert>')
    else:
        reached = ' tabindex="0"' if viewer == "public" else ""
        front = f'class="layer" data-slide="{one.slide.hash}" aria-hidden="false"{reached}'
        html = _put(html, _LAYER, f"<section {front}>{shown}</section>")
    for tag, text in _FRAME.items():
        html = _put(html, tag, tag + text)
    return html


def _put(html: str, place: str, filled: str) -> str:
    if place not in html:
        raise LookupError(f"board.html has no {place}")
    return html.replace(place, filled, 1)
