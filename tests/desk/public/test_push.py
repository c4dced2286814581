"""Asking for and stopping Web Push on the public pages: what is accepted from whom, and what the pages say."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug.test import TestResponse

from server.notifications.push_words import notice_content
from server.setup.config import Config
from server.setup.config_exchange import PushSection
from server.setup.config_sections import PeopleSection
from server.store.notices import actions, notices
from server.store.notifications import push_browsers
from tests import cast
from tests.cast import EDITOR, KEEPER, MINUTE, NOW
from tests.desk.office import Office
from tests.desk.public.reader import Reader
from tests.desk.reading import text_of

ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"
OFFER = "Nhận tin khẩn của xã Minh Tân trên máy này"


def keys() -> dict[str, str]:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"p256dh": urlsafe_b64encode(raw).decode().rstrip("="), "auth": "AAAAAAAAAAAAAAAAAAAAAA"}


@pytest.fixture
def pushing(office: Office) -> Office:
    office.config = Config(
        people=PeopleSection(second_factor=False),
        push=PushSection(contact="mailto:cntt@tinh.vn", requests_per_minute=8),
    )
    return office


def send(office: Office, path: str, body: dict[str, Any], **headers: str) -> TestResponse:
    sent = {"Origin": "http://localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return office.app.test_client().post(path, json=body, headers=sent)


def wish(**changes: object) -> dict[str, object]:
    subscription = {"endpoint": ENDPOINT, "expirationTime": None, "keys": keys()}
    return {"subscription": subscription, "area": "xa-minh-tan", "deadlines": True} | changes


def test_a_browser_chooses_is_asked_and_stops(pushing: Office) -> None:
    assert send(pushing, "/push/choose", wish()).status_code == 204
    assert send(pushing, "/push/choose", wish(area="tinh", deadlines=False)).status_code == 204
    mine = send(pushing, "/push/mine", {"endpoint": ENDPOINT}).get_json()
    assert mine == [
        {"area": "tinh", "name": "Tỉnh Hưng Yên", "deadlines": False},
        {"area": "xa-minh-tan", "name": "Xã Minh Tân", "deadlines": True},
    ]
    assert send(pushing, "/push/stop", {"endpoint": ENDPOINT, "area": "tinh"}).status_code == 204
    assert push_browsers.counts(pushing.db) == {"xa-minh-tan": 1}
    assert send(pushing, "/push/stop", {"endpoint": ENDPOINT}).status_code == 204
    assert push_browsers.counts(pushing.db) == {}
    assert send(pushing, "/push/mine", {"endpoint": ENDPOINT}).get_json() == []


def test_a_drill_is_called_one_once(pushing: Office) -> None:
    typed = cast.notice(areas=("xa-minh-tan",), headline="Diễn tập: vỡ đê", exercise=True)
    made = notices.post(pushing.db, typed, actor=EDITOR.slug, now=NOW)
    page = text_of(Reader.of(pushing).get(f"/notice/{made.id}").text)
    assert "“Vỡ đê”" in page.replace("\xa0", " ")
    told = notice_content("sent", made, "Xã Minh Tân", NOW, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert told["vi"]["title"] == "DIỄN TẬP, không có thật: Vỡ đê"


def test_the_page_of_a_drill_shows_a_real_emergency_above_it(pushing: Office) -> None:
    real, drill = (
        notices.post(
            pushing.db, cast.notice(areas=("xa-minh-tan",), headline=headline, exercise=exercise, description="Dài"),
            actor=EDITOR.slug, now=NOW,
        )
        for headline, exercise in (("Vỡ đê thật", False), ("Diễn tập: sơ tán", True))
    )  # fmt: skip
    page = Reader.of(pushing).get(f"/notice/{drill.id}").text.replace("\xa0", " ")
    assert 0 < page.index("Vỡ đê thật") < page.index("“Sơ tán”")
    assert page.count("<details open") == 1, "its own strip is open"
    assert "Sơ tán" not in Reader.of(pushing).get(f"/notice/{real.id}").text.replace("\xa0", " ")


def test_choices_follow_the_browser_to_its_new_address(pushing: Office) -> None:
    send(pushing, "/push/choose", wish())
    new = {"endpoint": f"{ENDPOINT}-2", "keys": keys()}
    renewed = {"endpoint": ENDPOINT, "subscription": new}
    assert send(pushing, "/push/renew", renewed).status_code == 204
    mine = send(pushing, "/push/mine", {"endpoint": new["endpoint"]}).get_json()
    assert [(one["area"], one["deadlines"]) for one in mine] == [("xa-minh-tan", True)]
    assert send(pushing, "/push/mine", {"endpoint": ENDPOINT}).get_json() == []
    # Told again, and told of an address that is known already: nothing is doubled.
    assert send(pushing, "/push/renew", renewed).status_code == 404
    send(pushing, "/push/choose", wish())
    assert send(pushing, "/push/renew", renewed).status_code == 204
    assert push_browsers.counts(pushing.db) == {"xa-minh-tan": 1}


def test_no_address_of_a_stranger_takes_over_choices(pushing: Office) -> None:
    send(pushing, "/push/choose", wish())
    new = {"endpoint": "https://evil.example/x", "keys": keys()}
    assert send(pushing, "/push/renew", {"endpoint": ENDPOINT, "subscription": new}).status_code == 422
    good = {"endpoint": f"{ENDPOINT}-2", "keys": keys()}
    renewed = {"endpoint": ENDPOINT, "subscription": good}
    assert send(pushing, "/push/renew", renewed, Origin="https://evil.example").status_code == 400
    assert send(pushing, "/push/mine", {"endpoint": ENDPOINT}).get_json() != []


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": ""}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}],
)
def test_other_sites_cannot_ask_in_a_citizens_name(pushing: Office, headers: dict[str, str]) -> None:
    assert send(pushing, "/push/choose", wish(), **headers).status_code == 400
    assert push_browsers.counts(pushing.db) == {}


def test_a_form_of_another_site_is_no_request(pushing: Office) -> None:
    answer = pushing.app.test_client().post("/push/choose", data="{}", headers={"Origin": "http://localhost"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"subscription": {"endpoint": "https://10.0.0.1/x", "keys": {"p256dh": "A", "auth": "A"}}}, 422),
        ({"subscription": {"endpoint": "https://evil.example/x", "keys": keys()}}, 422),
        ({"subscription": None}, 422), ({"area": "khong-co"}, 404), ({"area": "x" * 5000}, 413),
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_push_service_is_refused(
    pushing: Office, changes: dict[str, object], status: int
) -> None:
    assert send(pushing, "/push/choose", wish(**changes)).status_code == status
    assert push_browsers.counts(pushing.db) == {}


def test_one_network_may_ask_only_so_often_and_later_again(pushing: Office) -> None:
    statuses = [send(pushing, "/push/mine", {"endpoint": ENDPOINT}).status_code for _ in range(9)]
    assert statuses == [200] * 8 + [429]
    refused = send(pushing, "/push/mine", {"endpoint": ENDPOINT})
    assert int(refused.headers["Retry-After"]) > 0
    pushing.later(minutes=1)
    assert send(pushing, "/push/mine", {"endpoint": ENDPOINT}).status_code == 200


def test_the_offer_stands_on_the_list_and_on_the_page_of_a_notice(pushing: Office) -> None:
    reader = Reader.of(pushing)
    assert OFFER in text_of(reader.get("/board/xa-minh-tan?list=1").text)
    notice = notices.post(pushing.db, cast.notice(areas=("xa-minh-tan",)), actor=EDITOR.slug, now=NOW)
    assert OFFER in text_of(reader.get(f"/notice/{notice.id}").text)
    page = reader.get("/push/xa-minh-tan")
    assert "ngoài ra không giữ gì" in page.text
    assert "What the server keeps of you" in reader.get("/push/xa-minh-tan", Cookie="language=en").text
    assert reader.get("/push/xa-minh-tan/app.webmanifest").get_json()["display"] == "standalone"


def test_without_a_contact_nothing_is_offered(office: Office) -> None:
    reader = Reader.of(office)
    assert "/push/" not in reader.get("/board/xa-minh-tan?list=1").text
    assert reader.get("/push/xa-minh-tan").status_code == 404
    assert send(office, "/push/choose", wish()).status_code == 404
    assert "contact" in text_of(office.browser(KEEPER).get("/desk/areas/").text)


def test_the_service_worker_is_asked_for_each_time_and_handles_no_requests(pushing: Office) -> None:
    answer = pushing.app.test_client().get("/push/worker.js")
    assert answer.content_type.startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer.headers
    assert '"fetch"' not in answer.text


def test_a_notice_has_a_page_while_it_is_live_and_leads_to_its_correction(pushing: Office) -> None:
    reader = Reader.of(pushing)
    first = notices.post(pushing.db, cast.notice(areas=("tinh",)), actor=EDITOR.slug, now=NOW)
    assert reader.get(f"/notice/{first.id}").status_code == 200
    changed = replace(first, headline="Bão đổi hướng")
    second = actions.correct(pushing.db, first.id, changed, actor=EDITOR.slug, now=NOW + MINUTE, four_eyes=False)
    moved = reader.get(f"/notice/{first.id}")
    assert (moved.status_code, moved.headers["Location"]) == (302, f"/notice/{second.id}")
    notices.clear(pushing.db, second.id, actor=EDITOR.slug, now=NOW + 2 * MINUTE)
    over = reader.get(f"/notice/{second.id}")
    assert over.status_code == 410
    assert "Bão" not in over.text
    draft = notices.post(pushing.db, cast.notice(areas=("tinh",), state="drafted"), actor=EDITOR.slug, now=NOW)
    assert reader.get(f"/notice/{draft.id}").status_code == 404
    assert reader.get("/notice/99").status_code == 404


def test_the_desk_shows_numbers_and_no_addresses(pushing: Office) -> None:
    send(pushing, "/push/choose", wish())
    page = pushing.browser(KEEPER).get("/desk/areas/").text
    assert "1 máy nhận tin khẩn" in text_of(page)
    assert "fcm.googleapis.com" not in page
    assert "fcm.googleapis.com" not in pushing.browser(KEEPER).get("/desk/audit/").text
