"""Laps are agreed through the store: a restart or a second server changes no running lap, and revisions only grow."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from server.core.lap.airing import last_slide_start
from server.core.times import from_ms, to_ms
from server.live.rotation.lap_agreement import RESTART_STEP
from server.store.boards import laps
from server.store.notices import notices
from server.store.sources import sources
from tests.cast import (
    AREAS,
    BOARDS,
    EDITOR,
    HOI_TRUONG,
    HOUR,
    NOW,
    SOURCES,
    TIN_TINH,
    entry,
    notice,
)
from tests.live.studio import (
    COMMUNE,
    HALL,
    STREET,
    Logged,
    Studio,
    beat,
    glass,
    keys,
    on_glass,
    published_by,
    revisions,
)


def test_a_restart_does_not_jump_and_its_revision_grows(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(4)))
    director, _ = house.on_air()
    house.clock.move(seconds=20)
    before, sent = on_glass(director, HALL, house.clock()), glass(director, HALL).revision
    again, _ = house.on_air()
    assert on_glass(again, HALL, house.clock()) == before
    assert glass(again, HALL).lap == glass(director, HALL).lap
    assert glass(again, HALL).revision == sent + RESTART_STEP


def test_a_restart_has_a_body_for_the_running_slide_although_its_format_changed(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(4)))
    director, _ = house.on_air()
    house.clock.move(seconds=3)
    old, start = on_glass(director, HALL, house.clock())
    portrait = replace(HOI_TRUONG, format=replace(HOI_TRUONG.format, layout="portrait"))
    sources.seed(house.db, areas=AREAS, sources=SOURCES, boards=(portrait, *BOARDS[1:]), now=NOW)
    again, _ = house.on_air()
    new, still = on_glass(again, HALL, house.clock())
    assert still == start
    assert new != old
    hashes = glass(again, HALL).hashes
    assert [slide.hash for slide in again.bodies(hashes)] == list(hashes)


def test_a_restart_shows_a_story_to_its_end_that_left_its_lane_meanwhile(house: Studio) -> None:
    narrow = replace(HOI_TRUONG, lanes=(replace(HOI_TRUONG.lanes[0], most=1),))
    sources.seed(house.db, areas=AREAS, sources=SOURCES, boards=(narrow,), now=NOW)
    house.read(TIN_TINH, entry("cu", published=NOW - HOUR))
    director, _ = house.on_air()
    house.clock.move(seconds=2)
    before = on_glass(director, HALL, house.clock())
    house.read(TIN_TINH, entry("moi", published=NOW))
    again, _ = house.on_air()
    assert on_glass(again, HALL, house.clock()) == before


def test_a_stored_lap_of_an_unknown_form_is_replaced(house: Studio, logged: Logged) -> None:
    house.read(TIN_TINH, entry("a"))
    laps.save_all(house.db, [(laps.StoredLap(HALL, 3, 40, '{"number": 3}'), 0)])
    director, _ = house.on_air()
    assert keys(director, HALL) == ["story:1"]
    assert glass(director, HALL).revision > 40
    assert [line["board"] for line in logged if line["event"] == "lap not readable"] == [HALL]


def test_a_restart_with_a_locked_store_puts_boards_on_air_and_agrees_later(house: Studio, data: Path) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"))
    other = sqlite3.connect(data / "bangtin.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    director = house.direct()
    beat(director)
    assert len(director.boards()) == 3
    assert director.troubles
    assert laps.load(house.db, HALL) is None
    other.execute("ROLLBACK")
    other.close()
    beat(director)
    assert director.troubles == ()
    assert None not in [laps.load(house.db, board) for board in (HALL, COMMUNE, STREET)]
    first = glass(director, HALL).lap
    at = last_slide_start(first, to_ms(house.clock()))
    assert at is not None
    house.clock.now = from_ms(at) + 2 * HOUR
    beat(director)
    assert glass(director, HALL).lap.number == first.number + 1


def test_two_servers_on_one_store_show_the_same(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(3)))
    one, two = house.direct(), house.direct()
    for step in range(40):
        beat(*((one, two) if step % 2 else (two, one)))
        assert glass(one, HALL).lap == glass(two, HALL).lap
        house.clock.move(seconds=7)
        if step % 10 == 3:
            house.read(TIN_TINH, entry(f"moi-{step}", published=house.clock()))
    assert glass(one, HALL).lap.number > 3


def test_the_second_server_adopts_the_agreed_lap(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"))
    one, two = house.direct(), house.direct()
    beat(one)
    house.clock.move(seconds=1)  # without agreement the second server's lap would start a second later
    two.tick()
    beat(two)
    assert glass(two, HALL).lap == glass(one, HALL).lap
    house.read(TIN_TINH, entry("c"))
    one.refresh()
    house.clock.move(milliseconds=300)
    two.refresh()
    assert glass(two, HALL).lap == glass(one, HALL).lap
    assert glass(two, HALL).revision >= glass(one, HALL).revision


def test_two_servers_give_a_notice_the_same_revision(house: Studio) -> None:
    one, two = house.direct(), house.direct()
    beat(one, two)
    notices.post(house.db, notice(), actor=EDITOR.slug, now=NOW)
    beat(one, two)
    beat(one, two)
    assert revisions(one) == revisions(two)
    assert len(published_by(one).of("notice", board=HALL)) == len(published_by(two).of("notice", board=HALL)) == 1


def test_a_viewers_higher_revision_is_followed_up_to_the_stores(house: Studio) -> None:
    here, _ = house.on_air()
    there = house.direct()
    beat(there)
    for _ in range(3):
        notices.post(house.db, notice(), actor=EDITOR.slug, now=NOW)
        beat(here)
    ahead = glass(here, HALL).revision + 2_000
    stored = laps.load(house.db, HALL)
    assert stored is not None
    assert laps.save_all(house.db, [(replace(stored, revision=ahead), stored.revision)]) == [True]
    there.tick()
    there.report_revision(HALL, 10**9, trusted=False)
    there.refresh()
    assert glass(there, HALL).revision == ahead + 1
    assert published_by(there).of("state")[-1] == ahead + 1
    there.refresh()
    before = glass(there, HALL).revision
    for _ in range(3):
        there.report_revision(HALL, 10**9, trusted=False)
        there.report_revision("khong-co", 10**9, trusted=True)
        there.refresh()
    assert glass(there, HALL).revision == before


def test_a_notice_sent_at_a_revision_that_a_client_has_from_another_server_is_sent_again(house: Studio) -> None:
    """The client ignores the notice: for it, that revision is the state that it has from the other server."""
    director, published = house.on_air()
    ahead = glass(director, HALL).revision + 1
    stored = laps.load(house.db, HALL)
    assert stored is not None
    assert laps.save_all(house.db, [(replace(stored, revision=ahead), stored.revision)]) == [True]
    director.report_revision(HALL, ahead, trusted=False)
    notices.post(house.db, notice(), actor=EDITOR.slug, now=NOW)
    director.tick()
    (message,) = published.of("notice", board=HALL)
    assert message["revision"] == ahead
    director.refresh()
    assert published.of("state", board=HALL)[-1] > ahead


def test_a_higher_revision_that_could_not_be_compared_with_the_stores_is_compared_later(
    house: Studio, data: Path
) -> None:
    director, _ = house.on_air()
    before = glass(director, HALL).revision
    director.report_revision(HALL, before + 5, trusted=True)
    broken = sqlite3.connect(data / "bangtin.db", isolation_level=None)
    broken.execute("ALTER TABLE laps RENAME TO elsewhere")
    director.refresh()
    assert director.troubles
    broken.execute("ALTER TABLE elsewhere RENAME TO laps")
    broken.close()
    director.refresh()
    assert glass(director, HALL).revision > before + 5


def test_a_screens_higher_revision_is_followed_a_little_beyond_the_stores(house: Studio) -> None:
    director, _ = house.on_air()
    before = glass(director, HALL).revision
    director.report_revision(HALL, before + 5, trusted=True)
    director.refresh()
    assert glass(director, HALL).revision == before + 6
    director.report_revision(HALL, 10**9, trusted=True)
    director.refresh()
    assert before < glass(director, HALL).revision <= before + 6 + RESTART_STEP + 1
