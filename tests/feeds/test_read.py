"""Every feed format is read; each item gets its own identity and its picture; a source may also be a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds import FeedError, FetchPolicy, read
from feeds.limits import MAX_BYTES
from tests.feeds.stories import ADDRESS, NOW, STORIES, item, one, reading, refusal, rss, sample_feed


def test_a_feed_is_read_whole() -> None:
    got = reading(sample_feed())
    assert (got.title, got.link, got.language) == (
        "Trang tin điện tử xã Đông Hải",
        "https://xa.example.invalid/",
        "vi",
    )
    first = got.entries[0]
    assert (first.id, first.title, first.summary) == ("xa-0", STORIES[0].title, STORIES[0].text)
    assert (first.link, first.published) == ("https://xa.example.invalid/tin/0.html", STORIES[0].published)
    assert (first.image, first.table, first.notes) == (None, (), ())


def test_atom_links_to_the_html_page() -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi"><title>Tin</title><entry><id>tag:a,1</id>
      <title type="html">Một &amp;amp; hai</title>
      <link rel="alternate" type="text/gemini" href="gemini://a.vn/1"/>
      <link rel="enclosure" type="image/jpeg" href="/anh.jpg"/>
      <link rel="alternate" type="text/html" href="https://a.vn/1"/>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Nội <b>dung</b></p></div></content>
      <published>2026-09-25T08:00:00+07:00</published></entry></feed>"""
    entry = reading(atom).entries[0]
    assert (entry.id, entry.title, entry.link) == ("tag:a,1", "Một & hai", "https://a.vn/1")
    assert (entry.summary, entry.language) == ("Nội dung", "vi")
    assert entry.image == "https://xa.example.invalid/anh.jpg"


def test_rdf_is_read() -> None:
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Tin</title></channel>
      <item rdf:about="https://a.vn/1"><title>Một</title><link>https://a.vn/1</link>
      <dc:date>2026-09-25T08:00:00+07:00</dc:date></item></rdf:RDF>"""
    entry = reading(rdf).entries[0]
    assert (entry.title, entry.published) == ("Một", datetime(2026, 9, 25, 1, tzinfo=UTC))


def test_a_feed_of_no_known_version_is_read_for_its_items() -> None:
    cdf = '<channel href="https://a.vn/"><title>Tin</title><item href="https://a.vn/1"><title>Một</title></item></channel>'
    assert [(e.title, e.link) for e in reading(cdf).entries] == [("Một", "https://a.vn/1")]


def test_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Tin <xã>",
        "home_page_url": "https://a.vn/",
        "items": [
            {"id": 7, "url": "/1", "title": "1 < 2", "content_html": "<p>Một</p><p>Hai</p>", "image": "a.jpg",
             "date_published": "2026-09-25T08:00:00+07:00"},
            {"id": "8", "content_text": "a <b> c\n\nd", "attachments": [{"url": "b.png", "mime_type": "image/png"}]},
            "no item",
        ],
    }  # fmt: skip
    got = reading("\ufeff" + json.dumps(feed))
    first, second = got.entries
    assert (got.title, first.id, first.title, first.summary) == ("Tin <xã>", "7", "1 < 2", "Một\nHai")
    assert (first.link, first.image) == ("https://xa.example.invalid/1", "https://xa.example.invalid/rss/a.jpg")
    assert (second.image, second.notes) == (
        "https://xa.example.invalid/rss/b.png",
        ("không có tiêu đề, lấy từ nội dung",),
    )


@pytest.mark.parametrize("text", ["{", '{"version": 1}', '{"items": []}', '{"a":' * 3000, "[1, 2]"])
def test_json_that_is_no_feed_is_refused(text: str) -> None:
    assert refusal(text).code in ("broken", "not-a-feed")


def test_identity_is_guid_else_link_else_title_and_day() -> None:
    day = "<pubDate>Fri, 25 Sep 2026 23:30:00 GMT</pubDate>"
    ids = [
        reading(rss(f"<item><title>Tin</title>{rest}</item>")).entries[0].id
        for rest in (
            "<guid>g-1</guid><link>https://a.vn/1</link>",
            "<link>http://a.vn/1?utm_source=rss</link>",
            day,
            "",
        )
    ]
    assert ids == ["g-1", "https://a.vn/1", "Tin | 2026-09-26", "Tin"]


def test_a_leap_day_that_does_not_exist_costs_the_item_its_date_and_nothing_else() -> None:
    thai = "<item><title>Tin</title><pubDate>Mon, 29 Feb 2568 10:00:00 +0700</pubDate></item>"
    other = "<item><title>Khác</title><pubDate>Fri, 25 Sep 2026 10:00:00 +0700</pubDate></item>"
    assert [(entry.title, entry.published is None) for entry in reading(rss(thai, other)).entries] == [
        ("Tin", True),
        ("Khác", False),
    ]


def test_a_link_that_items_share_identifies_none_of_them() -> None:
    link = "<link>https://do-mua.vn/luong-mua</link>"
    at = "<pubDate>Fri, 25 Sep 2026 {}:00:00 +0700</pubDate>"
    rain = [f"<item><title>Mưa đến {hour} giờ</title>{link}{at.format(hour)}</item>" for hour in ("07", "13")]
    alike = [f"<item><title>Lượng mưa</title>{link}{at.format(hour)}</item>" for hour in ("08", "14")]
    entries = reading(rss(*rain, *alike)).entries
    assert len({entry.id for entry in entries}) == 4
    assert {entry.link for entry in entries} == {"https://do-mua.vn/luong-mua"}
    again = reading(rss(*reversed(alike), *rain)).entries
    assert {entry.id for entry in again} == {entry.id for entry in entries}


def test_items_that_nothing_tells_apart_are_noted() -> None:
    link = "<link>https://do-mua.vn/luong-mua</link>"
    texts = [f"<item><title>Lượng mưa</title>{link}<description>{mm} mm</description></item>" for mm in (12, 40)]
    found = reading(rss(*texts))
    assert [entry.summary for entry in found.entries] == ["12 mm"]
    assert any("trùng định danh" in note for note in found.notes)


def test_a_guid_that_all_items_share_is_ignored() -> None:
    same = "<guid isPermaLink='false'>0</guid>"
    got = reading(rss(*(f"<item><title>Tin {n}</title><link>https://a.vn/{n}</link>{same}</item>" for n in "123")))
    assert [entry.id for entry in got.entries] == ["https://a.vn/1", "https://a.vn/2", "https://a.vn/3"]


def test_an_item_listed_twice_is_one_and_keeps_its_identity() -> None:
    got = reading(rss(item(STORIES[0], 0), item(STORIES[1], 1), item(STORIES[0], 0)))
    assert [entry.id for entry in got.entries] == ["xa-0", "xa-1"]


@pytest.mark.parametrize(
    ("extra", "markup", "image", "alt"),
    [
        ('<enclosure url="/a.jpg" type="image/jpeg" length="1"/>', '<img src="b.jpg">', "/a.jpg", ""),
        ('<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>', "", None, ""),
        ('<media:content url="/s.jpg" medium="image"/><media:content url="/l.jpg" medium="image" width="90"/>',
         "", "/l.jpg", ""),
        ('<media:content url="/v.swf" type="application/x-shockwave-flash"/><media:thumbnail url="/t.jpg"/>',
         "", "/t.jpg", ""),
        ('<media:group><media:content url="/g.png" type="image/png"/></media:group>', "", "/g.png", ""),
        ("", '<p><img alt="Đê &amp; kè" src="/anh 1.jpg?w=1&amp;h=2"></p>', "/anh%201.jpg?w=1&h=2", "Đê & kè"),
        ("", '<img src="/c.gif" width="1" height="1"><img src="/d.jpg">', "/d.jpg", ""),
        ("", '<img src="data:image/gif;base64,R0" data-src="/lazy.jpg">', "/lazy.jpg", ""),
        ("", '<img src="javascript:alert(1)">', None, ""),
    ],
)  # fmt: skip
def test_the_picture_of_an_entry(extra: str, markup: str, image: str | None, alt: str) -> None:
    entry = reading(one(markup, extra=extra)).entries[0]
    assert entry.image == (image and "https://xa.example.invalid" + image)
    assert entry.image_alt == alt


def test_a_file_is_read_with_pictures_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "anh.jpg").touch()
    (tmp_path / "tin.xml").write_text(
        rss(
            "<item><title>Một</title><link>/tin/1</link><media:thumbnail url='anh.jpg'/></item>",
            "<item><title>Hai</title><media:thumbnail url='/anh.jpg'/></item>",
            "<item><title>Ba</title><media:thumbnail url='../../etc/passwd'/></item>",
        )
    )
    first, second, third = read(str(tmp_path / "tin.xml"), now=NOW, policy=FetchPolicy()).entries
    assert (first.image, first.link) == ((tmp_path / "anh.jpg").as_uri(), "https://xa.example.invalid/tin/1")
    assert second.image == "https://xa.example.invalid/anh.jpg"
    assert third.image == "https://xa.example.invalid/etc/passwd"


@pytest.mark.parametrize(
    ("address", "code"), [("/no/such/file.xml", "no-file"), ("ftp://a.vn/rss", "scheme"), ("a\0b", "no-file")]
)
def test_an_address_that_is_neither_http_nor_a_file_is_refused(address: str, code: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(address, now=NOW, policy=FetchPolicy())
    assert caught.value.code == code


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.xml"
    large.write_bytes(b" " * (MAX_BYTES + 1))
    with pytest.raises(FeedError) as caught:
        read(str(large), now=NOW, policy=FetchPolicy())
    assert caught.value.code == "too-large"


def test_the_base_is_the_address_even_with_a_channel_link_elsewhere() -> None:
    feed = rss("<item><title>Tin</title><link>/a</link></item>").replace(
        "https://xa.example.invalid/", "https://khac.vn/"
    )
    assert reading(feed, address=ADDRESS).entries[0].link == "https://xa.example.invalid/a"
