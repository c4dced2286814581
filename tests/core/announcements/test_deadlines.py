"""The day that an announcement has to be acted on by: which days of a text count."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.core.announcements.deadlines import deadline
from server.core.model import Window
from tests.cast import DAY, HOUR, NOW, announcement

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Nộp trước 17 giờ ngày 14/03/2026.", date(2026, 3, 14)),
        ("Ngày 14 tháng 3 năm 2026, tại hội trường", date(2026, 3, 14)),
        ("Cắt điện ngày 12/3 và 15/3", date(2026, 3, 12)),
        ("hôm nay, 9/3", TODAY),
        ("Theo Quyết định 12/QĐ-UBND ngày 3/1/2025, họp ngày 20/03/2026", date(2026, 3, 20)),
        ("Theo Quyết định ngày 3/1/2025", None),
        ("Nghị quyết ngày 8/3", None),
        ("Họp ngày 31/2/2026", None),
        ("Hồ sơ 12/3/45, đạt 12/30 điểm", None),
        ("Học từ 1 đến 5 tuổi", None),
        ("Số, ký hiệu: 15/QĐ-UBND.\n\nBan hành: Minh Tân, ngày 09/03/2026.", None),
        ("Ban hành ngày 09/03/2026.\nNộp trước 20/03/2026.", date(2026, 3, 20)),
    ],
)
def test_the_next_day_that_is_named_counts(text: str, day: date | None) -> None:
    assert deadline(announcement(text=text), TODAY, ZONE) == day


def test_a_posting_without_a_day_ends_with_its_last_window() -> None:
    windows = (Window(NOW, NOW + 30 * DAY),)
    posting = announcement(text="Danh sách", windows=windows, longest_gap=HOUR)
    assert deadline(posting, TODAY, ZONE) == TODAY + timedelta(days=30)
    assert deadline(announcement(text="Danh sách", windows=windows), TODAY, ZONE) is None
