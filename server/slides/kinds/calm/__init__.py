"""Renders slides with only a name or a sentence: empty board, safe mode, a hall's numbers; called by render.py."""

from __future__ import annotations

from server.core.model import Format, Slide
from server.core.typesetting.formats import scale
from server.core.typesetting.paging import tidy
from server.slides.kinds import led
from server.slides.layout.fitting import fit, one_page
from server.slides.layout.space import ORNAMENT_ROW, Arrangement, space_for
from server.slides.templating import render_slide

WAITING = "Thông báo và tin tức của địa phương sẽ hiện ở đây ngay khi được đăng."
SERVING = "Số thứ tự đang phục vụ"
SERVING_PLACE = "serving-place"
PUBLIC = "Bảng tin điện tử công cộng"
DWELL = 15_000


def empty(board_name: str, area_name: str, format: Format) -> Slide:
    """The slide of a board without content: the names of area and board, and a sentence that news will appear."""
    return _calm(board_name, area_name, WAITING, format, "empty")


def safe(board_name: str, area_name: str, format: Format) -> Slide:
    """The slide of safe mode, which shows nothing but the names of the area and the board."""
    return _calm(board_name, area_name, "", format, "safe")


def serving_place(format: Format) -> Slide:
    """Returns the slide that laps contain in place of a hall's numbers, which are sent to screens separately.

    It is seen on the desk's wall, and in previews if there are no numbers.
    """
    return _calm("", SERVING, "", format, SERVING_PLACE)


def _calm(board_name: str, area_name: str, text: str, format: Format, kind: str) -> Slide:
    title = tidy(area_name)
    if format.size == "LED":
        return led.turning(
            led.turning_pages(title, (), format), format, title=area_name, source=board_name, kind=kind
        )
    kicker = " · ".join(filter(None, (PUBLIC, tidy(board_name))))
    arrangement = Arrangement(format, kicker, ornament=True)
    space = space_for(arrangement, with_text=bool(text), picture_row=ORNAMENT_ROW)
    type_scale = scale(format)
    text_block = one_page(title, text, space, type_scale) or fit(title, "", space, type_scale)[0]
    return render_slide(
        "calm/template.html",
        {
            "text_block": text_block,
            "size": format.size,
            "label": PUBLIC,
            "board_name": tidy(board_name),
            "kind": kind,
        },
        dwell=DWELL,
        title=area_name,
        source=board_name,
        kind=kind,
    )
