"""Reads reports for the source information system for the current user or key; called by desk.api and desk.records.

A user sees only boards of areas in which he may view reports.
"""

from __future__ import annotations

from datetime import date, timedelta

from server.core.model import Board
from server.core.source_system.reports import BoardLine, OwnerLine, Period, PlayLine, inventory, statement
from server.desk.web.context import desk
from server.store.boards import boards
from server.store.database.errors import NotFound
from server.store.screens import receipts, screens
from server.store.source_system import figures

USUAL, LONGEST = timedelta(days=6), timedelta(days=400)


def visible_boards() -> list[Board]:
    """Returns the boards in the areas in which the user may view reports."""
    areas = set(desk.areas("report.view"))
    return [one for one in boards.all(desk.db) if one.area in areas]


def visible_board(slug: str) -> Board | None:
    """Returns the board with this slug; None if there is none, or the user may not view reports of it."""
    try:
        found = boards.get(desk.db, slug)
    except NotFound:
        return None
    return found if desk.may("report.view", found.area) else None


def today() -> date:
    """Returns the current day in the configured zone."""
    return desk.now().astimezone(desk.zone()).date()


def period_of(first: date | None, last: date | None) -> Period:
    """Returns the period, by default the last seven days; a too long one is shortened at its beginning."""
    end = last or today()
    begin = min(first or end - USUAL, end)
    return Period(max(begin, end - LONGEST), end)


def month_of(text: str) -> Period:
    """Returns the period of a month such as "2026-03"; "" is the current month. Raises ValueError for other text."""
    return Period.of_month(text or f"{today():%Y-%m}")


def board_lines(found: list[Board]) -> tuple[BoardLine, ...]:
    """Returns the inventory of these boards with their state now."""
    paired = screens.all(desk.db, [one.slug for one in found])
    links = receipts.links(desk.db, [one.id for one in paired]) if len(paired) < 500 else receipts.links(desk.db)
    return inventory(found, desk.tree(), paired, links, desk.now())


def play_lines(board: Board, period: Period) -> tuple[PlayLine, ...]:
    """Returns what a board showed in the period, the item shown longest first."""
    return figures.plays_of(desk.db, board.slug, period, desk.zone(), desk.now())


def owner_lines(found: list[Board], period: Period) -> tuple[OwnerLine, ...]:
    """Returns the airtime statement of these boards for the period."""
    slugs = [one.slug for one in found]
    return statement(found, figures.airtime(desk.db, slugs, period, desk.zone(), desk.now()))
