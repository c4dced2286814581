"""Decides which boards a notice reaches, and how notices on one board take turns; called by content, desk and store.

Several urgent notices on one board take turns of 12 s, in the order of `in_order`. display/state/view.js orders them
the same way: tests compare both with tests/golden/notice_order.json.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from server.core.areas import AreaTree, distance
from server.core.model import Board, Level, Notice
from server.core.times import to_ms

TURN_SECONDS = 12
LEVELS: tuple[Level, ...] = ("urgent", "priority", "normal")


def in_order(notices: Iterable[Notice], chain: Sequence[str] = ()) -> tuple[Notice, ...]:
    """Returns the notices in the order in which a board shows them.

    They are sorted by level, then real ones before exercises, graver danger, higher risk, nearer area, later issue
    first.

    ``chain`` is `AreaTree.chain` of the board's area; if it is empty, all areas count as equally near.
    """

    def key(one: Notice) -> tuple[int, bool, int, int, int, int, int]:
        level, near = LEVELS.index(one.shown_level), distance(chain, one.areas)
        return (level, one.exercise, -one.gravity, -one.risk, near, -to_ms(one.issued), -one.id)

    return tuple(sorted(notices, key=key))


class Target(Protocol):
    """The fields of a notice that decide which boards show it."""

    @property
    def areas(self) -> Collection[str]: ...
    @property
    def boards(self) -> Collection[str]: ...


def reaches(notice: Target, board: str, chain: Collection[str]) -> bool:
    """Returns True if the board with this slug shows the notice; no other code decides this.

    ``chain`` is `AreaTree.chain` of the board's area, which the notice must be addressed to. If the notice names
    boards, the board must be one of them, too.
    """
    return (not notice.boards or board in notice.boards) and any(area in chain for area in notice.areas)


def reached(notice: Notice, boards: Iterable[Board], tree: AreaTree) -> tuple[Board, ...]:
    """Returns those of ``boards`` to which the notice is addressed; none for an unknown area."""
    return tuple(board for board in boards if reaches(notice, board.slug, tree.chain(board.area)))


@dataclass(frozen=True, slots=True)
class Turn:
    """The ``notices`` that each of ``boards`` will show in turn; ``notices[mine]`` is the new one."""

    boards: tuple[Board, ...]
    notices: tuple[Notice, ...]
    mine: int


def turns(mine: Notice, boards: Sequence[Board], tree: AreaTree, live: Iterable[Notice]) -> tuple[Turn, ...]:
    """Returns in which order boards would show ``mine`` and the ``live`` notices of the same level in turn.

    Boards with the same sequence share one `Turn`; boards that would show ``mine`` alone are left out. A notice that
    ``mine`` replaces is not counted.
    """
    others = [notice for notice in live if notice.shown_level == mine.shown_level and notice.id != mine.replaces]
    rows: dict[tuple[Notice, ...], list[Board]] = {}
    for board in reached(mine, boards, tree):
        chain = tree.chain(board.area)
        beside = [notice for notice in others if reaches(notice, board.slug, chain)]
        if beside:
            rows.setdefault(in_order([mine, *beside], chain), []).append(board)
    return tuple(Turn(tuple(found), row, row.index(mine)) for row, found in rows.items())
