"""When a source is fetched again, and whether it has gone silent; called by the harvest and health.py.

Source of the rules: FEEDS, "how often" and "410 / 404 / 429".
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
"""The first retry of an unreadable file comes this soon: it costs nothing, and most files are back in a moment."""
ADOPT_AFTER = timedelta(days=3)
SILENT_GAPS, SILENT_LEAST = 5, timedelta(days=3)
_GAUGED = 20


def usual_gap(published: Iterable[datetime], now: datetime) -> timedelta | None:
    """The mean time between the newest items (at most 20, none in the future); None for fewer than three dates."""
    newest = sorted((one for one in published if one <= now), reverse=True)[:_GAUGED]
    return (newest[0] - newest[-1]) / (len(newest) - 1) if len(newest) >= 3 else None


def interval(source: Source, gap: timedelta | None, asked: timedelta | None, spread: float) -> timedelta:
    """How long until the next fetch of a source after a success.

    A fixed source has its ``every``. An adaptive one is read after half its usual ``gap``, within bounds, but not
    sooner than it ``asked`` for (ttl, max-age, Expires). ``spread`` is a random fraction around 0, so that many
    sources do not come due at once.
    """
    if source.kind == "cap":
        return min(max(source.every, WARNING_SOONEST), WARNING_LATEST)
    if not source.adaptive or "://" not in source.url:
        return source.every
    wait = min(max(gap / 2, SOONEST), LATEST) if gap is not None else source.every
    if asked is not None:
        wait = max(wait, min(asked, LATEST))
    return wait * (1 + spread)


def backoff(source: Source, failures: int, asked: timedelta | None, spread: float) -> timedelta:
    """How long until the next try after ``failures`` failures in a row: doubling, or as ``asked`` by Retry-After."""
    doubled = 1 << min(failures - 1, 12)
    if "://" not in source.url:
        return min(FILE_BACKOFF * doubled, source.every)
    longest = WARNING_BACKOFF if source.kind == "cap" else max(LONGEST_BACKOFF, source.every)
    wait = min(source.every * doubled, longest)
    if asked is not None:
        wait = max(wait, min(asked, LONGEST_RETRY_AFTER))
    return wait * (1 + abs(spread))


def silent_since(state: SourceState, now: datetime) -> datetime | None:
    """The time of the last new item if it is more than five usual gaps, and three days, ago; else None."""
    if state.last_new is None or state.last_good is None:
        return None
    patience = max(SILENT_LEAST, (state.gap or timedelta()) * SILENT_GAPS)
    return state.last_new if now - state.last_new > patience else None
