"""How far a notice has come: per board the screens that received and showed it, and those to telephone.

Called by the desk (the urgent page's live count), with the store alone: any process may ask, whichever server the
screens are connected to. ``live`` counts screens heard within 90 s; ``sent``, ``received`` and ``shown`` are the
screens' own words, ``missing`` are the screens that have not shown it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.core.areas import AreaTree
from server.core.model import Board
from server.core.screens import Link, Screen
from server.live.programme import notices_for
from server.store import boards, notices, receipts, screens, sources
from server.store.engine import Database
from server.store.receipts import NoticeState


@dataclass(frozen=True, slots=True)
class Missing:
    """A screen that has not shown the notice: whom to call (its own telephone, else its area's), seen when last."""

    screen: int
    name: str
    phone: str
    live: bool
    received: bool
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class BoardProgress:
    """One board's screens and what they have said of the notice; numbers of screens."""

    board: str
    name: str
    area: str
    screens: int
    live: int
    sent: int
    received: int
    shown: int
    ended: int
    missing: tuple[Missing, ...]


def notice_progress(db: Database, notice_id: int, now: datetime) -> tuple[BoardProgress, ...]:
    """Every board that the notice is addressed to, in the order of the boards. Raises NotFound, StoreError."""
    notice = notices.get(db, notice_id)
    tree = AreaTree(sources.areas(db))
    reached = [board for board in boards.all(db) if notices_for(board, tree, [notice])]
    by_board: dict[str, list[Screen]] = {board.slug: [] for board in reached}
    for screen in screens.all(db, list(by_board)):
        by_board[screen.board].append(screen)
    links, said = receipts.links(db), receipts.of_notice(db, notice_id)
    return tuple(_progress(board, tree, by_board[board.slug], links, said, now) for board in reached)


def phone_of(screen: Screen, board: Board, tree: AreaTree) -> str:
    """Whom to call about a screen: whoever is near it, else the nearest area above that names somebody."""
    above: Iterable[str] = (tree.get(slug).phone for slug in tree.chain(board.area))
    return screen.phone or next((phone for phone in above if phone), "")


def _progress(
    board: Board,
    tree: AreaTree,
    its: list[Screen],
    links: dict[int, Link],
    said: dict[int, NoticeState],
    now: datetime,
) -> BoardProgress:
    words = [said.get(screen.id) or NoticeState(screen.id) for screen in its]
    here = [links[screen.id] for screen in its if screen.id in links]
    missing = tuple(
        Missing(
            screen.id,
            screen.name,
            phone_of(screen, board, tree),
            live=screen.id in links and links[screen.id].live(now),
            received=word.received is not None,
            seen=links[screen.id].seen if screen.id in links else None,
        )
        for screen, word in zip(its, words, strict=True)
        if word.shown is None
    )
    return BoardProgress(
        board.slug,
        board.name,
        board.area,
        screens=len(its),
        live=sum(link.live(now) for link in here),
        sent=sum(word.sent is not None for word in words),
        received=sum(word.received is not None for word in words),
        shown=sum(word.shown is not None for word in words),
        ended=sum(word.ended is not None for word in words),
        missing=missing,
    )
