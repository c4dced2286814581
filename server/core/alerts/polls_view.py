"""What boards are told about the polls of a source of alerts; made by store.alerts, read by content and live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TakenOff:
    """A warning that an editor took off ``boards`` (slugs); for its issuer it stays in force until ``until``."""

    boards: frozenset[str]
    until: datetime


@dataclass(frozen=True, slots=True)
class PollView:
    """A source of alerts with its last good poll (None: never) and the slugs of the ``boards`` that rely on it.

    ``source`` is its slug, ``name`` its name. ``waiting``: for one of its alerts an editor has to choose the areas,
    so that it may concern any of these boards. ``taken_off`` are its warnings that editors ended before they expired.
    ``cut``: at the last good poll its index was not read completely, so it may contain a warning that is not known
    here.
    """

    source: str
    name: str
    last_good: datetime | None
    boards: frozenset[str]
    waiting: bool = False
    taken_off: tuple[TakenOff, ...] = ()
    cut: bool = False
