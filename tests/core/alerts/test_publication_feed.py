"""The Atom feed of an area: one entry a document with one link, none without alerts, renewed every five minutes."""

from __future__ import annotations

from dataclasses import replace

from feeds.formats.cap.document import CapIndex
from feeds.formats.cap.reader import read_cap
from server.core.alerts.publication_document import urn
from server.core.alerts.publication_feed import RENEWED, FeedHead, atom, document_path, title_of
from tests.cast import MINUTE, NOW
from tests.core.alerts.publishing import ZONE, Press, live

BASE = "https://bangtin.example.vn"
HEAD = FeedHead("tinh", "Tỉnh Hưng Yên & biển", BASE, ZONE)


def read(body: bytes) -> CapIndex:
    return read_cap(body, address=f"{BASE}/areas/tinh/alerts.atom")


def test_an_entry_leads_to_its_document() -> None:
    press = Press()
    press.run([live(1), live(2)], NOW)
    first, second = press.documents
    body = atom(HEAD, (second, first), NOW)
    found = read(body)
    assert [link.address for link in found.entries] == [
        f"{BASE}{document_path(one.identifier)}" for one in (second, first)
    ]
    assert [link.updated for link in found.entries] == [second.sent, first.sent]
    assert (found.notes, found.alerts, found.cut) == ((), (), False)
    assert f"<id>{urn(first.identifier)}</id>".encode() in body
    assert body.count(b"application/cap+xml") == 2


def test_without_alerts_there_is_no_entry() -> None:
    assert read(atom(HEAD, (), NOW)) == CapIndex()


def test_the_feed_is_renewed_every_five_minutes_and_between_is_the_same() -> None:
    start = NOW
    assert atom(HEAD, (), start) == atom(HEAD, (), start + RENEWED - MINUTE)
    assert atom(HEAD, (), start) != atom(HEAD, (), start + RENEWED)
    assert b"<updated>2026-03-09T07:30:00+07:00</updated>" in atom(HEAD, (), start + 4 * MINUTE)


def test_a_document_that_is_newer_renews_the_feed_too() -> None:
    press = Press()
    press.run([live()], NOW + MINUTE)
    assert b"<updated>2026-03-09T07:31:00+07:00</updated>" in atom(HEAD, press.documents, NOW + 2 * MINUTE)


def test_the_title_of_an_entry_says_what_is_over_and_what_is_an_exercise() -> None:
    press = Press()
    press.run([live(exercise=True)], NOW)
    press.run([replace(live(exercise=True), state="cleared", ended=NOW)], NOW + MINUTE)
    assert [title_of(one) for one in press.documents] == [
        f"Diễn tập. {live().headline}",
        f"Diễn tập. Đã hết hiệu lực: {live().headline}",
    ]
