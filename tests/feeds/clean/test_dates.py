"""Every date format seen on portals is read as the instant that it means for a source in Vietnam."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.dates import parse_date
from tests.feeds.stories import NOW, reading, rss

ZONE = "Asia/Ho_Chi_Minh"

# The same instant in many formats: 15:04:05 on 9 March 2019 in Vietnam, a Saturday.
TO_THE_SECOND = (
    "09/03/2019 15:04:05",
    "9/3/2019 3:04:05 CH",
    "9/3/2019 3:04:05 PM",
    "09-03-2019 15:04:05",
    "2019-03-09T15:04:05",
    "2019-03-09 15:04:05",
    "2019-03-09T15:04:05+0700",
    "2019-03-09T15:04:05.1234567+07:00",
    "2019-03-09T08:04:05Z",
    "2562-03-09T15:04:05+07:00",
    "20190309150405",
    "1552118645",
    "1552118645000",
    "Th7, 09 Thg3 2019 15:04:05 +0700",
    "Sat, 09 Mar 2019 15:04:05",
    "Sat, 9 Mar 2019 15:04:05 ICT",
    "Sat, 09 Mar 2019 15:04:05 GMT+7",
    "Sat, 09 Mar 2019 15:04:05 +07:00",
    "Sat, 09 Mar 2019 03:04:05 EST",
    "Sat, 09 Mar 2019 08:04:05 Z",
    "Tue, 09 Mar 2019 15:04:05 +0700",
    "Saturday, March 9, 2019 3:04:05 PM",
    "(09/03/2019 15:04:05)",
    "Sat, 09 Mar 2019 15:04:05 Asia/Ho_Chi_Minh",
    "2019-03-09 15:04:05 Asia/Saigon",
    "2019-03-09 15:04:05 Asia/Bangkok",
    "2019-03-09T16:04:05[Asia/Shanghai]",
    "2019-03-09T15:04:05Asia/Ho_Chi_Minh",
    "2019-03-09T15:04:05 0700",
    "2019-03-09 15:04:05 SE Asia Standard Time",
    "2019-03-09 15:04:05 (giờ Việt Nam)",
    "2019-03-09T15:04:05+0700 (Giờ Đông Dương)",
    "Sat Mar 09 2019 15:04:05 GMT+0700 (Indochina Time)",
    "Sat Mar 09 15:04:05 2019",
    "2019-03-09T17:04:05Asia/Tokyo",
    "2019-03-09T15:04:05+07:00[Asia/Ho_Chi_Minh]",
    "Sat, 09 Mar 2019 15:04:05 VNT",
    "Sat, 09 Mar 2019 15:04:05 +7",
    "2019-03-09 15:04:05 UTC+07:00",
    "2019-03-09 15:04:05 GMT+0700 (ICT)",
    "2019-03-09T15:04:05 07:00",
    "20190309T150405",
    "20190309T150405+0700",
    "20190309T080405Z",
    "20190309150405+07",
    "Sat, 09 Mar 2019 15:04:05 XYZ",
    "  09/03/2019\n 15:04:05 ",
)
TO_THE_MINUTE = (
    "09/03/19 15:04",
    "3g04 chiều 09/03/2019",
    "Ngày 9/3/2019, lúc 3 giờ 04 phút chiều",
    "Thứ Bảy, 09/03/2019 15:04 GMT+7",
    "Thứ 7, 09/03/2019, 15h04",
    "T7, 09/03/2019 - 15:04",
    "15:04 | 09/03/2019",
    "lúc 15:04 ngày 9/3/2019",
    "Cập nhật: 09/03/2019 15:04",
    "9/3/2019 15 giờ 04 phút",
    "03/09/2019 15:04".replace("03/09", "09/03"),
)
MIDNIGHT = (
    "09/03/2019",
    "09.03.2019",
    "2019-03-09",
    "20190309",
    "Thứ bảy, ngày 09 tháng 3 năm 2019",
    "9 tháng 3, 2019",
    "Sat, 09 Mar 2019",
    "March 9, 2019",
    "09/03/2019 (GMT+7)",
    "09/03/2019 12:00:00 SA",
    "Fri, 08 Mar 2019 24:00:00 +0700",
)
UNUSABLE = (
    "",
    "   ",
    "hôm nào đó",
    "2019",
    "7",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "01/01/0001 00:00:00",
    "0000-00-00 00:00:00",
    "30/12/1899",
    "31/02/2019 10:00",
    "09/03/2019 25:10",
    "Sun, 09 Mar 2042 15:04:05 +0700",
    "99999999999999999999",
    "9" * 5000,
)


def utc(text: str, **how: object) -> datetime | None:
    return parse_date(text, zone=str(how.get("zone", ZONE)), now=NOW)


@pytest.mark.parametrize("text", TO_THE_SECOND)
def test_a_moment_to_the_second(text: str) -> None:
    assert utc(text) == datetime(2019, 3, 9, 8, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", TO_THE_MINUTE)
def test_a_moment_to_the_minute(text: str) -> None:
    assert utc(text) == datetime(2019, 3, 9, 8, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", MIDNIGHT)
def test_a_date_without_time_is_midnight_in_the_sources_zone(text: str) -> None:
    assert utc(text) == datetime(2019, 3, 8, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", UNUSABLE)
def test_an_implausible_date_is_none(text: str) -> None:
    assert utc(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:30 - 24/9", datetime(2026, 9, 24, 1, 30, tzinfo=UTC)),
        ("24/9 | 08:30", datetime(2026, 9, 24, 1, 30, tzinfo=UTC)),
        ("ngày 24 tháng 9", datetime(2026, 9, 23, 17, tzinfo=UTC)),
        ("Thứ Năm, 24-9", datetime(2026, 9, 23, 17, tzinfo=UTC)),
        ("24/12", datetime(2025, 12, 23, 17, tzinfo=UTC)),
        ("30/2", None),
    ],
)
def test_a_date_without_a_year_is_the_latest_such_day(text: str, expected: datetime | None) -> None:
    assert utc(text) == expected


@pytest.mark.parametrize(
    ("written", "noted"),
    [
        ("15:04 XYZ", True),
        ("15:04 Asia/Hanoi_City", True),
        ("15:04 VNT", False),
        ("15:04 +7", False),
        ("15:04 +0700 [Asia/Ho_Chi_Minh]", False),
        ("15:04Asia/Ho_Chi_Minh", False),
        ("15:04", False),
    ],
)
def test_a_zone_that_is_not_known_is_noted(written: str, noted: bool) -> None:
    entry = reading(rss(f"<item><title>Tin</title><pubDate>Sat, 09 Mar 2019 {written}</pubDate></item>")).entries[0]
    assert entry.published == datetime(2019, 3, 9, 8, 4, tzinfo=UTC)
    assert any("múi giờ" in note for note in entry.notes) is noted


def test_the_day_comes_before_the_month_if_possible() -> None:
    assert utc("05/06/2019") == datetime(2019, 6, 4, 17, 0, tzinfo=UTC)
    assert utc("06/25/2019") == datetime(2019, 6, 24, 17, 0, tzinfo=UTC)


def test_the_zone_is_the_sources_own() -> None:
    assert utc("09/07/2019 12:00", zone="Europe/Berlin") == datetime(2019, 7, 9, 10, 0, tzinfo=UTC)
    assert utc("Tue, 09 Jul 2019 12:00 GMT", zone="Europe/Berlin") == datetime(2019, 7, 9, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("3 giờ trước", timedelta(hours=3)),
        ("12 phút trước", timedelta(minutes=12)),
        ("Một giờ trước", timedelta(hours=1)),
        ("nửa tiếng trước", timedelta(minutes=30)),
        ("cách đây khoảng hai tuần", timedelta(weeks=2)),
        ("1,5 giờ trước", timedelta(minutes=90)),
        ("Vừa xong", timedelta()),
    ],
)
def test_times_relative_to_now(text: str, ago: timedelta) -> None:
    assert utc(text) == NOW - ago


@pytest.mark.parametrize(
    ("text", "days", "hour"), [("hôm kia", 2, 0), ("Hôm kia, 21:30", 2, 21), ("12 giờ trưa hôm kia", 2, 12)]
)
def test_the_day_before_yesterday(text: str, days: int, hour: int) -> None:
    found = utc(text)
    assert found is not None
    here = found.astimezone(ZoneInfo(ZONE))
    assert (NOW.astimezone(ZoneInfo(ZONE)).date() - here.date(), here.hour) == (timedelta(days=days), hour)


@pytest.mark.parametrize(
    ("text", "clock"), [("12 giờ trưa", 12), ("1 giờ trưa", 13), ("10 giờ đêm", 22), ("12h đêm", 0)]
)
def test_the_half_of_the_day_in_words(text: str, clock: int) -> None:
    found = utc(f"09/03/2019, {text}")
    assert found == datetime(2019, 3, 9, clock, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def test_up_to_a_day_ahead_is_accepted_and_more_is_no_date() -> None:
    assert utc((NOW + timedelta(hours=20)).isoformat()) == NOW + timedelta(hours=20)
    assert utc((NOW + timedelta(hours=25)).isoformat()) is None


@given(st.datetimes(datetime(2000, 1, 2), datetime(2026, 9, 1)))  # noqa: DTZ001 - wall times of the source
def test_dates_in_the_formats_of_portals_are_read_back(wall: datetime) -> None:
    wall = wall.replace(microsecond=0)
    iso = utc(wall.isoformat())
    assert iso is not None
    assert utc(wall.strftime("%d/%m/%Y %H:%M:%S")) == iso
    half = (
        f"{wall.day}/{wall.month}/{wall.year} {wall.hour % 12 or 12}:{wall:%M:%S} {'SA' if wall.hour < 12 else 'CH'}"
    )
    assert utc(half) == iso


@given(st.text(max_size=60) | st.from_regex(r"[\d/:. ,+-]{1,40}", fullmatch=True))
def test_no_text_makes_it_raise(text: str) -> None:
    found = utc(text)
    assert found is None or (found.tzinfo is UTC and found <= NOW + timedelta(days=1))


def test_an_entry_without_a_usable_date_is_kept_and_noted() -> None:
    entry = reading(rss("<item><title>Tin</title><pubDate>31/02/2019</pubDate></item>")).entries[0]
    assert entry.published is None
    assert any("31/02/2019" in note for note in entry.notes)


def test_a_date_with_words_that_are_not_known_is_in_the_sources_zone_and_noted() -> None:
    feed = rss("<item><title>Tin</title><pubDate>2019-03-09T15:04:05 Công báo Chính phủ</pubDate></item>")
    entry = reading(feed).entries[0]
    assert entry.published == datetime(2019, 3, 9, 8, 4, 5, tzinfo=UTC)
    assert any("lối lạ" in note for note in entry.notes)


def test_a_date_that_only_feedparser_knows_is_taken_from_it() -> None:
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>Tin</title><updated>2019-03</updated></entry></feed>'
    assert reading(atom).entries[0].published == datetime(2019, 3, 1, tzinfo=UTC)
