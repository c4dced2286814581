"""The director: only what changed is composed, notices are sent once, restarts and second servers do not jump."""

from __future__ import annotations

import sqlite3
from collections.abc import MutableMapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.content.board_content import board_content, read_snapshot
from server.core import wire
from server.core.lap.airing import Lap, airing_at, last_slide_start
from server.core.lap.forecast import forecast
from server.core.model import ThemeDays, Window
from server.core.times import from_ms, to_ms
from server.live.rotation.lap_agreement import RESTART_STEP
from server.live.rotation.slide_announcer import AHEAD_MS
from server.slides.kinds.video import fixture as films
from server.store.announcements import announcements
from server.store.boards import boards, laps
from server.store.database import revision
from server.store.notices import actions as notice_acts
from server.store.notices import notices
from server.store.sources import sources, stories
from tests.cast import (
    AREAS,
    BOARDS,
    DAY,
    EDITOR,
    HOI_TRUONG,
    HOUR,
    MINUTE,
    NOW,
    OPERATOR,
    SOURCES,
    TIN_TINH,
    TIN_XA,
    announcement,
    entry,
    notice,
)
from tests.live.studio import Studio, beat, glass, keys, on_glass, published_by, renderer

HALL, COMMUNE, STREET = (board.slug for board in BOARDS)
Logged = list[MutableMapping[str, Any]]


def _revisions(*directors: Any) -> list[dict[str, int]]:
    return [{one.board.slug: one.revision for one in director.boards()} for director in directors]


# content


def test_a_notice_that_comes_while_boards_are_composed_is_on_all_and_keeps_its_body(house: Studio) -> None:
    """With thousands of boards a change takes long, and ticks run during it."""
    between: list[int] = []

    def tick_once() -> None:
        between.append(len(between))
        if len(between) == moment:
            notices.post(house.db, notice(areas=("tinh",), headline=f"Bão số {moment}"), actor=EDITOR.slug, now=NOW)
            director.tick()

    for moment in range(1, 1 + len(BOARDS)):
        between.clear()
        director = house.direct(maybe_yield=tick_once)
        director.tick()
        director.refresh()
        assert len(between) >= moment
        for one in director.boards():
            named = [slide.hash for _, slide in one.notices]
            assert len(named) == moment
            assert len(director.bodies(named)) == moment


def test_without_content_every_board_is_on_air_with_its_filler(house: Studio) -> None:
    director, _ = house.on_air()
    assert {one.board.slug for one in director.boards()} == {HALL, COMMUNE, STREET}
    for one in director.boards():
        assert one.lap.slots == ()
        assert one.revision >= 1
        assert [slide.kind for slide in director.bodies([one.lap.filler or "", one.safe])] == ["empty", "safe"]


def test_a_change_that_no_screen_shows_changes_no_board(house: Studio) -> None:
    director, published = house.on_air()
    before = _revisions(director)
    house.read(TIN_XA, entry("cho-duyet"))  # held until an editor approves it
    beat(director)
    assert published.messages == []
    assert _revisions(director) == before


def test_only_the_boards_that_read_a_source_get_a_new_revision(house: Studio) -> None:
    house.read(TIN_XA, entry("cua-xa"))
    director, published = house.on_air()
    before = _revisions(director)[0]
    stories.approve(house.db, 1, actor=EDITOR.slug, now=NOW)
    beat(director)
    after = _revisions(director)[0]
    assert published.boards("state") == {COMMUNE}
    assert keys(director, COMMUNE) == ["story:1"]
    assert after == before | {COMMUNE: before[COMMUNE] + 1}


def test_every_body_that_a_state_names_is_available(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(5)))
    notices.post(house.db, notice(), actor=EDITOR.slug, now=NOW)
    director, _ = house.on_air()
    for one in director.boards():
        assert [slide.hash for slide in director.bodies(one.hashes)] == list(one.hashes)


def test_bodies_that_no_board_names_any_more_are_evicted(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"))
    director, _ = house.on_air()
    gone = next(slot.hash for slot in glass(director, HALL).lap.slots if slot.key == "story:1")
    stories.withdraw(house.db, 1, actor=EDITOR.slug, now=NOW)
    beat(director)
    assert director.bodies([gone]) == []


def test_an_edit_airs_after_the_running_slide(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"))
    director, _ = house.on_air()
    old, start = on_glass(director, HALL, NOW)
    house.clock.move(seconds=2)
    house.read(TIN_TINH, entry("a", title="Cầu đã thông xe"))
    beat(director)
    assert on_glass(director, HALL, house.clock()) == (old, start)
    house.clock.move(minutes=1)
    beat(director)
    new, _ = on_glass(director, HALL, house.clock())
    assert new != old
    assert director.bodies([new or ""])[0].title == "Cầu đã thông xe"


def test_a_withdrawn_story_leaves_at_once_although_it_runs(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"))
    director, published = house.on_air()
    running = glass(director, HALL).lap.slots[0].key
    house.clock.move(seconds=1)
    stories.withdraw(house.db, int(running.removeprefix("story:")), actor=EDITOR.slug, now=house.clock())
    beat(director)
    assert running not in keys(director, HALL)
    assert on_glass(director, HALL, house.clock())[1] == to_ms(house.clock())
    assert published.boards("state") == {HALL, COMMUNE, STREET}


def test_a_story_that_left_its_lane_may_finish_and_does_not_return(house: Studio) -> None:
    narrow = replace(HOI_TRUONG, lanes=(replace(HOI_TRUONG.lanes[0], most=1),))
    sources.seed(house.db, areas=AREAS, sources=SOURCES, boards=(narrow,), now=NOW)
    house.read(TIN_TINH, entry("cu", published=NOW - HOUR))
    director, _ = house.on_air()
    old = on_glass(director, HALL, NOW)
    house.clock.move(seconds=1)
    house.read(TIN_TINH, entry("moi", published=NOW))
    beat(director)
    assert keys(director, HALL) == ["story:1", "story:2"]
    assert on_glass(director, HALL, house.clock()) == old
    ends = airing_at(glass(director, HALL).lap, to_ms(house.clock()))
    assert ends is not None
    assert ends.until is not None
    house.clock.now = from_ms(ends.until)
    beat(director)
    assert keys(director, HALL) == ["story:2"]


def test_an_announcement_that_ended_unseen_raises_no_revision(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"))
    coming = announcement(windows=(Window(NOW + 47 * HOUR, NOW + 47 * HOUR + timedelta(seconds=1)),))
    posted = announcements.post(house.db, coming, actor=OPERATOR.slug)
    director, published = house.on_air()
    lap = glass(director, HALL).lap
    assert f"announcement:{posted.id}" not in {slot.key for slot in lap.slots if slot.spans == ((0, None),)}
    announcements.withdraw(house.db, posted.id, actor=OPERATOR.slug, now=NOW)
    beat(director)
    assert keys(director, HALL) == ["story:1"]
    published.take()
    before = _revisions(director)
    house.read(TIN_XA, entry("khac"))
    beat(director)
    assert _revisions(director) == before


def test_a_mode_of_a_board_is_its_state(house: Studio) -> None:
    director, published = house.on_air()
    boards.set_mode(house.db, STREET, "dark", actor=EDITOR.slug, now=NOW)
    beat(director)
    assert published.boards("state") == {STREET}
    assert glass(director, STREET).board.mode == "dark"


def test_themed_days_of_a_board_are_in_its_state_before_those_of_the_configuration(house: Studio) -> None:
    first, last = NOW.date(), NOW.date() + DAY
    fixed = ThemeDays("contrast", first, last, boards=(COMMUNE,))
    director, _ = house.on_air()
    before = glass(director, COMMUNE)
    boards.add_days(house.db, [COMMUNE], [ThemeDays("mourning", first, last)], actor=EDITOR.slug, now=NOW)
    beat(director)
    after = glass(director, COMMUNE)
    assert after.revision == before.revision + 1
    listed = wire.state(replace(after, themes=(fixed,)), epoch="e", build="b", now=NOW)["board"]["themes"]
    assert [one["theme"] for one in listed] == ["mourning", "contrast"]
    assert boards.add_days(house.db, [COMMUNE], [ThemeDays("mourning", first, last)], actor=EDITOR.slug, now=NOW) == 0


def test_a_video_has_sound_if_its_announcement_and_its_board_both_want_it(house: Studio) -> None:
    film = replace(films.USUAL, area="tinh", boards=(), windows=(Window(NOW),), sound=True)
    announcements.post(house.db, film, actor=EDITOR.slug)

    def muted() -> bool:
        held = read_snapshot(house.db, NOW, only=COMMUNE)
        (drawn,) = [one for one in board_content(renderer(), held, held.boards[0]).slides if "<video" in one.html]
        return " muted" in drawn.html

    assert muted()
    boards.save(house.db, replace(boards.get(house.db, COMMUNE), sound=True), actor=EDITOR.slug, now=NOW)
    assert not muted()


def test_a_board_that_config_names_no_longer_goes_off_air(house: Studio) -> None:
    director, _ = house.on_air()
    sources.seed(house.db, areas=AREAS, sources=SOURCES, boards=BOARDS[:2], now=NOW)
    beat(director)
    assert director.glass(STREET) is None
    assert {one.board.slug for one in director.boards()} == {HALL, COMMUNE}


# notices


def test_a_source_taken_out_of_use_leaves_every_lane(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"))
    director, _ = house.on_air()
    assert keys(director, "hoi-truong")
    sources.remove(house.db, "tin-tinh", actor="hoa", now=NOW)
    beat(director)
    assert keys(director, "hoi-truong") == []
    assert director.trouble == ""


def test_a_notice_is_sent_at_the_tick_once_to_each_board_it_concerns(house: Studio) -> None:
    director, published = house.on_air()
    before = _revisions(director)[0]
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
    assert _revisions(director)[0] == before | {COMMUNE: before[COMMUNE] + 1}


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
    # The worker stores the end a little later: nothing is sent twice, no revision is counted twice.
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
    assert "bận" in director.trouble
    other.execute("ROLLBACK")
    other.close()
    beat(director)
    assert director.trouble == ""
    stored = laps.load(house.db, HALL)
    assert stored is not None
    assert stored.revision == glass(director, HALL).revision


# restarts and second servers


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
    assert director.trouble
    assert laps.load(house.db, HALL) is None
    other.execute("ROLLBACK")
    other.close()
    beat(director)
    assert director.trouble == ""
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
    house.clock.move(seconds=1)  # composed alone, its lap would start at another time
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
    assert _revisions(one) == _revisions(two)
    assert len(published_by(one).of("notice", board=HALL)) == len(published_by(two).of("notice", board=HALL)) == 1


# time passes


def test_the_next_lap_is_agreed_when_the_last_slide_of_the_round_begins(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(3)))
    posted = announcement(windows=(Window(NOW, NOW + timedelta(seconds=20)),))
    announcements.post(house.db, posted, actor=OPERATOR.slug)
    director, published = house.on_air()
    first = glass(director, HALL).lap
    at = last_slide_start(first, first.start)
    assert at is not None
    house.clock.now = from_ms(at - 1)
    beat(director)
    assert glass(director, HALL).lap is first
    house.clock.move(milliseconds=1)
    before = on_glass(director, HALL, house.clock())
    published.take()
    beat(director)
    renewed = glass(director, HALL).lap
    assert renewed.number == first.number + 1
    assert on_glass(director, HALL, house.clock()) == before
    assert "announcement:1" not in {slot.key for slot in renewed.slots}
    assert published.boards("state") >= {HALL}


def test_a_round_that_only_repeats_is_no_new_state_until_it_is_an_hour_old(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}") for n in range(3)))
    director, published = house.on_air()
    number = glass(director, HALL).lap.number
    for _ in range(110):
        house.clock.move(seconds=32)
        beat(director)
    assert house.clock() < NOW + HOUR
    assert published.of("state") == []
    for _ in range(10):
        house.clock.move(seconds=32)
        beat(director)
    assert glass(director, HALL).lap.number == number + 1


def test_for_an_hour_each_slide_is_announced_ahead_and_shown_as_forecast(house: Studio) -> None:
    house.read(TIN_TINH, *(entry(f"bai-{n}", summary="Cầu mới nối hai xã. " * (1 + 3 * n)) for n in range(7)))
    for begins in (10, 25):
        timed = announcement(title=f"Sau {begins} phút", windows=(Window(NOW + begins * MINUTE, NOW + 40 * MINUTE),))
        announcements.post(house.db, timed, actor=OPERATOR.slug)
    director, published = house.on_air()
    foreseen = _foresee(house, glass(director, HALL).lap)
    announced: list[dict[str, Any]] = []
    shown: list[tuple[str | None, int]] = []
    while house.clock() < NOW + HOUR:
        published.take()
        beat(director)
        now = to_ms(house.clock())
        for message in published.of("slide", board=HALL):
            assert now < message["at"] <= now + AHEAD_MS
            announced.append(message)
        airing = on_glass(director, HALL, house.clock())
        if shown[-1:] != [airing]:
            shown.append(airing)
        if (expected := foreseen.pop(now, None)) is not None:
            assert airing == expected
        house.clock.move(milliseconds=500)
    assert foreseen == {}
    heads = [(message["hash"], message["at"]) for message in announced]
    assert [head for place, head in enumerate(heads) if head not in heads[:place]][: len(shown) - 1] == shown[1:]
    assert len(shown) > 150


def _foresee(house: Studio, lap: Lap) -> dict[int, tuple[str | None, int]]:
    """What ``run.py show --at`` would print now for each minute of the coming hour."""
    held = read_snapshot(house.db, NOW)
    items = board_content(renderer(), held, HOI_TRUONG).items
    found = {}
    for minute in range(60):
        instant = to_ms(NOW + minute * MINUTE)
        coming = forecast(HOI_TRUONG, items, lap, instant)
        airing = airing_at(coming, instant)
        assert airing is not None
        found[instant] = (coming.filler if airing.index is None else coming.slots[airing.index].hash), airing.start
    return found


# a store that fails


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
    assert director.trouble
    assert glass(director, HALL) == before
    assert published.of("slide", board=HALL)
    assert [line["act"] for line in logged if line["event"] == "store unwell"] == ["tick", "refresh"]
    broken.execute("ALTER TABLE elsewhere RENAME TO store")
    broken.commit()
    broken.close()
    beat(director)
    assert director.trouble == ""
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
    assert director.trouble
    assert keys(director, HALL) == ["story:1"]
    other.execute("ROLLBACK")
    other.close()
    director.refresh()
    assert director.trouble == ""
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


# screens that come from another server


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


def test_a_screens_higher_revision_is_followed_a_little_beyond_the_stores(house: Studio) -> None:
    director, _ = house.on_air()
    before = glass(director, HALL).revision
    director.report_revision(HALL, before + 5, trusted=True)
    director.refresh()
    assert glass(director, HALL).revision == before + 6
    director.report_revision(HALL, 10**9, trusted=True)
    director.refresh()
    assert before < glass(director, HALL).revision <= before + 6 + RESTART_STEP + 1


# an exception in one board


class FaultyMaker:
    """A slide maker that raises for one board while ``broken``; otherwise the real one."""

    def __init__(self, maker: Any, board: Any) -> None:
        self._maker, self._board = maker, board
        self.broken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._maker, name)

    def notice(self, posted: Any, *, zone: str, format: Any) -> Any:
        if self.broken and format == self._board.format:
            raise ValueError("a notice that cannot be drawn here")
        return self._maker.notice(posted, zone=zone, format=format)

    def safe(self, board_name: str, area_name: str, format: Any) -> Any:
        if self.broken and board_name == self._board.name:
            raise ValueError("a board that cannot be drawn")
        return self._maker.safe(board_name, area_name, format)


def test_an_exception_in_one_board_leaves_it_as_it_was_and_affects_no_other(house: Studio, logged: Logged) -> None:
    maker = FaultyMaker(renderer(), BOARDS[0])
    director = house.direct(maker=maker)
    house.read(TIN_TINH, entry("1"))
    beat(director)
    before = glass(director, HALL)
    maker.broken = True
    house.read(TIN_TINH, entry("2"))
    notices.post(house.db, notice(areas=("tinh",)), actor=EDITOR.slug, now=house.clock())
    house.clock.move(minutes=1)
    for _ in range(3):
        beat(director)
    assert glass(director, HALL).lap.slots == before.lap.slots
    assert glass(director, HALL).notices == ()
    for other in (COMMUNE, STREET):
        assert len(glass(director, other).lap.slots) > len(before.lap.slots)
        assert len(glass(director, other).notices) == 1
    assert director.trouble == ""
    acts = [line["act"] for line in logged if line["event"] == "board unwell"]
    assert sorted(acts) == sorted(set(acts))
    assert all(line["board"] == HALL for line in logged if line["event"] == "board unwell")
    maker.broken = False
    house.read(TIN_TINH, entry("3"))
    beat(director)
    assert len(glass(director, HALL).lap.slots) > len(before.lap.slots)
    assert len(glass(director, HALL).notices) == 1
