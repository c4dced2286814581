"""Computes to how many screens of each board a notice was sent, how many received and showed it, and which did not.

Called by desk.notices, whose page lists the phone numbers for screens that do not show the notice, and by
desk.screens (`phone_of`). A screen that is not connected counts as missing at once, a connected one only 30 s after
the notice was issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from server.core.areas import AreaTree
from server.core.model import Board
from server.core.screens.screens import Link, Screen

PATIENCE = timedelta(seconds=30)


class ScreenReceipts(Protocol):
    """The times at which a notice was sent to one screen, and received and shown by the screen; None: not yet."""

    @property
    def sent(self) -> datetime | None: ...
    @property
    def received(self) -> datetime | None: ...
    @property
    def shown(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """A screen that does not show the notice yet.

    ``live``: it is connected. ``since`` is the time of its last message (None: never).
    """

    screen: Screen
    live: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class BoardProgress:
    """The numbers of a board's screens: all (``screens``), connected now (``live``), and by receipt of the notice.

    ``shown`` counts the screens that have painted the notice. ``missing`` are the screens to telephone about.
    """

    board: Board
    screens: int
    live: int
    sent: int
    received: int
    shown: int
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress on all boards of a notice, boards with missing screens first.

    ``slowest`` is the time from the issue to the latest first paint on a screen, None if no screen has shown it.
    """

    boards: tuple[BoardProgress, ...]
    slowest: timedelta | None

    def total(self, what: str) -> int:
        """The sum of one count over all boards; ``what`` is a field of `BoardProgress`, such as "shown"."""
        return sum(int(getattr(board, what)) for board in self.boards)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The screens of all boards that do not show the notice and should be telephoned about."""
        return tuple(one for board in self.boards for one in board.missing)


def phone_of(screen: Screen, board: Board, tree: AreaTree) -> str:
    """Returns the number to call about a screen: its own, else that of the nearest area above with one, else ""."""
    above = (tree.get(slug).phone for slug in tree.chain(board.area))
    return screen.phone or next((phone for phone in above if phone), "")


def progress(
    issued: datetime,
    boards: Iterable[Board],
    screens: Iterable[Screen],
    links: Mapping[int, Link],
    receipts: Mapping[int, ScreenReceipts],
    now: datetime,
) -> Progress:
    """The delivery as of ``now`` of a notice issued at ``issued``.

    ``boards`` are those that the notice reaches. The keys of ``links`` and ``receipts`` are screen ids.
    """
    screens_of: dict[str, list[Screen]] = {}
    for screen in screens:
        screens_of.setdefault(screen.board, []).append(screen)
    found = [_board_progress(board, screens_of.get(board.slug, []), links, receipts, issued, now) for board in boards]
    shown = [one.shown for one in receipts.values() if one.shown is not None]
    return Progress(
        tuple(sorted(found, key=lambda one: (not one.missing, one.board.name))),
        max(shown) - issued if shown else None,
    )


def _board_progress(
    board: Board,
    mine: Sequence[Screen],
    links: Mapping[int, Link],
    receipts: Mapping[int, ScreenReceipts],
    issued: datetime,
    now: datetime,
) -> BoardProgress:
    def is_live(screen: Screen) -> bool:
        return screen.id in links and links[screen.id].live(now)

    def count(what: str) -> int:
        return sum(1 for screen in mine if screen.id in receipts and getattr(receipts[screen.id], what) is not None)

    missing = []
    for screen in mine:
        receipt, live = receipts.get(screen.id), is_live(screen)
        if (receipt is None or receipt.shown is None) and (not live or now - issued > PATIENCE):
            missing.append(Missing(screen, live, links[screen.id].seen if screen.id in links else None))
    connected = sum(map(is_live, mine))
    return BoardProgress(
        board, len(mine), connected, count("sent"), count("received"), count("shown"), tuple(missing)
    )
