"""Which boards a notice reaches, and how several notices on one board take turns; called by the desk and content.

Several urgent notices on one board take turns of 12 s, the most pressing first (display/stage/overlay.js does the
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
    """Most pressing first: urgent before priority, real before exercise, then higher risk, then later issue."""
    return tuple(sorted(notices, key=lambda n: (n.level != "urgent", n.exercise, -n.risk, -to_ms(n.issued), -n.id)))


def reached(boards: Iterable[Board], tree: AreaTree, areas: Iterable[str]) -> tuple[Board, ...]:
    """The boards of ``areas`` and of all areas below them; an unknown area reaches no board."""
    wanted = set(areas)
    return tuple(board for board in boards if wanted.intersection(tree.chain(board.area)))


@dataclass(frozen=True, slots=True)
class Turn:
    """Notices that ``boards`` will show in turn; ``mine`` is the index of the new one among them."""

    boards: tuple[Board, ...]
    notices: tuple[Notice, ...]
    mine: int


def turns(mine: Notice, boards: Sequence[Board], tree: AreaTree, live: Iterable[Notice]) -> tuple[Turn, ...]:
    """With which other ``live`` notices of its level ``mine`` would take turns on the boards it reaches.

    Boards with the same sequence share one `Turn`; boards that would show ``mine`` alone are left out.
    """
    others = [notice for notice in live if notice.level == mine.level and notice.id != mine.replaces]
    rows: dict[tuple[Notice, ...], list[Board]] = {}
    for board in reached(boards, tree, mine.areas):
        chain = set(tree.chain(board.area))
        beside = [notice for notice in others if chain.intersection(notice.areas)]
        if beside:
            rows.setdefault(in_order([mine, *beside]), []).append(board)
    return tuple(Turn(tuple(found), row, row.index(mine)) for row, found in rows.items())
