"""Solar and lunar dates in Vietnamese words, and public holidays; called by wire.py, recurrence.py and the desk."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lunar_vn import SUPPORTED_YEAR_RANGE, can_chi, solar_to_lunar

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
MONTHS = ("Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười một", "Chạp")

# (day, month), Labour Code 2019, article 112. The days around Tết and 2/9 are announced each year: config adds them.
_SOLAR_DAYS_OFF = {(1, 1), (30, 4), (1, 5), (2, 9)}
_LUNAR_DAYS_OFF = {(1, 1), (2, 1), (3, 1), (10, 3)}


def is_day_off(day: date, more: Collection[date] = ()) -> bool:
    """True on public holidays (including the eve and the first three days of Tết) and on the days in ``more``.

    Outside the years that lunar_vn covers, holidays of the lunar calendar are not known.
    """
    if day in more or (day.day, day.month) in _SOLAR_DAYS_OFF:
        return True
    return _lunar_off(day) or _first_of_year(day + timedelta(days=1))


def _lunar_off(day: date) -> bool:
    first, last = SUPPORTED_YEAR_RANGE
    if not first < day.year < last:
        return False
    lunar = solar_to_lunar(day)
    return not lunar.leap and (lunar.day, lunar.month) in _LUNAR_DAYS_OFF


def _first_of_year(day: date) -> bool:
    first, last = SUPPORTED_YEAR_RANGE
    if not first < day.year < last:
        return False
    lunar = solar_to_lunar(day)
    return (lunar.day, lunar.month, lunar.leap) == (1, 1, False)


def solar_words(day: date) -> str:
    """The day as Vietnamese weekday and date, for example "Chủ nhật, 22/11/2026"."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def lunar_words(day: date) -> str:
    """The lunar date in Vietnamese, for example "14 tháng Mười, Bính Ngọ"; days 1 to 10 begin with "mồng".

    Returns "" outside the years that lunar_vn covers.
    """
    first, last = SUPPORTED_YEAR_RANGE
    if not first < day.year < last:
        return ""
    lunar = solar_to_lunar(day)
    number = f"mồng {lunar.day}" if lunar.day <= 10 else str(lunar.day)
    leap = " nhuận" if lunar.leap else ""
    return f"{number} tháng {MONTHS[lunar.month - 1]}{leap}, {can_chi.get_year_can_chi(lunar.year)}"


def days(now: datetime, zone: str, count: int) -> list[dict[str, str]]:
    """Returns ``count`` days from today on (in ``zone``) as ``{date, solar, lunar}``, for screens without a link."""
    today = now.astimezone(ZoneInfo(zone)).date()
    coming = (today + timedelta(days=number) for number in range(count))
    return [{"date": day.isoformat(), "solar": solar_words(day), "lunar": lunar_words(day)} for day in coming]
