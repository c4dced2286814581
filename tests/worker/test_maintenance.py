"""Scheduled maintenance of screens: outages are recorded, old proof of play is deleted, silent tests run weekly."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from server.core.screens.screens import Link
from server.setup.config_sections import ReceiptsSection
from server.store.screens import plays, receipts, screens, silent_tests
from server.worker.maintenance import Maintenance
from tests.cast import HOUR, MINUTE, NOW
from tests.live.studio import Studio
from tests.store.screens.test_screens import HALL, paired

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = timedelta(days=1)


def maintenance(house: Studio, **limits: object) -> Maintenance:
    return Maintenance(house.db, ReceiptsSection.model_validate(limits), ZONE, house.clock)


def test_a_screen_that_is_silent_for_over_two_minutes_has_an_outage(house: Studio) -> None:
    screen, _ = paired(house.db)
    receipts.save(house.db, [], [], [Link(screen.id, True, NOW)])
    house.clock.move(minutes=2)
    assert maintenance(house).note_outages() == 0
    house.clock.move(seconds=1)
    assert maintenance(house).note_outages() == 1


def test_every_screen_is_tested_once_a_week_and_only_its_own_answer_counts(house: Studio) -> None:
    """NOW is a Monday. The test of the Tuesday before has not been run, so it is due at once."""
    answers, _ = paired(house.db)
    silent, _ = paired(house.db)
    assert maintenance(house).test_weekly() == 2
    assert maintenance(house).test_weekly() == 0
    house.clock.move(days=1)
    assert maintenance(house).test_weekly() == 0
    house.clock.move(hours=3)
    assert maintenance(house).test_weekly() == 2
    asked = {
        one.screen: one.id for one in screens.commands_since(house.db, 0, house.clock()) if one.until > NOW + DAY
    }
    at = house.clock.now + MINUTE
    forged = [(asked[silent.id], answers.id, at)]
    receipts.save(house.db, [], [], [], [(asked[answers.id], answers.id, at), *forged])
    when, answered = silent_tests.last(house.db, [answers.id, silent.id])
    assert when == house.clock.now
    assert answered == {answers.id: at, silent.id: None}


def test_no_test_where_it_is_switched_off(house: Studio) -> None:
    paired(house.db)
    assert maintenance(house, weekly_test=False).test_weekly() == 0


def test_the_hour_of_the_test_is_in_the_provinces_time_zone(house: Studio) -> None:
    due = maintenance(house).due(NOW)
    assert (due.weekday(), due.hour, due.tzinfo) == (1, 9, ZONE)
    assert NOW - 7 * DAY < due <= NOW
    assert maintenance(house).due(due) == due
    assert maintenance(house).due(due - HOUR) == due - 7 * DAY


def test_old_proof_is_deleted_by_the_provinces_day(house: Studio) -> None:
    assert maintenance(house).forget() == 0
    assert plays.proofs(house.db, boards=[HALL], first="2026-01-01", last="2026-12-31") == ()
