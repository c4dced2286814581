"""Feeds and calendars are understood by readers of others: feedparser, feedsmith, icalendar, ics and ical.js."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
import icalendar
import ics
import jsonschema
import pytest

from tests.cast import DAY, HOUR, NOW
from tests.desk.public.feeds.conftest import HOSTILE, LICENCE, URL, Full
from tests.paths import ROOT

# What the boards show, newest first; HOSTILE stands for a title with everything that needs escaping.
TITLES = {
    "Bão số 3 đổ bộ chiều nay, người dân không ra đường", "Diễn tập. Lũ quét", HOSTILE.strip(), "Tiếp công dân",
    "Quy hoạch", "Cấp nước", "Trực ban", "Cầu mới",
}  # fmt: skip


@pytest.fixture(scope="module")
def understood(full: Full) -> dict[str, Any]:
    """What feedsmith and ical.js understand of the three files."""
    given = {"atom": full.atom.decode(), "json": full.json.decode(), "calendar": full.calendar.decode()}
    done = subprocess.run(
        ["node", "tests/desk/public/feeds/read.mjs"],
        cwd=ROOT, input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _instant(parsed: Any) -> datetime:
    """A time as feedparser gives it."""
    year, month, day, hour, minute, second = parsed[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def test_feedparser_reads_the_atom_feed(full: Full) -> None:
    read = feedparser.parse(full.atom)
    assert (read.bozo, read.version, read.feed.language) == (False, "atom10", "vi")
    assert {one.title_detail.value for one in read.entries} == TITLES
    assert {one.title_detail.type for one in read.entries} == {"text/plain"}
    story = next(one for one in read.entries if one.title == "Cầu mới")
    assert story.content[0].value == "<p>Đoạn một.</p><p>Đoạn hai.</p>"
    assert {link.rel: link.href for link in story.links} == {
        "alternate": f"{URL}/item/s1",
        "via": "https://tinh.example.vn/bai-1",
    }
    assert story.author == "Cổng thông tin tỉnh"
    assert _instant(story.published_parsed) == NOW - HOUR
    picture = next(one for one in read.entries if one.title == "Cấp nước")
    assert picture.enclosures[0].href == f"{URL}/glass/media/{'1' * 16}"
    assert read.feed.rights == LICENCE


def test_the_feed_keeps_the_rules_of_the_feed_validator(full: Full) -> None:
    read = feedparser.parse(full.atom)
    ids = [one.id for one in read.entries]
    assert len(set(ids)) == len(ids)
    assert all(id.startswith("tag:bangtin.example.vn,2026:item/") for id in ids)
    assert [link.href for link in read.feed.links if link.rel == "self"] == [f"{URL}/board/hoi-truong/feed.atom"]
    links = [link.href for one in (read.feed, *read.entries) for link in one.links]
    assert all(link.startswith("https://") for link in links)
    moments = [_instant(one[at]) for one in read.entries for at in ("published_parsed", "updated_parsed")]
    assert max(moments) <= full.office.now
    assert _instant(read.feed.updated_parsed) == max(moments)
    assert all(one.author for one in read.entries)
    assert b"src=&quot;/" not in full.atom


def test_feedsmith_reads_both_feeds_alike(understood: dict[str, Any]) -> None:
    assert understood["detected"] == "atom"
    atom, listed = understood["atom"]["entries"], understood["json"]["items"]
    assert {one["title"] for one in listed} == TITLES
    assert [(one["id"], one["title"]["value"]) for one in atom] == [(one["id"], one["title"]) for one in listed]
    assert understood["json"]["feed_url"] == f"{URL}/board/hoi-truong/feed.json"
    story = next(one for one in listed if one["title"] == "Cầu mới")
    assert story["url"] == f"{URL}/item/s1"
    assert story["external_url"] == "https://tinh.example.vn/bai-1"


SCHEMA = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "feed_url": {"type": "string", "pattern": "^https://"},
        "home_page_url": {"type": "string", "pattern": "^https://"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "url", "title", "content_html", "date_published"],
                "properties": {
                    "id": {"type": "string"},
                    "url": {"type": "string", "pattern": "^https://"},
                    "date_published": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00$"},
                    "authors": {"type": "array", "minItems": 1, "items": {"required": ["name"]}},
                    "attachments": {"type": "array", "items": {"required": ["url", "mime_type"]}},
                },
                "propertyNames": {"pattern": r"^(_[a-z]+|[a-z_]+)$"},
            },
        },
    },
}


def test_the_json_feed_keeps_the_rules_of_version_1_1(full: Full) -> None:
    feed = json.loads(full.json)
    jsonschema.validate(feed, SCHEMA)
    assert "next_url" not in feed
    assert "author" not in feed
    assert feed["_bangtin"] == {"licence": LICENCE}
    assert all("." not in key for one in feed["items"] for key in one["_bangtin"])
    drill = next(one for one in feed["items"] if one["title"] == "Diễn tập. Lũ quét")
    assert drill["_bangtin"]["boards"] == ["hoi-truong"]
    assert drill["_bangtin"]["until"] == "2026-03-09T08:30:00+07:00"


def _events(full: Full) -> dict[str, icalendar.Event]:
    return {str(one["SUMMARY"]): one for one in icalendar.Calendar.from_ical(full.calendar).events}


def test_icalendar_reads_appointments_and_whole_days(full: Full) -> None:
    events = _events(full)
    meeting = events[HOSTILE.strip()]
    assert (meeting.start, meeting.end) == (NOW, NOW + DAY)
    posting = events["Hết hạn niêm yết: Quy hoạch"]
    assert (posting.start, posting.end) == (date(2026, 3, 29), date(2026, 3, 30))
    assert "Hết hạn đăng: Cấp nước" in events
    assert not {"Trực ban", "Sắp đến", "Cầu mới"} & set(events)
    weekly = [one for one in icalendar.Calendar.from_ical(full.calendar).events if one["SUMMARY"] == "Tiếp công dân"]
    assert [one.start for one in weekly][:2] == [
        datetime(2026, 3, 12, 0, 30, tzinfo=UTC),
        datetime(2026, 3, 19, 0, 30, tzinfo=UTC),
    ]
    assert all(one.end - one.start == timedelta(hours=3, minutes=30) for one in weekly)


def test_a_calendar_keeps_the_rules_of_its_format(full: Full) -> None:
    read = icalendar.Calendar.from_ical(full.calendar)
    uids = [str(one["UID"]) for one in read.events]
    assert len(set(uids)) == len(uids)
    assert all(uid.endswith("@bangtin.example.vn") for uid in uids)
    assert all("DTSTAMP" in one and "SEQUENCE" in one for one in read.events)
    assert [str(zone["TZID"]) for zone in read.timezones] == ["Asia/Ho_Chi_Minh"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in full.calendar
    assert max(len(line) for line in full.calendar.split(b"\r\n")) <= 75
    assert b"\n" not in full.calendar.replace(b"\r\n", b"")


def test_what_was_withdrawn_is_cancelled_and_has_no_text(full: Full) -> None:
    cancelled = [one for one in icalendar.Calendar.from_ical(full.calendar).events if one["STATUS"] == "CANCELLED"]
    assert {str(one["UID"]).partition("@")[0] for one in cancelled} == {"a7-20260309T003000Z", "n3"}
    assert {str(one["SUMMARY"]) for one in cancelled} == {"Đã gỡ"}
    assert not any("DESCRIPTION" in one or "URL" in one for one in cancelled)
    for word in ("Đã gỡ rồi", "Báo nhầm", "Sắp đến"):
        assert word.encode() not in full.calendar + full.atom + full.json


def test_ics_reads_the_calendar(full: Full) -> None:
    read = {one.name: one for one in ics.Calendar(full.calendar.decode()).events}
    assert read["Hết hạn niêm yết: Quy hoạch"].all_day
    # ics takes a backslash before an "n" for a line end, even where it is escaped.
    assert next(one for name, one in read.items() if name and name.startswith("Họp dân: đường & cống")).begin == NOW
    storm = read["Tin khẩn: Bão số 3 đổ bộ chiều nay, người dân không ra đường"]
    assert (storm.begin, storm.end) == (NOW, NOW + HOUR)


def test_ical_js_reads_the_calendar(understood: dict[str, Any]) -> None:
    calendar = understood["calendar"]
    assert (calendar["name"], calendar["refresh"]) == ("Lịch: Hội trường tỉnh · Tỉnh Hưng Yên", 3600)
    events = {one["summary"]: one for one in calendar["events"]}
    meeting = events[HOSTILE.strip()]
    assert (meeting["start"], meeting["seconds"]) == ("2026-03-09T00:30:00.000Z", 86400)
    assert (meeting["status"], meeting["url"]) == ("CONFIRMED", f"{URL}/item/a1")
    assert (events["Hết hạn đăng: Cấp nước"]["wholeDay"], events["Hết hạn đăng: Cấp nước"]["seconds"]) == (
        True,
        86400,
    )
    assert events["Đã gỡ"]["status"] == "CANCELLED"
