"""The director with a locked or broken store: it keeps what is on air, and recovers when the store works again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from server.store.boards import laps
from server.store.notices import notices
from tests.cast import (
    EDITOR,
    MINUTE,
    NOW,
    TIN_TINH,
    entry,
    notice,
)
from tests.live.studio import COMMUNE, HALL, STREET, Logged, Studio, beat, glass, keys


def test_a_broken_store_keeps_the_last_lap_is_logged_once_and_recovers(
    house: Studio, data: Path, logged: Logged
) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"))
    director, published = house.on_air()
    before = glass(director, HALL)
    broken = sqlite3.connect(data / "bangtin.db")
    broken.execute("ALTER TABLE store RENAME TO elsewhere")
    broken.commit()
    for _ in range(60):
        house.clock.move(milliseconds=500)
        beat(director)
    assert director.troubles
    assert glass(director, HALL) == before
    assert published.of("slide", board=HALL)
    assert [line["act"] for line in logged if line["event"] == "store unwell"] == ["tick", "refresh"]
    broken.execute("ALTER TABLE elsewhere RENAME TO store")
    broken.commit()
    broken.close()
    beat(director)
    assert director.troubles == ()
    assert [line["act"] for line in logged if line["event"] == "store well again"] == ["tick", "refresh"]


def test_a_notice_ends_although_the_store_cannot_be_read(house: Studio, data: Path) -> None:
    director, published = house.on_air()
    notices.post(house.db, notice(until=NOW + MINUTE), actor=EDITOR.slug, now=NOW)
    beat(director)
    broken = sqlite3.connect(data / "bangtin.db")
    broken.execute("ALTER TABLE store RENAME TO elsewhere")
    broken.commit()
    broken.close()
    house.clock.move(minutes=1)
    beat(director)
    assert published.boards("clear") == {HALL, COMMUNE, STREET}
    assert glass(director, HALL).notices == ()


def test_a_tick_does_not_clear_the_trouble_of_a_refresh(house: Studio, data: Path) -> None:
    house.read(TIN_TINH, entry("a"))
    director, _ = house.on_air()
    other = sqlite3.connect(data / "bangtin.db", isolation_level=None)
    house.read(TIN_TINH, entry("b"))
    other.execute("BEGIN IMMEDIATE")
    director.refresh()
    director.tick()
    assert director.troubles
    assert keys(director, HALL) == ["story:1"]
    other.execute("ROLLBACK")
    other.close()
    director.refresh()
    assert director.troubles == ()
    assert set(keys(director, HALL)) == {"story:1", "story:2"}


def test_a_lap_that_the_store_lost_is_saved_again(house: Studio, data: Path) -> None:
    house.read(TIN_TINH, entry("a"))
    director, _ = house.on_air()
    with sqlite3.connect(data / "bangtin.db") as conn:
        conn.execute("DELETE FROM laps")
    conn.close()
    house.read(TIN_TINH, entry("b"))
    beat(director)
    stored = laps.load(house.db, HALL)
    assert stored is not None
    assert stored.revision == glass(director, HALL).revision
