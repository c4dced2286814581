"""List pages: the same stories are read from each kind of list that portals use, by given or proposed selectors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds import ParseError, Reading, Selectors, read_bytes
from feeds.clean.dates import dates_in
from feeds.discover.survey import survey_bytes
from feeds.sandbox.isolate import SandboxProcess
from tests.feeds.portals import PORTALS, SIDE, Page, cards, links_with_labels, page
from tests.feeds.stories import NOW, STORIES

ADDRESS = "https://xa.example.invalid/tin-tuc/danh-sach.aspx"
ZONE = "Asia/Ho_Chi_Minh"


def reading(markup: str, selectors: Selectors, address: str = ADDRESS) -> Reading:
    return read_bytes(markup.encode(), address=address, now=NOW, page=selectors)


@pytest.mark.parametrize("portal", PORTALS, ids=lambda made: made.__name__)
def test_a_page_without_selectors_gives_its_news_and_nothing_else(portal: Page) -> None:
    got = reading(portal(), Selectors())
    assert [entry.title for entry in got.entries] == [story.title for story in STORIES]
    days = [entry.published.astimezone(UTC).date() for entry in got.entries if entry.published]
    assert len(days) == len(STORIES)
    assert all(entry.link.startswith("https://xa.example.invalid/") for entry in got.entries)
    assert got.selectors is not None
    assert reading(portal(), got.selectors).entries == got.entries


def test_every_field_by_its_selector() -> None:
    selectors = Selectors(
        item="div.news-item", title="h3", link="h3 a", date=".date", picture="img", summary=".sapo", next=".page-next"
    )
    got = reading(cards(), selectors)
    first = got.entries[0]
    assert (first.title, first.summary) == (STORIES[0].title, STORIES[0].text)
    assert first.published == datetime(2026, 9, 25, 1, 15, tzinfo=UTC)
    assert (first.image, first.image_alt) == ("https://xa.example.invalid/anh/0.jpg", "Ảnh 0")
    assert first.id == first.link == "https://xa.example.invalid/tin/0.html"
    assert (got.next, got.title) == ("https://xa.example.invalid/tin-tuc/danh-sach.aspx?p=2", "Xã Đông Hải")


def test_fields_without_selectors_are_found() -> None:
    got = reading(cards(), Selectors(item="div.news-item"))
    assert [(entry.title, entry.image_alt) for entry in got.entries] == [
        (story.title, f"Ảnh {n}") for n, story in enumerate(STORIES)
    ]


def test_a_shortened_title_is_replaced_by_its_attribute() -> None:
    got = reading(links_with_labels(), Selectors(item=".list-news > li", date="label"))
    assert [entry.title for entry in got.entries] == [story.title for story in STORIES]


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("3 giờ trước", NOW - timedelta(hours=3)),
        ("Vừa xong", NOW),
        ("Hôm qua, 9:15", datetime(2026, 9, 27, 2, 15, tzinfo=UTC)),
        ("21:30 hôm kia", datetime(2026, 9, 26, 14, 30, tzinfo=UTC)),
        ("Vụ việc xảy ra 3 ngày trước ở chợ", None),
    ],
)
def test_a_time_relative_to_now_that_stands_alone_is_the_date(written: str, published: datetime | None) -> None:
    items = "".join(f'<li><a href="/{n}">Tin số {n}</a> <span class="when">{written}</span></li>' for n in range(2))
    got = reading(f"<ul>{items}</ul>", Selectors(item="li"))
    assert [entry.published for entry in got.entries] == [published] * 2


def test_a_date_in_the_title_is_not_the_day_of_the_news() -> None:
    got = reading(page('<p class="t"><a href="/1">Lịch tiếp công dân ngày 15/09/2026</a></p>'), Selectors(item=".t"))
    assert got.entries[0].published is None


@pytest.mark.parametrize("name", ["item", "title", "date", "next"])
def test_an_invalid_selector_is_named(name: str) -> None:
    with pytest.raises(ParseError, match=name) as caught:
        Selectors(**{"item": "li", name: "li ["}).check()
    assert caught.value.code == "selector"


def test_a_page_that_changed_its_layout_is_an_error() -> None:
    with pytest.raises(ParseError) as caught:
        reading(cards(), Selectors(item="div.tin-cu"))
    assert caught.value.code == "no-items"


@pytest.mark.parametrize(
    ("markup", "code"),
    [
        ("", "empty"),
        ('<script>document.cookie="D1N=1";location.reload()</script>', "bot-wall"),
        (page().replace(SIDE, ""), "no-list"),
    ],
)
def test_a_page_without_news_is_an_error(markup: str, code: str) -> None:
    with pytest.raises(ParseError) as caught:
        reading(markup, Selectors())
    assert caught.value.code == code


def test_a_page_is_not_read_as_a_feed() -> None:
    with pytest.raises(ParseError) as caught:
        read_bytes(cards().encode(), address=ADDRESS, now=NOW)
    assert caught.value.code == "html-page"


def test_scripts_in_a_list_are_removed() -> None:
    evil = (
        '<li class="t"><a href="javascript:alert(1)" title="<script>x</script>">Tin <script>x()</script>lành</a></li>'
    )
    got = reading(page(evil), Selectors(item=".t"))
    assert [(entry.title, entry.link) for entry in got.entries] == [("Tin lành", "")]


def test_a_page_offers_its_feeds_before_its_lists() -> None:
    head = '<link rel="alternate" type="application/rss+xml" title="Tin mới" href="/rss/tin.xml"><link href="/i">'
    body = page('<a href="/rss/home.aspx">RSS</a><a href="/gioi-thieu">Giới thiệu</a>', head=head)
    got = survey_bytes(body.encode(), address=ADDRESS, zone=ZONE, now=NOW)
    assert [(link.title, link.address) for link in got.feeds] == [
        ("Tin mới", "https://xa.example.invalid/rss/tin.xml"),
        ("RSS", "https://xa.example.invalid/rss/home.aspx"),
    ]


def test_the_child_reads_pages_and_surveys_them_as_this_process_does() -> None:
    body = cards().encode()
    selectors = Selectors(item="div.news-item", date=".date")
    sandbox = SandboxProcess()
    assert sandbox.read(body, address=ADDRESS, now=NOW, page=selectors) == reading(cards(), selectors)
    here = survey_bytes(body, address=ADDRESS, zone=ZONE, now=NOW)
    assert sandbox.survey(body, address=ADDRESS, now=NOW) == here
    sandbox.close()
    assert [entry.title for entry in here.lists[0].entries] == [story.title for story in STORIES]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ngày đăng: 15/09/2026 | 08:30 - Lượt xem: 12", "15/09/2026 | 08:30"),
        ("08:30 ngày 15-09-2026", "08:30 ngày 15-09-2026"),
        ("15 Tháng 9, 2026", "15 Tháng 9, 2026"),
        ("Số 12/2026/QĐ-UBND", ""),
        ("2026-09-15T08:30:00", "2026-09-15T08:30:00"),
    ],
)
def test_dates_are_seen_within_a_line(text: str, found: str) -> None:
    assert next(dates_in(text), "") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Đăng 08:30 24/9 bởi Tin xã", "08:30 24/9"),
        ("24/9 | 8h30 - Lượt xem: 9", "24/9 | 8h30"),
        ("(24/9) Họp thôn", "24/9"),
        ("Văn bản 12/9 còn hiệu lực", ""),
    ],
)
def test_a_date_without_a_year_counts_beside_a_time_or_in_brackets(text: str, found: str) -> None:
    assert next(dates_in(text), "") == found
