"""How a source is, in words that an editor understands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.core.model import SourceState
from server.core.sources.health import health, moment, span
from tests.cast import DAY, HOUR, MINUTE, NOW, TIN_TINH

WELL: dict[str, Any] = {"last_good": NOW - MINUTE, "last_new": NOW - HOUR}


@pytest.mark.parametrize(
    ("told", "condition", "says"),
    [
        ({}, "new", ""),
        (WELL, "well", ""),
        ({**WELL, "failures": 2, "last_error": "Chậm quá."}, "failing", "Chậm quá. Lần đọc được gần nhất: 07:29."),
        ({"failures": 1, "last_error": "Chậm quá."}, "failing", "Chậm quá."),
        ({**WELL, "gone": True, "last_error": "Đã gỡ."}, "gone", "Đã gỡ. Nguồn không được đọc nữa"),
        ({**WELL, "moved_to": "https://moi.vn/"}, "watch", "https://moi.vn/"),
        ({**WELL, "warning": "Xem lại."}, "watch", "Xem lại."),
        ({**WELL, "last_new": NOW - 40 * DAY}, "watch", "Im lặng từ 07:30 28/01."),
    ],
)
def test_the_gravest_is_told(told: dict[str, Any], condition: str, says: str) -> None:
    found = health(TIN_TINH, SourceState("tin-tinh", NOW, **told), NOW)
    assert (found.condition, says in found.sentence) == (condition, True)
    assert found.word


def test_moments_are_of_the_sources_own_day() -> None:
    assert moment(NOW, TIN_TINH, NOW) == "07:30"
    assert moment(NOW - DAY, TIN_TINH, NOW) == "07:30 08/03"
    assert moment(NOW - 400 * DAY, TIN_TINH, NOW) == "02/02/2025"
    assert moment(None, TIN_TINH, NOW) == "chưa có"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=42), "42 giây"),
        (12 * MINUTE, "12 phút"),
        (5 * HOUR, "5 giờ"),
        (3 * DAY, "3 ngày"),
        (None, ""),
    ],
)
def test_spans_as_people_say_them(length: timedelta | None, said: str) -> None:
    assert span(length) == said
