"""Draws an announcement as the boards will show it and checks its longest gap; called by composer and queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from flask_babel import gettext

from server.content.board_content import read_snapshot
from server.content.gap_promise import infeasible_gaps
from server.core.model import Announcement, Board, Format
from server.core.typesetting.legibility import Rendering
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.store.announcements import listings
from server.store.boards import boards

MOST_PREVIEWS = 4
_SAMPLES = (Format("landscape", "S"), Format("portrait", "S"), Format("landscape", "L"))


class Preview(TypedDict):
    """A slide on one board: ``page`` is the HTML of an iframe, ``shape`` the layout, ``pages`` how many there are."""

    board: Board
    page: str
    shape: str
    pages: int
    drawn: Rendering


def boards_reached(one: Announcement) -> list[Board]:
    """The boards that will show the announcement: those it names, else all of its area and of the areas below."""
    tree = desk.tree()
    return [
        board
        for board in boards.all(desk.db)
        if one.area in tree.chain(board.area) and (not one.boards or board.slug in one.boards)
    ]


def previews(one: Announcement, reached: Sequence[Board], page: int = 0) -> list[Preview]:
    """Previews of slide ``page`` (from 0; the last one if there are fewer), one for each board format.

    ``reached`` are the boards that will show the announcement; sample boards are added as in `_one_of_each_format`.
    """
    tree, renderer = desk.tree(), slide_preview.renderer()
    area = tree.get(one.area).name if one.area in tree else ""
    made: list[Preview] = []
    for board in _one_of_each_format(reached):
        slides = renderer.announcement(one, area_name=area, zone=board.zone, format=board.format)
        if not slides:
            continue
        slide = slides[min(max(page, 0), len(slides) - 1)]
        name = tree.get(board.area).name if board.area in tree else area
        made.append({
            "board": board,
            "page": slide_preview.document(slide, board, name, desk.now()),
            "shape": board.format.layout,
            "pages": len(slides),
            "drawn": Rendering(board.format, board.name, tuple(each.dwell for each in slides)),
        })  # fmt: skip
    return made


def _one_of_each_format(reached: Sequence[Board]) -> list[Board]:
    """One board for each format, at most MOST_PREVIEWS; sample boards of usual formats fill up to three."""
    found: dict[Format, Board] = {}
    for board in reached:
        found.setdefault(board.format, board)
    names = {"landscape": gettext("Màn ngang"), "portrait": gettext("Màn dọc"), "classic": gettext("Màn 4:3")}
    for format in _SAMPLES:
        if len(found) < len(_SAMPLES) and format not in found:
            far = gettext(", xem từ xa") if format.size == "L" else ""
            name = gettext("Mẫu: %(shape)s%(far)s", shape=names[format.layout], far=far)
            found[format] = Board("mau", name, "", format=format)
    return list(found.values())[:MOST_PREVIEWS]


def gap_problems(one: Announcement) -> list[str]:
    """A Vietnamese sentence for each board whose lap would break a longest gap if it also showed the announcement.

    The gap may be that of this announcement or of another one on the board.
    """
    now = desk.now()
    if not one.area or (one.longest_gap is None and not listings.any_promise(desk.db, now)):
        return []
    found = infeasible_gaps(slide_preview.renderer(), read_snapshot(desk.db, now), one)
    return [
        gettext(
            "«%(board)s» không chiếu lại kịp: nhỏ nhất là %(minutes)s phút%(kept)s.",
            board=problem.board.name,
            minutes=-(-problem.smallest // 60_000),
            kept=gettext(", vì còn giữ nhịp của: %(others)s", others="; ".join(problem.broken))
            if problem.broken
            else "",
        )
        for problem in found
    ]
