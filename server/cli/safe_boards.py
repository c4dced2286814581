"""Finds the boards that show the safe page now, and so no slides and no notice; called by announcements and notices.

The safe page has only the names of board and area.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.core.areas import AreaTree
from server.core.model import Board
from server.store.boards import panics
from server.store.database.engine import Database


def divide_safe(db: Database, tree: AreaTree, found: Iterable[Board]) -> tuple[list[Board], list[Board]]:
    """Divides boards into (those that show the safe page now, the others).

    A board shows it if its own mode is "safe", or if panic mode (the safe page on all boards of an area) is on in its
    area or in one above it.
    """
    on = {one.area for one in panics.on(db)}
    safe: list[Board] = []
    others: list[Board] = []
    for board in found:
        is_safe = board.mode == "safe" or not on.isdisjoint(tree.chain(board.area))
        (safe if is_safe else others).append(board)
    return safe, others


def slugs(found: Iterable[Board]) -> str:
    """The slugs of the boards, separated by commas."""
    return ", ".join(board.slug for board in found)
