"""Times of alerts in words."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from server.core.alerts.moments import from_moment, moment

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 8, 28, 5, 0, tzinfo=UTC)


def test_a_time_of_today_needs_no_day() -> None:
    assert moment(datetime(2026, 8, 28, 9, 0, tzinfo=UTC), NOON, ZONE) == "16:00"


def test_another_day_is_named_by_the_day_of_the_board_s_zone() -> None:
    late = datetime(2026, 8, 28, 18, 30, tzinfo=UTC)
    assert moment(late, NOON, ZONE) == "01:30 ngày 29/8"
    assert moment(late, NOON, ZONE, "en") == "01:30 on 29 August"


def test_another_year_is_named() -> None:
    assert moment(datetime(2027, 1, 1, tzinfo=UTC), NOON, ZONE) == "07:00 ngày 1/1/2027"
    assert moment(datetime(2027, 1, 1, tzinfo=UTC), NOON, ZONE, "en") == "07:00 on 1 January 2027"


def test_a_beginning_is_told_with_its_day_always() -> None:
    assert from_moment(datetime(2026, 8, 28, 9, 0, tzinfo=UTC), NOON, ZONE) == "từ 16:00 ngày 28/8"
    assert from_moment(datetime(2026, 8, 29, 9, 0, tzinfo=UTC), NOON, ZONE) == "từ 16:00 ngày 29/8"
    assert from_moment(datetime(2026, 8, 28, 9, 0, tzinfo=UTC), NOON, ZONE, "en") == "from 16:00 on 28 August"
    assert from_moment(datetime(2026, 8, 29, 9, 0, tzinfo=UTC), NOON, ZONE, "en") == "from 16:00 on 29 August"
