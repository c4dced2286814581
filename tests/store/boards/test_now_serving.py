"""Numbers of halls are stored on SQLite and PostgreSQL, by several programs and for several boards at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from server.core.model import Counter, NowServing
from server.store.boards import now_serving
from server.store.boards.now_serving import TooSoon
from server.store.database import revision
from server.store.database.engine import Database
from tests.cast import BOARDS, NOW

FRESH = timedelta(minutes=10)
SLUGS = [board.slug for board in BOARDS]
WHOLE = Counter("TN1", "Hộ tịch, chứng thực", "ĐB-105", ("1", "2"), "Tạm nghỉ")


def put(db: Database, board: str, *counters: Counter, at: datetime = NOW) -> NowServing:
    return now_serving.put(db, board, counters or (WHOLE,), actor="token:1", now=at, fresh=FRESH)


def test_a_state_is_read_as_it_was_reported(db: Database) -> None:
    made = put(db, SLUGS[0])
    assert now_serving.get(db, SLUGS[0]) == made
    assert now_serving.all(db, NOW) == {SLUGS[0]: made}
    assert now_serving.versions(db) == {SLUGS[0]: made.version}
    assert made.counters == (WHOLE,)


def test_only_that_there_are_numbers_is_a_change_of_what_boards_show(db: Database) -> None:
    seen = revision.current(db)
    put(db, SLUGS[0])
    assert revision.since(db, seen).serving == {SLUGS[0]}
    seen = revision.current(db)
    put(db, SLUGS[0], Counter("3", "", "8"), at=NOW + timedelta(seconds=1))
    assert revision.current(db) == seen
    put(db, SLUGS[0], Counter("3"), Counter("4"), at=NOW + timedelta(seconds=2))
    assert revision.since(db, seen).serving == {SLUGS[0]}


def test_of_reports_that_come_together_two_are_accepted_and_the_boards_do_not_hinder_each_other(db: Database) -> None:
    def report(number: int) -> str:
        try:
            put(db, SLUGS[number % len(SLUGS)], Counter("3", "", f"{number}"))
        except TooSoon:
            return "too soon"
        return "stored"

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(report, range(6 * len(SLUGS))))
    assert done.count("stored") == 2 * len(SLUGS)
    assert len(now_serving.all(db, NOW)) == len(SLUGS)


def test_the_version_grows_also_when_the_clock_is_set_back(db: Database) -> None:
    before = put(db, SLUGS[0])
    assert put(db, SLUGS[0], at=NOW - timedelta(hours=1)).version > before.version


@pytest.mark.parametrize("late", [0, 1])
def test_only_what_is_over_is_ended(db: Database, late: int) -> None:
    put(db, SLUGS[0])
    put(db, SLUGS[1], at=NOW + timedelta(minutes=5))
    assert now_serving.end_due(db, NOW + FRESH - timedelta(seconds=1 - late)) == late
    assert SLUGS[1] in now_serving.versions(db)
