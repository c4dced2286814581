"""Turns rows into dataclasses and leaves out those with unreadable values; called by the readers of server.store.

A value may be unreadable because an earlier version accepted it, somebody repaired a row by hand, or the disk is
damaged. It must never stop a page or a board: lists leave out its row, and reading that row alone raises
UnreadableRow, which names the columns. The desk's list of announcements and ``run.py doctor`` report such rows to
people.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial
from types import UnionType
from typing import TYPE_CHECKING, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Row

from server.core.times import readable
from server.store.database.errors import NotFound
from server.store.tables.columns import UNREADABLE

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")
Check = Callable[[object], bool]
LONGEST_TEXT = 200_000
"""In characters; ten times the longest text of an announcement. Splitting a longer text into pages takes minutes."""
LONGEST_SPAN = timedelta(days=36_500)


class UnreadableRow(NotFound):
    """The row exists, but its values in ``columns`` cannot be read."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        super().__init__(f"Dữ liệu đã lưu không đọc được ({', '.join(columns)})")
        self.columns = columns


def as_value(dataclass: type[D], row: Row[*tuple[object, ...]]) -> D:
    """Convert a row to a ``dataclass``, whose fields have the names of the row's columns. Raises UnreadableRow."""
    values = row._asdict()
    damaged = unreadable(dataclass, values)
    if damaged:
        raise UnreadableRow(damaged)
    return dataclass(**values)


def as_values(dataclass: type[D], rows: Iterable[Row[*tuple[object, ...]]]) -> tuple[D, ...]:
    """Convert rows to a ``dataclass``, in the same order; rows with unreadable values are left out."""
    found = (row._asdict() for row in rows)
    return tuple(dataclass(**values) for values in found if not unreadable(dataclass, values))


def as_value_or_defaults(dataclass: type[D], row: Row[*tuple[object, ...]]) -> D:
    """Convert a row to a ``dataclass``, with the field's default in place of each unreadable value.

    Used for rows that others depend on, such as areas: if one was left out, the areas below it would have no parent.
    Raises UnreadableRow if the value of a field without a default is unreadable.
    """
    return with_damage(dataclass, row)[0]


def with_damage(dataclass: type[D], row: Row[*tuple[object, ...]]) -> tuple[D, tuple[str, ...]]:
    """Like `as_value_or_defaults`; also returns the names of the fields whose values are unreadable."""
    values = row._asdict()
    damaged = unreadable(dataclass, values)
    if not damaged:
        return dataclass(**values), ()
    without = tuple(one.name for one in fields(dataclass) if one.name in damaged and one.default is MISSING)
    if without:
        raise UnreadableRow(without)
    return dataclass(**{name: value for name, value in values.items() if name not in damaged}), damaged


def unreadable(dataclass: type[DataclassInstance], values: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the ``values`` that do not have the type that ``dataclass`` declares for the field; () if none.

    Also unreadable are times outside the years 1900 to 2200, spans of over 100 years, numbers that are not finite,
    texts of over 200,000 characters, and in a field ``zone`` names of unknown time zones.
    """
    checks = _checks(dataclass)
    # A list is made faster than a generator is run, and this is done for every row that is read.
    return tuple([name for name, value in values.items() if name in checks and not checks[name](value)])


@cache
def _checks(dataclass: type[DataclassInstance]) -> Mapping[str, Check]:
    hints = get_type_hints(dataclass)
    return {name: _is_zone if name == "zone" and hint is str else _check(hint) for name, hint in hints.items()}


def _is_zone(value: object) -> bool:
    return isinstance(value, str) and _knows_zone(value)


@cache
def _knows_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name is that of a folder, or too long
        return False
    return True


@cache
def _check(hint: object) -> Check:
    """Return a function that tells whether a value is of the type ``hint``, the declared type of a field.

    Covers the types that occur in fields of the dataclasses of server.core and server.store.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in arguments
    if origin in (Union, UnionType):
        each = tuple(_check(one) for one in arguments)
        return lambda value: any(check(value) for check in each)
    if origin is tuple:
        return _tuple_check(arguments)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass_check(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    kind = origin or hint
    return partial(_is_a, kind) if isinstance(kind, type) else _readable


def _is_a(kind: type, value: object) -> bool:
    return isinstance(value, kind) and value is not UNREADABLE


def _readable(value: object) -> bool:
    return value is not UNREADABLE


def _tuple_check(arguments: tuple[object, ...]) -> Check:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        each = _check(arguments[0])
        return lambda value: isinstance(value, tuple) and all(map(each, value))
    checks = tuple(_check(one) for one in arguments)
    return lambda value: (
        isinstance(value, tuple)
        and len(value) == len(checks)
        and all(check(one) for check, one in zip(checks, value, strict=True))
    )


def _dataclass_check(kind: type[DataclassInstance]) -> Check:
    return lambda value: (
        isinstance(value, kind) and all(check(getattr(value, name)) for name, check in _checks(kind).items())
    )


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime) and readable(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_SCALARS: Mapping[object, Check] = {
    str: lambda value: isinstance(value, str) and len(value) <= LONGEST_TEXT,
    int: lambda value: type(value) is int,
    float: _is_number,
    datetime: lambda value: isinstance(value, datetime) and readable(value),
    date: _is_date,
    timedelta: lambda value: isinstance(value, timedelta) and abs(value) <= LONGEST_SPAN,
    type(None): lambda value: value is None,
}
