"""Periods of months, the state of boards, and shares of airtime."""

from __future__ import annotations

from datetime import date

import pytest

from server.core.areas import AreaTree
from server.core.screens.screens import Link, Screen
from server.core.source_system.report_data import board_data, statement_data
from server.core.source_system.reports import Airtime, Period, inventory, month_before, statement
from tests.cast import AREAS, BOARD_MINH_TAN, HOI_TRUONG, HOUR, NOW, PHO_DONG_HAI, board


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-04", date(2026, 4, 1), date(2026, 4, 30)),
    ],
)
def test_a_month_has_its_days(month: str, first: date, last: date) -> None:
    assert Period.of_month(month) == Period(first, last)
    assert Period(first, last).month == month


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "", "2026-03-01", "1999-01", "２０２６-03"])
def test_other_texts_are_no_months(text: str) -> None:
    with pytest.raises(ValueError, match="no month"):
        Period.of_month(text)


def test_the_month_before_january_is_december() -> None:
    assert (month_before(date(2026, 1, 31)), month_before(date(2026, 3, 31))) == ("2025-12", "2026-02")


def test_a_board_is_dark_since_its_last_screen_spoke() -> None:
    screens = [
        Screen(id, "", board, id, None, "lan", NOW)
        for id, board in ((1, "hoi-truong"), (2, "hoi-truong"), (3, "pho-dong-hai"))
    ]
    links = {
        1: Link(1, up=False, seen=NOW - HOUR),
        2: Link(2, up=True, seen=NOW - 2 * HOUR),
        3: Link(3, up=True, seen=NOW),
    }
    lines = inventory((HOI_TRUONG, BOARD_MINH_TAN, PHO_DONG_HAI), AreaTree(AREAS), screens, links, NOW)
    assert [(one.state, one.dark_since) for one in lines] == [("dark", NOW - HOUR), ("none", None), ("live", None)]
    assert board_data(lines[0])["latitude"] == 20.646
    links[2] = Link(2, up=True, seen=NOW)
    assert inventory((HOI_TRUONG,), AreaTree(AREAS), screens, links, NOW)[0].state == "partly"


def test_the_statement_is_by_owner_and_marks_what_was_less_than_agreed() -> None:
    shared = board("chung", owner="company_shared", agreed_share=0.3)
    poor = board("it", owner="company_shared", agreed_share=0.3)
    airtime = {
        "hoi-truong": Airtime(4, 4000, urgent_count=1, urgent_milliseconds=1000),
        "chung": Airtime(10, 10_000, 7, 7000),
        "it": Airtime(10, 0, 8, 0),  # no time was counted: the share is that of the showings
    }
    state, ads, company = statement((HOI_TRUONG, shared, poor), airtime)
    assert (state.airtime.share, ads.airtime.share, ads.boards) == (1.0, None, ())
    assert [(one.airtime.share, one.short) for one in company.boards] == [(0.3, False), (0.2, True)]
    assert company.short == 1
    assert state.airtime.priorities == {"normal": (3, 3000), "priority": (0, 0), "urgent": (1, 1000)}
    assert statement_data([state])[0]["political_seconds"] == 4
