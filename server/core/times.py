"""Converts datetimes to whole milliseconds since 1970 UTC, the unit of laps and of the wire, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """An aware datetime as milliseconds, rounded down. Raises TypeError for a naive one."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Milliseconds as an aware datetime in UTC."""
    return _EPOCH + milliseconds * _MILLISECOND
