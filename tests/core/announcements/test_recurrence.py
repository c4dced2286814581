"""The windows of repeated announcements are on the days of their rule, in wall time of the board's zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.announcements import recurrence
from server.core.calendar import is_day_off
from server.core.model import Recurrence, Window
from tests.cast import NOW

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
WORKDAYS = Recurrence(recurrence.rule_of(range(5)), time(7), time(9), date(2026, 3, 9))
FEES = Recurrence(recurrence.rule_of(month_days=[30, 15]), time(7), time(17), date(2026, 1, 1))


def days(repeat: Recurrence, now: datetime = NOW) -> list[date]:
    return [window.start.astimezone(HERE).date() for window in recurrence.windows(repeat, now=now)]


def test_every_weekday_from_seven_to_nine() -> None:
    first, *_ = found = recurrence.windows(WORKDAYS, now=NOW)
    assert first == Window(datetime(2026, 3, 9, 0, tzinfo=UTC), datetime(2026, 3, 9, 2, tzinfo=UTC))
    assert {day.weekday() for day in days(WORKDAYS)} == set(range(5))
    assert found[-1].start <= NOW + recurrence.AHEAD < found[-1].start + timedelta(days=4)


def test_the_fifteenth_and_the_thirtieth_where_there_is_one() -> None:
    assert days(FEES, datetime(2026, 2, 1, tzinfo=UTC)) == [date(2026, 1, 30), date(2026, 2, 15)]
    assert days(FEES) == [date(2026, 3, 15), date(2026, 3, 30)]


def test_the_last_day_of_the_month() -> None:
    repeat = replace(FEES, rule=recurrence.rule_of(month_days=[-1]))
    assert days(repeat, datetime(2026, 2, 1, tzinfo=UTC)) == [date(2026, 1, 31), date(2026, 2, 28)]


def test_holidays_are_left_out_where_asked_for() -> None:
    repeat = replace(WORKDAYS, but_holidays=True)
    around = datetime(2026, 4, 25, tzinfo=UTC)
    assert set(days(WORKDAYS, around)) - set(days(repeat, around)) == {
        date(2026, 4, 30),  # Reunification Day; the day before is no holiday
        date(2026, 5, 1),
    }
    named = recurrence.windows(repeat, now=NOW, days_off=[date(2026, 3, 10)])
    assert date(2026, 3, 10) not in {window.start.astimezone(HERE).date() for window in named}


@pytest.mark.parametrize(
    "day", [date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 19), date(2026, 4, 26), date(2026, 9, 2)]
)
def test_public_holidays_are_days_off(day: date) -> None:
    assert is_day_off(day)


def test_an_ordinary_day_is_not_off() -> None:
    assert not is_day_off(date(2026, 2, 20))
    assert not is_day_off(date(1700, 6, 6))


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    night = replace(WORKDAYS, start=time(22), end=time(5))
    assert recurrence.windows(night, now=NOW)[0] == Window(
        datetime(2026, 3, 9, 15, tzinfo=UTC), datetime(2026, 3, 9, 22, tzinfo=UTC)
    )


def test_there_are_no_windows_after_the_last_day() -> None:
    repeat = replace(WORKDAYS, last=date(2026, 3, 10))
    assert days(repeat) == [date(2026, 3, 9), date(2026, 3, 10)]
    assert recurrence.ends(repeat) == datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert recurrence.ends(WORKDAYS) is None
    assert days(repeat, NOW + timedelta(days=9)) == []


def test_wall_time_stays_when_summer_time_begins() -> None:
    repeat = replace(WORKDAYS, rule="FREQ=DAILY", zone="Europe/Berlin", first=date(2026, 3, 1))
    found = recurrence.windows(repeat, now=datetime(2026, 3, 28, tzinfo=UTC))
    assert {window.start.astimezone(ZoneInfo("Europe/Berlin")).time() for window in found} == {time(7)}


@given(st.integers(0, 400), st.sets(st.integers(0, 6), min_size=1))
def test_windows_computed_later_agree_with_earlier_ones(later: int, weekdays: set[int]) -> None:
    repeat = replace(WORKDAYS, rule=recurrence.rule_of(weekdays))
    early = recurrence.windows(repeat, now=NOW)
    late = recurrence.windows(repeat, now=NOW + timedelta(days=later))
    both = [window for window in early if late and window.start >= late[0].start]
    assert both == list(late[: len(both)])


@pytest.mark.parametrize(
    "rule",
    ["", "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY\nDTSTART:20200101", "FREQ=DAILY;COUNT=3",
     "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=32"],
)  # fmt: skip
def test_a_rule_that_the_form_cannot_make_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="Không hiểu"):
        recurrence.windows(replace(WORKDAYS, rule=rule), now=NOW)


def test_weekdays_and_days_of_the_month_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="Chỉ chọn"):
        recurrence.rule_of([1], [15])


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (WORKDAYS, "07:00 đến 09:00, thứ Hai đến thứ Sáu"),
        (replace(WORKDAYS, but_holidays=True), "07:00 đến 09:00, thứ Hai đến thứ Sáu, trừ ngày lễ"),
        (FEES, "07:00 đến 17:00, ngày 15 và 30 hằng tháng"),
        (replace(FEES, rule=recurrence.rule_of(month_days=[15, -1])), "07:00 đến 17:00, ngày 15 và cuối tháng"),
        (replace(FEES, rule=recurrence.rule_of([1, 3])), "07:00 đến 17:00, thứ Ba và thứ Năm"),
        (replace(FEES, rule="FREQ=DAILY"), "07:00 đến 17:00, hằng ngày"),
    ],
)
def test_a_recurrence_is_described_in_words(repeat: Recurrence, expected: str) -> None:
    assert recurrence.words(repeat) == expected


def test_weekdays_and_days_of_the_month_can_be_read_back() -> None:
    assert recurrence.weekdays_of(WORKDAYS.rule) == (0, 1, 2, 3, 4)
    assert recurrence.month_days_of(FEES.rule) == (15, 30)
