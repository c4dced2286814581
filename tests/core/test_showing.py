"""When and where an announcement will be seen, and the reasons why nobody will ever see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from server.core import showing
from server.core.announcements import recurrence
from server.core.areas import AreaTree
from server.core.model import Announcement, Board, Hours, Recurrence, Window
from tests import cast
from tests.cast import AREAS, BOARD_MINH_TAN, BOARDS, DAY, HOUR, NOW, PHO_DONG_HAI
from tests.store.changed import changed

TREE = AreaTree(AREAS)
ONE = cast.announcement(area="xa-minh-tan")
EVENING = replace(BOARD_MINH_TAN, hours=(Hours(time(18), time(22)),))
MORNINGS = Recurrence(recurrence.rule_of([1, 3]), time(7), time(9), date(2026, 3, 9))


def found(one: Announcement, *boards: Board) -> showing.Showing:
    return showing.showing(one, boards or BOARDS, TREE, NOW)


def reasons(one: Announcement, *boards: Board) -> list[tuple[str, str]]:
    return [(each.field, each.sentence) for each in showing.never_seen(one, boards or BOARDS, TREE, NOW)]


def repeated(**changes: object) -> Announcement:
    return replace(ONE, windows=(), recurrence=changed(MORNINGS, **changes))


def test_it_is_seen_at_once_on_the_boards_of_its_area_until_its_end() -> None:
    seen = found(ONE)
    assert (seen.first, seen.until) == (NOW, NOW + DAY)
    assert [board.slug for board in seen.boards] == ["xa-minh-tan"]
    assert reasons(ONE) == []


def test_the_first_of_several_windows_counts_in_whichever_order_they_are() -> None:
    later, sooner = Window(NOW + 3 * DAY, NOW + 4 * DAY), Window(NOW + DAY, NOW + 2 * DAY)
    seen = found(replace(ONE, windows=(later, sooner)))
    assert (seen.first, seen.until, seen.coming) == (sooner.start, later.until, (sooner, later))


def test_a_rule_ends_with_its_last_time_not_with_its_last_day() -> None:
    # The rule has Tuesdays and Thursdays; its last day is a Sunday, so that its last time is the Thursday before.
    assert found(repeated(last=date(2026, 3, 15))).until == datetime(2026, 3, 12, 2, tzinfo=UTC)
    assert found(repeated(last=None)).until is None


def test_a_rule_of_years_ago_is_over() -> None:
    past = repeated(first=date(2019, 1, 1), last=date(2019, 6, 1))
    assert reasons(past) == [("recurrence", "Mọi lần chiếu đều đã qua.")]


def test_more_dark_boards_than_are_named_are_counted() -> None:
    dark = [replace(EVENING, slug=f"b-{n}", name=f"Bảng {n}") for n in range(7)]
    ((_, sentence),) = reasons(replace(ONE, windows=(Window(NOW, NOW + HOUR),)), *dark)
    assert "«Bảng 4» và 2 màn hình khác đều tắt" in sentence


def test_it_is_seen_when_the_panel_is_on() -> None:
    seen = found(replace(ONE, area="tinh"), EVENING, PHO_DONG_HAI)
    assert (seen.first, len(seen.boards)) == (NOW, 2)
    assert found(ONE, EVENING).first == datetime(2026, 3, 9, 11, tzinfo=UTC)


def test_a_board_whose_panel_is_off_at_all_its_times_is_named() -> None:
    short = replace(ONE, area="tinh", windows=(Window(NOW, NOW + HOUR),))
    assert found(short, EVENING, PHO_DONG_HAI).off == (EVENING,)
    assert reasons(replace(short, area="xa-minh-tan"), EVENING) == [
        ("windows", "Màn hình «Trụ sở xã Minh Tân» đều tắt vào các giờ đã chọn, nên sẽ không ai thấy.")
    ]


def test_a_rule_that_begins_next_year_is_seen_then() -> None:
    seen = found(repeated(first=date(2027, 5, 1)))
    assert seen.first == datetime(2027, 5, 4, tzinfo=UTC)
    assert seen.until is None
    assert [at.start.day for at in seen.coming] == [4, 6, 11, 13, 18]


@pytest.mark.parametrize(
    ("one", "field", "says"),
    [
        (replace(ONE, windows=(Window(NOW - DAY, NOW),)), "windows", "đã qua"),
        (replace(ONE, windows=(Window(NOW + DAY, NOW + HOUR),)), "windows", "ở sau lúc bắt đầu"),
        (replace(ONE, windows=()), "windows", "Chưa chọn"),
        (repeated(first=date(2026, 3, 20), last=date(2026, 3, 10)), "recurrence", "trước ngày đầu"),
        (repeated(first=date(2026, 3, 13), last=date(2026, 3, 16)), "recurrence", "không có lần chiếu nào"),
        (repeated(first=date(2026, 3, 1), last=date(2026, 3, 6)), "recurrence", "đã qua"),
        (repeated(not_after=NOW), "recurrence", "không có lần chiếu nào"),
        (repeated(rule="FREQ=DAILY", last=date(2026, 3, 9), end=time(7, 30)), "recurrence", "đã qua"),
        (replace(ONE, boards=("pho-dong-hai",)), "boards", "không có bảng tin nào"),
    ],
)
def test_what_nobody_would_see_names_the_field_and_the_reason(one: Announcement, field: str, says: str) -> None:
    (reason,) = reasons(one)
    assert reason[0] == field
    assert says in reason[1]


def test_an_area_without_boards_shows_nothing() -> None:
    (reason,) = reasons(ONE, PHO_DONG_HAI)
    assert reason == ("area", "Nơi đã chọn không có bảng tin nào, nên sẽ không ai thấy.")
