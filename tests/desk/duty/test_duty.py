"""The pages of duty: taking an alarm on, the roster of a week, channels with their secrets, own quiet hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from server.core.duty.alarms import Alarm, Fact, Rules, Step
from server.core.duty.plan import Preferences, Send
from server.store.audit import audit
from server.store.duty import alarms, channels, deliveries, roster
from server.store.duty.alarms import Observation, Planned
from server.store.people import people
from tests.cast import EDITOR, KEEPER, NOW, OPERATOR
from tests.desk.office import Office

CHANNEL = {"kind": "telegram", "name": "Nhóm trực xã", "address": "-1001", "token": "12:bi-mat", "areas": ["tinh"],
           "person": ""}  # fmt: skip
TURN = {"person": "hoa", "weekdays": ["0", "1", "2"], "start": "7h", "end": "17:00", "place": "1"}


def wrong(office: Office, *facts: Fact) -> None:
    """The worker has observed ``facts`` twice, a minute apart, and nothing else."""
    seen = Observation(facts, frozenset({"screen_dark", "source_silent"}))

    def planner(alarm: Alarm, steps: tuple[Step, ...], told: frozenset[str], now: datetime) -> Planned:
        return Planned((Send("person:hoa", "begun", office.now),) if "begun" in steps else ())

    for _ in range(2):
        alarms.observe(office.db, seen, Rules(), planner, office.now)
        office.later(minutes=2)


def dark(number: int, area: str = "xa-minh-tan") -> Fact:
    return Fact("screen_dark", area, f"screen:{number}", f"Nhà văn hóa thôn {number}", NOW)


def test_an_alarm_is_on_every_page_until_somebody_takes_it_on(office: Office) -> None:
    wrong(office, dark(1), dark(2))
    browser = office.browser(OPERATOR)
    assert "Báo động chưa ai nhận: Mất liên lạc với màn hình, Xã Minh Tân" in browser.get("/desk/duty/mine/").text
    page = browser.get("/desk/duty/").text
    assert "Nhà văn hóa thôn 1, Nhà văn hóa thôn 2" in page
    assert "Tôi đã nhận" in page
    browser.post("/desk/duty/alarms/1/acknowledge")
    assert alarms.get(office.db, 1).acknowledged_by == "hoa"
    assert "Báo động chưa ai nhận" not in browser.get("/desk/duty/mine/").text
    page = office.browser(EDITOR).get("/desk/duty/alarms/1").text
    assert "Nguyễn Thị Hoa đã nhận" in page
    assert "Báo lúc bắt đầu" in page
    assert [one.act for one in audit.all(office.db)][-1] == "alarm.acknowledge"
    wrong(office)
    wrong(office)
    past = browser.get("/desk/duty/").text
    assert "Không có báo động nào." in past
    assert "Nguyễn Thị Hoa đã nhận" in past


def test_an_alarm_of_another_area_is_not_shown_and_cannot_be_taken_on(office: Office) -> None:
    wrong(office, dark(1, "xa-dong-hai"))
    browser = office.browser(OPERATOR)
    assert "Nhà văn hóa" not in browser.get("/desk/duty/").text
    assert browser.get("/desk/duty/alarms/1").status_code == 404
    assert browser.post("/desk/duty/alarms/1/acknowledge").status_code == 404
    assert alarms.get(office.db, 1).acknowledged is None


def test_the_roster_shows_the_week_with_who_stands_in(office: Office) -> None:
    browser = office.browser(EDITOR)
    browser.post("/desk/duty/roster/xa-minh-tan/turns", TURN)
    browser.post("/desk/duty/roster/xa-minh-tan/turns", {**TURN, "person": "lan", "place": "2", "end": "07:00"})
    away = {"away": "hoa", "first": "09/03/2026", "last": "10/03/2026", "substitute": "minh"}
    browser.post("/desk/duty/roster/xa-minh-tan/absences", away)
    (turn, _) = roster.turns(office.db)
    assert (turn.weekdays, turn.start, turn.end, turn.place) == ((0, 1, 2), 420, 1020, 1)
    (absence,) = roster.absences(office.db)
    assert (absence.first, absence.last) == (date(2026, 3, 9), date(2026, 3, 10))
    page = browser.get("/desk/duty/roster/?area=xa-minh-tan").text
    assert "Tuần từ 09/03/2026" in page
    assert page.count("thay Nguyễn Thị Hoa") == 2
    assert "24 giờ, từ 07:00" in page
    assert "<strong>Lê Quang Minh</strong>" in page  # on duty now, Monday 07:30
    assert "thay Nguyễn Thị Hoa" not in browser.get("/desk/duty/roster/?area=xa-minh-tan&day=2026-03-16").text
    browser.post(f"/desk/duty/roster/turns/{turn.id}/remove")
    browser.post(f"/desk/duty/roster/absences/{absence.id}/remove")
    assert [one.person for one in roster.turns(office.db)] == ["lan"]
    assert roster.absences(office.db) == ()


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("turns", {**TURN, "weekdays": []}, "Hãy chọn ít nhất một ngày"),
        ("turns", {**TURN, "start": "sáng"}, "Hãy ghi giờ:phút"),
        ("absences", {"away": "hoa", "first": "10/03/2026", "last": "09/03/2026", "substitute": ""}, "Ngày cuối"),
        ("absences", {"away": "hoa", "first": "9/3/2026", "last": "9/3/2026", "substitute": "hoa"}, "người khác"),
    ],
)
def test_what_is_wrong_in_the_roster_is_said(
    office: Office, path: str, form: dict[str, object], sentence: str
) -> None:
    page = office.browser(EDITOR).post(f"/desk/duty/roster/xa-minh-tan/{path}", form).text
    assert sentence in page
    assert roster.turns(office.db) == ()
    assert roster.absences(office.db) == ()


def test_a_channels_secret_is_never_shown_and_stays_when_nothing_is_typed(office: Office) -> None:
    browser = office.browser(KEEPER)
    browser.post("/desk/duty/channels/", CHANNEL)
    page = browser.get("/desk/duty/channels/1").text
    assert "Nhóm trực xã" in page
    assert "bi-mat" not in page
    browser.post("/desk/duty/channels/1", {**CHANNEL, "token": "", "name": "Nhóm mới"})
    assert (channels.get(office.db, 1).name, channels.secrets_of(office.db, 1).secret) == ("Nhóm mới", "12:bi-mat")
    browser.post("/desk/duty/channels/1/test")
    assert "Đang gửi" in browser.get("/desk/duty/channels/1").text
    deliveries.failed(office.db, "channel:1", "chat", office.now, office.now)
    page = browser.get("/desk/duty/channels/").text
    assert "Không gửi được từ" in page
    assert "Không có nhóm hay người nhận này" in page
    browser.post("/desk/duty/channels/1/off")
    assert "Kênh này đang dừng" in browser.post("/desk/duty/channels/1/test", follow_redirects=True).text
    browser.post("/desk/duty/channels/1/on")
    browser.post("/desk/duty/channels/1/remove")
    assert channels.listed(office.db) == ()
    records = [one for one in audit.all(office.db) if one.subject == "duty_channel/1"]
    assert [one.act.partition(".")[2] for one in records] == ["make", "change", "off", "on", "remove"]
    assert "bi-mat" not in str(records)
    assert "-1001" not in str(records)


def test_a_second_turn_or_absence_of_a_person_at_the_same_time_is_refused_by_name(office: Office) -> None:
    browser = office.browser(EDITOR)
    browser.post("/desk/duty/roster/xa-minh-tan/turns", TURN)
    page = browser.post("/desk/duty/roster/xa-minh-tan/turns", {**TURN, "weekdays": ["2", "3"], "place": "2"}).text
    assert "Người này đã có ca trùng giờ: Thứ Hai, Thứ Ba, Thứ Tư, 07:00–17:00" in page
    browser.post("/desk/duty/roster/xa-minh-tan/turns", {**TURN, "person": "lan"})  # both are told
    assert [one.person for one in roster.turns(office.db)] == ["hoa", "lan"]
    away = {"away": "hoa", "first": "09/03/2026", "last": "10/03/2026", "substitute": "minh"}
    browser.post("/desk/duty/roster/xa-minh-tan/absences", away)
    page = browser.post("/desk/duty/roster/xa-minh-tan/absences", {**away, "first": "10/03/2026"}).text
    assert "Người này đã ghi vắng 09/03/2026 – 10/03/2026" in page
    assert [one.substitute for one in roster.absences(office.db)] == ["minh"]


def test_who_cannot_take_alarms_any_more_is_not_shown_as_on_duty(office: Office) -> None:
    browser = office.browser(EDITOR)
    browser.post("/desk/duty/roster/xa-minh-tan/turns", {**TURN, "person": "minh"})
    own = office.browser(OPERATOR)
    assert "Đang trực: Lê Quang Minh." in own.get("/desk/duty/").text
    people.suspend(office.db, "minh", active=False, actor="tuan", now=office.now)
    assert "lịch trực của đơn vị bạn không có ai" in own.get("/desk/duty/").text
    page = browser.get("/desk/duty/roster/?area=xa-minh-tan").text
    assert "Lúc này không ai trực ở xã Minh Tân" in page
    assert "không còn nhận được báo động" in page


def test_a_person_sees_the_own_turns_in_words(office: Office) -> None:
    browser = office.browser(EDITOR)
    whole = {**TURN, "weekdays": [str(day) for day in range(7)], "start": "0:00", "end": "0:00"}
    browser.post("/desk/duty/roster/xa-minh-tan/turns", whole)
    assert "hằng ngày, cả ngày" in office.browser(OPERATOR).get("/desk/duty/mine/").text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"token": ""}, "Mục này chưa có gì"),
        ({"areas": []}, "Hãy chọn ít nhất một đơn vị"),
        ({"kind": "mail", "address": "nhom"}, "Đây không phải địa chỉ thư"),
        ({"kind": "mail", "address": "nhom@xa"}, "Đây không phải địa chỉ thư"),
        ({"kind": "mail", "address": "a@xa.vn,b@xa.vn"}, "Đây không phải địa chỉ thư"),
        ({"address": "Nhóm trực"}, "Hãy ghi số của nhóm hay người nhận"),
        ({"address": " "}, "Hãy ghi số của nhóm hay người nhận"),
        ({"kind": "zalo", "address": "Lê Lan"}, "Mã người quan tâm chỉ gồm"),
        ({"kind": "zalo", "app": "1"}, "Mục này chưa có gì"),
    ],
)
def test_what_is_wrong_in_a_channel_is_said(office: Office, change: dict[str, object], sentence: str) -> None:
    page = office.browser(KEEPER).post("/desk/duty/channels/", {**CHANNEL, **change}).text
    assert sentence in page
    assert 'value="Nhóm trực xã"' in page
    assert channels.listed(office.db) == ()


def test_all_that_is_wrong_in_a_changed_channel_is_said_at_once(office: Office) -> None:
    browser = office.browser(KEEPER)
    browser.post("/desk/duty/channels/", CHANNEL)
    page = browser.post("/desk/duty/channels/1", {**CHANNEL, "kind": "zalo", "name": "", "token": ""}).text
    assert page.count("Mục này chưa có gì") == 4  # the name, and the three secrets of the other kind
    assert channels.get(office.db, 1).kind == "telegram"


def test_a_channel_stays_that_of_a_person_who_has_lost_the_right(office: Office) -> None:
    browser = office.browser(KEEPER)
    browser.post("/desk/duty/channels/", {**CHANNEL, "person": "hoa"})
    people.suspend(office.db, "hoa", active=False, actor="tuan", now=office.now)
    assert '<option selected value="hoa">' in browser.get("/desk/duty/channels/1").text
    browser.post("/desk/duty/channels/1", {**CHANNEL, "person": "hoa", "token": "", "name": "Nhóm mới"})
    found = channels.get(office.db, 1)
    assert (found.name, found.person) == ("Nhóm mới", "hoa")


def test_who_is_no_editor_keeps_the_summary_for_later(office: Office) -> None:
    office.browser(OPERATOR).post("/desk/duty/mine/", {"quiet_from": "22:00", "quiet_until": "6h"})
    assert roster.preferences(office.db) == {"hoa": Preferences("hoa", 22 * 60, 6 * 60)}


def test_a_person_sets_the_own_quiet_hours_and_summary(office: Office) -> None:
    browser = office.browser(EDITOR)
    browser.post(
        "/desk/duty/mine/", {"quiet_from": "22:00", "quiet_until": "6h", "digest": "y", "digest_at": "06:30"}
    )
    assert roster.preferences(office.db) == {"lan": Preferences("lan", 22 * 60, 6 * 60, 390)}
    assert 'value="22:00"' in browser.get("/desk/duty/mine/").text
    page = browser.post("/desk/duty/mine/", {"quiet_from": "22:00", "quiet_until": ""}).text
    assert "Hãy ghi cả giờ bắt đầu và giờ kết thúc" in page
    browser.post("/desk/duty/mine/", {"digest_at": "06:30"})
    assert roster.preferences(office.db) == {"lan": Preferences("lan", None, None, None)}


def test_damaged_rows_do_not_break_the_pages(office: Office) -> None:
    with office.db.write() as conn:
        conn.exec_driver_sql(
            "INSERT INTO duty_absences (area, person, first, last) VALUES ('xa-minh-tan', 'hoa', 'x', '2026-03-10')"
        )
    assert office.browser(EDITOR).get("/desk/duty/roster/?area=xa-minh-tan").status_code == 200
    assert office.browser(EDITOR).get("/desk/duty/roster/?area=khong-co&day=9999-99-99").status_code == 200
    assert timedelta(0) == office.clock_set_by
