"""How feeds are answered: conditional requests, what may be kept, sizes, and which addresses have none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from server.core.model import MESSAGE, Announcement, Lane, Window
from server.store.announcements import announcements
from server.store.boards import boards, panics
from server.store.notices import notices
from server.store.sources import sources
from tests.cast import (
    BOARD_MINH_TAN,
    DAY,
    HOI_TRUONG,
    HOUR,
    MINUTE,
    NOW,
    TIN_TINH,
    announcement,
    entry,
    notice,
)
from tests.desk.office import Office
from tests.desk.public.feeds.conftest import URL, public_config
from tests.store.sources.readings import only, save

NAMES = ("feed.atom", "feed.json", "calendar.ics")
FEEDS = [f"/{scope}/{name}" for scope in ("board/hoi-truong", "area/tinh") for name in NAMES]
TABLES = ["/data/items.csv", "/data/items.json", "/data/postings.csv", "/data/postings.json"]
ATOM = "/board/hoi-truong/feed.atom"


def posted(office: Office, **changes: Any) -> Announcement:
    return announcements.post(office.db, announcement(**changes), actor="lan")


@pytest.mark.parametrize("path", [*FEEDS, *TABLES, "/embed/board/hoi-truong", "/data/screens.csv"])
def test_a_reader_who_has_it_already_gets_304(public: Office, path: str) -> None:
    posted(public, longest_gap=HOUR)
    public.later(seconds=5)
    browser = public.browser()
    browser.get(path)
    public.later(seconds=5)
    first = browser.get(path)
    by_tag = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    by_time = browser.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (first.status_code, by_tag.status_code, by_time.status_code) == (200, 304, 304)
    assert by_tag.data == by_time.data == b""
    assert first.headers["Cache-Control"] == by_tag.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in first.headers


@pytest.mark.parametrize("path", FEEDS)
def test_a_withdrawal_is_not_hidden_by_the_time_of_the_last_change(public: Office, path: str) -> None:
    one = posted(public)
    browser = public.browser()
    # In the second of a change no time is told, because there may be another change in that second.
    assert "Last-Modified" not in browser.get(path).headers
    public.later(seconds=2)
    told = browser.get(path).headers["Last-Modified"]
    announcements.withdraw(public.db, one.id, actor="lan", now=public.now)
    later = browser.get(path, headers={"If-Modified-Since": told})
    assert later.status_code == 200
    assert one.title not in later.text


def test_a_kept_file_ends_with_its_first_item(public: Office) -> None:
    posted(public, title="Sáng", windows=(Window(NOW, NOW + 20 * MINUTE / 60),))
    posted(public, title="Chiều", windows=(Window(NOW + 30 * MINUTE / 60, NOW + DAY),))
    browser = public.browser()
    assert "Sáng" in browser.get(ATOM).text
    public.later(seconds=20)
    assert "Sáng" not in browser.get(ATOM).text
    public.later(seconds=9)
    assert "Chiều" not in browser.get(ATOM).text
    public.later(seconds=1)
    assert "Chiều" in browser.get(ATOM).text


def test_a_clock_that_is_set_back_makes_files_anew(public: Office) -> None:
    posted(public, windows=(Window(NOW + HOUR, NOW + DAY),))
    public.later(hours=2)
    browser = public.browser()
    assert "Lịch tiếp công dân" in browser.get(ATOM).text
    public.set_clock(-2 * HOUR)
    assert "Lịch tiếp công dân" not in browser.get(ATOM).text


@pytest.mark.parametrize(
    "path", ["/board/khong-co/feed.atom", "/area/khong-co/feed.json", "/board/khong-co/calendar.ics"]
)
def test_an_address_without_a_public_board_is_not_found(public: Office, path: str) -> None:
    answer = public.browser().get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert answer.text == "Không có bảng tin công khai nào ở địa chỉ này.\n"


def test_a_board_that_is_not_public_has_no_feed_and_its_area_none_either(public: Office) -> None:
    boards.save(public.db, replace(BOARD_MINH_TAN, public=False), actor="tuan", now=NOW)
    browser = public.browser()
    assert browser.get("/board/xa-minh-tan/feed.atom").status_code == 404
    assert browser.get("/area/xa-minh-tan/feed.atom").status_code == 404
    assert browser.get("/area/tinh/feed.atom").status_code == 200


def test_the_feed_of_an_area_joins_its_boards_and_those_below(public: Office) -> None:
    posted(public, area="xa-minh-tan", title="Của xã")
    everywhere = posted(public, title="Của tỉnh")
    feed = json.loads(public.browser().get("/area/tinh/feed.json").text)
    assert {one["title"] for one in feed["items"]} == {"Của xã", "Của tỉnh"}
    (mine,) = (one for one in feed["items"] if one["id"].endswith(f"/a{everywhere.id}"))
    assert mine["_bangtin"]["boards"] == ["hoi-truong", "pho-dong-hai", "xa-minh-tan"]
    assert "Của xã" not in public.browser().get("/area/xa-dong-hai/feed.atom").text


def test_panic_empties_the_feed_and_its_end_fills_it(public: Office) -> None:
    posted(public)
    panics.begin(public.db, "tinh", actor="lan", now=NOW)
    browser = public.browser()
    assert "<entry" not in browser.get(ATOM).text
    panics.end(public.db, "tinh", actor="lan", now=NOW)
    assert "<entry" in browser.get(ATOM).text


def test_an_alert_of_another_authority_is_in_no_feed(public: Office) -> None:
    received = replace(notice(headline="Bão của trung ương"), origin="nchmf/1", created_by="system")
    notices.post(public.db, received, actor="system", now=NOW)
    assert notices.get(public.db, 1).is_received
    assert "Bão của trung ương" not in "".join(public.browser().get(path).text for path in [*FEEDS, *TABLES])


def test_a_message_for_those_who_wait_in_a_hall_is_on_no_public_page_or_feed(public: Office) -> None:
    words = "Hồ sơ 123 đã có kết quả"
    message = notice(headline=words, level="priority", boards=("hoi-truong",), origin=MESSAGE, created_by="token:1")
    shown = notices.post(public.db, message, actor="token:1", now=NOW)
    browser = public.browser()
    for path in (
        ATOM,
        "/board/hoi-truong/feed.json",
        "/board/hoi-truong/calendar.ics",
        "/data/items.csv",
        "/",
        "/board/hoi-truong?list=1",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert words not in answer.text
    public.later(seconds=60)
    notices.clear(public.db, shown.id, actor="token:1", now=public.now)
    assert "STATUS:CANCELLED" not in browser.get("/board/hoi-truong/calendar.ics").text


def test_a_changed_story_has_a_new_time_and_its_old_id(public: Office) -> None:
    save(public.db, entry("bai-1"))
    first = json.loads(public.browser().get("/board/hoi-truong/feed.json").text)["items"][0]
    save(public.db, entry("bai-1", summary="Cầu mới đã thông xe."), after=HOUR)
    public.later(hours=2)
    second = json.loads(public.browser().get("/board/hoi-truong/feed.json").text)["items"][0]
    assert first["id"] == second["id"] == f"tag:bangtin.example.vn,2026:item/s{only(public.db).id}"
    assert (first["date_published"], first["date_modified"]) == (
        "2026-03-09T06:30:00+07:00",
        "2026-03-09T07:30:00+07:00",
    )
    assert (second["date_published"], second["date_modified"]) == (
        first["date_published"],
        "2026-03-09T08:30:00+07:00",
    )


def test_an_empty_feed_is_a_feed_whose_time_is_the_beginning_of_the_day(public: Office) -> None:
    answer = public.browser().get(ATOM)
    assert answer.status_code == 200
    assert "<updated>2026-03-09T00:00:00+07:00</updated>" in answer.text
    assert json.loads(public.browser().get("/board/hoi-truong/feed.json").text)["items"] == []


def test_the_permanent_host_stays_when_the_address_changes(office: Office) -> None:
    office.config = public_config(feed_host="bangtin.cu.vn")
    one = posted(office)
    browser = office.browser()
    assert f"tag:bangtin.cu.vn,2026:item/a{one.id}" in browser.get(ATOM).text
    assert f"UID:a{one.id}-20260309T003000Z@bangtin.cu.vn" in browser.get("/board/hoi-truong/calendar.ics").text
    assert f'href="{URL}/item/a{one.id}"' in browser.get(ATOM).text


def test_files_are_never_longer_than_900_kb(public: Office) -> None:
    lanes = tuple(Lane(f"nguon-{number}", most=100) for number in range(2))
    for number, lane in enumerate(lanes):
        source = replace(TIN_TINH, slug=lane.source, url=f"https://tinh.example.vn/{number}.xml")
        sources.save(public.db, source, actor="tuan", now=NOW)
        long = "Nước sông dâng cao & chảy xiết. " * 800
        save(
            public.db,
            *(entry(f"{number}-{at}", title=f"Tin {number} {at}", summary=long) for at in range(40)),
            source=source,
        )
    boards.save(public.db, replace(HOI_TRUONG, lanes=lanes), actor="tuan", now=NOW)
    browser = public.browser()
    for path in (ATOM, "/board/hoi-truong/feed.json", "/area/tinh/feed.atom"):
        assert 500_000 < len(browser.get(path).data) <= 900_000
    assert len(json.loads(browser.get("/board/hoi-truong/feed.json").text)["items"]) < 80
