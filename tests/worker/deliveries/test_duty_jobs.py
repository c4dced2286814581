"""The other jobs of duty: beats to the outside, morning summaries, the end of the server's certificate."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.core.duty.alarms import Fact, Rules
from server.core.duty.plan import Preferences
from server.core.model import Window
from server.setup.config import Config
from server.setup.product import VERSION
from server.store.announcements import announcements
from server.store.database import server_seen
from server.store.duty import alarms, roster
from server.store.duty.alarms import Observation, Planned
from server.store.people import messages
from server.store.people.messages import Message
from server.store.sources import sources, stories
from server.worker.deliveries.beat import Beat
from server.worker.deliveries.certificate_check import CertificateCheck, ends_at
from server.worker.deliveries.clock_check import ClockCheck
from server.worker.deliveries.digests import Digests
from tests import cast
from tests.cast import DAY, EDITOR, HOUR, MINUTE, NOW, TIN_XA, announcement
from tests.desk.office import Office
from tests.feeds.hosts import loopback
from tests.worker.deliveries.subscriber import Subscriber


def beat_of(office: Office, receiver: Subscriber, check: ClockCheck) -> Beat:
    section = {
        "duty": {"beat_url": f"http://nhan.example:{receiver.port}/nhip"},
        "fetch": {"allow_private": ["127.0.0.0/8"]},
    }
    return Beat(office.db, Config.model_validate(section), office.clock, check, loopback)


def test_a_beat_is_sent_only_while_a_server_reads_the_store(office: Office, receiver: Subscriber) -> None:
    check = ClockCheck(office.clock, office.monotonic)
    beat = beat_of(office, receiver, check)
    assert not beat.tick()
    server_seen.note(office.db, office.now)
    receiver.headers = {"Date": format_datetime(office.now + timedelta(minutes=4), usegmt=True)}
    assert beat.tick()
    assert [(one.path, one.body) for one in receiver.received] == [("/nhip", b"")]
    assert receiver.received[0].headers["user-agent"] == f"BangTin/{VERSION} (beat)"
    receiver.status = 500
    assert not beat.tick()
    office.later(minutes=1)
    assert not beat.tick()  # no server has read the store for a minute
    assert len(receiver.received) == 2


def test_a_beat_is_not_sent_when_the_store_cannot_be_written(office: Office, receiver: Subscriber) -> None:
    beat = beat_of(office, receiver, ClockCheck(office.clock, office.monotonic))
    server_seen.note(office.db, office.now)
    with office.db.write() as conn:
        conn.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE UPDATE ON store BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
        )
    assert not beat.tick()
    assert receiver.received == []


@pytest.fixture
def digests(office: Office) -> Digests:
    config = Config.model_validate({"server": {"public_url": "http://bangtin.example.vn"}})
    return Digests(office.db, config, office.clock)


def mails(office: Office) -> list[Message]:
    return [one for one in messages.due(office.db, office.now) if one.subject.startswith("Việc hôm nay")]


def test_an_editor_reads_in_the_morning_what_waits(office: Office, digests: Digests) -> None:
    db = office.db
    announcements.post(db, announcement(title="Lịch cắt điện", area="xa-minh-tan", state="submitted"), actor="hoa")
    announcements.post(db, announcement(title="Họp thôn", windows=(Window(NOW, NOW + 3 * HOUR),)), actor="lan")
    stories.save(db, TIN_XA, [cast.entry(title="Tin chờ")], images={}, now=NOW)
    fact = Fact("screen_dark", "xa-minh-tan", "screen:1", "Nhà văn hóa", NOW - HOUR)
    for later in (0, 2):
        seen = Observation((fact,), frozenset({"screen_dark"}))
        alarms.observe(db, seen, Rules(), lambda *_: Planned(), NOW + later * MINUTE)
    assert digests.tick() == 2  # both editors
    (mail,) = [one for one in mails(office) if one.address == "lan@example.vn"]
    assert mail.subject == "Việc hôm nay, 09/03"
    assert mail.text == (
        "1 thông báo chờ bạn duyệt:\n• Lịch cắt điện\n1 tin từ nguồn chờ bạn duyệt\n\n"
        "1 mục hết hạn hôm nay:\n• Họp thôn\n\n"
        "1 báo động đang có:\n• Màn hình “Nhà văn hóa” mất liên lạc · Xã Minh Tân\n\n"
        "http://bangtin.example.vn/desk/queue/"
    )
    assert digests.tick() == 0


def test_who_has_nothing_or_wants_no_summary_gets_none(office: Office, digests: Digests) -> None:
    assert digests.tick() == 0
    announcements.post(office.db, announcement(state="submitted"), actor="hoa")
    assert digests.tick() == 0  # the day's summary was made, and nothing waited
    roster.prefer(office.db, Preferences("minh", digest_at=None))
    roster.prefer(office.db, Preferences(EDITOR.slug, digest_at=9 * 60))
    office.now = NOW + DAY
    assert digests.tick() == 0
    office.later(hours=1, minutes=30)
    assert digests.tick() == 1
    assert [one.address for one in mails(office)] == ["lan@example.vn"]
    assert len(sources.all(office.db)) == 2


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[int, datetime]]:
    """A TLS server with a certificate of no known authority; its port, and when the certificate ends."""
    ends = datetime(2026, 3, 15, 12, tzinfo=UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "bangtin.example.vn")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(ends - 90 * DAY).not_valid_after(ends).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (tmp_path / "tls.pem").write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            for _ in range(2):
                with listening.accept()[0] as plain_socket, context.wrap_socket(plain_socket, server_side=True):
                    pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1], ends


def test_the_end_of_the_certificate_is_read_once_an_hour(tls: tuple[int, datetime]) -> None:
    port, ends = tls
    assert ends_at("127.0.0.1", port) == ends
    now = [0.0]
    check = CertificateCheck(f"https://127.0.0.1:{port}", lambda: now[0])
    assert check.ends() == ends
    now[0] = 3599.0
    assert check.ends() == ends  # the server would not answer a third time
    assert CertificateCheck("http://127.0.0.1", lambda: 0.0).ends() is None
