"""A board as its form says it: drawn with what it would show now, its size of type in words; for screen_boards."""

from __future__ import annotations

from typing import Any

from flask_babel import format_decimal, gettext

from server.content.board_content import board_content, snapshot_of
from server.core.model import Board
from server.core.typesetting.formats import reach
from server.desk.web import slide_preview
from server.desk.web.context import DeskContext
from server.slides.render import Renderer

MOST_COMING = 8


def windows(desk: DeskContext, board: Board, maker: Renderer) -> list[dict[str, Any]]:
    """The window of templates/preview/parts.html for a board that need not be stored: one slide, what follows."""
    now = desk.now()
    held = snapshot_of(desk.db, [board], now)
    made = board_content(maker, held, held.boards[0])
    bodies = {slide.hash: slide for slide in made.slides}
    items = [one for one in made.items if one.pages]
    slide = bodies[items[0].pages[0].hash] if items else made.filler
    coming = [one.title for one in items[1 : 1 + MOST_COMING]]
    page = slide_preview.document(slide, board, made.area.name, now, coming=coming)
    return [{"board": board, "page": page, "shape": board.format.layout}]


def size_words(board: Board) -> str:
    """What the size class means for who stands before it."""
    size = board.format.size
    if size == "LED":
        said = gettext("Bảng LED: ba dòng chữ thật to, không khung, không mã QR.")
    else:
        said = {
            "S": gettext("Cỡ chữ S, nhỏ: mỗi trang nhiều chữ nhất."),
            "M": gettext("Cỡ chữ M, vừa: mỗi trang ít chữ hơn cỡ S."),
            "L": gettext("Cỡ chữ L, to: mỗi trang chỉ vài câu."),
            "XL": gettext("Cỡ chữ XL, rất to: mỗi trang một ý."),
        }[size]
    return f"{said} {_how_far(board)}"


def _how_far(board: Board) -> str:
    if board.diagonal is None or board.distance is None:
        return str(gettext("Chưa ghi đường chéo và khoảng cách nên giữ cỡ đang có."))
    metres = reach(board.format.layout, board.format.size, board.diagonal)
    told = format_decimal(round(metres, 1))
    if metres < board.distance:
        return str(gettext("Xa hơn %(metres)s m thì khó đọc.", metres=told))
    return str(gettext("Đọc rõ từ khoảng cách đến %(metres)s m.", metres=told))
