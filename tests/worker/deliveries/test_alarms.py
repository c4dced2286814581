"""Alarms from what is wrong to the message: storms, channels that are away, escalation, quiet hours, limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from server.core.duty.alarms import Fact, Kind, Rules
from server.core.duty.plan import Channel, Preferences
from server.store.duty import alarms, channels, deliveries, roster
from server.store.notices import notices
from server.store.notifications import webhooks_outbox
from server.store.people import messages
from server.store.screens import outages
from server.store.sources import sources
from server.worker.deliveries.alarms_sender import REPORTED_AFTER, AlarmSender
from tests.cast import DAY, HOUR, KEEPER, MINUTE, NOW, OPERATOR, notice, source
from tests.desk.office import Office
from tests.paths import ROOT
from tests.worker.deliveries.chat_server import ChatServer, chat_server
from tests.worker.deliveries.duty_case import DutyCase, duty_case

BOARD = "xa-minh-tan"
SECONDS = timedelta(seconds=15)


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with chat_server() as found:
        yield found


@pytest.fixture
def case(office: Office, chat: ChatServer) -> Iterator[DutyCase]:
    """A case in which the worker observes for itself."""
    with duty_case(office, chat) as found:
        yield found


@pytest.fixture
def told(office: Office, chat: ChatServer) -> Iterator[DutyCase]:
    """A case in which the test says what is wrong."""
    with duty_case(office, chat, scripted=True) as found:
        yield found


def silent(*names: str, kind: Kind = "source_silent", area: str = "xa-minh-tan") -> list[Fact]:
    return [Fact(kind, area, f"source:{name}", name, NOW) for name in names]


def test_300_dark_screens_of_a_commune_are_one_message_and_one_end_for_each_channel(case: DutyCase) -> None:
    case.channel()
    case.channel("mail")
    case.duty(OPERATOR.slug)
    case.add_screens(BOARD, 300)
    with case.office.db.write() as conn:  # they do not fall silent at one moment
        conn.exec_driver_sql("UPDATE screen_links SET seen = datetime(seen, '+' || (screen % 50) || ' seconds')")
    case.pass_time(10 * MINUTE, every=SECONDS)
    case.hear(case.office.now)
    for _ in range(40):  # screens come back and go on sending
        case.office.now += SECONDS
        case.hear(case.office.now)
        case.see()
    begun, ended = case.chat.texts
    assert begun.startswith("KHẨN: 300 màn hình mất liên lạc · Xã Minh Tân\nTừ 07:30 ngày 09/03.")
    assert "• và 290 nữa" in begun
    assert ended.startswith("ĐÃ HẾT: 300 màn hình mất liên lạc · Xã Minh Tân")
    assert sorted(address for address, _, _ in case.mails) == ["-100"] * 2 + ["hoa@example.vn"] * 2
    assert alarms.lasting(case.office.db) == ()
    assert messages.unseen(case.office.db, OPERATOR.slug) == ()


def test_a_channel_that_is_away_for_a_day_gets_one_summary_and_nothing_is_lost(told: DutyCase) -> None:
    told.channel()
    told.chat.away = True
    told.pass_time(HOUR, silent("Cổng xã"), every=5 * MINUTE)
    told.pass_time(HOUR, [], every=5 * MINUTE)
    told.pass_time(22 * HOUR, silent("Cổng tỉnh", area="tinh"), every=10 * MINUTE)
    assert len(told.chat.asked) > 50
    told.chat.away = False
    told.chat.asked.clear()
    told.pass_time(30 * MINUTE, silent("Cổng tỉnh", area="tinh"))
    (summary,) = told.chat.texts
    assert summary.splitlines()[:4] == [
        "2 báo động, 1 đang có",
        "Từ 07:40 ngày 09/03 không gửi được tới đây; đây là tóm tắt.",
        "• Đang có: Nguồn tin “Cổng tỉnh” im lặng · Tỉnh Hưng Yên (từ 07:30 ngày 09/03)",
        "• Đã xảy ra và đã hết: Nguồn tin “Cổng xã” im lặng · Xã Minh Tân "
        "(từ 07:30 ngày 09/03 đến 08:35 ngày 09/03, kéo dài 1 giờ 5 phút)",
    ]
    told.pass_time(10 * MINUTE)
    assert told.chat.texts[1].startswith("ĐÃ HẾT: Nguồn tin “Cổng tỉnh” im lặng")
    assert len(told.chat.texts) == 2


def test_keepers_learn_at_the_desk_that_a_channel_does_not_work(told: DutyCase) -> None:
    channel = told.channel()
    told.chat.away = True
    told.pass_time(30 * MINUTE, silent("Cổng xã"))
    (failed,) = [one for one in messages.unseen(told.office.db, KEEPER.slug) if one.kind == "duty_channel.failed"]
    assert failed.link == f"/desk/duty/channels/{channel.id}"
    state = deliveries.states(told.office.db, ["channel:1"])["channel:1"]
    assert (state.failures >= REPORTED_AFTER, state.error) == (True, "http")
    told.chat.away = False
    told.pass_time(20 * MINUTE, silent("Cổng xã"))
    assert not [one for one in messages.unseen(told.office.db, KEEPER.slug) if one.kind == "duty_channel.failed"]


def test_telegrams_wait_is_obeyed_and_long_texts_are_split(told: DutyCase) -> None:
    told.channel()
    told.chat.answers = [(429, {"ok": False, "parameters": {"retry_after": 600}})]
    told.pass_time(2 * MINUTE, silent("Cổng xã"))
    assert len(told.chat.asked) == 1
    told.pass_time(9 * MINUTE, silent("Cổng xã"))
    assert len(told.chat.asked) == 1
    told.pass_time(2 * MINUTE, silent("Cổng xã"))
    assert len(told.chat.asked) == 2
    assert told.chat.asked[0].path == "/bot123:bi-mat/sendMessage"
    assert told.chat.asked[0].body["chat_id"] == "-100"
    told.pass_time(3 * MINUTE, [*silent("Cổng xã"), *silent("dài " * 1500, area="tinh")])
    assert len(told.chat.asked) == 4
    assert all(len(one) <= 4096 for one in told.chat.texts)
    assert told.paused == [1.0]


def test_zalo_renews_both_tokens_at_once_and_uses_the_new_ones(told: DutyCase) -> None:
    channel = told.channel("zalo")
    told.chat.renewals = {"doi-0"}
    told.pass_time(2 * MINUTE, silent("Cổng xã"))
    assert [one.path for one in told.chat.asked] == ["/v4/oa/access_token", "/v3.0/oa/message/cs"]
    assert told.chat.asked[0].headers["secret_key"] == "khoa"
    stored = channels.secrets_of(told.office.db, channel.id)
    assert (stored.secret, stored.renewal) == ("the-1", "doi-1")
    assert stored.secret_until is not None
    assert stored.secret_until - told.office.now > timedelta(seconds=90_000 - 200)
    told.chat.tokens = set()  # revoked before its time
    told.pass_time(10 * MINUTE)
    assert [one.path for one in told.chat.asked[2:]] == [
        "/v3.0/oa/message/cs", "/v4/oa/access_token", "/v3.0/oa/message/cs",
    ]  # fmt: skip
    assert told.chat.texts[-1].startswith("ĐÃ HẾT")
    assert channels.secrets_of(told.office.db, channel.id).renewal == "doi-2"


def test_zalo_gets_at_most_eight_messages_in_two_days_and_then_a_summary(told: DutyCase) -> None:
    told.channel("zalo")
    told.chat.renewals = {"doi-0"}
    for number in range(12):
        told.pass_time(2 * MINUTE, silent(f"Nguồn {number}", area="tinh"))
        told.pass_time(58 * MINUTE, every=29 * MINUTE)
    assert len(told.chat.texts) == 8
    told.pass_time(48 * HOUR, every=HOUR)
    assert len(told.chat.texts) == 9
    assert "đều đã hết" in told.chat.texts[-1]


def test_an_alarm_is_passed_on_until_somebody_takes_it_on(told: DutyCase) -> None:
    db, wrong = told.office.db, silent("Cổng xã")
    told.duty("hoa")
    told.duty("minh", place=2)
    told.duty("lan", "tinh")
    told.pass_time(2 * MINUTE, wrong)
    assert [address for address, _, _ in told.mails] == ["hoa@example.vn"]
    told.pass_time(16 * MINUTE, wrong)
    assert [address for address, _, _ in told.mails] == ["hoa@example.vn", "minh@example.vn"]
    assert "Người trực trước chưa nhận sau 15 phút." in told.mails[1][2]
    (alarm,) = alarms.lasting(db)
    assert [one.kind for one in messages.unseen(db, "minh")] == ["alarm.source_silent"]
    assert alarms.acknowledge(db, alarm.id, actor="minh", now=told.office.now).acknowledged_by == "minh"
    assert messages.unseen(db, "minh") == ()
    told.pass_time(3 * HOUR, wrong, every=5 * MINUTE)
    assert len(told.mails) == 2
    told.pass_time(5 * MINUTE)
    assert [subject.partition(":")[0] for _, subject, _ in told.mails[2:]] == ["ĐÃ HẾT", "ĐÃ HẾT"]


def test_quiet_hours_hold_back_and_the_morning_hears_once_of_what_is_over(told: DutyCase) -> None:
    told.duty("hoa")
    roster.prefer(told.office.db, Preferences("hoa", 22 * 60, 6 * 60))
    told.office.now = NOW + 16 * HOUR  # 23:30
    told.pass_time(20 * MINUTE, silent("Cổng xã"))
    told.pass_time(20 * MINUTE)
    told.pass_time(30 * MINUTE, silent("Cổng xã"), every=5 * MINUTE)
    told.pass_time(5 * HOUR + 30 * MINUTE, every=10 * MINUTE)
    (address, subject, text) = told.mails[0]
    assert (address, subject) == ("hoa@example.vn", "2 báo động, đều đã hết")
    assert text.count("Đã xảy ra và đã hết") == 2
    assert len(told.mails) == 1
    told.office.now = NOW + 40 * HOUR
    told.pass_time(MINUTE, silent("Đài khí tượng", kind="alerts_silent"))
    assert told.mails[1][1].startswith("KHẨN: Nguồn cảnh báo “Đài khí tượng” không có dữ liệu")


class NoChats:
    """The chats of a worker that has no channel to tell."""

    def send(self, channel: Channel, text: str) -> tuple[str, timedelta | None]:
        raise AssertionError((channel, text))


def test_what_is_held_back_stays_if_another_worker_is_faster_with_the_rest(told: DutyCase) -> None:
    db, hoa = told.office.db, "person:hoa"
    told.duty("hoa")
    roster.prefer(db, Preferences("hoa", 22 * 60, 6 * 60))
    told.office.now = NOW + 16 * HOUR  # 23:30
    told.pass_time(2 * MINUTE, silent("Cổng xã"))
    assert told.facts is not None
    told.facts.facts = (*silent("Cổng xã"), *silent("Đài khí tượng", kind="alerts_silent"))
    told.alarms.tick()
    asked: list[datetime] = []

    def clock() -> datetime:
        asked.append(told.office.now)
        if len(asked) == 2:  # this worker has seen that something is due, and claims it next
            urgent = [one.id for one in deliveries.waiting(db, hoa, told.office.now)]
            deliveries.sent(db, hoa, urgent, told.office.now, told.office.now)
        return told.office.now

    slower = AlarmSender(db, told.config, clock, lambda *_: "", NoChats())
    slower.tick()
    slower.close()
    assert len(asked) >= 2
    assert deliveries.counts(db, [hoa]) == {hoa: 1}
    told.pass_time(7 * HOUR, told.facts.facts, every=30 * MINUTE)
    own = [subject for address, subject, _ in told.mails if address == "hoa@example.vn"]
    assert own == ["BÁO ĐỘNG: Nguồn tin “Cổng xã” im lặng · Xã Minh Tân"]


def test_an_urgent_notice_that_screens_do_not_show_is_an_alarm_until_they_do(case: DutyCase) -> None:
    case.channel()
    case.add_screens(BOARD, 3)
    posted = notices.post(case.office.db, notice(level="urgent", areas=("xa-minh-tan",)), actor="lan", now=NOW)
    case.office.later(minutes=1)
    case.hear(case.office.now)
    assert [one for one in case.observer.observe().facts if one.kind == "notice_unconfirmed"] == []
    case.office.later(minutes=1)
    (fact,) = [one for one in case.observer.observe().facts if one.kind == "notice_unconfirmed"]
    assert (fact.area, fact.key) == ("xa-minh-tan", f"notice:{posted.id}")
    assert fact.name.endswith("3 trong 3 màn hình chưa hiện")
    with case.office.db.write() as conn:
        rows = "SELECT ?, id, ? FROM screens WHERE slot > 0"
        conn.exec_driver_sql(
            f"INSERT INTO notice_receipts (notice, screen, shown) {rows}",
            (posted.id, "2026-03-09 00:31:00.000000"),
        )
    (fact,) = [one for one in case.observer.observe().facts if one.kind == "notice_unconfirmed"]
    assert fact.name.endswith("1 trong 3 màn hình chưa hiện")
    notices.clear(case.office.db, posted.id, actor="lan", now=case.office.now)
    assert [one for one in case.observer.observe().facts if one.kind == "notice_unconfirmed"] == []


def test_disk_backup_and_clock_are_observed_by_each_machine(office: Office, chat: ChatServer) -> None:
    with duty_case(office, chat, disk_megabytes=10_000_000) as case:
        (disk,) = case.observer.observe().facts
        assert (disk.kind, disk.area, disk.key) == ("disk", "tinh", "may-1:disk")
        assert "clock" not in case.observer.observe().kinds
        case.check.compare("a.example", office.now + timedelta(minutes=5))
        assert [one.name for one in case.observer.observe().facts if one.kind == "clock"] == ["chậm 300 giây"]
        case.check.compare("b.example", office.now)  # one host agrees, so the other one is wrong
        assert [one for one in case.observer.observe().facts if one.kind == "clock"] == []
        case.pass_time(2 * MINUTE)
        (alarm,) = alarms.lasting(office.db)
        other = alarms.Observation((), frozenset({"disk"}), "may-2")
        alarms.observe(office.db, other, Rules(), lambda *_: alarms.Planned(), office.now + HOUR)
        assert alarms.lasting(office.db) == (alarm,)  # another machine's disk says nothing of this one's


def test_an_alarm_of_an_area_above_does_not_concern_the_commune_beside(told: DutyCase) -> None:
    told.channel(area="xa-dong-hai")
    told.pass_time(5 * MINUTE, silent("Cổng xã"))
    assert told.chat.asked == []


def test_webhooks_get_one_event_for_the_beginning_and_one_for_the_end(told: DutyCase) -> None:
    with told.office.db.write() as conn:
        conn.exec_driver_sql(
            "INSERT INTO webhooks (name, url, areas, events, secret, made, made_by) "
            "VALUES ('x', 'https://x.example.vn', '[\"tinh\"]', '[]', 's', '2026-03-09', 'tuan')"
        )
        assert webhooks_outbox.is_wanted(conn)
    told.pass_time(5 * MINUTE, silent("Cổng xã", "Cổng thôn"))
    told.pass_time(5 * MINUTE)
    with told.office.db.read() as conn:
        kept = [str(row[0]) for row in conn.exec_driver_sql("SELECT kind FROM webhook_events ORDER BY id")]
    assert kept == ["alarm.begun", "alarm.ended"]


def test_what_is_switched_off_or_removed_is_not_told_and_does_not_stop_others(told: DutyCase) -> None:
    first, second = told.channel(), told.channel("mail")
    told.chat.away = True
    told.pass_time(3 * MINUTE, silent("Cổng xã"))
    channels.switch(told.office.db, first.id, on=False, actor="tuan", now=told.office.now)
    channels.remove(told.office.db, second.id, actor="tuan", now=told.office.now)
    told.chat.away = False
    told.chat.asked.clear()
    told.pass_time(20 * MINUTE)
    assert told.chat.asked == []
    assert deliveries.counts(told.office.db, ["channel:1", "channel:2"]) == {}


def test_a_channel_that_is_switched_on_again_begins_anew(told: DutyCase) -> None:
    db, channel = told.office.db, told.channel()

    def reported() -> int:
        return sum(1 for one in messages.unseen(db, KEEPER.slug) if one.kind == "duty_channel.failed")

    told.chat.away = True
    told.pass_time(40 * MINUTE, silent("Cổng xã"))
    assert reported() == 1
    channels.switch(db, channel.id, on=False, actor="tuan", now=told.office.now)
    assert reported() == 0
    told.pass_time(20 * MINUTE, silent("Cổng xã"))
    channels.switch(db, channel.id, on=True, actor="tuan", now=told.office.now)
    told.pass_time(20 * MINUTE, silent("Cổng tỉnh", area="tinh"))
    assert reported() == 1
    told.chat.away = False
    told.chat.asked.clear()
    told.pass_time(15 * MINUTE, silent("Cổng tỉnh", area="tinh"))
    assert "Từ 08:32 ngày 09/03 không gửi được tới đây" in told.chat.texts[0]  # not since the first failure


def test_a_worker_killed_between_sending_and_storing_sends_again(told: DutyCase) -> None:
    """At least once: the other side has the message twice, but nothing is lost."""
    told.channel()
    assert told.facts is not None
    told.facts.facts = tuple(silent("Cổng xã"))
    told.alarms.tick()
    told.office.later(minutes=2)
    told.alarms.tick()
    script = (
        "import sys, threading\n"
        "from datetime import datetime\n"
        "from pathlib import Path\n"
        "from server.setup.config import Config\n"
        "from server.store.database.engine import Database\n"
        "from server.worker.deliveries.alarms_chats import Chats\n"
        "from server.worker.deliveries.alarms_sender import AlarmSender\n"
        "from server.worker.deliveries.clock_check import ClockCheck\n"
        "from tests.feeds.hosts import loopback\n"
        "config, now = Config.model_validate_json(sys.argv[2]), datetime.fromisoformat(sys.argv[3])\n"
        "db = Database.open('sqlite:///bangtin.db', Path(sys.argv[1]))\n"
        "check = ClockCheck(lambda: now, lambda: 0.0)\n"
        "chats = Chats(db, config, lambda: now, check, lambda _: None, loopback)\n"
        "AlarmSender(db, config, lambda: now, None, chats).tick()\n"
        "threading.Event().wait(30)\n"
    )
    arguments = [str(told.office.folder), told.config.model_dump_json(), told.office.now.isoformat()]
    worker = subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT)
    told.chat.before = lambda: os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(60) == -signal.SIGKILL
    told.chat.before = lambda: None
    assert len(told.chat.texts) == 1
    told.send()
    assert len(told.chat.texts) == 1  # the claim of the dead worker still holds
    told.office.later(seconds=deliveries.CLAIM.total_seconds() + 1)
    told.send()
    assert len(told.chat.texts) == 2
    assert told.chat.texts[0] == told.chat.texts[1]
    told.send()
    assert len(told.chat.texts) == 2


def test_a_silent_portal_is_an_alarm_and_a_file_is_not(case: DutyCase) -> None:
    db, long_ago = case.office.db, NOW - 30 * DAY
    sources.save(db, replace(source("tep"), url="feeds/tep.xml"), actor="tuan", now=NOW)
    for _, state in sources.claim_due(db, worker="w", now=NOW, lease=MINUTE, limit=9):
        new = NOW if state.slug == "tin-xa" else long_ago
        sources.finish(db, state.slug, worker="w", state=replace(state, last_good=NOW, last_new=new))
    found = [(one.kind, one.area, one.name) for one in case.observer.observe().facts]
    assert found == [("source_silent", "tinh", "Cổng thông tin tỉnh")]


def test_what_is_dark_is_not_observed_twice(case: DutyCase) -> None:
    case.add_screens(BOARD, 2)
    case.office.later(minutes=3)
    outages.note(case.office.db, case.office.now, 2 * MINUTE)
    seen = case.observer.observe()
    assert [one.kind for one in seen.facts] == ["screen_dark"] * 2
    assert seen.whole == {("screen_dark", "xa-minh-tan")}


def test_old_alarms_are_forgotten_with_what_was_sent(told: DutyCase) -> None:
    told.channel()
    told.pass_time(5 * MINUTE, silent("Cổng xã"))
    told.pass_time(5 * MINUTE)
    assert alarms.forget(told.office.db, before=told.office.now - DAY) == 0
    assert alarms.forget(told.office.db, before=told.office.now) == 1
    assert alarms.named(told.office.db, [1]) == {}
    assert deliveries.of_alarm(told.office.db, 1) == ()
