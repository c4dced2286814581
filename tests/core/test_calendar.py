"""Dates in words; the lunar dates are compared with those of the almanac."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from server.core import calendar


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 2, 17), "mồng 1 tháng Giêng, Bính Ngọ"),  # Tết
        (date(2026, 2, 16), "29 tháng Chạp, Ất Tỵ"),  # the last day of the old year
        (date(2025, 1, 29), "mồng 1 tháng Giêng, Ất Tỵ"),
        (date(2026, 4, 26), "mồng 10 tháng Ba, Bính Ngọ"),  # commemoration of the Hùng kings
        (date(2026, 9, 25), "15 tháng Tám, Bính Ngọ"),  # mid-autumn festival
        (date(2025, 7, 25), "mồng 1 tháng Sáu nhuận, Ất Tỵ"),  # in a leap month
        (date(2026, 11, 22), "14 tháng Mười, Bính Ngọ"),
    ],
)
def test_lunar_days_are_those_of_the_almanac(day: date, words: str) -> None:
    assert calendar.lunar_words(day) == words


def test_outside_the_years_of_the_tables_lunar_words_are_empty() -> None:
    assert calendar.lunar_words(date(1, 1, 1)) == ""
    assert calendar.lunar_words(date(9999, 12, 31)) == ""


def test_solar_days_in_words() -> None:
    assert calendar.solar_words(date(2026, 11, 22)) == "Chủ nhật, 22/11/2026"
    assert calendar.solar_words(date(2026, 3, 9)) == "Thứ Hai, 09/03/2026"


def test_the_day_turns_at_midnight_of_the_board_not_of_utc() -> None:
    late = datetime(2026, 3, 9, 16, 59, 59, tzinfo=UTC)
    dates = [day["date"] for day in calendar.days(late, "Asia/Ho_Chi_Minh", 2)]
    assert dates == ["2026-03-09", "2026-03-10"]
    assert calendar.days(late + timedelta(seconds=1), "Asia/Ho_Chi_Minh", 1)[0]["date"] == "2026-03-10"
