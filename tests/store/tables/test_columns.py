"""Each column type reads back the value that it stored, on both databases; datetimes are aware and in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.dialects import sqlite

from server.core.model import Hours, Lane, Window
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.tables import columns
from tests.cast import NOW

DIALECT = sqlite.dialect()
INSTANTS = st.datetimes(timezones=st.just(UTC))
TABLE = Table(
    "column_types",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", columns.Utc),
    Column("long", columns.Seconds),
)


def _stored(db: Database, at: datetime | None, long: timedelta | None) -> tuple[datetime | None, timedelta | None]:
    with db.write() as conn:
        TABLE.create(conn, checkfirst=True)
        conn.execute(TABLE.insert().values(id=1, at=at, long=long))
        row = conn.execute(TABLE.select()).one()
        return row.at, row.long


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=7)), timezone(timedelta(hours=-9, minutes=-30))])
def test_a_datetime_is_read_back_in_utc(db: Database, zone: timezone) -> None:
    at, long = _stored(db, NOW.astimezone(zone).replace(microsecond=123456), timedelta(days=400, microseconds=7))
    assert at == NOW.replace(microsecond=123456)
    assert at is not None
    assert at.tzinfo is UTC
    assert long == timedelta(days=400, microseconds=7)


def test_none_is_stored_as_null(db: Database) -> None:
    assert _stored(db, None, None) == (None, None)


def test_a_datetime_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(StoreError, match="without a zone"):
        _stored(db, NOW.replace(tzinfo=None), None)


@given(st.lists(st.builds(Window, INSTANTS, st.none() | INSTANTS)).map(tuple))
def test_windows_survive(windows: tuple[Window, ...]) -> None:
    packed = columns.windows.process_bind_param(windows, DIALECT)
    assert columns.windows.process_result_value(packed, DIALECT) == windows


def test_a_window_in_local_time_is_read_back_in_utc() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=7)))
    packed = columns.windows.process_bind_param((Window(local),), DIALECT)
    (window,) = columns.windows.process_result_value(packed, DIALECT) or ()
    assert window == Window(NOW)
    assert window.start.tzinfo is UTC
    with pytest.raises(ValueError, match="without a zone"):
        columns.windows.process_bind_param((Window(NOW.replace(tzinfo=None)),), DIALECT)


@given(st.lists(st.builds(Hours, st.times(), st.times())).map(tuple))
def test_hours_survive(hours: tuple[Hours, ...]) -> None:
    packed = columns.hours.process_bind_param(hours, DIALECT)
    assert columns.hours.process_result_value(packed, DIALECT) == hours


@given(st.lists(st.builds(Lane, st.text(), st.integers(), st.integers())).map(tuple))
def test_lanes_survive(lanes: tuple[Lane, ...]) -> None:
    packed = columns.lanes.process_bind_param(lanes, DIALECT)
    assert columns.lanes.process_result_value(packed, DIALECT) == lanes


@given(st.lists(st.lists(st.text()).map(tuple)).map(tuple))
def test_grids_survive(grid: tuple[tuple[str, ...], ...]) -> None:
    packed = columns.grid.process_bind_param(grid, DIALECT)
    assert columns.grid.process_result_value(packed, DIALECT) == grid


@given(st.text())
def test_zipped_text_survives(text: str) -> None:
    packed = columns.Zipped().process_bind_param(text, DIALECT)
    assert columns.Zipped().process_result_value(packed, DIALECT) == text
