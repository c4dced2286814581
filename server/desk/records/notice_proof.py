"""Proves that notices were shown: by which screens and when, and which screens never did; called by proof's views.

The proof of a notice comes from receipts, which each screen sends at once; other items are proved by counted plays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from server.core.model import Board, Notice
from server.core.notices.order import reached
from server.core.screens.screens import Screen
from server.desk.records.proof_figures import Period
from server.desk.web.context import desk
from server.store.database.errors import NotFound
from server.store.notices import notices
from server.store.screens import receipts, screens
from server.store.screens.receipts import NoticeTimes


@dataclass(frozen=True, slots=True)
class ScreenProof:
    """What one screen reported about a notice; each of its ``times`` is None if the screen has not reported it."""

    board: Board
    screen: Screen
    times: NoticeTimes


@dataclass(frozen=True, slots=True)
class NoticeProof:
    """A notice with every screen that should have shown it.

    The screens that never showed it come first; then the order is by the board's name and the screen's place on it.
    """

    notice: Notice
    screens: tuple[ScreenProof, ...]

    @property
    def item(self) -> str:
        return f"notice:{self.notice.id}"

    @property
    def shown(self) -> list[datetime]:
        """The time at which each screen first showed the notice, earliest first; without screens that never did."""
        return sorted(one.times.shown for one in self.screens if one.times.shown is not None)

    @property
    def boards(self) -> list[Board]:
        """The boards of the screens, in the order of their names."""
        return sorted({row.board.slug: row.board for row in self.screens}.values(), key=lambda board: board.name)

    @property
    def never(self) -> int:
        """How many screens never showed the notice."""
        return sum(one.times.shown is None for one in self.screens)

    @property
    def ended(self) -> datetime:
        """When the notice ended, or when it shall end if it has not ended yet."""
        return self.notice.ended or self.notice.until


def notice_proofs(visible: Sequence[Board], period: Period) -> list[NoticeProof]:
    """Returns the proofs of the notices that one of the boards ``visible`` had on air in the period, newest first."""
    start = datetime.combine(period.first, time(), desk.zone())
    end = datetime.combine(period.last + timedelta(days=1), time(), desk.zone())
    return _proofs(notices.between(desk.db, start, end), visible)[::-1]


def notice_proof(number: int, visible: Sequence[Board]) -> NoticeProof | None:
    """Returns which screens showed the notice with the id ``number``, and which never did.

    None if there is no such notice, if it was never on air, or if it is addressed to none of the boards ``visible``.
    """
    try:
        notice = notices.get(desk.db, number)
    except NotFound:
        return None
    if notice.state == "drafted" or (notice.ended or notice.until) <= notice.issued:
        return None  # it was on no screen
    return next(iter(_proofs([notice], visible)), None)


def _proofs(found: Iterable[Notice], visible: Sequence[Board]) -> list[NoticeProof]:
    every = [(notice, {board.slug: board for board in reached(notice, visible, desk.tree())}) for notice in found]
    mine = [(notice, boards) for notice, boards in every if boards]
    if not mine:
        return []
    known = screens.changed_since(desk.db, 0)  # all screens, including revoked ones
    told = receipts.of_notices(desk.db, [notice.id for notice, _ in mine])
    return [_proof(notice, boards, known, told.get(notice.id, {})) for notice, boards in mine]


def _proof(
    notice: Notice, boards: dict[str, Board], known: Iterable[Screen], told: dict[int, NoticeTimes]
) -> NoticeProof:
    end = notice.ended or notice.until
    rows = [
        ScreenProof(boards[one.board], one, told.get(one.id, NoticeTimes(one.id)))
        for one in known
        if one.board in boards and (one.id in told or _was_there(one, notice.issued, end))
    ]
    rows.sort(key=lambda row: (row.times.shown is not None, row.board.name, row.screen.slot))
    return NoticeProof(notice, tuple(rows))


def _was_there(screen: Screen, begin: datetime, end: datetime) -> bool:
    """True if the screen was in use at any moment between ``begin`` and ``end``, when the notice was on air."""
    return screen.paired < end and (screen.revoked is None or screen.revoked > begin)
