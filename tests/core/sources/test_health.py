"""The health of a source: its condition, in a word and in a sentence for editors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.model import SourceState
from server.core.sources.health import health, moment, span
from tests.cast import DAY, HOUR, MINUTE, NOW, TIN_TINH

NEW = SourceState("tin-tinh", NOW)
WELL = replace(NEW, last_good=NOW - MINUTE, last_new=NOW - HOUR)


@pytest.mark.parametrize(
    ("state", "condition", "says"),
    [
        (NEW, "new", ""),
        (WELL, "well", ""),
        (replace(WELL, failures=2, last_error="Chậm quá."), "failing", "Chậm quá. Lần đọc được gần nhất: 07:29."),
        (replace(NEW, failures=1, last_error="Chậm quá."), "failing", "Chậm quá."),
        (replace(WELL, gone=True, last_error="Đã gỡ."), "gone", "Đã gỡ. Nguồn không được đọc nữa"),
        (replace(WELL, moved_to="https://moi.vn/"), "watch", "https://moi.vn/"),
        (replace(WELL, warning="Xem lại."), "watch", "Xem lại."),
        (replace(WELL, last_new=NOW - 40 * DAY), "watch", "Im lặng từ 07:30 28/01."),
    ],
)
def test_the_gravest_condition_is_given(state: SourceState, condition: str, says: str) -> None:
    found = health(TIN_TINH, state, NOW)
    assert (found.condition, says in found.sentence) == (condition, True)
    assert found.word


def test_moments_are_in_the_zone_of_the_source() -> None:
    assert moment(NOW, TIN_TINH, NOW) == "07:30"
    assert moment(NOW - DAY, TIN_TINH, NOW) == "07:30 08/03"
    assert moment(NOW - 400 * DAY, TIN_TINH, NOW) == "02/02/2025"
    assert moment(None, TIN_TINH, NOW) == "chưa có"


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (timedelta(seconds=42), "42 giây"),
        (12 * MINUTE, "12 phút"),
        (5 * HOUR, "5 giờ"),
        (3 * DAY, "3 ngày"),
        (None, ""),
    ],
)
def test_durations_in_words(length: timedelta | None, expected: str) -> None:
    assert span(length) == expected
