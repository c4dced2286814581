"""Column types that convert between the values of server.core.model and the database; used by tables and store.

Reading never raises: a stored value that cannot be converted becomes `UNREADABLE`, and server.store.database.decoding
leaves out the row. An exception would make the whole query fail because of one damaged value.
"""

# ruff: noqa: ARG002 - SQLAlchemy passes the dialect to every type, and these do not need it
from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final, Generic, TypeVar, cast

from sqlalchemy import JSON, DateTime, Float, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from server.core.geography import geojson
from server.core.model import Attachment, Contact, Format, Lane, Original, Outline, PageRules
from server.store.tables import packing

T = TypeVar("T")
J = TypeVar("J")  # the type of the JSON that a value is stored as


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


words = Packed(list, packing.unpack_words)
subjects = Packed(packing.pack_subjects, packing.unpack_subjects)
weekdays = Packed(packing.pack_weekdays, packing.unpack_weekdays)
grid = Packed(packing.pack_grid, packing.unpack_grid)
windows = Packed(packing.pack_windows, packing.unpack_windows)
lanes = Packed(packing.pack_each, packing.tuple_from_fields(Lane))
hours = Packed(packing.pack_hours, packing.unpack_hours)
counters = Packed(packing.pack_each, packing.unpack_counters)
theme_days = Packed(packing.pack_theme_days, packing.unpack_theme_days)
board_format = Packed(asdict, packing.from_fields(Format))
point = Packed(list, packing.unpack_point)
attachments = Packed(packing.pack_each, packing.tuple_from_fields(Attachment))
original = Packed(asdict, packing.from_fields(Original))
originals = Packed(packing.pack_each, packing.tuple_from_fields(Original))
contact = Packed(asdict, packing.from_fields(Contact))
recurrence = Packed(packing.pack_recurrence, packing.unpack_recurrence)
page_rules = Packed(asdict, packing.from_fields(PageRules))
published = Packed(packing.pack_published, packing.unpack_published)
