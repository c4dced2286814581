"""Says which sources of alerts deliver data; called by the view model of alerts.

The absence of data must never look like the absence of a warning. So the page says that there is no alert only if
every source has delivered data lately, and names the sources with the times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.core.alerts.polls import silent_since
from server.core.model import Source
from server.desk.notices.alerts.access import access, area_in_charge
from server.desk.web.context import desk
from server.desk.web.names import source_name
from server.store.alerts import polls
from server.store.alerts.polls import PollState
from server.store.sources import sources


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The state of one source of alerts, as a line of the page.

    ``asked`` is False before the first poll. ``silent`` is since when the source has delivered no data, None if it
    has delivered some lately. ``reason`` is a Vietnamese sentence why the last poll brought no data. ``cut``: its
    index was not read to the end. ``held_since`` and ``held_by``: when and by whom the source was held (its new
    alerts wait for an editor); None and "" if it is not held.
    """

    slug: str
    name: str
    asked: bool
    last_good: datetime | None
    silent: datetime | None
    reason: str
    cut: bool
    held_since: datetime | None
    held_by: str

    @property
    def good(self) -> bool:
        """True if the source has delivered data lately."""
        return self.last_good is not None and self.silent is None


def source_lines() -> list[SourceLine]:
    """Returns the sources whose alerts may be shown in the signed-in person's areas, those without data first."""
    known = {one.source: one for one in polls.states(desk.db)}
    listed = [one for one in polls.alert_sources(sources.all(desk.db)) if _concerns(one)]
    return sorted((line_of(one, known.get(one.slug)) for one in listed), key=lambda one: one.good)


def _concerns(source: Source) -> bool:
    area = area_in_charge(source)
    return area is not None and access().concerns([area])


def line_of(source: Source, poll: PollState | None) -> SourceLine:
    """Returns the state of a source; ``poll`` is what the store knows of its polls, None if it was never polled."""
    name = source_name(source.slug)
    if poll is None:
        return SourceLine(source.slug, name, False, None, None, "", False, None, "")
    now = desk.now()
    silent = silent_since(poll.last_good, poll.first_try, now, desk.config.alert_rules())
    return SourceLine(
        source.slug,
        name,
        True,
        poll.last_good,
        silent,
        poll.reason,
        poll.cut,
        poll.held_since,
        poll.held_by,
    )


def all_known(lines: list[SourceLine]) -> bool:
    """True if there is a source, and every source has delivered data lately and its index was read to the end.

    Only then may the page say that there is no alert.
    """
    return bool(lines) and all(one.good and not one.cut for one in lines)
