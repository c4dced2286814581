"""What polls of an index say and do not say; called by server.store.alerts.polls after each poll, and by the desk.

No data is never "no warning": a failed poll, or one that was cut, ends nothing, and silence is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.core.alerts.document import Key
from server.core.alerts.rules import AlertRules


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of an index at ``at``. ``cut``: not all of it was read. ``listed``: the documents it lists."""

    at: datetime
    good: bool
    listed: frozenset[Key] = frozenset()
    cut: bool = False
    unchanged: bool = False
    """The server answered 304: all is as in the poll before."""


@dataclass(frozen=True, slots=True)
class Absence:
    """In how many good polls in a row a document was missing; ``since``: when they were enough, None: not yet."""

    polls: int
    since: datetime | None = None


def absences_after(
    poll: Poll, before: Mapping[Key, Absence], known: Iterable[Key], rules: AlertRules
) -> dict[Key, Absence]:
    """In how many good polls in a row each document has been missing from the index, after ``poll``.

    Empty unless ``rules.index`` is "complete": the index lists all alerts that are in force. ``before`` are the
    absences before this poll, ``known`` the documents that may be missing. A document that is listed again has no
    absence any more; a failed or incomplete poll changes no count.
    """
    if rules.index != "complete":
        return {}
    kept = {key: before[key] for key in known if key in before}
    if not poll.good or poll.cut:
        return kept
    found: dict[Key, Absence] = {}
    for key in known:
        here = key not in before if poll.unchanged else key in poll.listed
        if here:
            continue
        old = before.get(key, Absence(0))
        count = old.polls + 1
        since = old.since or (poll.at if count >= rules.missing_polls else None)
        found[key] = Absence(count, since)
    return found


def silent_since(last_good: datetime | None, first: datetime, now: datetime, rules: AlertRules) -> datetime | None:
    """Since when a source has given no data, if that is long enough to be told; None: it is heard.

    ``first`` is when it was polled for the first time: it counts if there has never been a good poll.
    """
    heard = last_good or first
    # A time in the future was noted while a clock was wrong.
    return min(heard, now) if abs(now - heard) >= rules.silent_after else None
