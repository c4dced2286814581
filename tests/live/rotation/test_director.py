"""The director, which composes the laps: only changed boards are composed; an error in one affects no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from server.content.board_content import board_content
from server.content.store_snapshot import read_snapshot
from server.core import wire
from server.core.lap.airing import airing_at
from server.core.model import ThemeDays, Window
from server.core.times import from_ms, to_ms
from server.slides.kinds.video import fixture as films
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.notices import notices
from server.store.sources import sources, stories
from tests.cast import (
    AREAS,
    BOARDS,
    DAY,
    EDITOR,
    HOI_TRUONG,
    HOUR,
    NOW,
    OPERATOR,
    SOURCES,
    TIN_TINH,
    TIN_XA,
    announcement,
    entry,
    notice,
)
from tests.live.studio import COMMUNE, HALL, STREET, Logged, Studio, beat, glass, keys, on_glass, renderer, revisions


def test_a_notice_that_comes_while_boards_are_composed_is_on_all_and_keeps_its_body(house: Studio) -> None:
    """With thousands of boards a change takes long to compose, and ticks run in between."""
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
    before = revisions(director)
    house.read(TIN_XA, entry("cho-duyet"))  # held until an editor approves it
    beat(director)
    assert published.messages == []
    assert revisions(director) == before


def test_only_the_boards_that_read_a_source_get_a_new_revision(house: Studio) -> None:
    house.read(TIN_XA, entry("cua-xa"))
    director, published = house.on_air()
    before = revisions(director)[0]
    stories.approve(house.db, 1, actor=EDITOR.slug, now=NOW)
    beat(director)
    after = revisions(director)[0]
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
    before = revisions(director)
    house.read(TIN_XA, entry("khac"))
    beat(director)
    assert revisions(director) == before


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


def test_a_source_taken_out_of_use_leaves_every_lane(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"), entry("b"))
    director, _ = house.on_air()
    assert keys(director, "hoi-truong")
    sources.remove(house.db, "tin-tinh", actor="hoa", now=NOW)
    beat(director)
    assert keys(director, "hoi-truong") == []
    assert director.troubles == ()


class FaultyMaker:
    """A slide maker that raises an exception for one board while ``broken``; otherwise it acts as ``maker``."""

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
    assert director.troubles == ()
    acts = [line["act"] for line in logged if line["event"] == "board unwell"]
    assert sorted(acts) == sorted(set(acts))
    assert all(line["board"] == HALL for line in logged if line["event"] == "board unwell")
    maker.broken = False
    house.read(TIN_TINH, entry("3"))
    beat(director)
    assert len(glass(director, HALL).lap.slots) > len(before.lap.slots)
    assert len(glass(director, HALL).notices) == 1


def test_in_public_are_the_slides_that_a_public_board_may_show_and_no_others(house: Studio) -> None:
    boards.save(house.db, replace(boards.get(house.db, HALL), public=False), actor=EDITOR.slug, now=NOW)
    notices.post(house.db, notice(areas=(HOI_TRUONG.area,)), actor=EDITOR.slug, now=NOW)
    director, _ = house.on_air()
    of_public = {one for each in director.boards() if each.board.public for one in each.hashes}
    of_others = {one for each in director.boards() if not each.board.public for one in each.hashes} - of_public
    assert director.board_count == len(director.boards())
    assert all(map(director.in_public, of_public))
    assert not any(map(director.in_public, [*of_others, "ffffffffffffffff"]))
    assert of_others
