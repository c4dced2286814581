"""A posting's longest gap is accepted only if the board can keep it and those already accepted (DESIGN 4, rule 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from server.content.gap_promise import infeasible_gaps
from server.content.store_snapshot import StoreSnapshot
from server.core.areas import AreaTree
from server.core.model import Announcement
from server.slides.render import Renderer
from tests import cast


def posting(seconds: int, *, id: int = 9) -> Announcement:
    return replace(cast.announcement(), id=id, area="xa-minh-tan", boards=(), longest_gap=timedelta(seconds=seconds))


def snapshot(*standing: Announcement) -> StoreSnapshot:
    stories = {board.slug: () for board in cast.BOARDS}
    announcements = {board.slug: standing if board.area == "xa-minh-tan" else () for board in cast.BOARDS}
    return StoreSnapshot(
        AreaTree(cast.AREAS), cast.BOARDS, {s.slug: s for s in cast.SOURCES}, stories, announcements, ()
    )


def test_a_gap_with_room_is_accepted() -> None:
    assert infeasible_gaps(Renderer(), snapshot(), posting(600)) == []


def test_too_short_a_gap_is_refused_and_the_smallest_is_named() -> None:
    (found,) = infeasible_gaps(Renderer(), snapshot(), posting(2))
    assert found.board.area == "xa-minh-tan"
    assert found.smallest > 2_000
    again = posting(0)
    enough = replace(again, longest_gap=timedelta(milliseconds=found.smallest))
    assert infeasible_gaps(Renderer(), snapshot(), enough) == []


def test_a_new_posting_may_not_break_an_older_promise() -> None:
    (found,) = infeasible_gaps(Renderer(), snapshot(), posting(2))
    older = replace(posting(0, id=1), longest_gap=timedelta(milliseconds=found.smallest))
    (refused,) = infeasible_gaps(Renderer(), snapshot(older), posting(3_600))
    assert refused.broken == (older.title,)
