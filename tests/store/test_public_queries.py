"""The queries of feeds and calendars of public boards, on both databases."""

from __future__ import annotations

from typing import Any

from server.core.model import Window
from server.core.screens.proof import Play
from server.store.announcements import announcements, listings
from server.store.database.engine import Database
from server.store.screens import plays, receipts
from server.store.sources import stories
from tests.cast import DAY, HOUR, MINUTE, NOW, announcement, entry
from tests.store.screens.test_screens import paired
from tests.store.sources.readings import newest, save


def test_the_last_change_of_a_story_is_when_its_text_was_last_replaced(db: Database) -> None:
    save(db, entry("a"), entry("b"))
    save(db, entry("a", summary="Lần hai."), after=HOUR)
    save(db, entry("a", summary="Lần ba."), after=2 * HOUR)
    ids = {story.identity: story.id for story in newest(db)}
    assert stories.last_changes(db, ids.values()) == {ids["a"]: NOW + 2 * HOUR}
    assert stories.last_changes(db, []) == {}


def test_withdrawn_announcements_are_listed_until_their_windows_are_over(db: Database) -> None:
    def gone(**changes: Any) -> int:
        one = announcements.post(db, announcement(**changes), actor="lan")
        announcements.withdraw(db, one.id, actor="lan", now=NOW)
        return one.id

    day, endless = gone(), gone(windows=(Window(NOW),))
    gone(area="xa-dong-hai")
    announcements.post(db, announcement(), actor="lan")

    def listed(now_plus: int, most: int = 10) -> list[int]:
        return [one.id for one in listings.withdrawn(db, ["tinh"], now=NOW + now_plus * DAY, most=most)]

    assert listed(0) == [endless, day]
    assert listed(0, most=1) == [endless]
    assert listed(1) == [endless]


def test_only_what_a_screen_reported_was_ever_shown(db: Database) -> None:
    screen, _ = paired(db, "hoi-truong")
    shown = [
        Play(
            screen.id, "hoi-truong", screen.slot, "announcement:7", "Ab", "ab" * 8, NOW + n * MINUTE, "2026-03-09", 7
        )
        for n in range(3)
    ]
    receipts.save(db, shown, [], [])
    assert plays.ever_shown(db, ["announcement:7", "announcement:8"]) == {"announcement:7"}
    assert plays.ever_shown(db, []) == frozenset()
