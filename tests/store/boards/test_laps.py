"""Laps are stored by compare-and-swap: if two servers compose at the same time, exactly one of them wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from server.store.boards import laps
from server.store.boards.laps import StoredLap
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from tests.store.conftest import Opens

FIRST = StoredLap("hoi-truong", number=7, revision=1, body='{"slides":["Chào"]}')
SECOND = replace(FIRST, number=8, revision=2, body="{}")


def save(db: Database, lap: StoredLap, *, expected_revision: int) -> bool:
    (replaced,) = laps.save_all(db, [(lap, expected_revision)])
    return replaced


def test_before_the_first_there_is_none(db: Database) -> None:
    assert laps.load(db, "hoi-truong") is None
    assert laps.load(db, "pho-dong-hai") is None


def test_what_is_saved_is_read(db: Database) -> None:
    before = revision.current(db)
    assert save(db, FIRST, expected_revision=0)
    assert laps.load(db, "hoi-truong") == FIRST
    assert save(db, SECOND, expected_revision=1)
    other = replace(FIRST, board="pho-dong-hai", revision=10**12)
    assert save(db, other, expected_revision=0)
    assert (laps.load(db, "hoi-truong"), laps.load(db, "pho-dong-hai")) == (SECOND, other)
    assert revision.current(db) == before


@pytest.mark.parametrize("expected", [0, 2])
def test_a_late_writer_gets_false_and_changes_nothing(db: Database, expected: int) -> None:
    save(db, FIRST, expected_revision=0)
    assert not save(db, replace(SECOND, revision=3), expected_revision=expected)
    assert laps.load(db, "hoi-truong") == FIRST


def test_a_revision_only_grows(db: Database) -> None:
    save(db, FIRST, expected_revision=0)
    with pytest.raises(ValueError, match="follow"):
        save(db, FIRST, expected_revision=1)


def test_an_unknown_board_has_no_lap(db: Database) -> None:
    with pytest.raises(StoreError):
        save(db, replace(FIRST, board="khong-co"), expected_revision=0)


@pytest.mark.parametrize("expected", [0, 1])
def test_of_two_writers_exactly_one_wins(db: Database, opens: Opens, url: str, expected: int) -> None:
    if expected:
        save(db, FIRST, expected_revision=0)
    stores = db, opens(url)
    together = Barrier(2)

    def write(number: int) -> bool:
        mine = replace(FIRST, number=number, revision=expected + 1)
        together.wait(timeout=10)
        return save(stores[number], mine, expected_revision=expected)

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(write, range(2)))
    assert sorted(won) == [False, True]
    kept = laps.load(db, "hoi-truong")
    assert kept is not None
    assert kept.number == won.index(True)


def lap(number: int, start: int) -> StoredLap:
    return StoredLap("hoi-truong", number, number, body=f"lap {number}", start=start)


def save_in_order(db: Database, *laps_in_order: StoredLap) -> None:
    for before, one in zip([0, *(each.revision for each in laps_in_order)], laps_in_order, strict=False):
        assert save(db, one, expected_revision=before)


def test_a_span_begins_with_the_lap_that_was_running(db: Database) -> None:
    save_in_order(db, lap(1, 100), lap(2, 200), lap(3, 300))
    assert laps.aired(db, "hoi-truong", since=250, until=301) == ("lap 2", "lap 3")
    assert laps.aired(db, "hoi-truong", since=200, until=300) == ("lap 2",)
    assert laps.aired(db, "hoi-truong", since=0, until=101) == ("lap 1",)
    assert laps.aired(db, "hoi-truong", since=0, until=100) == ()
    assert laps.aired(db, "pho-dong-hai", since=0, until=999) == ()


def test_a_lap_saved_again_with_a_higher_revision_is_stored_once(db: Database) -> None:
    save_in_order(db, lap(1, 100))
    assert save(db, replace(lap(1, 100), revision=5), expected_revision=1)
    assert laps.aired(db, "hoi-truong", since=0, until=999) == ("lap 1",)


def test_the_lap_of_a_late_writer_is_not_among_past_laps(db: Database) -> None:
    save_in_order(db, lap(1, 100))
    assert not save(db, lap(2, 150), expected_revision=0)
    assert laps.aired(db, "hoi-truong", since=0, until=999) == ("lap 1",)


def test_old_laps_are_deleted_except_the_one_that_was_running(db: Database) -> None:
    save_in_order(db, lap(1, 100), lap(2, 200), lap(3, 300))
    assert laps.forget_aired(db, before=250) == 1
    assert laps.aired(db, "hoi-truong", since=0, until=999) == ("lap 2", "lap 3")
    assert laps.forget_aired(db, before=250) == 0
