"""How the director sends notices: once, at the next tick; they end by the clock; each change is a new revision."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from server.core import wire
from server.core.times import to_ms
from server.store.boards import laps
from server.store.database import revision
from server.store.notices import actions as notice_acts
from server.store.notices import notices
from server.store.sources import sources
from tests.cast import (
    AREAS,
    BOARDS,
    EDITOR,
    HOUR,
    MINUTE,
    NOW,
    SOURCES,
    TIN_TINH,
    entry,
    notice,
)
from tests.live.studio import COMMUNE, HALL, STREET, Studio, beat, glass, keys, revisions


def test_a_notice_is_sent_at_the_tick_once_to_each_board_it_concerns(house: Studio) -> None:
    director, published = house.on_air()
    before = revisions(director)[0]
    notices.post(house.db, notice(areas=("xa-minh-tan",)), actor=EDITOR.slug, now=NOW)
    director.tick()
    assert [(event, board) for event, board, _ in published.messages] == [("notice", COMMUNE)]
    sent = published.of("notice")[0]
    assert sent["revision"] == before[COMMUNE] + 1
    assert sent["notice"] == wire.state(glass(director, COMMUNE), epoch="", build="", now=NOW)["notices"][0]
    assert "Ban chỉ huy phòng thủ dân sự tỉnh" in sent["html"]
    for _ in range(3):
        beat(director)
    assert len(published.of("notice", "clear")) == 1
    assert revisions(director)[0] == before | {COMMUNE: before[COMMUNE] + 1}


def test_a_notice_that_names_boards_is_sent_to_these_alone(house: Studio) -> None:
    director, published = house.on_air()
    posted = notices.post(house.db, notice(areas=("tinh",), boards=(STREET,)), actor=EDITOR.slug, now=NOW)
    beat(director)
    assert published.boards("notice") == {STREET}
    assert glass(director, HALL).notices == glass(director, COMMUNE).notices == ()
    notices.clear(house.db, posted.id, actor=EDITOR.slug, now=NOW)
    beat(director)
    assert published.boards("clear") == {STREET}


def test_of_two_equally_grave_notices_each_board_is_told_which_is_nearer(house: Studio) -> None:
    director, published = house.on_air()
    near = notices.post(house.db, notice(areas=("xa-minh-tan",)), actor=EDITOR.slug, now=NOW)
    far = notices.post(house.db, notice(areas=("tinh",), issued=NOW + MINUTE), actor=EDITOR.slug, now=NOW)
    director.tick()
    assert [one.id for one, _ in glass(director, COMMUNE).notices] == [near.id, far.id]
    sent = {(board, one["notice"]["id"]): one["notice"] for _, board, one in published.messages if "notice" in one}
    assert sent[COMMUNE, str(near.id)]["distance"] == 0
    assert sent[COMMUNE, str(far.id)]["distance"] == 1
    assert sent[HALL, str(far.id)]["distance"] == 0


def test_a_correction_comes_before_the_old_notice_goes(house: Studio) -> None:
    director, published = house.on_air()
    old = notices.post(house.db, notice(), actor=EDITOR.slug, now=NOW)
    beat(director)
    published.take()
    new = notice_acts.correct(
        house.db, old.id, notice(headline="Bão đổi hướng"), actor=EDITOR.slug, now=NOW, four_eyes=False
    )
    beat(director)
    sent = [(event, board) for event, board, _ in published.messages if board == "hoi-truong" and event != "state"]
    assert sent == [("notice", "hoi-truong"), ("clear", "hoi-truong")]
    assert [each.id for each, _ in glass(director, "hoi-truong").notices] == [new.id]


def test_each_notice_and_each_end_is_one_revision(house: Studio) -> None:
    director, published = house.on_air()
    before = glass(director, STREET).revision
    first = notices.post(house.db, notice(), actor=EDITOR.slug, now=NOW)
    second = notices.post(house.db, notice(headline="Vỡ đê", risk=5), actor=EDITOR.slug, now=NOW)
    director.tick()
    assert [one["revision"] for one in published.of("notice", board=STREET)] == [before + 1, before + 2]
    assert [notice.id for notice, _ in glass(director, STREET).notices] == [second.id, first.id]
    notices.clear(house.db, first.id, actor=EDITOR.slug, now=NOW)
    director.tick()
    assert published.of("clear", board=STREET) == [
        {"epoch": director.epoch, "id": str(first.id), "revision": before + 3}
    ]
    beat(director)
    assert glass(director, STREET).revision == before + 3


def test_a_notice_ends_by_the_clock_without_a_change_in_the_store(house: Studio) -> None:
    director, published = house.on_air()
    posted = notices.post(house.db, notice(until=NOW + MINUTE), actor=EDITOR.slug, now=NOW)
    beat(director)
    on = glass(director, HALL).revision
    stored = revision.current(house.db)
    house.clock.move(seconds=59.999)
    beat(director)
    assert len(glass(director, HALL).notices) == 1
    house.clock.move(milliseconds=1)
    director.tick()
    assert revision.current(house.db) == stored
    assert glass(director, HALL).notices == ()
    assert published.of("clear", board=HALL) == [{"epoch": director.epoch, "id": str(posted.id), "revision": on + 1}]
    # The worker marks the notice as expired a little later; the director neither sends nor counts that again.
    notices.expire_due(house.db, house.clock())
    beat(director)
    beat(director)
    assert len(published.of("clear", board=HALL)) == 1
    assert glass(director, HALL).revision == on + 1


def test_an_ended_notice_does_not_come_back_with_a_new_board(house: Studio) -> None:
    sources.seed(house.db, areas=AREAS, sources=SOURCES, boards=BOARDS[:2], now=NOW)
    director, published = house.on_air()
    notices.post(house.db, notice(until=NOW + MINUTE), actor=EDITOR.slug, now=NOW)
    beat(director)
    house.clock.move(minutes=2)
    director.tick()
    published.take()
    sources.seed(house.db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    beat(director)
    assert glass(director, STREET).notices == ()
    assert published.of("notice", "clear") == []


@pytest.mark.parametrize("order", ["tick first", "refresh first"])
def test_a_priority_notice_joins_the_lap_whether_tick_or_refresh_sees_it_first(house: Studio, order: str) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(4)))
    director, published = house.on_air()
    house.clock.move(seconds=1)
    notices.post(house.db, notice(level="priority"), actor=EDITOR.slug, now=house.clock())
    acts = [director.tick, director.refresh]
    for act in acts if order == "tick first" else reversed(acts):
        act()
    beat(director)
    assert keys(director, HALL)[1] == "notice:1"
    assert len(published.of("notice", board=HALL)) == 1


def test_a_notice_is_sent_although_a_locked_store_cannot_save_its_revision(house: Studio, data: Path) -> None:
    director, published = house.on_air()
    notices.post(house.db, notice(), actor=EDITOR.slug, now=NOW)
    other = sqlite3.connect(data / "bangtin.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    beat(director)
    assert published.boards("notice") == {HALL, COMMUNE, STREET}
    assert "bận" in str(director.troubles)
    other.execute("ROLLBACK")
    other.close()
    beat(director)
    assert director.troubles == ()
    stored = laps.load(house.db, HALL)
    assert stored is not None
    assert stored.revision == glass(director, HALL).revision


def test_a_notice_of_level_normal_is_a_slide_of_the_lap_and_never_first(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(3)))
    director, _ = house.on_air()
    house.clock.move(seconds=1)
    notices.post(house.db, notice(level="normal"), actor=EDITOR.slug, now=house.clock())
    beat(director)
    assert keys(director, HALL).count("notice:1") == 1
    assert keys(director, HALL)[0] != "notice:1", "the running slide is not cut"
    (slot,) = [slot for slot in glass(director, HALL).lap.slots if slot.key == "notice:1"]
    assert slot.spans == ((to_ms(NOW), to_ms(NOW + HOUR)),)


def test_an_alert_takes_every_second_slide_from_the_end_of_its_hold(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(3)))
    director, published = house.on_air()
    held = notice(level="urgent", origin="x", holds_until=NOW + 15 * MINUTE)
    notices.post(house.db, held, actor=EDITOR.slug, now=NOW)
    beat(director)
    assert keys(director, HALL)[1::2] == ["notice:1"] * 3
    spans = {slot.spans for slot in glass(director, HALL).lap.slots if slot.key == "notice:1"}
    assert spans == {((to_ms(NOW + 15 * MINUTE), to_ms(NOW + HOUR)),)}
    assert published.of("notice", board=HALL)[0]["notice"]["holds_until"] == to_ms(NOW + 15 * MINUTE)
    notices.clear(house.db, 1, actor=EDITOR.slug, now=NOW)
    beat(director)
    assert "notice:1" not in keys(director, HALL)


def test_an_urgent_notice_of_an_editor_holds_the_glass_to_its_end(house: Studio) -> None:
    house.read(TIN_TINH, entry("bai"))
    director, _ = house.on_air()
    notices.post(house.db, notice(level="urgent"), actor=EDITOR.slug, now=NOW)
    beat(director)
    assert "notice:1" not in keys(director, HALL)


def test_a_calm_notice_never_covers_the_glass_whatever_its_level(house: Studio) -> None:
    director, published = house.on_air()
    notices.post(house.db, notice(level="urgent", calm=True, origin="x"), actor=EDITOR.slug, now=NOW)
    beat(director)
    assert {one["notice"]["level"] for one in published.of("notice")} == {"priority"}
    assert keys(director, HALL) == ["notice:1"]
