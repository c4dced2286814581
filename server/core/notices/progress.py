"""How far a notice has come: per board how many screens were sent it, have it and show it, and whom to telephone.

Pure; asked by the desk's page of a notice. A screen that is not live is missing from the first moment, one that is
live only after it has had 30 s (TRUST: "after 30 s the screens to telephone").
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


class Said(Protocol):
    """What one screen has said of the notice: instants, None where it has not."""

    @property
    def sent(self) -> datetime | None: ...
    @property
    def received(self) -> datetime | None: ...
    @property
    def shown(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Missing:
    """A screen that has not confirmed: ``since`` it was last heard, None where it never was; ``live``: connected."""

    screen: Screen
    live: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class BoardProgress:
    """One board's screens. ``shown`` of ``screens`` have painted it; ``live`` of them are connected now."""

    board: Board
    screens: int
    live: int
    sent: int
    received: int
    shown: int
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """All boards that a notice is for, those with something missing first; ``slowest``: from issue to last paint."""

    boards: tuple[BoardProgress, ...]
    slowest: timedelta | None

    def total(self, what: str) -> int:
        """The sum of one of the counts."""
        return sum(int(getattr(board, what)) for board in self.boards)

    @property
    def missing(self) -> tuple[Missing, ...]:
        return tuple(one for board in self.boards for one in board.missing)


def phone_of(screen: Screen, board: Board, tree: AreaTree) -> str:
    """Whom to call about a screen: who is near it, else the nearest area above that names somebody; "" for none."""
    above = (tree.get(slug).phone for slug in tree.chain(board.area))
    return screen.phone or next((phone for phone in above if phone), "")


def progress(
    issued: datetime,
    boards: Iterable[Board],
    screens: Iterable[Screen],
    links: Mapping[int, Link],
    said: Mapping[int, Said],
    now: datetime,
) -> Progress:
    """What is known at ``now`` of a notice that went out at ``issued``; ``links`` and ``said`` by the screen's id."""
    of_board: dict[str, list[Screen]] = {}
    for screen in screens:
        of_board.setdefault(screen.board, []).append(screen)
    told = [_of_board(board, of_board.get(board.slug, []), links, said, issued, now) for board in boards]
    shown = [one.shown for one in said.values() if one.shown is not None]
    return Progress(
        tuple(sorted(told, key=lambda one: (not one.missing, one.board.name))),
        max(shown) - issued if shown else None,
    )


def _of_board(
    board: Board,
    mine: Sequence[Screen],
    links: Mapping[int, Link],
    said: Mapping[int, Said],
    issued: datetime,
    now: datetime,
) -> BoardProgress:
    def is_live(screen: Screen) -> bool:
        return screen.id in links and links[screen.id].live(now)

    def count(what: str) -> int:
        return sum(1 for screen in mine if screen.id in said and getattr(said[screen.id], what) is not None)

    missing = []
    for screen in mine:
        word, live = said.get(screen.id), is_live(screen)
        if (word is None or word.shown is None) and (not live or now - issued > PATIENCE):
            missing.append(Missing(screen, live, links[screen.id].seen if screen.id in links else None))
    connected = sum(map(is_live, mine))
    return BoardProgress(
        board, len(mine), connected, count("sent"), count("received"), count("shown"), tuple(missing)
    )
