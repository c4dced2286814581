"""Column types that convert between the values of server.core.model and the database; used by tables and store.

Reading never raises: a stored value that cannot be converted becomes `UNREADABLE`, and server.store.database.decoding
leaves out the row. An exception would make the whole query fail because of one damaged value.
"""

# ruff: noqa: ARG002 - SQLAlchemy passes the dialect to every type, and these do not need it
from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Generic, NotRequired, TypedDict, TypeVar, cast

from sqlalchemy import JSON, DateTime, Float, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from server.core.alerts.publication import Content
from server.core.announcements.recurrence import checked
from server.core.duty.alarms import Subject
from server.core.geography import geojson, points
from server.core.model import (
    Attachment,
    Contact,
    Counter,
    Format,
    Hours,
    Lane,
    Original,
    Outline,
    PageRules,
    Point,
    Recurrence,
    ThemeDays,
    Window,
)
from server.core.times import from_ms, to_ms

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
J = TypeVar("J")  # the type of the JSON that a value is stored as
Fields = Mapping[str, object]


class Unreadable(Enum):
    """The type of `UNREADABLE`, the value that is read in place of a stored value that cannot be converted."""

    UNREADABLE = "unreadable"


UNREADABLE: Final = Unreadable.UNREADABLE
"""Read in place of a stored value that cannot be converted, such as a text that is no time."""
_CONVERSION_ERRORS = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, zlib.error,
)  # fmt: skip


class Defensive(TypeDecorator[T], Generic[T]):
    """A column type that returns `UNREADABLE`, instead of raising, for a stored value that it cannot convert."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], T | None] | None:
        """Return a function that converts a stored value as the underlying type does, or returns `UNREADABLE`.

        Returns None if the underlying type converts nothing.
        """
        convert = super().result_processor(dialect, coltype)
        return None if convert is None else lambda stored: attempted(convert, stored)


def attempted(convert: Callable[[Any], T | None], stored: object) -> T | None:
    """Return ``convert(stored)``, or `UNREADABLE` if it raises.

    The declared return type hides `UNREADABLE`; server.store.database.decoding checks every value for it.
    """
    try:
        return convert(stored)
    except _CONVERSION_ERRORS:
        return cast(T, UNREADABLE)


class Json(Defensive[object]):
    """A column type for any value that JSON can hold; None is stored as NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True


class Utc(Defensive[datetime]):
    """A column type for aware datetimes, always read as UTC.

    Otherwise SQLite would return them without a zone, PostgreSQL in the zone of the session.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Seconds(Defensive[timedelta]):
    """A column type for timedeltas, stored as seconds with a fraction."""

    impl = Float
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


class Zipped(Defensive[str]):
    """A column type for long, seldom read text, compressed with zlib: the JSON of a lap shrinks to about a fifth."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else zlib.compress(value.encode(), 6)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else zlib.decompress(value).decode()


class OutlineText(Defensive[Outline]):
    """A column type for outlines of areas, stored as GeoJSON; an empty outline, (), is stored as NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Outline | None, dialect: Dialect) -> str | None:
        return geojson.text_of(value) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Outline:
        return geojson.outline_in(value) if value else ()


class Packed(Defensive[T], Generic[T, J]):
    """A column type that stores values as JSON; ``pack`` converts a value to JSON, ``unpack`` JSON to the value."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, pack: Callable[[T], J], unpack: Callable[[J], T]) -> None:
        super().__init__(none_as_null=True)
        self.pack = pack
        self.unpack = unpack

    def process_bind_param(self, value: T | None, dialect: Dialect) -> J | None:
        return None if value is None else self.pack(value)

    def process_result_value(self, value: J | None, dialect: Dialect) -> T | None:
        return None if value is None else self.unpack(value)


def _from_fields(dataclass: Callable[..., T]) -> Callable[[Fields], T]:
    """Returns a function that makes a ``dataclass`` from its stored fields, all of types that JSON can hold."""
    return lambda stored: dataclass(**stored)


def _tuple_from_fields(dataclass: Callable[..., T]) -> Callable[[list[Fields]], tuple[T, ...]]:
    """Like ``_from_fields`` for several objects: the function makes one of each element of the stored list."""
    return lambda stored: tuple(dataclass(**one) for one in stored)


def _pack_each(values: tuple[DataclassInstance, ...]) -> list[Fields]:
    return [asdict(one) for one in values]


def _unpack_words(stored: list[str]) -> tuple[str, ...]:
    return tuple(_list(stored))


def _list(stored: list[T]) -> list[T]:
    """Return ``stored`` unchanged. Raises TypeError if it is no list: ``tuple`` would split a string into letters."""
    if not isinstance(stored, list):
        raise TypeError("not a list")
    return stored


def _pack_grid(rows: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [list(row) for row in rows]


def _unpack_grid(stored: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_list(row)) for row in _list(stored))


def _pack_windows(windows: tuple[Window, ...]) -> list[tuple[str, str | None]]:
    return [(_utc(window.start), _utc(window.until) if window.until else None) for window in windows]


def _utc(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError(f"an instant without a zone: {instant!r}")
    return instant.astimezone(UTC).isoformat()


def _unpack_windows(stored: list[tuple[str, str | None]]) -> tuple[Window, ...]:
    return tuple(
        Window(datetime.fromisoformat(start), datetime.fromisoformat(until) if until else None)
        for start, until in stored
    )


def _pack_hours(hours: tuple[Hours, ...]) -> list[tuple[str, str]]:
    return [(span.start.isoformat(), span.end.isoformat()) for span in hours]


def _unpack_hours(stored: list[tuple[str, str]]) -> tuple[Hours, ...]:
    return tuple(Hours(time.fromisoformat(start), time.fromisoformat(end)) for start, end in stored)


class _StoredThemeDays(TypedDict):
    theme: str
    first: str
    last: str
    boards: list[str]


def _pack_theme_days(days: tuple[ThemeDays, ...]) -> list[_StoredThemeDays]:
    return [
        {
            "theme": one.theme,
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
            "boards": list(one.boards),
        }
        for one in days
    ]


def _unpack_theme_days(stored: list[_StoredThemeDays]) -> tuple[ThemeDays, ...]:
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


def _pack_recurrence(made: Recurrence) -> _StoredRecurrence:
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


def _unpack_recurrence(stored: _StoredRecurrence) -> Recurrence:
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


def _unpack_point(stored: list[float]) -> Point:
    lat, lon = _list(stored)
    return points.checked(float(lat), float(lon))


def _pack_published(content: Content) -> dict[str, Any]:
    packed: dict[str, Any] = asdict(content)
    return packed | {"issued": _utc(content.issued), "until": _utc(content.until)}


def _unpack_published(stored: dict[str, Any]) -> Content:
    times = {name: datetime.fromisoformat(stored[name]) for name in ("issued", "until")}
    texts = {name: tuple(_list(stored[name])) for name in ("areas", "acts")}
    return Content(**stored | times | texts)


def _unpack_counters(stored: list[Fields]) -> tuple[Counter, ...]:
    found: list[dict[str, Any]] = [dict(one) for one in _list(stored)]
    return tuple(Counter(**one | {"coming": tuple(_list(one["coming"]))}) for one in found)


def _pack_subjects(subjects: tuple[Subject, ...]) -> list[list[Any]]:
    return [[one.key, one.name, to_ms(one.since), one.ended and to_ms(one.ended)] for one in subjects]


def _unpack_subjects(stored: list[list[Any]]) -> tuple[Subject, ...]:
    return tuple(
        Subject(key, name, from_ms(since), None if ended is None else from_ms(ended))
        for key, name, since, ended in _list(stored)
    )


def _pack_weekdays(days: tuple[int, ...]) -> list[int]:
    return list(days)


def _unpack_weekdays(stored: list[int]) -> tuple[int, ...]:
    return tuple(int(one) for one in _list(stored))


words = Packed(list, _unpack_words)
subjects = Packed(_pack_subjects, _unpack_subjects)
weekdays = Packed(_pack_weekdays, _unpack_weekdays)
grid = Packed(_pack_grid, _unpack_grid)
windows = Packed(_pack_windows, _unpack_windows)
lanes = Packed(_pack_each, _tuple_from_fields(Lane))
hours = Packed(_pack_hours, _unpack_hours)
counters = Packed(_pack_each, _unpack_counters)
theme_days = Packed(_pack_theme_days, _unpack_theme_days)
board_format = Packed(asdict, _from_fields(Format))
point = Packed(list, _unpack_point)
attachments = Packed(_pack_each, _tuple_from_fields(Attachment))
original = Packed(asdict, _from_fields(Original))
originals = Packed(_pack_each, _tuple_from_fields(Original))
contact = Packed(asdict, _from_fields(Contact))
recurrence = Packed(_pack_recurrence, _unpack_recurrence)
page_rules = Packed(asdict, _from_fields(PageRules))
published = Packed(_pack_published, _unpack_published)
