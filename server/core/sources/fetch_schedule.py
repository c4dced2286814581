"""When a source is read again, and whether it has fallen silent; pure rules asked by the harvest and the desk.

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
"""A file that cannot be read is looked at again so soon: to look costs nothing, and most are back in a moment."""
ADOPT_AFTER = timedelta(days=3)
SILENT_GAPS, SILENT_LEAST = 5, timedelta(days=3)
_GAUGED = 20


def usual_gap(published: Iterable[datetime], now: datetime) -> timedelta | None:
    """The mean time between the newest items, None where fewer than three have a date."""
    newest = sorted((one for one in published if one <= now), reverse=True)[:_GAUGED]
    return (newest[0] - newest[-1]) / (len(newest) - 1) if len(newest) >= 3 else None


def interval(source: Source, gap: timedelta | None, asked: timedelta | None, spread: float) -> timedelta:
    """How long until the next reading of a source that is well.

    ``every`` where it is said; else half the usual gap within its bounds, not sooner than the source asked for
    (ttl, max-age, Expires). ``spread`` (about 0) lets many sources not come due together.
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
    """How long until the next try of a source that has failed ``failures`` times in a row; ``asked``: Retry-After."""
    doubled = 1 << min(failures - 1, 12)
    if "://" not in source.url:
        return min(FILE_BACKOFF * doubled, source.every)
    longest = WARNING_BACKOFF if source.kind == "cap" else max(LONGEST_BACKOFF, source.every)
    wait = min(source.every * doubled, longest)
    if asked is not None:
        wait = max(wait, min(asked, LONGEST_RETRY_AFTER))
    return wait * (1 + abs(spread))


def silent_since(state: SourceState, now: datetime) -> datetime | None:
    """When the last new item came, where that is more than five usual gaps (and three days) ago; else None."""
    if state.last_new is None or state.last_good is None:
        return None
    patience = max(SILENT_LEAST, (state.gap or timedelta()) * SILENT_GAPS)
    return state.last_new if now - state.last_new > patience else None
