"""Prepares data for the pages of screens: the user's boards with a row for each screen; called by views and wall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.model import Board
from server.core.notices.progress import phone_of
from server.core.policy import Right
from server.core.screens.screens import Link, Screen
from server.core.screens.wall_rows import state_of
from server.desk.web.context import desk
from server.store.boards import boards, panics
from server.store.screens import receipts, screens, silent_tests


@dataclass(frozen=True, slots=True)
class Row:
    """A screen as a row of a list.

    ``state`` is its state and since when. ``phone`` is the number to call about it. ``picture`` is its newest
    screenshot: the id of the command and when the picture arrived (None: not yet). ``tested`` is when it answered the
    last silent test, a weekly check in which a screen draws one pixel (None: not yet).
    """

    screen: Screen
    state: str
    since: datetime | None
    link: Link | None
    phone: str
    picture: tuple[int, datetime | None] | None
    tested: datetime | None


@dataclass(frozen=True, slots=True)
class ListedBoard:
    """A board with the rows of its screens; ``panic``: panic mode is on in its area or in one above."""

    board: Board
    rows: Sequence[Row]
    panic: bool


def boards_with(right: Right) -> list[Board]:
    """Returns the boards of the areas in which the user holds ``right``."""
    areas = set(desk.areas(right))
    return [board for board in boards.all(desk.db) if board.area in areas]


def screens_by_board(shown: Sequence[Board]) -> dict[str, list[Screen]]:
    """Returns slug of each board in ``shown`` -> its screens, without revoked ones."""
    by_board: dict[str, list[Screen]] = {board.slug: [] for board in shown}
    for screen in screens.all(desk.db):
        if screen.board in by_board:
            by_board[screen.board].append(screen)
    return by_board


def listed_boards(shown: Sequence[Board], by_board: Mapping[str, Sequence[Screen]]) -> list[ListedBoard]:
    """Returns the boards ``shown`` with the rows of their screens, in the given order."""
    panicking = {one.area for one in panics.on(desk.db)}
    tree = desk.tree()
    return [
        ListedBoard(board, rows_of(board, by_board[board.slug]), bool(panicking & set(tree.chain(board.area))))
        for board in shown
    ]


def rows_of(board: Board, its_screens: Sequence[Screen]) -> list[Row]:
    """Returns the rows of the screens of one board, in the given order."""
    now, ids = desk.now(), [one.id for one in its_screens]
    links = receipts.links(desk.db, ids)
    pictures = screens.screenshots(desk.db, ids)
    _at, tested = silent_tests.last(desk.db, ids)
    rows = []
    for one in its_screens:
        link = links.get(one.id)
        state, since = state_of(one, link, connected=False, now=now)
        phone = phone_of(one, board, desk.tree())
        rows.append(Row(one, state, since, link, phone, pictures.get(one.id), tested.get(one.id)))
    return rows
