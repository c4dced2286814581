"""Delivery of a notice: per board how many screens were sent it, received it and show it, and which are missing.

Called by the desk's page of a notice, which lists whom to telephone. A screen that is not connected counts as
missing at once, a connected one only after 30 s (TRUST: "after 30 s the screens to telephone").
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
    """The times at which a notice was sent to one screen, received and shown by it; None: not yet."""

    @property
    def sent(self) -> datetime | None: ...
    @property
    def received(self) -> datetime | None: ...
    @property
    def shown(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """A screen that does not show the notice yet; ``live``: connected, ``since``: last message (None: never)."""

    screen: Screen
    live: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class BoardProgress:
    """The counts of one board: ``shown`` of its ``screens`` have painted the notice, ``live`` are connected now."""

    board: Board
    screens: int
    live: int
    sent: int
    received: int
    shown: int
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """All boards of a notice, those with missing screens first; ``slowest``: from its issue to the last paint."""

    boards: tuple[BoardProgress, ...]
    slowest: timedelta | None

    def total(self, what: str) -> int:
        """The sum of one count over all boards; ``what`` is a field of `BoardProgress`, such as "shown"."""
        return sum(int(getattr(board, what)) for board in self.boards)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The missing screens of all boards."""
        return tuple(one for board in self.boards for one in board.missing)


def phone_of(screen: Screen, board: Board, tree: AreaTree) -> str:
    """The phone number to call about a screen: its own, else that of the nearest area upwards; "" for none."""
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
    """The delivery as of ``now`` of a notice issued at ``issued``; ``links`` and ``receipts`` by screen id."""
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
