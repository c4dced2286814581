"""How notices share the glass: whom they reach, in which order they stand; asked by the desk before anything is sent.

Several urgent notices on one board take turns, 12 s each, the most pressing first (display/stage/overlay.js does the
same).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.core.areas import AreaTree
from server.core.model import Board, Notice
from server.core.times import to_ms

TURN_SECONDS = 12


def in_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Most pressing first: urgent before priority, real before exercise, the higher risk, then the later one."""
    return tuple(sorted(notices, key=lambda n: (n.level != "urgent", n.exercise, -n.risk, -to_ms(n.issued), -n.id)))


def reached(boards: Iterable[Board], tree: AreaTree, areas: Iterable[str]) -> tuple[Board, ...]:
    """The boards of these areas and of all below them; an unknown area reaches nobody."""
    wanted = set(areas)
    return tuple(board for board in boards if wanted.intersection(tree.chain(board.area)))


@dataclass(frozen=True, slots=True)
class Turn:
    """A row of notices that some boards will show by turns, ``mine`` among them at its place (from 0)."""

    boards: tuple[Board, ...]
    notices: tuple[Notice, ...]
    mine: int


def turns(mine: Notice, boards: Sequence[Board], tree: AreaTree, live: Iterable[Notice]) -> tuple[Turn, ...]:
    """For the boards that ``mine`` reaches: with which other notices of its level it would stand, and where.

    Boards that would show the same row are told together; those where it stands alone are not told.
    """
    others = [notice for notice in live if notice.level == mine.level and notice.id != mine.replaces]
    rows: dict[tuple[Notice, ...], list[Board]] = {}
    for board in reached(boards, tree, mine.areas):
        chain = set(tree.chain(board.area))
        beside = [notice for notice in others if chain.intersection(notice.areas)]
        if beside:
            rows.setdefault(in_order([mine, *beside]), []).append(board)
    return tuple(Turn(tuple(found), row, row.index(mine)) for row, found in rows.items())
