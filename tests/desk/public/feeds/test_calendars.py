"""What is in a calendar, under which ids, and what happens there when an item is withdrawn, corrected or back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import icalendar
import pytest

from server.core.announcements.recurrence import rule_of
from server.core.model import Announcement, Recurrence, Window
from server.store.announcements import announcements
from server.store.notices import actions, notices
from tests.cast import DAY, HOUR, MINUTE, NOW, TIN_TINH, announcement, entry, notice
from tests.desk.office import Office
from tests.desk.public.feeds.conftest import URL, shown_on_glass
from tests.store.sources.readings import only, save

BOARD = "/board/hoi-truong/calendar.ics"
LAN = "lan"


def posted(office: Office, **changes: Any) -> Announcement:
    return announcements.post(office.db, announcement(**changes), actor=LAN)


def events(office: Office, path: str = BOARD) -> Iterator[icalendar.Event]:
    answer = office.browser().get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return iter(icalendar.Calendar.from_ical(answer.data).events)


def only_event(office: Office, path: str = BOARD) -> icalendar.Event:
    (found,) = events(office, path)
    return found


def test_every_occurrence_of_what_recurs_has_an_entry_of_its_own(public: Office) -> None:
    weekly = Recurrence(rule_of((3,)), time(7, 30), time(11), date(2026, 3, 5))
    one = posted(public, windows=(), recurrence=weekly, created=NOW - 10 * DAY)
    found = list(events(public))
    days = ["20260312", "20260319", "20260326", "20260402"]  # 35 days from when it was posted
    assert [event.uid for event in found] == [f"a{one.id}-{day}T003000Z@bangtin.example.vn" for day in days]


def test_a_window_of_more_than_a_day_is_the_whole_day_of_its_end(public: Office) -> None:
    # The window ends at midnight in Vietnam, so its last day is the one before.
    midnight = NOW - HOUR * 7 - MINUTE * 30 + 3 * DAY
    posted(public, windows=(Window(NOW - DAY, midnight),))
    event = only_event(public)
    assert (event.start, event.end) == (date(2026, 3, 11), date(2026, 3, 12))
    assert event.summary == "Hết hạn đăng: Lịch tiếp công dân"


def test_a_posting_is_a_deadline_even_if_it_lasts_an_hour(public: Office) -> None:
    posted(public, longest_gap=10 * MINUTE, windows=(Window(NOW, NOW + HOUR),))
    assert only_event(public).summary == "Hết hạn niêm yết: Lịch tiếp công dân"


def test_a_withdrawn_item_that_was_shown_is_cancelled_and_comes_back_with_a_higher_sequence(public: Office) -> None:
    one = posted(public)
    shown_on_glass(public, one)
    uid, before = only_event(public).uid, only_event(public).sequence
    announcements.withdraw(public.db, one.id, actor=LAN, now=NOW)
    gone = only_event(public)
    assert (gone.uid, gone.status, gone.summary) == (uid, "CANCELLED", "Đã gỡ")
    assert gone.sequence > before
    public.later(seconds=30)
    announcements.take(public.db, one.id, "reinstate", actor=LAN, now=public.now)
    back = only_event(public)
    assert (back.uid, back.status) == (uid, "CONFIRMED")
    assert back.sequence > gone.sequence


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_what_was_never_shown_leaves_no_trace_when_it_is_withdrawn(public: Office, state: str) -> None:
    one = posted(public, state=state)
    announcements.withdraw(public.db, one.id, actor=LAN, now=NOW)
    assert list(events(public)) == []


def test_a_corrected_item_is_cancelled_beside_its_successor(public: Office) -> None:
    old = posted(public)
    new = posted(public, title="Đổi giờ tiếp dân", replaces=old.id)
    found = {str(event.uid).partition("-")[0]: str(event.status) for event in events(public)}
    assert found == {f"a{old.id}": "CANCELLED", f"a{new.id}": "CONFIRMED"}
    assert "Lịch tiếp công dân" not in public.browser().get(BOARD).text


def test_a_notice_ends_in_the_calendar_as_on_the_boards(public: Office) -> None:
    one = notices.post(public.db, notice(), actor=LAN, now=NOW)
    event = only_event(public)
    assert (event.uid, event.start, event.end) == (f"n{one.id}@bangtin.example.vn", NOW, NOW + HOUR)
    public.later(minutes=1)
    notices.clear(public.db, one.id, actor=LAN, now=public.now)
    assert only_event(public).status == "CANCELLED"
    public.later(hours=1)
    assert list(events(public)) == []


def test_a_discarded_draft_of_a_notice_leaves_no_trace(public: Office) -> None:
    one = notices.post(public.db, notice(state="drafted"), actor=LAN, now=NOW)
    actions.discard(public.db, one.id, actor=LAN, now=NOW + MINUTE)
    assert list(events(public)) == []


def test_the_dates_of_one_item_come_with_an_alarm(public: Office) -> None:
    one = posted(public, windows=(Window(NOW, NOW + HOUR), Window(NOW + DAY, NOW + 4 * DAY)))
    hour, day = events(public, f"/item/a{one.id}.ics")
    assert hour.url == day.url == f"{URL}/item/a{one.id}"
    lines = public.browser().get(f"/item/a{one.id}.ics").text.splitlines()
    assert [line for line in lines if line.startswith("TRIGGER")] == ["TRIGGER:-PT1H", "TRIGGER:-P1D"]


def test_an_item_without_a_date_has_no_calendar(public: Office) -> None:
    save(public.db, entry("bai-1"), source=TIN_TINH)
    endless = posted(public, windows=(Window(NOW),))
    coming = posted(public, windows=(Window(NOW + HOUR, NOW + 2 * HOUR),))
    browser = public.browser()
    for key in (f"s{only(public.db).id}", f"a{endless.id}", f"a{coming.id}", "a99", "x1", "a01"):
        answer = browser.get(f"/item/{key}.ics")
        assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_a_withdrawn_item_is_gone(public: Office) -> None:
    one = posted(public)
    shown_on_glass(public, one)
    announcements.withdraw(public.db, one.id, actor=LAN, now=NOW)
    answer = public.browser().get(f"/item/a{one.id}.ics")
    assert (answer.status_code, answer.text) == (410, "Tin này không còn được đăng.\n")
    hidden = posted(public, state="draft")
    announcements.withdraw(public.db, hidden.id, actor=LAN, now=NOW)
    assert public.browser().get(f"/item/a{hidden.id}.ics").status_code == 404
