"""The feed and the documents of alerts: who gets what, how long it may be kept, and when it is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from feeds.formats.cap.document import CapIndex
from feeds.formats.cap.reader import read_cap
from server.core.model import Notice
from server.setup.config import Config
from server.store.boards import boards, panics
from server.store.notices import notices
from server.worker.publication.publisher import AlertPublisher
from tests import cast
from tests.cast import BOARDS, EDITOR, HOUR, NOW
from tests.desk.office import Office

URL = "http://localhost"
LAN = EDITOR.slug


@pytest.fixture
def public(office: Office) -> Office:
    """The office with a public address, which is the one that the tests' requests have."""
    office.config = configured()
    return office


def configured(**sections: dict[str, object]) -> Config:
    return Config.model_validate({"server": {"public_url": URL}, "people": {"second_factor": False}, **sections})


def post(office: Office, **changes: Any) -> Notice:
    return notices.post(office.db, replace(cast.notice(), **changes), actor=LAN, now=office.now)


def publish(office: Office) -> None:
    AlertPublisher(office.db, office.config, office.folder, office.clock).tick()


def feed(office: Office, slug: str = "tinh", **more: Any) -> TestResponse:
    return office.browser().get(f"/areas/{slug}/alerts.atom", **more)


def index(office: Office, slug: str = "tinh") -> CapIndex:
    answer = feed(office, slug)
    assert answer.status_code == 200, answer.text
    return read_cap(answer.data, address=f"{URL}/areas/{slug}/alerts.atom", content_type=answer.content_type)


def test_an_area_names_what_is_addressed_to_it_or_to_one_above(public: Office) -> None:
    post(public, headline="Cả tỉnh")
    post(public, headline="Xã Minh Tân", areas=("xa-minh-tan",))
    publish(public)
    titles = {
        slug: {link.title for link in index(public, slug).entries} for slug in ("tinh", "xa-minh-tan", "xa-dong-hai")
    }
    assert titles == {"tinh": {"Cả tỉnh"}, "xa-minh-tan": {"Cả tỉnh", "Xã Minh Tân"}, "xa-dong-hai": {"Cả tỉnh"}}


def test_the_link_of_an_entry_leads_to_the_document(public: Office) -> None:
    post(public)
    publish(public)
    (link,) = index(public).entries
    answer = public.browser().get(link.address.removeprefix(URL))
    assert (answer.status_code, answer.content_type) == (200, "application/cap+xml")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    (alert,) = read_cap(answer.data, address=link.address).alerts
    assert (alert.kind, alert.infos[0].headline, alert.sender) == ("Alert", cast.notice().headline, "tinh@localhost")


def test_a_feed_without_alerts_has_no_entry(public: Office) -> None:
    assert index(public).entries == ()


def test_an_ended_alert_stays_in_the_feed_for_a_day(public: Office) -> None:
    one = post(public)
    publish(public)
    notices.clear(public.db, one.id, actor=LAN, now=public.now)
    publish(public)
    assert [link.title for link in index(public).entries] == [f"Đã hết hiệu lực: {one.headline}"]
    public.later(hours=23)
    assert len(index(public).entries) == 1
    public.later(hours=2)
    assert index(public).entries == ()


def test_a_feed_may_be_kept_for_half_a_minute_and_is_not_sent_twice(public: Office) -> None:
    answer = feed(public)
    assert (answer.headers["Cache-Control"], answer.content_type) == ("public, max-age=30", "application/atom+xml")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = feed(public, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    public.later(minutes=5)
    assert feed(public, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_a_feed_from_which_a_document_is_missing_is_no_feed(public: Office) -> None:
    one = post(public)
    answer = feed(public)
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
        503,
        "2",
        "no-store",
    )
    publish(public)
    assert feed(public).status_code == 200
    notices.clear(public.db, one.id, actor=LAN, now=public.now)
    assert feed(public).status_code == 503


def test_on_the_safe_page_nobody_is_told_that_there_is_no_alert(public: Office) -> None:
    panics.begin(public.db, "xa-minh-tan", actor=LAN, now=NOW)
    assert feed(public, "xa-minh-tan").status_code == 503
    assert feed(public, "tinh").status_code == 200


def test_an_area_without_a_public_board_and_an_unknown_one_have_no_feed(public: Office) -> None:
    boards.save(public.db, replace(BOARDS[2], public=False), actor=LAN, now=NOW)
    assert [feed(public, slug).status_code for slug in ("xa-dong-hai", "khong-co", "tinh")] == [404, 404, 200]


def test_without_a_public_address_there_is_no_feed_and_a_sentence_says_why(office: Office) -> None:
    answer = feed(office)
    assert answer.status_code == 404
    assert "public_url" in answer.text


def test_publishing_can_be_switched_off(public: Office) -> None:
    post(public)
    publish(public)
    address = index(public).entries[0].address.removeprefix(URL)
    public.config, public._app = configured(alerts={"publish": False}), None
    assert [feed(public).status_code, public.browser().get(address).status_code] == [404, 404]


@pytest.mark.parametrize("identifier", ["x", "0" * 36, "00000000-0000-0000-0000-000000000000", "..%2F..%2Fconfig"])
def test_an_unknown_document_is_not_there(public: Office, identifier: str) -> None:
    assert public.browser().get(f"/alerts/{identifier}.cap").status_code == 404


def test_an_exercise_is_said_to_be_one(public: Office) -> None:
    post(public, exercise=True, until=NOW + HOUR)
    publish(public)
    (link,) = index(public).entries
    (alert,) = read_cap(public.browser().get(link.address.removeprefix(URL)).data, address="").alerts
    assert (alert.status, link.title) == ("Exercise", f"Diễn tập. {cast.notice().headline}")
