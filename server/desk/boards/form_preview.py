"""Draws a board as its form describes it, with what it would show now; called by server.desk.boards.views."""

from __future__ import annotations

from flask_babel import format_decimal, gettext

from server.content.board_content import board_content, snapshot_of
from server.core.model import Board
from server.core.typesetting.formats import reach
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.desk.web.slide_preview import Preview

MOST_COMING = 8


def board_preview(board: Board) -> Preview:
    """A board that need not be stored, with its first slide and the titles of the next ones."""
    now, renderer = desk.now(), slide_preview.renderer()
    snapshot = snapshot_of(desk.db, [board], now)
    content = board_content(renderer, snapshot, snapshot.boards[0])
    slides = {slide.hash: slide for slide in content.slides}
    items = [one for one in content.items if one.pages]
    slide = slides[items[0].pages[0].hash] if items else content.filler
    coming = [one.title for one in items[1 : 1 + MOST_COMING]]
    return Preview(board, slide_preview.document(slide, board, content.area.name, now, coming=coming))


def size_text(board: Board) -> str:
    """Sentences that describe the board's size class and up to how many metres its text can be read."""
    text = {
        "LED": gettext("Bảng LED: ba dòng chữ thật to, không khung, không mã QR."),
        "S": gettext("Cỡ chữ S, nhỏ: mỗi trang nhiều chữ nhất."),
        "M": gettext("Cỡ chữ M, vừa: mỗi trang ít chữ hơn cỡ S."),
        "L": gettext("Cỡ chữ L, to: mỗi trang chỉ vài câu."),
        "XL": gettext("Cỡ chữ XL, rất to: mỗi trang một ý."),
    }[board.format.size]
    return f"{text} {_reading_distance(board)}"


def _reading_distance(board: Board) -> str:
    if board.diagonal is None or board.distance is None:
        return str(gettext("Chưa ghi đường chéo và khoảng cách nên giữ cỡ đang có."))
    metres = reach(board.format.layout, board.format.size, board.diagonal)
    text = format_decimal(round(metres, 1))
    if metres < board.distance:
        return str(gettext("Xa hơn %(metres)s m thì khó đọc.", metres=text))
    return str(gettext("Đọc rõ từ khoảng cách đến %(metres)s m.", metres=text))
