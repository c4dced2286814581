"""Converts values of server.core.model to what JSON can hold, and back; used by the tables' columns. Pure.

The functions that unpack raise what the values raise: columns reads a damaged value as `UNREADABLE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, TypeVar

from server.core.alerts.publication import Content
from server.core.announcements.recurrence import checked
from server.core.duty.alarms import Subject
from server.core.geography import points
from server.core.model import Counter, Hours, Point, Recurrence, ThemeDays, Window
from server.core.times import from_ms, to_ms

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
Fields = Mapping[str, object]


def from_fields(dataclass: Callable[..., T]) -> Callable[[Fields], T]:
    """Returns a function that makes a ``dataclass`` from its stored fields, all of types that JSON can hold."""
    return lambda stored: dataclass(**stored)


def tuple_from_fields(dataclass: Callable[..., T]) -> Callable[[list[Fields]], tuple[T, ...]]:
    """Like ``from_fields`` for several objects: the function makes one of each element of the stored list."""
    return lambda stored: tuple(dataclass(**one) for one in stored)


def pack_each(values: tuple[DataclassInstance, ...]) -> list[Fields]:
    return [asdict(one) for one in values]


def unpack_words(stored: list[str]) -> tuple[str, ...]:
    return tuple(_list(stored))


def _list(stored: list[T]) -> list[T]:
    """Return ``stored`` unchanged. Raises TypeError if it is no list: ``tuple`` would split a string into letters."""
    if not isinstance(stored, list):
        raise TypeError("not a list")
    return stored


def pack_grid(rows: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [list(row) for row in rows]


def unpack_grid(stored: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_list(row)) for row in _list(stored))


def pack_windows(windows: tuple[Window, ...]) -> list[tuple[str, str | None]]:
    return [(_utc(window.start), _utc(window.until) if window.until else None) for window in windows]


def _utc(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError(f"an instant without a zone: {instant!r}")
    return instant.astimezone(UTC).isoformat()


def unpack_windows(stored: list[tuple[str, str | None]]) -> tuple[Window, ...]:
    return tuple(
        Window(datetime.fromisoformat(start), datetime.fromisoformat(until) if until else None)
        for start, until in stored
    )


def pack_hours(hours: tuple[Hours, ...]) -> list[tuple[str, str]]:
    return [(span.start.isoformat(), span.end.isoformat()) for span in hours]


def unpack_hours(stored: list[tuple[str, str]]) -> tuple[Hours, ...]:
    return tuple(Hours(time.fromisoformat(start), time.fromisoformat(end)) for start, end in stored)


class _StoredThemeDays(TypedDict):
    theme: str
    first: str
    last: str
    boards: list[str]


def pack_theme_days(days: tuple[ThemeDays, ...]) -> list[_StoredThemeDays]:
    return [
        {
            "theme": one.theme,
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
            "boards": list(one.boards),
        }
        for one in days
    ]


def unpack_theme_days(stored: list[_StoredThemeDays]) -> tuple[ThemeDays, ...]:
    return tuple(
        ThemeDays(
            one["theme"],
            date.fromisoformat(one["first"]),
            date.fromisoformat(one["last"]),
            tuple(one["boards"]),
        )
        for one in stored
    )


class _StoredRecurrence(TypedDict):
    rule: str
    start: str
    end: str
    first: str
    last: str | None
    but_holidays: bool
    zone: str
    not_before: NotRequired[str]
    not_after: NotRequired[str]


def pack_recurrence(made: Recurrence) -> _StoredRecurrence:
    packed: _StoredRecurrence = {
        "rule": made.rule,
        "start": made.start.isoformat(),
        "end": made.end.isoformat(),
        "first": made.first.isoformat(),
        "last": made.last.isoformat() if made.last else None,
        "but_holidays": made.but_holidays,
        "zone": made.zone,
    }
    # Stored only if set, so that rules without these two fields are stored as in earlier versions.
    if made.not_before is not None:
        packed["not_before"] = made.not_before.isoformat()
    if made.not_after is not None:
        packed["not_after"] = made.not_after.isoformat()
    return packed


def unpack_recurrence(stored: _StoredRecurrence) -> Recurrence:
    return Recurrence(
        checked(stored["rule"]),
        time.fromisoformat(stored["start"]),
        time.fromisoformat(stored["end"]),
        date.fromisoformat(stored["first"]),
        date.fromisoformat(stored["last"]) if stored["last"] else None,
        stored["but_holidays"],
        stored["zone"],
        datetime.fromisoformat(stored["not_before"]) if "not_before" in stored else None,
        datetime.fromisoformat(stored["not_after"]) if "not_after" in stored else None,
    )


def unpack_point(stored: list[float]) -> Point:
    lat, lon = _list(stored)
    return points.checked(float(lat), float(lon))


def pack_published(content: Content) -> dict[str, Any]:
    packed: dict[str, Any] = asdict(content)
    return packed | {"issued": _utc(content.issued), "until": _utc(content.until)}


def unpack_published(stored: dict[str, Any]) -> Content:
    times = {name: datetime.fromisoformat(stored[name]) for name in ("issued", "until")}
    texts = {name: tuple(_list(stored[name])) for name in ("areas", "acts")}
    return Content(**stored | times | texts)


def unpack_counters(stored: list[Fields]) -> tuple[Counter, ...]:
    found: list[dict[str, Any]] = [dict(one) for one in _list(stored)]
    return tuple(Counter(**one | {"coming": tuple(_list(one["coming"]))}) for one in found)


def pack_subjects(subjects: tuple[Subject, ...]) -> list[list[Any]]:
    return [[one.key, one.name, to_ms(one.since), one.ended and to_ms(one.ended)] for one in subjects]


def unpack_subjects(stored: list[list[Any]]) -> tuple[Subject, ...]:
    return tuple(
        Subject(key, name, from_ms(since), None if ended is None else from_ms(ended))
        for key, name, since, ended in _list(stored)
    )


def pack_weekdays(days: tuple[int, ...]) -> list[int]:
    return list(days)


def unpack_weekdays(stored: list[int]) -> tuple[int, ...]:
    return tuple(int(one) for one in _list(stored))
