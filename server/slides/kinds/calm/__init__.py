"""Slides for when there is nothing to say: a board without content, and safe mode; called by render.py."""

from __future__ import annotations

from server.core.model import Format, Slide
from server.core.typesetting.formats import scale
from server.core.typesetting.paging import tidy
from server.slides.kinds import led
from server.slides.layout.fitting import fit, one_page
from server.slides.layout.space import ORNAMENT_ROW, Composition, room
from server.slides.templating import slide

WAITING = "Thông báo và tin tức của địa phương sẽ hiện ở đây ngay khi được đăng."
PUBLIC = "Bảng tin điện tử công cộng"
DWELL = 15_000


def empty(board_name: str, area_name: str, format: Format) -> Slide:
    """What a board shows that has nothing to show: whose it is, and that news will come."""
    return _calm(board_name, area_name, WAITING, format, "empty")


def safe(board_name: str, area_name: str, format: Format) -> Slide:
    """The slide of safe mode: the name only."""
    return _calm(board_name, area_name, "", format, "safe")


def _calm(board_name: str, area_name: str, text: str, format: Format, kind: str) -> Slide:
    title = tidy(area_name)
    if format.size == "LED":
        return led.turning((title,), format, title=area_name, source=board_name, kind=kind)
    kicker = f"{PUBLIC} · {tidy(board_name)}"
    made = Composition(format, kicker, ornament=True)
    offered = room(made, with_text=bool(text), picture_row=ORNAMENT_ROW)
    words = one_page(title, text, offered, scale(format)) or fit(title, "", offered, scale(format))[0]
    return slide(
        "calm/template.html",
        {"words": words, "size": format.size, "label": PUBLIC, "board_name": tidy(board_name), "kind": kind},
        dwell=DWELL,
        title=area_name,
        source=board_name,
        kind=kind,
    )
