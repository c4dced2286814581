"""Solar and lunar dates in words for the frame, Vietnamese reckoning; called by wire for the days to come."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lunar_vn import SUPPORTED_YEAR_RANGE, can_chi, solar_to_lunar

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
MONTHS = ("Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười một", "Chạp")


def solar_words(day: date) -> str:
    """For example "Chủ nhật, 22/11/2026"."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def lunar_words(day: date) -> str:
    """For example "14 tháng Mười, Bính Ngọ"; the first ten days are "mồng". Empty outside the tables' years."""
    first, last = SUPPORTED_YEAR_RANGE
    if not first < day.year < last:
        return ""
    lunar = solar_to_lunar(day)
    number = f"mồng {lunar.day}" if lunar.day <= 10 else str(lunar.day)
    leap = " nhuận" if lunar.leap else ""
    return f"{number} tháng {MONTHS[lunar.month - 1]}{leap}, {can_chi.get_year_can_chi(lunar.year)}"


def days(now: datetime, zone: str, count: int) -> list[dict[str, str]]:
    """Today and the days after it, for screens that go on without a server."""
    today = now.astimezone(ZoneInfo(zone)).date()
    coming = (today + timedelta(days=number) for number in range(count))
    return [{"date": day.isoformat(), "solar": solar_words(day), "lunar": lunar_words(day)} for day in coming]
