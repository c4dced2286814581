"""Web Push from a notice to a browser: what is sent to whom, encrypted and signed, and what its push service answers.

The push service is a real HTTP server on loopback; the browsers decrypt by themselves (push_service).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from feeds.download.request import FetchPolicy
from server.core.model import Notice, Window
from server.notifications.push_hosts import push_host
from server.notifications.push_keys import application_key, private_key
from server.notifications.push_request import InvalidKeys, Signer, browser_keys, encrypted
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.notices import actions, notices
from server.store.notifications import push_browsers, push_outbox
from server.store.notifications.push_browsers import Browser, Choice, Sender
from server.store.sources import sources
from server.worker.deliveries.push_planner import PushPlanner
from server.worker.deliveries.push_sender import Outward, PushSender
from tests import cast
from tests.cast import AREAS, BOARDS, DAY, EDITOR, HOUR, MINUTE, NOW, OPERATOR, SOURCES
from tests.station import until
from tests.worker.deliveries.push_service import Phone, PushService, decrypted, push_service, raw

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CONTACT = "mailto:cntt@hungyen.example.vn"


@dataclass(slots=True)
class Case:
    """A store with the cast, a push service, and the worker's two parts; ``now`` is its clock."""

    db: Database
    service: PushService
    folder: Path
    now: datetime = NOW

    def clock(self) -> datetime:
        return self.now

    def phone(self, *areas: str, language: str = "vi", deadlines: bool = False) -> Phone:
        made = self.service.phone()
        for area in areas:
            browser = Browser(made.endpoint, self.service.host, made.p256dh, made.auth, language)
            push_browsers.choose(self.db, browser, Choice(area, deadlines), self.sender())
        return made

    def sender(self) -> Sender:
        return Sender("test", 100_000, self.now)

    def post(self, **changes: Any) -> Notice:
        notice = cast.notice(**{"level": "urgent", "until": self.now + 4 * HOUR, "issued": self.now, **changes})
        return notices.post(self.db, notice, actor=EDITOR.slug, now=self.now)

    def deliver(self) -> dict[str, int]:
        """What the worker's jobs do: plan, then send; how the deliveries went."""
        PushPlanner(self.db, ZONE, self.clock).notices()
        return self.send()

    def send(self) -> dict[str, int]:
        hosts = (self.service.host,)
        policy = FetchPolicy(allow_private=("127.0.0.1",), total_seconds=5)
        sender = PushSender(self.db, Outward(Signer(private_key(self.folder), CONTACT), hosts, policy), self.clock)
        counts: Counter[str] = Counter()

        def all_sent() -> bool:
            counts.update(sender.tick())
            return sender.idle()

        try:
            until(all_sent, "all messages are sent")
        finally:
            sender.stop()
        return dict(counts)

    def later(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def case(db: Database, tmp_path: Path) -> Iterator[Case]:
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    with push_service() as service:
        yield Case(db, service, tmp_path)


def test_the_published_example_of_the_encryption() -> None:
    """RFC 8291, appendix A: the same bytes as the example, and the reader of these tests reads them."""
    sender = _key_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    receiver = _key_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
    p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    auth, salt = "BTBZMqHH6r4Tts7J_aSIgg", raw("DGv6ra1nlYgDCS1FRnbzlw")
    content = b"When I grow up, I want to be a watermelon"
    body = encrypted(content, p256dh, auth, salt=salt, sender=sender)
    assert body == raw(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert decrypted(body, receiver, raw(auth)) == content


def _key_of(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(raw(text)), ec.SECP256R1())


def test_a_notice_is_told_once_to_whom_it_concerns_encrypted_and_signed(case: Case) -> None:
    ten, elsewhere = case.phone("xa-minh-tan", "xa-dong-hai", "tinh"), case.phone("xa-dong-hai")
    notice = case.post(areas=("xa-minh-tan",), headline="Nước sông lên nhanh", acts=("Lên chỗ cao",))
    assert case.deliver() == {"sent": 1}
    assert case.deliver() == {}
    assert case.service.of(elsewhere) == []
    (told,) = case.service.of(ten)
    assert told["title"] == "KHẨN CẤP: Nước sông lên nhanh"
    assert told["body"] == "Xã Minh Tân · Đến 11:30 09/03/2026\nLên chỗ cao"
    assert (told["path"], told["tag"]) == (f"/notice/{notice.id}", f"notice-{notice.id}")
    (got,) = case.service.got
    assert (got.headers["TTL"], got.headers["Urgency"]) == (str(4 * 3600), "high")
    assert got.headers["Topic"] == f"notice-{notice.id}"
    assert "Nước".encode() not in got.body
    parts = dict(
        part.strip().split("=", 1) for part in got.headers["Authorization"].removeprefix("vapid ").split(",")
    )
    assert parts["k"] == application_key(case.folder)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
    claims = jwt.decode(
        parts["t"], public, ["ES256"], audience=f"http://{case.service.host}", options={"verify_exp": False}
    )
    assert claims["sub"] == CONTACT
    assert 0 < claims["exp"] - NOW.timestamp() <= 24 * 3600


def test_english_and_a_drill_say_so_first(case: Case) -> None:
    vietnamese, english = case.phone("tinh"), case.phone("tinh", language="en")
    notice = case.post(areas=("tinh",), headline="Sơ tán thử", exercise=True)
    case.deliver()
    assert case.service.of(vietnamese)[0]["title"] == "DIỄN TẬP, không có thật: Sơ tán thử"
    assert case.service.of(english)[0]["title"] == "EXERCISE, not real: Sơ tán thử"
    notices.clear(case.db, notice.id, actor=EDITOR.slug, now=case.now)
    case.deliver()
    assert case.service.of(vietnamese)[1]["title"] == "DIỄN TẬP, không có thật · ĐÃ HẾT: Sơ tán thử"


def test_a_correction_and_the_end_take_the_place_of_the_first_message(case: Case) -> None:
    phone, other = case.phone("xa-minh-tan"), case.phone("xa-dong-hai")
    first = case.post(areas=("tinh",), headline="Vỡ đê ở Minh Tân")
    case.deliver()
    changed = replace(first, headline="Tràn đê ở Minh Tân", areas=("xa-minh-tan",))
    second = actions.correct(case.db, first.id, changed, actor=EDITOR.slug, now=case.now + MINUTE, four_eyes=False)
    case.later(2 * MINUTE)
    case.deliver()
    notices.clear(case.db, second.id, actor=EDITOR.slug, now=case.now)
    case.deliver()
    told = case.service.of(phone)
    assert [one["title"].partition(":")[0] for one in told] == ["KHẨN CẤP", "ĐÍNH CHÍNH", "ĐÃ HẾT"]
    assert {one["tag"] for one in told} == {f"notice-{first.id}"}
    assert case.service.of(other)[1]["title"].startswith("ĐÃ HẾT"), "the correction is not for them"


def test_a_new_end_is_told(case: Case) -> None:
    phone = case.phone("tinh")
    notice = case.post(areas=("tinh",))
    case.deliver()
    actions.extend(case.db, notice.id, case.now + 8 * HOUR, actor=EDITOR.slug, now=case.now)
    case.deliver()
    assert [one["kind"] for one in case.service.of(phone)] == ["sent", "extended"]


def test_nothing_is_told_of_priority_notices_drafts_messages_and_safe_boards(case: Case) -> None:
    case.phone("tinh", "xa-minh-tan", "xa-dong-hai")
    case.post(level="priority", areas=("tinh",))
    case.post(state="drafted", areas=("tinh",))
    case.post(origin="message", areas=("tinh",), boards=("hoi-truong",))
    for board in BOARDS:
        boards.save(case.db, replace(board, mode="safe"), actor="tuan", now=NOW)
    case.post(areas=("tinh",))
    assert case.deliver() == {}


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_gone_is_deleted(case: Case, status: int) -> None:
    phone = case.phone("tinh")
    case.service.answers[phone.endpoint.removeprefix(f"http://{case.service.host}")] = (status, {})
    case.post(areas=("tinh",))
    assert case.deliver() == {"gone": 1}
    assert push_browsers.counts(case.db) == {}


def test_a_busy_service_is_asked_again_when_it_said_and_no_sooner(case: Case) -> None:
    phone = case.phone("tinh")
    path = phone.endpoint.removeprefix(f"http://{case.service.host}")
    case.service.answers[path] = (429, {"Retry-After": "600"})
    case.post(areas=("tinh",))
    assert case.deliver() == {"later": 1}
    case.later(9 * MINUTE)
    assert case.deliver() == {}
    case.service.answers.clear()
    case.later(2 * MINUTE)
    assert case.deliver() == {"sent": 1}


def test_what_a_service_refuses_for_good_is_not_sent_again(case: Case) -> None:
    phone = case.phone("tinh")
    case.service.answers[phone.endpoint.removeprefix(f"http://{case.service.host}")] = (413, {})
    case.post(areas=("tinh",))
    assert case.deliver() == {"dropped": 1}
    case.later(HOUR)
    assert case.deliver() == {}


def test_what_waits_is_not_sent_after_the_end(case: Case) -> None:
    phone = case.phone("tinh")
    case.service.answers[phone.endpoint.removeprefix(f"http://{case.service.host}")] = (503, {})
    notice = case.post(areas=("tinh",))
    case.deliver()
    notices.clear(case.db, notice.id, actor=EDITOR.slug, now=case.now)
    case.service.answers.clear()
    case.deliver()
    case.later(5 * MINUTE)
    case.deliver()
    assert [one["kind"] for one in case.service.of(phone)] == ["sent", "cleared"]


def test_a_claim_of_a_killed_worker_is_taken_over_after_a_minute(case: Case) -> None:
    case.phone("tinh")
    case.post(areas=("tinh",))
    PushPlanner(case.db, ZONE, case.clock).notices()
    assert len(push_outbox.exchange(case.db, (), case.now, most=10)) == 1
    assert case.send() == {}
    case.later(push_outbox.CLAIM)
    assert case.send() == {"sent": 1}


def test_many_browsers_get_it_over_a_bounded_number_of_connections(case: Case) -> None:
    phones = [case.phone("tinh") for _ in range(60)]
    case.post(areas=("tinh",))
    assert case.deliver() == {"sent": 60}
    assert all(len(case.service.of(phone)) == 1 for phone in phones)


def test_deadlines_of_tomorrow_are_told_once_from_seven_in_the_morning(case: Case) -> None:
    phone, without = case.phone("xa-minh-tan", deadlines=True), case.phone("xa-minh-tan")
    made = announcements.post(
        case.db,
        cast.announcement(
            area="xa-minh-tan", title="Nộp hồ sơ hỗ trợ trước 10/03/2026",
            windows=(Window(NOW - DAY, NOW + 5 * DAY),),
        ),
        actor=OPERATOR.slug,
    )  # fmt: skip
    planner = PushPlanner(case.db, ZONE, case.clock)
    case.now = NOW - HOUR  # 06:30 in Vietnam
    assert planner.reminders() == 0
    case.now = NOW
    assert (planner.reminders(), planner.reminders()) == (1, 0)
    case.send()
    (told,) = case.service.of(phone)
    assert told["title"] == "Ngày mai đến hạn: Nộp hồ sơ hỗ trợ trước 10/03/2026"
    assert told["path"] == f"/item/a{made.id}"
    assert case.service.of(without) == []


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", "fcm.googleapis.com"),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", "updates.push.services.mozilla.com"),
        ("https://web.push.apple.com/Qx", "web.push.apple.com"),
        ("https://db5p.notify.windows.com/w/?token=x", "db5p.notify.windows.com"),
        ("http://127.0.0.1:9/push", "127.0.0.1:9"),
        ("http://fcm.googleapis.com/x", ""), ("https://fcm.googleapis.com:444/x", ""),
        ("https://push.apple.com.evil.vn/x", ""), ("https://evilpush.apple.com/x", ""),
        ("https://fcm.googleapis.com@10.0.0.1/x", ""), ("https://127.0.0.1/x", ""), ("javascript:alert(1)", ""),
        ("https://fcm.googleapis.com/" + "a" * 2000, ""), ("https://[::1", ""),
    ],
)  # fmt: skip
def test_only_services_of_browser_makers_and_of_the_configuration(endpoint: str, host: str) -> None:
    assert push_host(endpoint, ("127.0.0.1:9",)) == host


def test_keys_that_are_no_point_of_the_curve_are_refused() -> None:
    phone = Phone("https://fcm.googleapis.com/x")
    browser_keys(phone.p256dh, phone.auth)
    for p256dh, auth in (("A" * 87, phone.auth), (phone.p256dh, "AAAA"), ("%", phone.auth)):
        with pytest.raises(InvalidKeys):
            browser_keys(p256dh, auth)
