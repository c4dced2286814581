"""Writes reports as JSON values, the same for the API and for pushed reports; called by desk.api and worker.

Times are ISO 8601 in UTC, durations whole seconds, shares from 0 to 1 with four decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from server.core.source_system.reports import Airtime, BoardLine, OwnerLine, PlayLine

Data = dict[str, object]


def instant(at: datetime | None) -> str | None:
    """The time in ISO 8601, to the second; None for None."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def seconds(milliseconds: int) -> int:
    """Milliseconds as whole seconds, rounded."""
    return round(milliseconds / 1000)


def board_data(line: BoardLine) -> Data:
    """A board in the inventory."""
    board = line.board
    return {
        "board": board.slug,
        "name": board.name,
        "area": board.area,
        "area_name": line.area,
        "owner": board.owner,
        "owner_name": board.owner_name,
        "agreed_share": board.agreed_share,
        "layout": board.format.layout,
        "diagonal_inches": board.diagonal,
        "latitude": line.point.lat if line.point else None,
        "longitude": line.point.lon if line.point else None,
        "mode": line.mode,
        **state_data(line),
    }


def state_data(line: BoardLine) -> Data:
    """The state of a board."""
    return {
        "board": line.board.slug,
        "state": line.state,
        "screens": line.screens,
        "live": line.live,
        "dark_since": instant(line.dark_since),
    }


def play_data(line: PlayLine) -> Data:
    """How one board showed one item."""
    return {
        "item": line.item,
        "title": line.title,
        "priority": line.priority,
        "advert": line.advert,
        "bulletin": line.bulletin,
        "count": line.count,
        "days": line.days,
        "first": instant(line.first),
        "last": instant(line.last),
        "seconds": seconds(line.milliseconds),
    }


def airtime_data(one: Airtime) -> Data:
    """The airtime of a board or of a class of owners."""
    share = one.share
    return {
        "count": one.count,
        "seconds": seconds(one.milliseconds),
        "political_seconds": seconds(one.political_milliseconds),
        "advert_seconds": seconds(one.advert_milliseconds),
        "share": None if share is None else round(share, 4),
        "priorities": {
            priority: {"count": count, "seconds": seconds(ms)} for priority, (count, ms) in one.priorities.items()
        },
    }


def statement_data(lines: Iterable[OwnerLine]) -> list[Data]:
    """The airtime statement by classes of owners, each with its boards."""
    return [
        {
            "owner": line.owner,
            **airtime_data(line.airtime),
            "short": line.short,
            "boards": [
                {
                    "board": one.board.slug,
                    "name": one.board.name,
                    "owner_name": one.board.owner_name,
                    "agreed_share": one.board.agreed_share,
                    "short": one.short,
                    **airtime_data(one.airtime),
                }
                for one in line.boards
            ],
        }
        for line in lines
    ]
