"""Reports are read from counted rows, on SQLite and PostgreSQL: plays of a board, airtime, urgent notices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from server.core.screens.proof import NoticeReceipt, Proof
from server.core.source_system.reports import Period
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.database.migrate import config
from server.store.notices import notices
from server.store.screens import plays, receipts
from server.store.source_system import figures, outbox
from tests.cast import DAY, HOUR, MINUTE, NOW, announcement, notice
from tests.store.screens.test_screens import paired

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
HALL, SQUARE = "hoi-truong", "pho-dong-hai"


def shown(
    db: Database, item: str, count: int, *, board: str = HALL, day: str = "2026-03-09", title: str = "Tin"
) -> None:
    at = datetime.fromisoformat(f"{day}T08:00:00+00:00")
    fresh = Proof(board, day, item, title, count, at, at + HOUR, 1, b"\1", {"a" * 16: count}, count * 1000)
    with db.write() as conn:
        plays.add(conn, [fresh])


def test_plays_are_summed_over_the_days_of_the_period(db: Database) -> None:
    for day, title in (("2026-02-28", "Cũ"), ("2026-03-01", "Cũ"), ("2026-03-31", "Mới"), ("2026-04-01", "Sau")):
        shown(db, "story:1", 2, day=day, title=title)
    shown(db, "story:1", 9, board=SQUARE)
    (line,) = figures.plays_of(db, HALL, MARCH, ZONE, NOW)
    assert (line.title, line.count, line.days, line.milliseconds) == ("Mới", 4, 2, 4000)
    assert (line.first, line.last) == (
        datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 31, 9, tzinfo=UTC)
    )  # fmt: skip
    assert figures.airtime(db, [HALL, SQUARE], MARCH, ZONE, NOW)[HALL].milliseconds == 4000


def test_sums_of_days_are_those_of_the_plays_and_are_forgotten_with_them(db: Database) -> None:
    for _ in range(2):
        shown(db, "story:1", 2)
        shown(db, "story:2", 3)
    found = figures.airtime(db, [HALL], MARCH, ZONE, NOW)[HALL]
    lines = figures.plays_of(db, HALL, MARCH, ZONE, NOW)
    assert (found.count, found.milliseconds) == (10, 10_000)
    assert (sum(one.count for one in lines), sum(one.milliseconds for one in lines)) == (10, 10_000)
    plays.forget(db, before="2026-03-10")
    assert figures.airtime(db, [HALL], MARCH, ZONE, NOW) == {}


def test_the_migration_sums_the_proof_that_was_there_before(db: Database) -> None:
    shown(db, "story:1", 2)
    shown(db, "story:2", 3)
    with db.write() as conn:
        before = ScriptDirectory.from_config(config(conn)).get_revision("0041").down_revision
        command.downgrade(config(conn), str(before))
    db.migrate()
    found = figures.airtime(db, [HALL], MARCH, ZONE, NOW)[HALL]
    assert (found.count, found.milliseconds, found.share) == (5, 0, 1.0)


def test_adverts_and_priorities_are_told_apart(db: Database) -> None:
    advert = announcements.post(db, announcement(advert=True), actor="lan")
    urged = announcements.post(db, announcement(priority=True), actor="lan")
    banner = notices.post(db, notice(level="priority"), actor="lan", now=NOW)
    for item, count in ((advert, 3), (urged, 2), (announcement(7), 1)):
        shown(db, f"announcement:{item.id}", count)
    shown(db, f"notice:{banner.id}", 4)
    found = figures.airtime(db, [HALL], MARCH, ZONE, NOW)[HALL]
    assert (found.count, found.advert_count, found.advert_milliseconds) == (10, 3, 3000)
    assert found.priorities == {"normal": (4, 4000), "priority": (6, 6000), "urgent": (0, 0)}
    assert {one.item: (one.priority, one.advert) for one in figures.plays_of(db, HALL, MARCH, ZONE, NOW)} == {
        "notice:1": ("priority", False), "announcement:1": ("normal", True), "announcement:2": ("priority", False),
        "announcement:7": ("normal", False),
    }  # fmt: skip


def test_an_urgent_notice_counts_from_its_receipts_within_the_period(db: Database) -> None:
    screen, _ = paired(db)
    begin = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)  # half an hour before April in Vietnam
    made = notices.post(db, notice(issued=begin, until=begin + 2 * HOUR), actor="lan", now=begin)
    told = [
        NoticeReceipt(made.id, screen.id, "shown", begin),
        NoticeReceipt(made.id, screen.id, "ended", begin + HOUR),
    ]
    receipts.save(db, [], told, [])
    later = begin + 3 * HOUR
    april = Period(date(2026, 4, 1), date(2026, 4, 30))
    for period in (MARCH, april):
        found = figures.airtime(db, [HALL, SQUARE], period, ZONE, later)
        assert set(found) == {HALL}
        assert (found[HALL].urgent_count, found[HALL].urgent_milliseconds) == (1, 30 * 60_000)
        (line,) = figures.plays_of(db, HALL, period, ZONE, later)
        assert (line.item, line.priority, line.milliseconds) == (f"notice:{made.id}", "urgent", 30 * 60_000)
    # One that is still shown counts up to now.
    assert figures.airtime(db, [HALL], MARCH, ZONE, begin + 10 * MINUTE)[HALL].urgent_milliseconds == 10 * 60_000


@pytest.mark.parametrize("period", [MARCH, Period(date(2026, 3, 9), date(2026, 3, 9))])
def test_nothing_shown_is_nothing(db: Database, period: Period) -> None:
    assert figures.plays_of(db, HALL, period, ZONE, NOW) == ()
    assert figures.airtime(db, [HALL], period, ZONE, NOW) == {}


def test_reports_wait_in_order_and_each_is_made_once(db: Database) -> None:
    assert outbox.add(db, "plays", "2026-03-09", "{}", "m1", NOW)
    assert not outbox.add(db, "plays", "2026-03-09", "{}", "m2", NOW)
    assert outbox.add(db, "plays", "2026-03-10", "{}", "m3", NOW)
    first = outbox.first_due(db, NOW)
    assert first is not None
    outbox.failed(db, first.id, due=NOW + MINUTE, status=None, error="refused")
    assert outbox.first_due(db, NOW) is None  # the second one does not overtake the first
    again = outbox.first_due(db, NOW + MINUTE)
    assert again is not None
    assert (again.message, again.tries) == ("m1", 1)
    assert outbox.waiting(db).count == 2
    outbox.sent(db, first.id, 200, NOW + MINUTE)
    second = outbox.first_due(db, NOW + MINUTE)
    assert second is not None
    assert second.message == "m3"
    assert outbox.last_sent(db) == NOW + MINUTE
    assert outbox.known(db, "plays", ["2026-03-09", "2026-03-11"]) == {"2026-03-09"}
    assert (outbox.forget(db, before=NOW + timedelta(days=1)), outbox.waiting(db).count) == (1, 1)
    assert outbox.first_due(db, NOW - DAY) is not None  # a clock that was ahead when it was written
