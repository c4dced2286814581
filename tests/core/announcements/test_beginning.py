"""When an announcement begins: in its first window, but not before it was approved."""

from __future__ import annotations

from datetime import date, time

import pytest

from server.core.announcements.beginning import begun_at
from server.core.announcements.recurrence import rule_of
from server.core.item_addresses import item_of, item_path
from server.core.model import Recurrence, Window
from tests.cast import DAY, HOUR, NOW, announcement


def test_it_begins_with_its_first_window() -> None:
    windows = (Window(NOW + DAY, NOW + 2 * DAY), Window(NOW + HOUR))
    assert begun_at(announcement(windows=windows)) == NOW + HOUR


def test_it_begins_at_its_approval_within_a_window_and_in_the_next_one_otherwise() -> None:
    windows = (Window(NOW - 2 * DAY, NOW - DAY), Window(NOW, NOW + DAY), Window(NOW + 3 * DAY))
    assert begun_at(announcement(windows=windows, decided=NOW + HOUR)) == NOW + HOUR
    assert begun_at(announcement(windows=windows, decided=NOW + DAY)) == NOW + 3 * DAY
    assert begun_at(announcement(windows=windows[:2], decided=NOW + DAY)) is None


def test_what_recurs_begins_at_its_first_time_after_the_approval() -> None:
    thursdays = Recurrence(rule_of((3,)), time(7, 30), time(9), date(2026, 1, 1))
    assert begun_at(announcement(windows=(), recurrence=thursdays, decided=NOW)) == NOW + 3 * DAY
    assert (
        begun_at(announcement(windows=(), recurrence=thursdays, decided=NOW + 3 * DAY + HOUR)) == NOW + 3 * DAY + HOUR
    )
    tet = Recurrence(rule_of(()), time(7), time(9), date(2026, 4, 30), date(2026, 5, 1), but_holidays=True)
    assert begun_at(announcement(windows=(), recurrence=tet)) is None


@pytest.mark.parametrize("key", ["", "a", "a0", "a01", "x1", "1", "a1234567890123456789", "a٣", "a1 "])
def test_only_keys_of_items_name_an_item(key: str) -> None:
    assert item_of(key) is None
    assert item_of("s12") == ("story", 12)
    assert item_path("story", 12) == "/item/s12"
