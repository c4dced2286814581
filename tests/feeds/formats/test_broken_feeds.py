"""Broken and hostile feeds are repaired, shortened or refused; entity bombs do no harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds import Reading
from feeds.limits import MAX_BYTES, MAX_ENTRIES
from tests.feeds.stories import STORIES, item, reading, refusal, rss, sample_feed


def test_bare_ampersands_and_forbidden_characters_are_repaired() -> None:
    feed = rss(
        "<item><title>Mưa <10mm & gió</title><link>http:xa.example.invalid/tin?a=1&b=2</link>"
        "<description>cấp 6 \x0b giật&#0; cấp 8 &#xD800;&#x1F;biển động</description></item>",
        title="?page=1&copy=2;mode=x &amp; xong",
    )
    got = reading(feed)
    assert (got.title, got.entries[0].title) == ("?page=1&copy=2;mode=x & xong", "Mưa <10mm & gió")
    assert got.entries[0].summary == "cấp 6 giật cấp 8 biển động"
    assert got.entries[0].link == "http://xa.example.invalid/tin?a=1&b=2"


def test_junk_before_the_root_is_skipped() -> None:
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


def test_items_with_lost_letters_and_empty_items_are_dropped_and_noted() -> None:
    lost = "<item><title>Th?ng b?o l?ch ti?p c?ng d?n</title></item>"
    got = reading(rss(lost, "<item></item>", item(STORIES[0], 0)))
    assert [entry.id for entry in got.entries] == ["xa-0"]
    assert len(got.notes) == 2
    assert refusal(rss(lost)).code == "lost-letters"


def test_an_item_that_is_only_a_link_is_kept_and_noted() -> None:
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


def test_ttl_is_limited_and_validated() -> None:
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
def test_a_body_that_is_no_feed_is_an_error(body: bytes, code: str) -> None:
    error = refusal(body)
    assert error.code == code
    assert error.message.endswith(".")


def test_many_sections_that_are_never_closed_are_searched_once() -> None:
    feed = rss(item(STORIES[0], 0), "<item><title>A & B " + "<![CDATA[" * 200_000)
    assert [entry.id for entry in reading(feed).entries] == ["xa-0"]


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


def test_harmless_entities_are_replaced() -> None:
    got = reading(bomb('<!ENTITY xa "Xã &#272;ông Hải">', "<!ENTITY dot '&amp;'>", title="&xa; &dot; &eacute;"))
    assert got.title == "Xã Đông Hải & é"


def test_nothing_is_fetched_for_a_document_type(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("bí mật")
    got = reading(bomb(f'<!ENTITY x SYSTEM "{secret.as_uri()}">', title="Tin &x;"))
    assert "bí mật" not in got.title


def test_ids_stay_the_same_if_a_feed_is_cut_off() -> None:
    guid = "https://xa.example.invalid/?id=7&amp;amp;trang=1"
    once = guid.replace("&amp;amp;", "&amp;")
    item_of = f"<item><title>Mưa</title><guid>{once}</guid></item>"
    whole, cut = reading(rss(item_of)), reading(rss(item_of).removesuffix("</channel></rss>"))
    assert [entry.id for entry in whole.entries] == [entry.id for entry in cut.entries]


def test_the_newest_of_very_many_items_are_read_from_either_end() -> None:
    def item_of(number: int) -> str:
        day, hour = divmod(number, 24)
        return f"<item><title>T{number}</title><pubDate>{1 + day % 28} Jan 2026 {hour:02}:00 GMT</pubDate></item>"

    many = [item_of(n % 600) for n in range(11_000)]
    many[-1] = "<item><title>Mới nhất</title><pubDate>27 Sep 2026 00:00 GMT</pubDate></item>"
    for order in (many, many[::-1]):
        assert "Mới nhất" in [entry.title for entry in reading(rss(*order)).entries]
