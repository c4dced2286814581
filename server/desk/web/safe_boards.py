"""Says which boards show the safe page now (a calm slide instead of all content).

Called by announcements, notices and screens.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.core.model import Board
from server.desk.web.context import desk
from server.store.boards import panics


def divide_safe(found: Iterable[Board]) -> tuple[tuple[Board, ...], tuple[Board, ...]]:
    """Divides boards into two tuples: those that show the safe page now, and the others.

    A board shows the safe page if its own mode is "safe" or if panic mode is on in its area or in one above it.
    """
    on, tree = {one.area for one in panics.on(desk.db)}, desk.tree()
    safe: list[Board] = []
    others: list[Board] = []
    for board in found:
        is_safe = board.mode == "safe" or not on.isdisjoint(tree.chain(board.area))
        (safe if is_safe else others).append(board)
    return tuple(safe), tuple(others)
