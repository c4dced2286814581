"""Chooses the boards that show a source, in the form of a new source and on its page; called by the sources' views.

A lane is one source on one board, so choosing boards adds and removes lanes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask_babel import gettext

from server.core.model import Board, Lane, Source
from server.core.sources.trust import foreign_unread
from server.core.text_input import number_or_none
from server.desk.web.context import desk
from server.desk.web.names import area_name, board_name
from server.store.boards import boards
from server.store.sources import sources

MOST, DAYS = Lane("").most, Lane("").newest_days
LARGEST_MOST, LARGEST_DAYS = 200, 36_500


@dataclass(frozen=True, slots=True)
class BoardChoice:
    """A board as a checkbox in the form of a source.

    ``area`` is the slug of its area, ``place`` the name of that area, ``ticked`` whether the box is ticked.
    """

    slug: str
    name: str
    area: str
    place: str
    ticked: bool


def my_boards() -> list[Board]:
    """Returns the boards whose lanes the user may change: those in areas where the user manages screens."""
    areas = set(desk.areas("screen.manage"))
    return [board for board in boards.all(desk.db) if board.area in areas]


def choices(source: Source | None, area: str = "") -> list[BoardChoice]:
    """Returns the user's boards as checkboxes.

    The boards that show ``source`` are ticked; for a new source (None), the boards in the area ``area`` (slug).
    """
    return [
        BoardChoice(
            board.slug,
            board_name(board.slug),
            board.area,
            area_name(board.area),
            board.area == area if source is None else shows(board, source.slug),
        )
        for board in my_boards()
    ]


def suggested(source: Source) -> list[BoardChoice]:
    """Returns the user's boards in the source's own area.

    If no board shows the source, the page offers a button that adds it to these boards.
    """
    area = desk.tree().in_charge(source.area)
    return [one for one in choices(source) if one.area == area]


def shows(board: Board, source: str) -> bool:
    """True if the board has a lane of the source."""
    return any(lane.source == source for lane in board.lanes)


def lane_in(form: Mapping[str, str], source: str) -> Lane:
    """Returns the lane of ``source`` that the form describes.

    An empty number becomes the default; a number that is too small or too large becomes the nearest allowed one.
    """
    most = number_or_none(form.get("most", "").strip())
    days = number_or_none(form.get("days", "").strip())
    return Lane(
        source,
        MOST if most is None else min(max(most, 1), LARGEST_MOST),
        DAYS if days is None else min(max(days, 1), LARGEST_DAYS),
    )


def chosen_boards() -> set[str]:
    """Returns the slugs of the boards that are ticked in the posted form and that the user may change."""
    return {board.slug for board in my_boards()}.intersection(request.form.getlist("boards"))


def boards_before() -> set[str]:
    """Returns the slugs of the boards that were ticked when the page of the posted form was made.

    Empty for a form that can only add boards.
    """
    return {board.slug for board in my_boards()}.intersection(request.form.getlist("before"))


def add_sources(made: list[Source], wanted: set[str]) -> None:
    """Saves new sources and adds them as lanes to the boards ``wanted`` (slugs), in one transaction.

    Raises StoreRefusal if a board would have too many lanes.
    """
    actor, now = desk.actor(), desk.now()
    shown = boards.adding(lane_in(request.form, ""), wanted, actor=actor, now=now)
    sources.add(desk.db, made, shown, actor=actor, now=now)


def show_on(source: Source, add: set[str], drop: set[str]) -> None:
    """Adds the source as a lane to the boards ``add`` and removes it from the boards ``drop`` (slugs).

    Raises StoreRefusal if a board would have too many lanes.
    """
    boards.set_lanes(desk.db, lane_in(request.form, source.slug), add, drop, actor=desk.actor(), now=desk.now())


def refusal(source: Source, wanted: set[str]) -> str:
    """Returns a sentence why one of the boards ``wanted`` (slugs) may not show the source; "" if all may.

    Stories of some sources are shown without approval, because the editors of the source's area have allowed it. A
    board of another area may show such a source only if an editor of the board's area adds it.
    """
    tree = desk.tree()
    foreign = [
        board_name(board.slug)
        for board in my_boards()
        if board.slug in wanted
        and not shows(board, source.slug)
        and not desk.may("story.approve", board.area)
        and foreign_unread(Board("", "", board.area, lanes=(Lane(source.slug),)), None, [source], tree)
    ]
    if not foreign:
        return ""
    return str(
        gettext(
            "Tin của nguồn này lên bảng mà không ai đọc trước, và đơn vị của %(boards)s chưa đồng ý điều đó. Hãy để "
            "nguồn chờ duyệt rồi chọn bảng, sau đó nhờ biên tập viên của các đơn vị cho lên bảng ngay.",
            boards=", ".join(foreign),
        )
    )


def shown_boards(source: str) -> set[str]:
    """Returns the slugs of all boards that show a source, including those of areas in which the user has no right."""
    return {board.slug for board in boards.all(desk.db) if shows(board, source)}


def shown_text(wanted: set[str]) -> str:
    """Returns a sentence that a source is now shown on the boards ``wanted`` (slugs), with their names."""
    names = sorted(board_name(slug) for slug in wanted)
    if not names:
        return str(gettext("Không bảng nào hiện nguồn này."))
    return str(gettext("Hiện trên: %(boards)s.", boards=", ".join(names)))
