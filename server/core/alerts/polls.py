"""Decides what polls of an index of alerts prove; called by server.store.alerts.polls after a poll, and by the desk.

Missing data never mean "no warning": a poll that failed or was cut short ends no alert, and a source that gives no
data is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from server.core.alerts.document import Key
from server.core.alerts.rules import AlertRules


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of an index at ``at``: ``good`` if it succeeded, ``listed`` has the documents that the index lists.

    ``cut``: the index was not read completely.
    """

    at: datetime
    good: bool
    listed: frozenset[Key] = frozenset()
    cut: bool = False
    unchanged: bool = False
    """The server answered 304: all is as in the poll before."""


@dataclass(frozen=True, slots=True)
class Absence:
    """``polls`` counts the good polls in a row in which a document was missing from the index.

    ``since`` is the time of the poll that made them enough for the document to count as ended; None: not yet enough.
    """

    polls: int
    since: datetime | None = None


def absences_after(
    poll: Poll, before: Mapping[Key, Absence], known: Iterable[Key], rules: AlertRules
) -> dict[Key, Absence]:
    """Returns how many good polls in a row each document has been missing from the index, after ``poll``.

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
    """Returns since when a source has given no data, if that is at least ``rules.silent_after``; else None.

    ``first`` is when it was polled for the first time; this counts if there has never been a good poll.
    """
    heard = last_good or first
    # A time in the future was noted while a clock was wrong.
    return min(heard, now) if abs(now - heard) >= rules.silent_after else None
