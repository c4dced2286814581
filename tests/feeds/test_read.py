"""One source through everything: what is kept, what is dropped, what is refused, and in which words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds import FeedError, FetchPolicy, ParseError, Reading, read
from feeds.limits import MAX_BYTES, MAX_ENTRIES
from tests.feeds.stories import ADDRESS, NOW, STORIES, item, one, reading, rss, sample_feed


def refusal(body: str | bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        reading(body)
    return caught.value


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


# --- formats -------------------------------------------------------------------------------------------------


def test_atom_chooses_the_page_for_people() -> None:
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
    assert (got.title, first.id, first.title, first.summary) == ("Tin", "7", "1 < 2", "Một\nHai")
    assert (first.link, first.image) == ("https://xa.example.invalid/1", "https://xa.example.invalid/rss/a.jpg")
    assert (second.image, second.notes) == (
        "https://xa.example.invalid/rss/b.png",
        ("không có tiêu đề, lấy từ nội dung",),
    )


@pytest.mark.parametrize("text", ["{", '{"version": 1}', '{"items": []}', '{"a":' * 3000, "[1, 2]"])
def test_json_that_is_no_feed_is_refused(text: str) -> None:
    assert refusal(text).code in ("broken", "not-a-feed")


# --- identity ------------------------------------------------------------------------------------------------


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


def test_a_guid_that_all_items_share_is_none() -> None:
    same = "<guid isPermaLink='false'>0</guid>"
    got = reading(rss(*(f"<item><title>Tin {n}</title><link>https://a.vn/{n}</link>{same}</item>" for n in "123")))
    assert [entry.id for entry in got.entries] == ["https://a.vn/1", "https://a.vn/2", "https://a.vn/3"]


def test_an_item_listed_twice_is_one_and_keeps_its_identity() -> None:
    got = reading(rss(item(STORIES[0], 0), item(STORIES[1], 1), item(STORIES[0], 0)))
    assert [entry.id for entry in got.entries] == ["xa-0", "xa-1"]


# --- pictures ------------------------------------------------------------------------------------------------


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


# --- bodies --------------------------------------------------------------------------------------------------


def test_a_table_that_is_the_body_is_kept_as_one() -> None:
    markup = """<p>Mực nước lúc 7 giờ</p><table><tr><th>Trạm</th><th colspan="2">Mực nước</th></tr>
      <tr><td rowspan=2>Bến <b>Đò</b></td><td>3,20 m</td><td>lên</td></tr><tr><td>3,05 m</td></tr></table>"""
    entry = reading(one(markup)).entries[0]
    assert entry.table == (("Trạm", "Mực nước", ""), ("Bến Đò", "3,20 m", "lên"), ("Bến Đò", "3,05 m", ""))
    assert entry.summary == "Mực nước lúc 7 giờ"


def test_a_table_that_lays_out_a_page_is_text() -> None:
    story = STORIES[0].text * 3
    laid = one(f"<table><tr><td>{story}</td></tr></table>")
    beside = one(f"<p>{story}</p><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>")
    assert reading(laid).entries[0].table == ()
    assert reading(beside).entries[0].table == ()
    assert story[:40] in reading(laid).entries[0].summary


def test_sharepoint_fields_are_told_apart() -> None:
    markup = (
        '<div><b>Nội dung:</b> <div class="ExternalClass1"><p>Cannot retrieve the URL specified in the Content Link '
        "property. For more assistance, contact your site administrator.</p><p>Xã đã nạo vét 12 km kênh.</p></div>"
        "</div>\n"
        '<div><b>Ảnh đại diện:</b> <a href="/SiteAssets/anh 1.jpg">/SiteAssets/anh 1.jpg</a></div>\n'
        "<div><b>Ngày đăng:</b> 11/01/2018 9:03 SA</div>"
    )
    entry = reading(one(markup)).entries[0]
    assert entry.summary == "Xã đã nạo vét 12 km kênh."
    assert entry.image == "https://xa.example.invalid/SiteAssets/anh%201.jpg"


def test_a_body_that_is_only_an_error_of_its_system_is_empty_and_noted() -> None:
    entry = reading(one("Web Part Error: A Web Part or Web Form Control on this Page cannot be displayed")).entries[0]
    assert entry.summary == ""
    assert entry.notes


def test_the_summary_is_preferred_and_the_whole_body_stands_in() -> None:
    name_space = "http://purl.org/rss/1.0/modules/content/"
    whole = f"<c:encoded xmlns:c='{name_space}'>&lt;p&gt;Toàn văn&lt;/p&gt;</c:encoded>"
    assert reading(one("Tóm tắt", extra=whole)).entries[0].summary == "Tóm tắt"
    assert reading(one("", extra=whole)).entries[0].summary == "Toàn văn"


def test_a_summary_that_repeats_the_title_is_dropped() -> None:
    assert reading(one("<p>MỘT tin</p>")).entries[0].summary == ""


def test_no_script_is_left_and_no_link_that_is_none() -> None:
    feed = rss(
        "<item><title>Tin nóng&lt;script&gt;alert(1)&lt;/script&gt; hôm nay</title><link>javascript:alert(1)</link>"
        "<description>&lt;img src=x onerror=alert(1)&gt;Nội dung&lt;iframe src='https://a.vn'&gt;&lt;/iframe&gt;</description></item>"
    )
    entry = reading(feed).entries[0]
    assert (entry.title, entry.summary, entry.link) == ("Tin nóng hôm nay", "Nội dung", "")


def test_a_field_without_end_is_cut_at_a_word() -> None:
    entry = reading(one("lời " * 20_000, title="dài " * 400)).entries[0]
    assert len(entry.title) <= 500
    assert entry.title.endswith("dài…")
    assert len(entry.summary) <= 20_000
    assert entry.notes


def test_language_is_what_it_plainly_is() -> None:
    assert reading(sample_feed().replace("<language>vi<", "<language>en-us<")).entries[0].language == "vi"
    english = rss("<item><title>Only plain words</title></item>").replace("<language>vi<", "<language>en_US<")
    assert reading(english).entries[0].language == "en"


# --- what is broken ------------------------------------------------------------------------------------------


def test_bare_signs_and_forbidden_characters_do_no_harm() -> None:
    feed = rss(
        "<item><title>Mưa <10mm & gió</title><link>http:xa.example.invalid/tin?a=1&b=2</link>"
        "<description>cấp 6 \x0b giật&#0; cấp 8 &#xD800;&#x1F;biển động</description></item>",
        title="?page=1&copy=2;mode=x &amp; xong",
    )
    got = reading(feed)
    assert (got.title, got.entries[0].title) == ("?page=1&copy=2;mode=x & xong", "Mưa <10mm & gió")
    assert got.entries[0].summary == "cấp 6 giật cấp 8 biển động"
    assert got.entries[0].link == "http://xa.example.invalid/tin?a=1&b=2"


def test_junk_before_the_root_is_stepped_over() -> None:
    assert len(reading("This XML file does not appear to have any style.\n\n" + sample_feed()).entries) == 3


def test_a_cut_off_item_is_dropped_wherever_the_cut_is() -> None:
    whole = sample_feed()
    third = whole.index("<item>", whole.index("xa-1"))
    for end in range(third + 6, whole.rindex("</item>") + 6, 7):
        got = reading(whole[:end].encode()[: len(whole[:end].encode()) - end % 2])
        assert [entry.id for entry in got.entries] == ["xa-0", "xa-1"]
        assert got.notes


def test_a_feed_cut_after_an_item_keeps_it() -> None:
    whole = sample_feed()
    assert len(reading(whole[: whole.rindex("</item>") + 7]).entries) == 3


def test_items_that_lost_their_letters_or_have_none_are_left_out_and_told() -> None:
    lost = "<item><title>Th?ng b?o l?ch ti?p c?ng d?n</title></item>"
    got = reading(rss(lost, "<item></item>", item(STORIES[0], 0)))
    assert [entry.id for entry in got.entries] == ["xa-0"]
    assert len(got.notes) == 2
    assert refusal(rss(lost)).code == "lost-letters"


def test_an_item_that_is_only_a_link_stays_and_says_so() -> None:
    entry = reading(rss("<item><link>https://a.vn/1</link></item>")).entries[0]
    assert (entry.id, entry.title, entry.link) == ("https://a.vn/1", "(không có tiêu đề)", "https://a.vn/1")
    assert entry.notes


def test_the_newest_are_kept_of_too_many_in_the_sources_order() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    oldest_first = rss(
        *(
            f"<item><title>Tin {n}</title><guid>{n}</guid>"
            f"<pubDate>{start + timedelta(days=n):%d/%m/%Y}</pubDate></item>"
            for n in range(MAX_ENTRIES + 50)
        )
    )
    got = reading(oldest_first)
    assert [entry.id for entry in got.entries] == [str(n) for n in range(50, MAX_ENTRIES + 50)]
    assert got.notes


def test_a_feed_without_items_is_a_reading() -> None:
    assert reading(rss()) == Reading("Trang tin điện tử xã Đông Hải", "https://xa.example.invalid/", "vi", ())


def test_ttl_is_a_span_of_reason() -> None:
    assert reading(rss(extra="<ttl>60</ttl>")).ttl == timedelta(hours=1)
    assert reading(rss(extra="<ttl>99999999</ttl>")).ttl == timedelta(days=7)
    assert reading(rss(extra="<ttl>0</ttl>")).ttl is None
    assert reading(rss(extra="<ttl>soon</ttl>")).ttl is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"chi la chu", "not-a-feed"),
        (b"<config><a/></config>", "not-a-feed"),
        (b"<!DOCTYPE html><html><body><p>Trang</p></body></html>", "html-page"),
        (b'<ul class="list"><li><a href="/1">Tin</a></li></ul>', "html-page"),
        (b'<html><script>document.cookie="D1N=0";window.location.reload(true);</script></html>', "bot-wall"),
        (b"<html><title>Just a moment...</title></html>", "bot-wall"),
        (b" " * (MAX_BYTES + 1), "too-large"),
    ],
)
def test_what_is_no_feed_is_refused_in_plain_words(body: bytes, code: str) -> None:
    error = refusal(body)
    assert error.code == code
    assert error.message.endswith(".")


# --- document types ------------------------------------------------------------------------------------------


def bomb(*entities: str, title: str) -> str:
    return rss(title=title, head=f"<!DOCTYPE rss [{''.join(entities)}]>")


def test_entities_made_of_entities_are_refused() -> None:
    ladder = ['<!ENTITY a "lũ">'] + [
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    ]
    assert refusal(bomb(*ladder, title="&j;")).code == "entity-bomb"
    assert refusal("<!-- <a> -->\n" + bomb(*ladder, title="&j;")).code == "entity-bomb"
    assert refusal(bomb("<!ENTITY a '&a;'>", title="&a;")).code == "entity-bomb"


def test_one_long_entity_used_often_is_refused() -> None:
    assert refusal(bomb(f'<!ENTITY a "{"x" * 50_000}">', title="&a;" * 1000)).code == "entity-bomb"


def test_honest_entities_are_put_in() -> None:
    got = reading(bomb('<!ENTITY xa "Xã &#272;ông Hải">', "<!ENTITY dot '&amp;'>", title="&xa; &dot; &eacute;"))
    assert got.title == "Xã Đông Hải & é"


def test_nothing_is_fetched_for_a_document_type(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("bí mật")
    got = reading(bomb(f'<!ENTITY x SYSTEM "{secret.as_uri()}">', title="Tin &x;"))
    assert "bí mật" not in got.title


# --- files ---------------------------------------------------------------------------------------------------


def test_a_file_is_read_and_its_pictures_stand_beside_it(tmp_path: Path) -> None:
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
def test_what_is_neither_page_nor_file_is_refused(address: str, code: str) -> None:
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


def test_a_feed_that_was_cut_off_names_its_items_as_before() -> None:
    guid = "https://xa.example.invalid/?id=7&amp;amp;trang=1"
    once = guid.replace("&amp;amp;", "&amp;")
    item_of = f"<item><title>Mưa</title><guid>{once}</guid></item>"
    whole, cut = reading(rss(item_of)), reading(rss(item_of).removesuffix("</channel></rss>"))
    assert [entry.id for entry in whole.entries] == [entry.id for entry in cut.entries]


def test_of_a_flood_of_items_the_newest_are_read_whichever_end_they_stand_at() -> None:
    def item_of(number: int) -> str:
        day, hour = divmod(number, 24)
        return f"<item><title>T{number}</title><pubDate>{1 + day % 28} Jan 2026 {hour:02}:00 GMT</pubDate></item>"

    many = [item_of(n % 600) for n in range(11_000)]
    many[-1] = "<item><title>Mới nhất</title><pubDate>27 Sep 2026 00:00 GMT</pubDate></item>"
    for order in (many, many[::-1]):
        assert "Mới nhất" in [entry.title for entry in reading(rss(*order)).entries]
