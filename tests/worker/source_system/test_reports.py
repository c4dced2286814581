"""Reports to the source system: after a time without it, everything arrives in order and once by its id.

The receiver is a real HTTP server. It may be away, refuse, or die between receiving a report and answering.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from server.core.screens.proof import Proof
from server.setup.config import Config
from server.store.screens import plays
from server.store.source_system import outbox
from server.worker.source_system.report_maker import ReportMaker
from server.worker.source_system.report_sender import ReportSender
from tests.cast import NOW
from tests.desk.conftest import office, office_template
from tests.desk.office import Office
from tests.feeds.hosts import loopback
from tests.http_server import serving

__all__ = ["office", "office_template"]  # fixtures that pytest finds by their names here


@dataclass
class Receiver:
    """The other side. It answers ``status``; while ``cut`` is true it reads a report and hangs up unanswered."""

    port: int
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    got: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @contextmanager
    def up(self) -> Iterator[None]:
        """The server runs while the block does; outside it nothing listens on the port."""
        state = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                state.got.append((self.headers["Idempotency-Key"], int(self.headers["X-Report-Number"]), body))
                state.keys.append(self.headers.get("Authorization", ""))
                if state.cut:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.send_response(state.status)
                for name, value in state.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

        with serving(Handler, self.port) as self.port:
            yield

    @property
    def ids(self) -> list[str]:
        """The ids of the reports, each once, in the order of their first arrival."""
        return list(dict.fromkeys(id for id, _, _ in self.got))


@dataclass
class ReportCase:
    """An office, its maker and sender of reports, and the other side."""

    office: Office
    receiver: Receiver
    maker: ReportMaker
    sender: ReportSender

    def pass_time(self, **parts: float) -> int:
        """Lets time pass and the jobs run once; returns how many reports were accepted."""
        self.office.later(**parts)
        self.maker.tick()
        return self.sender.tick()

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [body for _, _, body in self.receiver.got if body["kind"] == kind]


@pytest.fixture
def case(office: Office) -> ReportCase:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (office.folder / "khoa").write_text("bí mật\n".encode("ascii", "ignore").decode(), "utf-8")
    config = Config.model_validate(
        {
            "source_system": {"report_url": f"http://nguon.example:{port}/bao-cao", "report_key_file": "khoa"},
            "fetch": {"allow_private": ["127.0.0.0/8", "nguon.example"]},
        }
    )
    maker = ReportMaker(office.db, config, office.clock)
    return ReportCase(
        office, Receiver(port), maker, ReportSender(office.db, config, office.folder, office.clock, loopback)
    )


def shown(office: Office, day: str, count: int = 1, ms: int = 6000) -> None:
    at = datetime.fromisoformat(f"{day}T02:00:00+00:00").astimezone(UTC)
    with office.db.write() as conn:
        plays.add(conn, [Proof("hoi-truong", day, "story:1", "Tin", count, at, at, 1, b"\1", {}, ms)])


def test_an_hour_without_the_other_side_loses_nothing_and_repeats_nothing(case: ReportCase) -> None:
    for _ in range(12):
        assert case.pass_time(minutes=10) == 0
    waiting = outbox.waiting(case.office.db)
    assert (waiting.count, waiting.error) == (5, "connect")  # state of three hours, plays of yesterday, last month
    with case.receiver.up():
        assert case.pass_time(minutes=6) == 5
        assert case.pass_time(minutes=1) == 0
    numbers = [number for _, number, _ in case.receiver.got]
    assert numbers == sorted(set(numbers))
    assert len(case.receiver.ids) == len(case.receiver.got) == 5
    assert [body["id"] for _, _, body in case.receiver.got] == case.receiver.ids
    assert set(case.receiver.keys) == {"Bearer b mt"}
    assert outbox.waiting(case.office.db).count == 0


def test_who_dies_between_receiving_and_answering_gets_the_same_id_again(case: ReportCase) -> None:
    with case.receiver.up():
        case.receiver.cut = True
        assert case.pass_time(seconds=1) == 0
        assert case.pass_time(seconds=30) == 0
        case.receiver.cut = False
        assert case.pass_time(minutes=5) == 3
    ids = [id for id, _, _ in case.receiver.got]
    assert (ids.count(ids[0]), len(ids), len(case.receiver.ids)) == (3, 5, 3)
    first, second = (body for id, _, body in case.receiver.got[:2] if id == ids[0])
    assert first == second


def test_a_refusal_holds_back_what_follows_and_retry_after_is_kept(case: ReportCase) -> None:
    with case.receiver.up():
        case.receiver.status, case.receiver.headers = 503, {"Retry-After": "1800"}
        case.pass_time(seconds=1)
        assert case.pass_time(minutes=20) == 0
        assert len(case.receiver.got) == 1
        case.receiver.status = 409  # it has this report already
        assert case.pass_time(minutes=11) >= 3
    assert outbox.waiting(case.office.db).count == 0


def test_each_missed_day_is_reported_after_a_week_away(case: ReportCase) -> None:
    shown(case.office, "2026-03-08")
    with case.receiver.up():
        case.pass_time(seconds=1)
        for day in range(9, 16):
            shown(case.office, f"2026-03-{day:02}", count=day)
        case.pass_time(days=7)
    days = {body["period"]: body for body in case.of_kind("plays") if "/" not in body["period"]}
    assert sorted(days) == [f"2026-03-{day:02}" for day in range(8, 16)]
    (board,) = [one for one in days["2026-03-15"]["data"] if one["items"]]
    assert (board["board"], board["items"][0]["count"]) == ("hoi-truong", 15)


def test_late_receipts_come_in_a_second_report(case: ReportCase) -> None:
    with case.receiver.up():
        case.pass_time(seconds=1)
        shown(case.office, "2026-03-08", count=7)
        case.pass_time(days=8)
    first, final = (one for one in case.of_kind("plays") if one["period"].startswith("2026-03-08"))
    assert (first["period"], final["period"]) == ("2026-03-08", "2026-03-08/2")
    assert [one for one in first["data"] if one["items"]] == []
    assert final["data"][0]["items"][0]["count"] == 7


def test_days_and_months_end_at_midnight_in_vietnam(case: ReportCase) -> None:
    case.office.now = datetime(2026, 3, 31, 17, 10, tzinfo=UTC)  # 00:10 on 1 April; the day is still in its grace
    case.maker.tick()
    known = outbox.known(case.office.db, "plays", ["2026-03-30", "2026-03-31"])
    case.office.later(minutes=6)
    case.maker.tick()
    assert known == {"2026-03-30"}
    assert outbox.known(case.office.db, "plays", ["2026-03-31"]) == {"2026-03-31"}
    assert not outbox.known(case.office.db, "airtime", ["2026-03"])
    case.office.later(days=8)
    case.maker.tick()
    assert outbox.known(case.office.db, "airtime", ["2026-03"])


def test_a_key_that_cannot_be_read_is_no_lost_report(case: ReportCase) -> None:
    (case.office.folder / "khoa").unlink()
    with case.receiver.up():
        assert case.pass_time(seconds=1) == 0
        assert outbox.waiting(case.office.db).error == "key"
        (case.office.folder / "khoa").write_text("k")
        assert case.pass_time(minutes=1) == 3
    assert case.office.now > NOW
