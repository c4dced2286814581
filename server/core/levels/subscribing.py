"""When this server subscribes at the WebSub hub of another one (pure); called by worker.levels and desk.public."""

from __future__ import annotations

from datetime import datetime, timedelta

USUAL_LEASE = timedelta(days=7)
LONGEST_LEASE = timedelta(days=14)
"""A longer lease is cut, so that a hub that has forgotten the subscription is asked again at the latest then."""
ASK_AGAIN = timedelta(minutes=15)
"""How long after a request the hub is asked again if it has not verified it."""


def lease_of(seconds: int | None) -> timedelta:
    """The lease that a hub grants with ``hub.lease_seconds``, at most LONGEST_LEASE; USUAL_LEASE if it says none."""
    if seconds is None or seconds <= 0:
        return USUAL_LEASE
    return min(timedelta(seconds=min(seconds, 10**8)), LONGEST_LEASE)


def must_ask(asked: datetime | None, leased_until: datetime | None, now: datetime, *, awaits: bool) -> bool:
    """True if the hub has to be asked now: never asked, not verified for long, or half of the lease is over."""
    if asked is None or asked > now:
        return True
    if awaits or leased_until is None:
        return now - asked >= ASK_AGAIN
    return now >= asked + (leased_until - asked) / 2
