"""Indexes of alerts: feeds, alerts inside them, wrappers and envelopes; the newest first, a cut is told."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from feeds import ParseError
from feeds.formats.cap.detection import looks_like_cap
from feeds.formats.cap.index import MAX_ENTRIES
from feeds.formats.cap.reader import read_alerts
from tests.feeds.formats.cap.documents import ADDRESS, alert, atom, entry, info, one, refusal, rss, utc, whole

FOLDER = "https://canh-bao.example.invalid/cap/"
CAP_LINK = '<link type="application/cap+xml" href="a.cap"/>'


def addresses(body: str, address: str = ADDRESS) -> list[str]:
    return [link.address for link in whole(body, address=address).entries]


def edxl(*contents: str, status: str = "Actual") -> str:
    return (
        f'<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><distributionStatus>{status}'
        "</distributionStatus>"
        + "".join(
            f"<contentObject><xmlContent><embeddedXMLContent>{one}</embeddedXMLContent></xmlContent></contentObject>"
            for one in contents
        )
        + "</EDXLDistribution>"
    )


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ('<link href="b.html" type="text/html"/><link href="c.xml"/>' + CAP_LINK, "a.cap"),
        ('<link href="b.html" type="text/html"/><link href="c.xml"/><link href="d"/>', "c.xml"),
        ('<link href="b.html" type="text/html"/><link href="c.CAP?x=1#y"/>', "c.CAP?x=1#y"),
        ('<link href="b.html" type="text/html"/><link href="d"/>', "d"),
        ('<link href="b" type="application/xml"/><link href="c"/>', "b"),
        ('<link rel="edit" href="c.xml"/><link href="d"/>', "d"),
        ('<link href="d"/>', "d"),
        ('<link rel="related" type="application/common-alerting-protocol+xml" href="z"/><link href="c.xml"/>', "z"),
        ('<content type="application/cap+xml" src="s"/><link href="c.xml"/>', "s"),
        ('<link href="//canh-bao.example.invalid/cap/g.xml"/>', "g.xml"),
        ('<link href=" /cap/a b.xml "/>', "a%20b.xml"),
    ],
)
def test_the_link_of_an_entry(links: str, found: str) -> None:
    assert addresses(atom(entry(links))) == [FOLDER + found]


def test_an_entry_that_only_leads_to_a_web_page_is_told() -> None:
    got = whole(atom(entry('<link href="b.html" type="text/html"/>')))
    assert [link.address for link in got.entries] == [f"{FOLDER}b.html"]
    assert got.notes == ("Có mục chỉ dẫn tới trang web, không dẫn tới cảnh báo CAP.",)


def test_entries_that_lead_nowhere_are_told() -> None:
    got = whole(
        atom(entry("<link/>"), entry('<link href="javascript:alert(1)"/>'), entry('<link href="ftp://a/b"/>'))
    )
    assert (got.entries, got.notes) == ((), ("Có mục không có liên kết dùng được.",))


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ("<item><link>a.xml</link></item>", "a.xml"),
        ('<item><link>x.html</link><enclosure url="a" type="application/cap+xml"/></item>', "a"),
        ('<item><guid isPermaLink="false">urn:x</guid><link>a</link></item>', "a"),
        ("<item><guid>https://canh-bao.example.invalid/cap/g.xml</guid></item>", "g.xml"),
        ("<item><guid>https://canh-bao.example.invalid/cap/g</guid><link>a</link></item>", "a"),
    ],
)
def test_the_link_of_an_item(item: str, found: str) -> None:
    assert addresses(rss(item)) == [FOLDER + found]


def test_rdf_is_read_too() -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel/><item rdf:about="x"><link>a.cap</link></item></rdf:RDF>'
    )
    assert addresses(body) == [f"{FOLDER}a.cap"]


def test_a_base_in_the_document_counts() -> None:
    inside = entry('<link href="a.cap"/>').replace("<entry>", '<entry xml:base="nay/">')
    body = atom(inside).replace("<feed ", '<feed xml:base="https://b.example/kho/" ')
    assert addresses(body) == ["https://b.example/kho/nay/a.cap"]


def test_links_of_a_file_lead_to_files_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a.cap").write_text(alert())
    links = '<link href="a.cap"/>', '<link href="../a.cap"/>', '<link href="https://b.example/b.cap"/>'
    found = addresses(atom(*map(entry, links)), str(tmp_path / "danh-muc.xml"))
    assert found == [(tmp_path / "a.cap").as_uri(), "https://b.example/b.cap"]


def test_entries_come_the_newest_first_and_those_without_a_time_last() -> None:
    body = atom(
        entry('<link href="1.cap"/>', updated=""),
        entry('<link href="2.cap"/>', updated="2026-08-25T16:00:00+07:00", title="Bão &amp;amp; lũ"),
        entry('<link href="3.cap"/>', updated="2026-08-25T10:00:00Z"),
        entry('<link href="2.cap"/>', updated="2026-08-24T16:00:00+07:00"),
    )
    got = whole(body)
    assert [link.address.removeprefix(FOLDER) for link in got.entries] == ["3.cap", "2.cap", "1.cap"]
    assert [link.updated for link in got.entries] == [utc(25, 10), utc(25, 9), None]
    assert got.entries[1].title == "Bão & lũ"
    assert (got.cut, got.alerts, got.notes) == (False, (), ())


def test_times_of_items_as_rss_writes_them() -> None:
    got = whole(rss("<item><link>a.cap</link><pubDate>Tue, 25 Aug 2026 16:00:00 +0700</pubDate></item>"))
    assert got.entries[0].updated == utc(25, 9)


def test_a_fingerprint_changes_when_anything_in_the_entry_does() -> None:
    before, after, other = (
        whole(atom(entry(CAP_LINK, updated=updated, inside=inside), entry('<link href="b.cap"/>'))).entries
        for updated, inside in (
            ("2026-08-25T17:00:00Z", ""),
            ("2026-08-25T17:00:01Z", ""),
            ("2026-08-25T17:00:00Z", "<a/>"),
        )
    )
    assert len({before[0].fingerprint, after[0].fingerprint, other[0].fingerprint}) == 3
    assert before[1].fingerprint == after[1].fingerprint
    assert len(before[0].fingerprint) == 16


def test_very_many_entries_are_cut_to_the_newest_and_told() -> None:
    many = [entry(f'<link href="{n}.cap"/>', updated=f"2026-08-25T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z")
            for n in range(MAX_ENTRIES + 1)]  # fmt: skip
    got = whole(atom(*many))
    assert (len(got.entries), got.cut) == (MAX_ENTRIES, True)
    assert got.entries[0].address == f"{FOLDER}{MAX_ENTRIES}.cap"
    assert f"{FOLDER}0.cap" not in {link.address for link in got.entries}
    assert got.notes == ("Danh mục có 1001 mục; chỉ lấy 1000 mục mới nhất.",)
    assert not whole(atom(*many[1:])).cut


@pytest.mark.parametrize("body", [atom(), rss(), "<alerts/>", edxl()])
def test_an_index_without_alerts_is_a_good_answer(body: str) -> None:
    got = whole(body)
    assert (got.entries, got.alerts, got.cut) == ((), (), False)


@pytest.mark.parametrize("body", [atom(entry(CAP_LINK)), atom(), rss(), "<alerts/>"])
def test_an_index_without_an_alert_in_it_is_no_document(body: str) -> None:
    with pytest.raises(ParseError) as caught:
        read_alerts(body.encode(), address=ADDRESS)
    assert caught.value.code == "not-cap"


HALF = "<content>&lt;alert>&lt;identifier>hong</content>"


@pytest.mark.parametrize("body", [atom(entry("", inside=HALF)), f"<alerts>{HALF}</alerts>", f"<x>{HALF}</x>"])
def test_a_document_whose_only_alert_is_damaged_is_not_one_without_an_alert(body: str) -> None:
    with pytest.raises(ParseError) as caught:
        read_alerts(body.encode(), address=ADDRESS)
    assert caught.value.code == "broken"


def test_a_feed_that_is_cut_off_is_refused() -> None:
    body = atom(entry(CAP_LINK), entry(CAP_LINK))
    assert refusal(body[:-7]) == "broken"
    assert refusal(body[: len(body) // 2]) == "broken"


SECOND = alert(changes={"identifier": "vn-2", "sent": "2026-08-25T17:00:00+07:00"})


@pytest.mark.parametrize(
    "body",
    [
        atom(
            entry(CAP_LINK, inside=f'<content type="application/cap+xml">{alert()}</content>'),
            entry("", inside=SECOND),
        ),
        atom(*(entry(CAP_LINK, inside=f"<content>{escape(text)}</content>") for text in (alert(), SECOND))),
        rss(
            *(
                f"<item><link>a</link><description><![CDATA[{text}]]></description></item>"
                for text in (alert(), SECOND)
            )
        ),
        f"<alerts>{alert()}{SECOND}</alerts>",
        f'<alerts xmlns="urn:x">{alert()}{SECOND}</alerts>',
        edxl(alert(), SECOND),
        edxl(SECOND + alert()),
        f'<soap:Envelope xmlns:soap="urn:soap"><soap:Body>{alert()}{SECOND}</soap:Body></soap:Envelope>',
    ],
)
def test_alerts_inside_another_document(body: str) -> None:
    got = whole(body)
    assert [(one.identifier, one.infos[0].event, one.draft_only) for one in got.alerts] == [
        ("vn-2", "Bão", False),
        ("vn-1", "Bão", False),
    ]
    assert got.entries == ()


CUT = "Có cảnh báo nhúng trong tài liệu bị hỏng nên không đọc được."


@pytest.mark.parametrize(
    "body",
    [
        atom(entry("", inside=f"<content>{escape(alert()[:-9])}</content>"), entry(CAP_LINK)),
        rss(f"<item><link>a.cap</link><description>{escape(alert().replace('</info>', ''))}</description></item>"),
        edxl(f"<content>{escape(alert()[:300])}</content>"),
        edxl(f"<content>{escape(alert())}</content><content>{escape(alert()[:300])}</content>"),
    ],
)
def test_an_alert_inside_that_is_damaged_is_told_and_counts_as_a_cut(body: str) -> None:
    got = whole(body)
    assert got.cut
    assert CUT in got.notes


def test_an_entry_whose_alert_is_damaged_is_followed_by_its_link() -> None:
    got = whole(atom(entry(CAP_LINK, inside=f"<content>{escape(alert()[:-9])}</content>")))
    assert [link.address for link in got.entries] == [f"{FOLDER}a.cap"]


@pytest.mark.parametrize(
    "words", ["<p>Bản tin alert<br>số 9", '<div class="alert">Bão', "alert <b>", "Mưa <alert", "<alerting/>", ""]
)
def test_a_description_that_is_no_alert_is_no_damage(words: str) -> None:
    got = whole(rss(f"<item><link>a.cap</link><description>{escape(words)}</description></item>"))
    assert (got.cut, len(got.entries)) == (False, 1)
    assert CUT not in got.notes


def test_what_was_lost_from_an_alert_inside_makes_a_draft_as_it_does_outside() -> None:
    odd = alert(info("<headline>Bão &la;</headline>"))
    assert one(odd).draft_only
    (got,) = whole(atom(entry("", inside=f"<content>{escape(odd)}</content>"))).alerts
    assert (got.draft_only, got.notes) == (True, one(odd).notes)
    declared = f'<?xml version="1.0" encoding="utf-16"?>{alert()}'
    (got,) = whole(atom(entry("", inside=f"<content>{escape(declared)}</content>"))).alerts
    assert (got.draft_only, got.notes) == (False, ())


def test_links_and_alerts_may_stand_in_one_feed() -> None:
    got = whole(atom(entry('<link href="b.cap"/>'), entry(CAP_LINK, inside=alert())))
    assert [link.address for link in got.entries] == [f"{FOLDER}b.cap"]
    assert [one.identifier for one in got.alerts] == ["vn-1"]


@pytest.mark.parametrize("status", ["Exercise", "Test", "System"])
def test_an_envelope_that_is_not_real_makes_drafts(status: str) -> None:
    (got,) = whole(edxl(alert(), status=status)).alerts
    assert (got.status, got.draft_only) == ("Actual", True)
    assert got.notes == ("Gói EDXL ghi rằng nội dung không phải là cảnh báo thật.",)


def test_very_many_alerts_in_one_document_are_cut_and_told() -> None:
    got = whole(f"<alerts>{'<alert/>' * (MAX_ENTRIES + 1)}</alerts>")
    assert (len(got.alerts), got.cut) == (MAX_ENTRIES, True)
    assert got.notes == ("Tài liệu có hơn 1000 cảnh báo; chỉ đọc 1000 cảnh báo đầu.",)


def test_very_many_alerts_inside_a_feed_are_cut_and_told() -> None:
    got = whole(atom(entry("", inside=f"<content>{'<alert/>' * (MAX_ENTRIES + 1)}</content>")))
    assert (len(got.alerts), got.cut) == (MAX_ENTRIES, True)
    halves = [entry("", inside=f"<content>{'<alert/>' * (MAX_ENTRIES // 2)}</content>")] * 2
    assert not whole(atom(*halves)).cut
    assert whole(atom(*halves, entry("", inside=alert()))).cut


PAGE = '<html><head><link type="application/cap+xml" href="a.cap"/></head><body><a href="a.cap">CAP</a></body></html>'


@pytest.mark.parametrize(
    "body",
    [
        alert(),
        f'<?xml version="1.0"?><!-- <html> --><?a b?>{alert()}',
        f"<!DOCTYPE alert>{alert()}",
        alert().replace("<alert", "<cap:alert"),
        atom(entry(CAP_LINK)),
        edxl(),
        rss("<item><link>a.cap</link></item>"),
        rss(f"<item><link>a.cap</link><description>{escape(PAGE)}</description></item>"),
    ],
)
def test_alerts_and_indexes_look_like_cap(body: str) -> None:
    assert looks_like_cap(body.encode())
    assert looks_like_cap(body.encode("utf-16"))


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        f"<!DOCTYPE html><!-- a -->{PAGE}",
        f'<!-- a --> <!doctype HTML PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">{PAGE}',
        f'<?xml version="1.0"?>{PAGE}',
        f"<body><pre>{escape(alert())}</pre></body>",
        '<div><a href="a.cap">CAP</a></div>',
        rss("<item><link>tin.html</link></item>"),
        "<html/>",
        "",
    ],
)
def test_pages_that_lead_to_alerts_and_feeds_of_news_do_not_look_like_cap(body: str) -> None:
    assert not looks_like_cap(body.encode())
    assert not looks_like_cap(body.encode("utf-16"))
