"""Reports for the source information system: inventory, state, plays and airtime; called by store, desk and worker.

Days and months are those of the configured zone; plays are counted by the day of their board's zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args

from server.core.areas import AreaTree, board_point
from server.core.model import Board, Mode, Owner, Point
from server.core.screens.screens import Link, Screen
from server.core.source_system.bulletins import Priority

OWNERS: tuple[Owner, ...] = get_args(Owner)
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @classmethod
    def of_month(cls, text: str) -> Period:
        """The period of a month such as "2026-03". Raises ValueError for any other text."""
        found = _MONTH.fullmatch(text)
        if found is None:
            raise ValueError(f"no month: {text!r}")
        first = date(int(found[1]), int(found[2]), 1)
        return cls(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))

    @property
    def month(self) -> str:
        """The month of the first day, such as "2026-03"."""
        return f"{self.first:%Y-%m}"


def month_before(day: date) -> str:
    """The month before the one of ``day``, such as "2026-02"."""
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A board in the inventory. ``diagonal`` is in inches; ``screens`` are those paired to it now.

    ``live`` screens are connected. ``dark_since`` is the time since which no screen of it is connected: the last
    message of the last one; None if a screen is connected or none has ever been.
    """

    board: Board
    area: str
    point: Point | None
    screens: int
    live: int
    dark_since: datetime | None

    @property
    def state(self) -> str:
        """ "live", "partly" (some screens are dark), "dark", or "none" (no screen is paired)."""
        if not self.screens:
            return "none"
        return "live" if self.live == self.screens else "partly" if self.live else "dark"

    @property
    def mode(self) -> Mode:
        return self.board.mode


def inventory(
    boards: Iterable[Board], tree: AreaTree, screens: Iterable[Screen], links: Mapping[int, Link], now: datetime
) -> tuple[BoardLine, ...]:
    """The inventory of ``boards``, in their order; ``links`` maps ids of screens to their connections."""
    of_board: dict[str, list[Screen]] = {}
    for screen in screens:
        of_board.setdefault(screen.board, []).append(screen)
    return tuple(_line(board, tree, of_board.get(board.slug, []), links, now) for board in boards)


def _line(board: Board, tree: AreaTree, its: list[Screen], links: Mapping[int, Link], now: datetime) -> BoardLine:
    known = [links[screen.id] for screen in its if screen.id in links]
    live = sum(link.live(now) for link in known)
    dark = None if live or not known else max(link.seen for link in known)
    name = tree.get(board.area).name if board.area in tree else board.area
    return BoardLine(board, name, board_point(board, tree), len(its), live, dark)


@dataclass(frozen=True, slots=True)
class PlayLine:
    """How one board showed one item in a period.

    ``count`` is the number of showings and ``milliseconds`` their time, both summed over the board's screens; the
    time is 0 for showings that were stored before it was counted. ``days`` is on how many days it was shown.
    ``bulletin`` is the number of the source system's bulletin, "" for an item of our own.
    """

    item: str
    title: str
    count: int
    days: int
    first: datetime
    last: datetime
    milliseconds: int
    priority: Priority = "normal"
    advert: bool = False
    bulletin: str = ""


@dataclass(frozen=True, slots=True)
class Airtime:
    """Showings and their time: ``advert`` of them are advertising, and all others political information.

    Counts are of showings, summed over all screens; ``priority_…`` and ``urgent_…`` are parts of the whole.
    """

    count: int = 0
    milliseconds: int = 0
    advert_count: int = 0
    advert_milliseconds: int = 0
    priority_count: int = 0
    priority_milliseconds: int = 0
    urgent_count: int = 0
    urgent_milliseconds: int = 0

    def __add__(self, other: Airtime) -> Airtime:
        return Airtime(
            self.count + other.count,
            self.milliseconds + other.milliseconds,
            self.advert_count + other.advert_count,
            self.advert_milliseconds + other.advert_milliseconds,
            self.priority_count + other.priority_count,
            self.priority_milliseconds + other.priority_milliseconds,
            self.urgent_count + other.urgent_count,
            self.urgent_milliseconds + other.urgent_milliseconds,
        )

    @property
    def priorities(self) -> dict[Priority, tuple[int, int]]:
        """Priority -> (showings, time in ms)."""
        return {
            "normal": (
                self.count - self.priority_count - self.urgent_count,
                self.milliseconds - self.priority_milliseconds - self.urgent_milliseconds,
            ),
            "priority": (self.priority_count, self.priority_milliseconds),
            "urgent": (self.urgent_count, self.urgent_milliseconds),
        }

    @property
    def political_milliseconds(self) -> int:
        return self.milliseconds - self.advert_milliseconds

    @property
    def share(self) -> float | None:
        """The share of political information, 0 to 1; None if nothing was shown.

        It is that of the time, or of the showings where no time was counted.
        """
        if self.milliseconds:
            return self.political_milliseconds / self.milliseconds
        return (self.count - self.advert_count) / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class BoardAirtime:
    """The airtime of one board in a period."""

    board: Board
    airtime: Airtime

    @property
    def short(self) -> bool:
        """True if the share of political information is less than agreed."""
        agreed, share = self.board.agreed_share, self.airtime.share
        return agreed is not None and share is not None and share < agreed - 1e-9


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """A line of the airtime statement: all boards of one class of owners."""

    owner: Owner
    boards: tuple[BoardAirtime, ...]

    @property
    def airtime(self) -> Airtime:
        return sum((one.airtime for one in self.boards), Airtime())

    @property
    def short(self) -> int:
        """How many boards showed less political information than agreed."""
        return sum(one.short for one in self.boards)


def statement(boards: Iterable[Board], airtime: Mapping[str, Airtime]) -> tuple[OwnerLine, ...]:
    """The airtime statement: a line for each class of owners; ``airtime`` maps slugs of boards to theirs."""
    each = [BoardAirtime(board, airtime.get(board.slug, Airtime())) for board in boards]
    return tuple(OwnerLine(owner, tuple(one for one in each if one.board.owner == owner)) for owner in OWNERS)
