"""Column types that take and give back the values of core/model; used by tables only."""

# ruff: noqa: ARG002 - SQLAlchemy calls every type with the dialect, and these need none
from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import JSON, DateTime, Float, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from server.core.model import Attachment, Contact, Format, Hours, Lane, PageRules, Recurrence, ThemeDays, Window

T = TypeVar("T")


class Utc(TypeDecorator[datetime]):
    """An aware instant. SQLite keeps no zone and PostgreSQL answers in the session's: both give back UTC."""

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


class Seconds(TypeDecorator[timedelta]):
    """A length of time, as seconds with a fraction."""

    impl = Float
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


class Zipped(TypeDecorator[str]):
    """Long text that is seldom read, deflated: a lap's JSON comes to about a fifth."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else zlib.compress(value.encode(), 6)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else zlib.decompress(value).decode()


class Packed(TypeDecorator[T]):
    """A value that is never searched, as JSON: ``pack`` makes what JSON knows, ``unpack`` the value again."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, pack: Callable[[T], Any], unpack: Callable[[Any], T]) -> None:
        super().__init__(none_as_null=True)
        self.pack = pack
        self.unpack = unpack

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        return None if value is None else self.pack(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self.unpack(value)


def _unpack_words(kept: Any) -> tuple[str, ...]:
    return tuple(kept)


def _pack_grid(rows: tuple[tuple[str, ...], ...]) -> Any:
    return [list(row) for row in rows]


def _unpack_grid(kept: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in kept)


def _pack_windows(windows: tuple[Window, ...]) -> Any:
    return [[_utc(window.start), _utc(window.until) if window.until else None] for window in windows]


def _utc(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError(f"an instant without a zone: {instant!r}")
    return instant.astimezone(UTC).isoformat()


def _unpack_windows(kept: Any) -> tuple[Window, ...]:
    return tuple(
        Window(datetime.fromisoformat(start), datetime.fromisoformat(until) if until else None)
        for start, until in kept
    )


def _pack_lanes(lanes: tuple[Lane, ...]) -> Any:
    return [asdict(lane) for lane in lanes]


def _unpack_lanes(kept: Any) -> tuple[Lane, ...]:
    return tuple(Lane(**lane) for lane in kept)


def _pack_hours(hours: tuple[Hours, ...]) -> Any:
    return [[span.start.isoformat(), span.end.isoformat()] for span in hours]


def _unpack_hours(kept: Any) -> tuple[Hours, ...]:
    return tuple(Hours(time.fromisoformat(start), time.fromisoformat(end)) for start, end in kept)


def _pack_theme_days(days: tuple[ThemeDays, ...]) -> Any:
    return [asdict(one) | {"first": one.first.isoformat(), "last": one.last.isoformat()} for one in days]


def _unpack_theme_days(kept: Any) -> tuple[ThemeDays, ...]:
    return tuple(
        ThemeDays(
            one["theme"],
            date.fromisoformat(one["first"]),
            date.fromisoformat(one["last"]),
            tuple(one["boards"]),
        )
        for one in kept
    )


def _pack_attachments(files: tuple[Attachment, ...]) -> Any:
    return [asdict(file) for file in files]


def _unpack_attachments(kept: Any) -> tuple[Attachment, ...]:
    return tuple(Attachment(**file) for file in kept)


def _unpack_contact(kept: Any) -> Contact:
    return Contact(**kept)


def _pack_recurrence(made: Recurrence) -> Any:
    return asdict(made) | {
        "start": made.start.isoformat(),
        "end": made.end.isoformat(),
        "first": made.first.isoformat(),
        "last": made.last and made.last.isoformat(),
    }


def _unpack_recurrence(kept: Any) -> Recurrence:
    return Recurrence(
        **kept
        | {
            "start": time.fromisoformat(kept["start"]),
            "end": time.fromisoformat(kept["end"]),
            "first": date.fromisoformat(kept["first"]),
            "last": date.fromisoformat(kept["last"]) if kept["last"] else None,
        }
    )


def _unpack_format(kept: Any) -> Format:
    return Format(**kept)


def _unpack_point(kept: Any) -> tuple[float, float]:
    return (kept[0], kept[1])


def _unpack_page_rules(kept: Any) -> PageRules:
    return PageRules(**kept)


words = Packed(list, _unpack_words)
grid = Packed(_pack_grid, _unpack_grid)
windows = Packed(_pack_windows, _unpack_windows)
lanes = Packed(_pack_lanes, _unpack_lanes)
hours = Packed(_pack_hours, _unpack_hours)
theme_days = Packed(_pack_theme_days, _unpack_theme_days)
board_format = Packed(asdict, _unpack_format)
point = Packed(list, _unpack_point)
attachments = Packed(_pack_attachments, _unpack_attachments)
contact = Packed(asdict, _unpack_contact)
recurrence = Packed(_pack_recurrence, _unpack_recurrence)
page_rules = Packed(asdict, _unpack_page_rules)
