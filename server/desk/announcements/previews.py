"""Draws an announcement as boards will show it, and checks whether boards can repeat it often enough.

Called by the modules of the composer and of the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace
from functools import partial
from typing import TypedDict

from flask_babel import gettext

from server.content.board_content import with_item_link
from server.content.gap_promise import infeasible_gaps
from server.content.item_faults import ItemFaults
from server.content.store_snapshot import read_snapshot
from server.core.announcements.parts import LONGEST_TEXT, LONGEST_TITLE
from server.core.model import Announcement, Board, Contact, Format
from server.core.typesetting.legibility import Rendering
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.store.announcements import listings

MOST_PREVIEWS = 4
_LONGEST_FIELD = 1_000  # characters; more than the form allows in the link or a field of the contact
_SAMPLES = (Format("landscape", "S"), Format("portrait", "S"), Format("landscape", "L"))


class Preview(TypedDict):
    """A slide of an announcement on one board: ``page`` is an HTML page for an iframe, ``shape`` the board's layout.

    ``pages`` is how many slides the announcement has on this board. ``drawn`` is the board's format and how long each
    slide is shown, for the check whether people can read them.
    """

    board: Board
    page: str
    shape: str
    pages: int
    drawn: Rendering


def bounded(one: Announcement) -> Announcement:
    """Returns a copy of ``one`` with its texts cut to the lengths that the form allows.

    The preview is drawn without validation, and megabytes of text would take minutes to divide into lines and pages.
    """
    card = one.contact
    return replace(
        one,
        title=one.title[:LONGEST_TITLE],
        text=one.text[:LONGEST_TEXT],
        link=one.link[:_LONGEST_FIELD],
        contact=card and Contact(*(value[:_LONGEST_FIELD] for value in astuple(card))),
    )


def previews(one: Announcement, reached: Sequence[Board], page: int = 0) -> list[Preview]:
    """Returns previews of the announcement's slide number ``page``, one for each board format.

    ``page`` counts from 0; the last slide is drawn if there are fewer. ``reached`` are the boards that will show the
    announcement; if they have fewer than three formats, sample boards of usual formats are added. A format for which
    drawing fails is left out.
    """
    tree, renderer = desk.tree(), slide_preview.renderer()
    area = tree.get(one.area).name if one.area in tree else ""
    faults, made = ItemFaults(), list[Preview]()
    for board in _one_of_each_format(reached):
        linked = with_item_link(renderer, board, one)
        draw = partial(renderer.announcement, linked, area_name=area, zone=board.zone, format=board.format)
        # If drawing fails, the preview is left out, so that the page still opens and the announcement can be
        # corrected.
        slides = faults.attempt(board.slug, f"announcement:{one.id}", draw)
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
    """Returns one board for each format among ``reached``, at most MOST_PREVIEWS.

    If there are fewer than three formats, sample boards of usual formats are added.
    """
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
    """Returns a sentence for each board that could not repeat its announcements in time if it also showed this one.

    An announcement's ``longest_gap`` limits the time between two of its showings. The announcement that would be
    repeated too late may be ``one`` or another one on the board. The sentences are in the user's language.
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
