"""The timeline pages: what the user's boards show at any moment and why, and the events of a week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from selectolax.lexbor import LexborHTMLParser

from server.core.model import Window
from server.core.policy import Grant
from server.live.rotation.director import Director
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.people import people
from server.store.sources import stories
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, MINUTE, NOW, TIN_TINH, Person, entry
from tests.desk.office import Office
from tests.live.studio import beat, renderer

T = TypeVar("T")
WATCHER = Person("xem", "Bùi Văn Xem", "editor", "xa-dong-hai")


def air(office: Office) -> Director:
    """Runs a director on the office's store, so that laps are stored in it; returns the director."""

    def here(work: Callable[[Database], T], /) -> T:
        return work(office.db)

    director = Director(office.db, renderer(), office.clock, offload=here, offload_write=here)
    beat(director)
    return director


def test_the_current_item_is_marked_and_coming_ones_are_listed(office: Office) -> None:
    stories.save(office.db, TIN_TINH, [entry("a"), entry("b")], images={}, now=NOW)
    air(office)
    page = office.browser(EDITOR).get("/desk/timeline/?board=hoi-truong").text
    assert "Khánh thành cầu a" in page
    assert page.count("đang chiếu</span>") == 1
    assert "tới lượt lúc 07:30" in page
    assert "07:30:00" in page


def test_the_past_is_shown_as_it_aired(office: Office) -> None:
    stories.save(office.db, TIN_TINH, [entry("a")], images={}, now=NOW)
    director = air(office)
    office.later(hours=1)
    stories.save(office.db, TIN_TINH, [entry("moi", title="Tin mới đến sau")], images={}, now=office.now)
    beat(director)
    browser = office.browser(EDITOR)
    before = browser.get("/desk/timeline/?board=hoi-truong&at=2026-03-09T07:30").text
    assert "Khánh thành cầu a" in before
    assert "Tin mới đến sau" not in before.split("Vì sao")[0]
    after = browser.get("/desk/timeline/?board=hoi-truong&at=2026-03-09T08:30").text
    assert "Tin mới đến sau" in after


def test_a_moment_older_than_the_records_says_so(office: Office) -> None:
    air(office)
    page = office.browser(EDITOR).get("/desk/timeline/?board=hoi-truong&at=2020-01-01T07:00").text
    assert "chỉ giữ 35 ngày" in page


def test_more_than_ten_days_ahead_is_refused(office: Office) -> None:
    air(office)
    assert "10 ngày" in office.browser(EDITOR).get("/desk/timeline/?at=2026-04-09T07:00").text


def test_an_urgent_notice_is_shown_above_the_lap(office: Office) -> None:
    air(office)
    notices.post(office.db, cast.notice(until=NOW + 10 * MINUTE), actor="lan", now=NOW)
    page = office.browser(EDITOR).get("/desk/timeline/?board=hoi-truong").text
    assert "tin khẩn phủ toàn màn hình" in page
    assert "KHẨN CẤP" in page


def test_an_alert_is_said_to_cover_the_lap_until_its_hold_ends(office: Office) -> None:
    air(office)
    alert = cast.notice(until=NOW + HOUR, holds_until=NOW + 15 * MINUTE, origin="nchmf/x/bao-1")
    notices.post(office.db, alert, actor="lan", now=NOW)
    page = office.browser(EDITOR).get("/desk/timeline/?board=hoi-truong").text
    assert "Từ 07:30:00 đến 07:45:00, tin khẩn phủ toàn màn hình; rồi đến 08:30:00, cứ hai trang" in page


@pytest.mark.parametrize("asked", ["at=hom-qua", "board=khong-co", "board=hoi-truong"])
def test_foreign_boards_and_invalid_moments_are_refused(office: Office, asked: str) -> None:
    people.add(office.db, username=WATCHER.slug, name=WATCHER.name, email="x@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, WATCHER.slug, Grant("viewer", WATCHER.area), by=None, actor="os:root", now=NOW)
    answer = office.browser(WATCHER).get(f"/desk/timeline/?{asked}")
    assert answer.status_code == (400 if asked.startswith("at") else 404)
    assert "Hội trường tỉnh" not in answer.text


def week(office: Office, who: Person = EDITOR, day: str = "2026-03-11") -> list[str]:
    """The texts of the seven days on the timeline's page of a week."""
    page = office.browser(who).get(f"/desk/timeline/week?day={day}")
    assert page.status_code == 200
    tree = LexborHTMLParser(page.text)
    return [" ".join(node.text(separator=" ").split()) for node in tree.css(".week > li")]


def test_the_week_shows_windows_and_notices_on_their_days(office: Office) -> None:
    windows = (Window(NOW, NOW + HOUR), Window(NOW + DAY, NOW + 3 * DAY), Window(NOW + 30 * DAY))
    announcements.post(office.db, cast.announcement(windows=windows), actor="hoa")
    announcements.post(office.db, cast.announcement(state="draft", title="Bản nháp"), actor="hoa")
    notices.post(office.db, cast.notice(), actor="lan", now=NOW)
    monday, tuesday, wednesday, thursday, *rest = week(office)
    assert monday.startswith("Thứ Hai 09/03")
    assert "07:30 – 08:30 Lịch tiếp công dân Tỉnh Hưng Yên" in monday
    assert "Bão số 3" in monday
    assert "07:30 – 07:30 12/03 Lịch tiếp công dân" in tuesday
    assert "cả ngày Lịch tiếp công dân" in wednesday
    assert "07:30 10/03 – 07:30 Lịch tiếp công dân" in thursday
    assert all("Chưa có gì" in day for day in rest)
    assert "Bản nháp" not in " ".join([monday, tuesday, wednesday])


def test_the_week_shows_only_areas_of_the_user(office: Office) -> None:
    announcements.post(office.db, cast.announcement(area="xa-minh-tan"), actor="hoa")
    local = replace(WATCHER, slug="xem2")
    people.add(office.db, username=local.slug, name=local.name, email="y@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, local.slug, Grant("viewer", "xa-dong-hai"), by=None, actor="os:root", now=NOW)
    assert "Lịch tiếp" not in " ".join(week(office, local))
    assert "Lịch tiếp" in " ".join(week(office))


def test_an_invalid_day_is_refused(office: Office) -> None:
    assert office.browser(EDITOR).get("/desk/timeline/week?day=hom-nay").status_code == 400
    assert office.browser(EDITOR).get("/desk/timeline/week?day=9999-12-31").status_code == 400
