"""What boards are told about the polls of a source of alerts; made by store.alerts, read by content and live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TakenOff:
    """A warning that an editor took off the boards with these slugs; it is in force for its issuer ``until`` then."""

    boards: frozenset[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class PollView:
    """A source of alerts with its last good poll (None: never) and the slugs of the boards on which it counts.

    ``waiting``: an editor has to choose the areas of an alert of it, which may concern any of these boards.
    ``taken_off`` are its warnings that editors ended before they expired. ``cut``: not all that its index lists could
    be read at the last good poll, so it may warn of something that is not known.
    """

    source: str
    name: str
    last_good: datetime | None
    boards: frozenset[str]
    waiting: bool = False
    taken_off: tuple[TakenOff, ...] = ()
    cut: bool = False
