"""Pages of items come newest first, each after the last item of the page before, also where times are equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from server.core.model import Window
from server.store.announcements import announcements
from server.store.api import listings
from server.store.api.listings import Place
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.sources import stories
from tests import cast
from tests.cast import DAY, HOUR, MINUTE, NOW, TIN_TINH, TIN_XA

T = TypeVar("T")


def pages(read: Callable[[Place | None], Sequence[T]], place: Callable[[T], tuple[datetime, int]]) -> list[list[int]]:
    """The ids of each page, until one is empty."""
    found: list[list[int]] = []
    after: Place | None = None
    for _ in range(9):
        some = read(after)
        if not some:
            return found
        found.append([place(one)[1] for one in some])
        after = Place(*place(some[-1]))
    raise AssertionError("the pages do not end")


def test_stories_of_several_sources_are_merged_by_time(db: Database) -> None:
    for source in (TIN_TINH, TIN_XA):
        entries = [
            cast.entry(id=f"{source.slug}-{n}", title=f"Họp số {n} của {source.name}", link=f"https://x.vn/{source.slug}/{n}",
                       published=NOW - n * HOUR)
            for n in range(3)
        ]  # fmt: skip
        stories.save(db, replace(source, trust="auto"), entries, images={}, now=NOW)
    stories.withdraw(db, 2, actor="lan", now=NOW)
    both = [TIN_TINH.slug, TIN_XA.slug]

    def read(of: list[str], most: int = 2) -> list[list[int]]:
        return pages(
            lambda after: listings.approved_stories(db, of, after=after, most=most),
            lambda one: (one.published, one.id),
        )

    published = {id: stories.get(db, id).published for id in range(1, 7)}
    for most in (1, 3, 4, 5, 9):  # with and without enough stories of each source to know since when to read
        assert [id for page in read(both, most) for id in page] == [id for page in read(both) for id in page]
    merged = [id for page in read(both) for id in page]
    assert merged == sorted([1, 3, 4, 5, 6], key=lambda id: (published[id], id), reverse=True)
    assert [len(one) for one in read([TIN_TINH.slug])] == [2]
    assert listings.approved_stories(db, [f"s{n}" for n in range(250)] + both, after=None, most=9) != ()


def test_announcements_that_boards_show_and_those_of_the_writer(db: Database) -> None:
    over = (Window(NOW - DAY, NOW - HOUR),)
    made = [
        cast.announcement(area="xa-minh-tan"),
        cast.announcement(area="xa-dong-hai"),
        cast.announcement(area="xa-minh-tan", state="draft"),
        cast.announcement(area="xa-minh-tan", state="draft", created_by="token:1"),
        cast.announcement(area="xa-minh-tan", created=NOW - DAY, windows=over),
        cast.announcement(area="xa-minh-tan", created=NOW - MINUTE, windows=(Window(NOW, None),)),
        cast.announcement(area="xa-minh-tan", template=True),
    ]
    for one in made:
        announcements.post(db, one if one.windows != over else replace(one, state="draft"), actor="lan")
    announcements.take(db, 5, "withdraw", actor="lan", now=NOW)
    found = pages(
        lambda after: listings.visible_announcements(
            db, ["xa-minh-tan"], writer="token:1", after=after, most=2, now=NOW
        ),
        lambda one: (one.created, one.id),
    )
    assert found == [[4, 1], [6]]


def test_notices_of_a_writer_in_any_state(db: Database) -> None:
    for minutes in (0, 0, 5):
        notice = cast.notice(created_by="token:1", issued=NOW + minutes * MINUTE, until=NOW + DAY)
        notices.post(db, notice, actor="token:1", now=NOW)
    notices.post(db, cast.notice(created_by="lan"), actor="lan", now=NOW)
    notices.clear(db, 1, actor="token:1", now=NOW)
    found = pages(
        lambda after: listings.notices_of(db, "token:1", after=after, most=2), lambda one: (one.issued, one.id)
    )
    assert found == [[3, 2], [1]]
