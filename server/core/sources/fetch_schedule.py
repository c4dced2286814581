"""Decides when a source is fetched again, and whether it has stopped publishing; called by the worker and health.py.

docs/feeds.md describes the rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from server.core.model import Source, SourceState

SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=4)
WARNING_SOONEST, WARNING_LATEST = timedelta(minutes=2), timedelta(minutes=5)
LONGEST_BACKOFF, WARNING_BACKOFF = timedelta(hours=4), timedelta(minutes=10)
LONGEST_RETRY_AFTER = timedelta(hours=8)
FILE_BACKOFF = timedelta(seconds=5)
"""The time to the first retry of a file that cannot be read: a retry is cheap, and most failures are short."""
CLOCK_SKEW = timedelta(minutes=1)
"""The difference between the clocks of two workers that is tolerated."""
ADOPT_AFTER = timedelta(days=3)
SILENT_GAPS, SILENT_LEAST = 5, timedelta(days=3)
_GAUGED = 20


def usual_gap(published: Iterable[datetime], now: datetime) -> timedelta | None:
    """The mean time between the newest items (at most 20, none in the future); None for fewer than three dates."""
    newest = sorted((one for one in published if one <= now), reverse=True)[:_GAUGED]
    return (newest[0] - newest[-1]) / (len(newest) - 1) if len(newest) >= 3 else None


def interval(source: Source, gap: timedelta | None, asked: timedelta | None, spread: float) -> timedelta:
    """Returns how long after a successful fetch a source is fetched again.

    Files, and sources that are not adaptive, are fetched after ``every``. CAP sources are fetched after ``every``,
    limited to 2 to 5 minutes. An adaptive source is fetched after half its usual ``gap``, limited to 5 minutes to 4
    hours (``every`` if the gap is unknown), but not before the time that it ``asked`` for (ttl, max-age, Expires; at
    most 4 hours). ``spread`` is a random fraction around 0 by which the time of adaptive sources varies, so that not
    all are due at once.
    """
    if source.kind == "cap":
        return min(max(source.every, WARNING_SOONEST), WARNING_LATEST)
    if not source.adaptive or "://" not in source.url:
        return source.every
    wait = min(max(gap / 2, SOONEST), LATEST) if gap is not None else source.every
    wait *= 1 + spread
    return wait if asked is None else max(wait, min(asked, LATEST) * (1 + abs(spread)))


def backoff(source: Source, failures: int, asked: timedelta | None, spread: float) -> timedelta:
    """Returns how long to wait after ``failures`` failures in a row: it doubles each time, up to a limit.

    The limit depends on the kind of source. ``asked`` is the wait that the host requires by Retry-After (at most 8
    hours count). ``spread`` is a random fraction by which the wait is prolonged, so that not all sources are due at
    once.
    """
    doubled = 1 << min(failures - 1, 12)
    if "://" not in source.url:
        return min(FILE_BACKOFF * doubled, source.every)
    # Another Bảng Tin server brings urgent notices too; after a cut of a day it must not be asked only hours later.
    limit = WARNING_BACKOFF if source.kind in ("cap", "server") else LONGEST_BACKOFF
    longest = limit if source.kind == "cap" else max(limit, source.every)
    wait = min(source.every * doubled, longest)
    if asked is not None:
        wait = max(wait, min(asked, LONGEST_RETRY_AFTER))
    return wait * (1 + abs(spread))


def has_strayed(source: Source, state: SourceState, now: datetime) -> bool:
    """True if stored times of a source are so late that it would not be fetched for too long.

    A clock that was ahead wrote them: the last try lies in the future, or the next fetch is later than any rule
    allows.
    """
    longest = source.every if "://" not in source.url else max(source.every, LONGEST_RETRY_AFTER)
    tried_ahead = state.last_try is not None and state.last_try > now + CLOCK_SKEW
    return tried_ahead or state.next_fetch_at > now + longest * 1.2 + CLOCK_SKEW


def silent_since(state: SourceState, now: datetime) -> datetime | None:
    """The time of the last new item if it is more than five usual gaps and more than three days ago, else None."""
    if state.last_new is None or state.last_good is None:
        return None
    patience = max(SILENT_LEAST, (state.gap or timedelta()) * SILENT_GAPS)
    return state.last_new if now - state.last_new > patience else None
