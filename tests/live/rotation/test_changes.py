"""After a change only the boards that it concerns are read and composed, and other greenlets may run meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from server.content.store_snapshot import StoreSnapshot, read_changed, read_snapshot
from server.core.model import Source
from server.live.rotation.director import Director
from server.live.rotation.slide_announcer import MOST_BOARDS_A_TICK
from server.store.announcements import announcements
from server.store.boards import boards, panics
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import StoreBusy, StoreRefusal
from server.store.notices import notices
from server.store.sources import sources, stories
from tests.cast import (
    AREAS,
    BOARDS,
    EDITOR,
    HOI_TRUONG,
    NOW,
    SOURCES,
    TIN_TINH,
    TIN_XA,
    announcement,
    area,
    board,
    entry,
    notice,
)
from tests.live.studio import COMMUNE, HALL, STREET, Studio, beat, glass, keys, published_by

WHO = EDITOR.slug
AUTO = replace(TIN_XA, trust="auto")
Act = Callable[[Database], object]


def publishes(source: Source, name: str) -> Act:
    return lambda db: stories.save(db, source, [entry(name)], images={}, now=NOW)


def posts(**sent: Any) -> Act:
    return lambda db: announcements.post(db, announcement(**sent), actor=WHO)


ACTS: dict[str, Act] = {
    "the province publishes": publishes(TIN_TINH, "a"),
    "a commune publishes": publishes(AUTO, "b"),
    "a story of both": publishes(AUTO, "a"),
    "a story is withdrawn everywhere": lambda db: stories.withdraw(db, 1, actor=WHO, now=NOW),
    "the province announces": posts(),
    "a commune announces": posts(area="xa-minh-tan", title="Cắt điện"),
    "for one board": posts(boards=(HALL,), title="Riêng hội trường"),
    "in the place of another area's": posts(area="xa-dong-hai", title="Thay", replaces=2),
    "an announcement is withdrawn": lambda db: announcements.withdraw(db, 1, actor=WHO, now=NOW),
    "announcements change places": lambda db: announcements.reorder(db, [3, 2], actor=WHO, now=NOW),
    "a notice": lambda db: notices.post(db, notice(), actor=WHO, now=NOW),
    "a board goes dark": lambda db: boards.set_mode(db, HALL, "dark", actor=WHO, now=NOW),
    "a board reads more": lambda db: boards.save(db, replace(BOARDS[2], lanes=HOI_TRUONG.lanes), actor=WHO, now=NOW),
    "a new board": lambda db: boards.save(db, board(area="xa-minh-tan"), actor=WHO, now=NOW),
    "panic in a commune": lambda db: panics.begin(db, "xa-minh-tan", actor=WHO, now=NOW),
    "a board is gone": lambda db: boards.remove(db, STREET, actor=WHO, now=NOW),
    "a source is called otherwise": lambda db: sources.save(db, replace(TIN_TINH, name="Cổng"), actor=WHO, now=NOW),
    "one area more": lambda db: sources.seed(
        db, areas=(*AREAS, area()), sources=SOURCES, boards=BOARDS, now=NOW
    ),
}  # fmt: skip


def of_boards(held: StoreSnapshot) -> dict[str, Any]:
    """For each board what a snapshot holds about it: the board, its areas, stories, announcements and sources."""
    return {
        one.slug: (
            one,
            held.tree.chain(one.area),
            held.stories[one.slug],
            held.announcements[one.slug],
            [held.sources[lane.source] for lane in one.lanes],
        )
        for one in held.boards
    }


@pytest.mark.parametrize("order", [list(ACTS), *(Random(seed).sample(list(ACTS), len(ACTS)) for seed in range(8))])
def test_reading_changes_gives_the_same_as_reading_everything(house: Studio, order: list[str]) -> None:
    held, seen = read_snapshot(house.db, NOW), revision.current(house.db)
    for name in order:
        # Some actions need the result of others; in a random order they may be refused, and then change nothing.
        refused = _do(ACTS[name], house.db)
        before, whole = of_boards(held), read_snapshot(house.db, NOW)
        held, touched = read_changed(house.db, held, revision.since(house.db, seen), NOW)
        seen = revision.current(house.db)
        assert of_boards(held) == of_boards(whole), (name, refused)
        assert held.notices == whole.notices
        others = {slug for slug, one in of_boards(whole).items() if before.get(slug) != one}
        assert others <= set(touched), name


def _do(act: Act, db: Database) -> str:
    try:
        act(db)
    except (ValueError, StoreRefusal) as error:
        return str(error)
    return ""


def test_a_restored_store_is_read_whole(house: Studio) -> None:
    assert revision.since(house.db, revision.current(house.db)) == revision.Changes()
    assert revision.since(house.db, revision.current(house.db) + 1).everything


def test_a_change_of_nothing_is_refused(house: Studio) -> None:
    with house.db.write() as conn, pytest.raises(ValueError, match="nothing"):
        revision.bump(conn)


def test_only_boards_that_a_change_concerns_are_composed(house: Studio) -> None:
    yields: list[None] = []
    director = _yielding(house, lambda _: yields.append(None))
    house.read(TIN_TINH, entry("a"))
    beat(director)
    yields.clear()
    house.read(AUTO, entry("b"))
    beat(director)
    # One yield for the board and one for each of its two stories, so the other two boards were not composed.
    assert len(yields) == 3
    assert set(keys(director, COMMUNE)) == {"story:1", "story:2"}


def test_an_urgent_notice_goes_out_while_boards_are_composed(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"))
    yields: list[Director] = []

    def interrupt(director: Director) -> None:
        yields.append(director)
        if len(yields) == 3:
            notices.post(house.db, notice(), actor=WHO, now=NOW)
            director.tick()

    acts: list[Callable[[Director], object]] = [lambda _: None]
    director = _yielding(house, lambda who: acts[-1](who))
    beat(director)
    published = published_by(director)
    published.take()
    acts.append(interrupt)
    house.read(TIN_TINH, entry("a"), entry("b"))
    director.refresh()
    assert published.boards("notice") == {HALL, COMMUNE, STREET}
    beat(director)
    for slug in (HALL, COMMUNE, STREET):
        assert [one.headline for one, _ in glass(director, slug).notices] == [notice().headline]
        assert "story:2" in keys(director, slug)
        sent = [one for event, at, one in published.messages if at == slug and event in ("state", "notice")]
        numbers = [one if isinstance(one, int) else one["revision"] for one in sent]
        assert numbers == sorted(set(numbers))


def test_a_notice_that_comes_while_a_new_board_is_composed_is_on_it(house: Studio) -> None:
    house.read(TIN_TINH, entry("a"))
    acts: list[Callable[[Director], object]] = [lambda _: None]
    director = _yielding(house, lambda who: acts[-1](who))
    beat(director)
    boards.save(house.db, board(), actor=WHO, now=NOW)
    yields: list[Director] = []

    def at_its_story(who: Director) -> None:
        # The first yield is before the board, the second before its story, when the board's notices have been read.
        yields.append(who)
        if len(yields) == 2:
            notices.post(house.db, notice(), actor=WHO, now=NOW)
            who.tick()

    acts.append(at_its_story)
    director.refresh()
    assert len(yields) >= 2
    assert [one.headline for one, _ in glass(director, "bang-moi").notices] == [notice().headline]


def test_the_laps_of_many_boards_are_saved_in_one_transaction(house: Studio) -> None:
    writes: list[None] = []
    db = house.open()

    def count(work: Callable[[Database], Any]) -> Any:
        writes.append(None)
        return work(db)

    director = house.direct(offload_write=count)
    beat(director)
    assert len(writes) == 1
    house.read(TIN_TINH, entry("a"))
    beat(director)
    assert len(writes) == 2


def test_a_change_that_could_not_be_saved_is_composed_at_the_next_refresh(house: Studio) -> None:
    """Boards of a change that could not be saved have to be composed again, although nothing new is read for them.

    Without that, panic mode that began while the store was busy was never shown.
    """
    db, busy = house.open(), [False]

    def write(work: Callable[[Database], Any]) -> Any:
        if busy[0]:
            raise StoreBusy("bận")
        return work(db)

    director = house.direct(offload_write=write)
    beat(director)
    busy[0] = True
    panics.begin(house.db, "tinh", actor=WHO, now=NOW)
    beat(director)
    busy[0] = False
    beat(director)
    assert [glass(director, slug).board.mode for slug in (HALL, COMMUNE, STREET)] == ["safe"] * 3


def test_a_notice_for_the_new_area_that_comes_while_a_board_changes_its_area_is_on_it(house: Studio) -> None:
    """Until the board's new lap is saved, notices are sent to it by its old area."""
    db, directors = house.open(), list[Director]()

    def write(work: Callable[[Database], Any]) -> Any:
        if directors:
            who = directors.pop()
            notices.post(house.db, replace(notice(), areas=("xa-minh-tan",)), actor=WHO, now=NOW)
            who.tick()
        return work(db)

    director = house.direct(offload_write=write)
    beat(director)
    (street,) = (one for one in BOARDS if one.slug == STREET)
    boards.save(house.db, replace(street, area="xa-minh-tan"), actor=WHO, now=NOW)
    directors.append(director)
    director.refresh()
    assert directors == []
    assert [one.headline for one, _ in glass(director, STREET).notices] == [notice().headline]


def test_the_removal_of_a_board_is_published(house: Studio) -> None:
    director = house.direct()
    boards.save(house.db, board(), actor=WHO, now=NOW)
    beat(director)
    published = published_by(director)
    published.take()
    boards.remove(house.db, "bang-moi", actor=WHO, now=NOW)
    beat(director)
    assert director.glass("bang-moi") is None
    assert published.of("state", board="bang-moi") == [None]


def test_a_tick_announces_for_a_limited_number_of_boards_and_the_next_one_for_the_rest(house: Studio) -> None:
    # Two slides per board, so that each board always has a next slide.
    some = [replace(HOI_TRUONG, slug=f"bang-{n}") for n in range(MOST_BOARDS_A_TICK + 20)]
    sources.seed(house.db, areas=AREAS, sources=SOURCES, boards=some, now=NOW)
    house.read(TIN_TINH, entry("a"), entry("b"))
    director = house.direct()
    beat(director)
    published = published_by(director)
    lap = glass(director, "bang-0").lap
    house.clock.move(milliseconds=lap.slots[0].dwell - 100)
    published.take()
    director.tick()
    assert len(published.boards("slide")) == MOST_BOARDS_A_TICK
    director.tick()
    assert len(published.boards("slide")) == len(some)


def _yielding(house: Studio, maybe_yield: Callable[[Director], object]) -> Director:
    made: list[Director] = []
    made.append(house.direct(maybe_yield=lambda: maybe_yield(made[0]) if made else None))
    return made[0]
