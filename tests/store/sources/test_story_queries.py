"""Lists of stories for the harvest and the desk."""

from __future__ import annotations

from dataclasses import replace

from server.store.database.engine import Database
from server.store.sources import story_queries
from tests import cast
from tests.cast import MINUTE, NOW, TIN_TINH, TIN_XA
from tests.store.sources.readings import LONG_AGO, save


def test_waiting_stories_are_read_in_pages(db: Database) -> None:
    hold = replace(TIN_XA, trust="hold")
    for n in range(5):
        save(db, cast.entry(f"x{n}", title=f"Tin {n}", link=""), source=hold, after=MINUTE * (n // 2))
    save(db, cast.entry("y"), source=replace(TIN_TINH, trust="hold"))
    first = story_queries.waiting(db, [hold.slug], most=3)
    rest = story_queries.waiting(db, [hold.slug], after=first[-1], most=3)
    assert [story.title for story in first + rest] == [f"Tin {n}" for n in range(5)]
    assert story_queries.waiting(db, [hold.slug], after=rest[-1]) == ()
    assert story_queries.count_waiting(db, [hold.slug]) == 5
    assert story_queries.count_waiting(db, [hold.slug, TIN_TINH.slug]) == 6
    assert story_queries.count_waiting(db, []) == 0


def test_stories_the_source_lists_no_longer_are_checked_first(db: Database) -> None:
    save(db, cast.entry("a"), cast.entry("b"), cast.entry("c"))
    save(db, cast.entry("b"), cast.entry("c"), after=MINUTE)
    first, second, *_ = story_queries.to_check(db, "tin-tinh", not_before=LONG_AGO, most=9)
    assert first.identity == "a"
    story_queries.checked(db, [first.id, second.id], NOW)
    assert [story.identity for story in story_queries.to_check(db, "tin-tinh", not_before=LONG_AGO, most=2)] == [
        "a",
        ({"b", "c"} - {second.identity}).pop(),
    ]
