"""Urgent notices at the desk: by whom, to whom, once; by two where two are asked for; corrected, longer, gone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.core.model import Notice
from server.core.policy import Grant
from server.core.screens.proof import NoticeReceipt
from server.core.screens.screens import Link
from server.setup.config import Config
from server.setup.config_sections import NoticesSection, PeopleSection
from server.store.notices import actions as notice_acts
from server.store.notices import notices
from server.store.people import messages, people
from server.store.screens import pairing, receipts
from tests import cast
from tests.cast import EDITOR, HOUR, KEEPER, MINUTE, NOW, OPERATOR, SECOND_EDITOR, Person
from tests.desk.office import Browser, Office

WORDS = {
    "danger": "bao",
    "headline": "Bão số 3 đổ bộ, ở trong nhà",
    "act1": "Ở trong nhà",
    "act2": "Gọi 114",
    "areas": ["xa-minh-tan"],
    "hours": "6",
    "level": "urgent",
    "risk": "4",
}
LOCAL = Person("dong", "Vũ Thị Đông", "editor", "xa-dong-hai")


@pytest.fixture
def two(office: Office) -> Office:
    """The office where an urgent notice needs two."""
    people_ = PeopleSection(second_factor=False)
    office.config = Config(people=people_, notices=NoticesSection(four_eyes=True))
    return office


def send(browser: Browser, **changes: Any) -> int:
    """Sends the form; the number of the notice it led to."""
    answer = browser.post("/desk/urgent/", {**WORDS, **changes})
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def seen(browser: Browser, id: int) -> str:
    """The mark that the page of a draft brings with its buttons; empty where it has none."""
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', browser.get(f"/desk/urgent/{id}").text)
    return found[1] if found else ""


def press(browser: Browser, id: int, act: str, **more: str) -> TestResponse:
    """A button of the draft's page as it stands."""
    return browser.post(f"/desk/urgent/{id}/{act}", {"seen": seen(browser, id), **more})


def live(office: Office) -> tuple[Notice, ...]:
    return notices.live(office.db, office.clock())


def settle(office: Office, who: Person, area: str) -> None:
    people.add(office.db, username=who.slug, name=who.name, email=f"{who.slug}@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, who.slug, Grant(who.role, area), by=None, actor="os:root", now=NOW)


def test_an_editor_reaches_the_glass_in_one_form(office: Office) -> None:
    id = send(office.browser(EDITOR))
    (sent,) = live(office)
    assert sent.id == id
    assert (sent.headline, sent.acts, sent.areas) == (WORDS["headline"], ("Ở trong nhà", "Gọi 114"), ("xa-minh-tan",))
    assert (sent.danger, sent.risk, sent.level, sent.created_by) == ("Bão", 4, "urgent", "lan")
    assert (sent.sender, sent.until) == ("Xã Minh Tân", NOW + 6 * HOUR)


def test_the_same_form_sent_twice_is_one_notice(office: Office) -> None:
    browser = office.browser(EDITOR)
    assert send(browser) == send(browser)
    assert len(live(office)) == 1
    office.later(minutes=3)
    assert send(browser) != live(office)[0].id


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"areas": []}, "Chưa chọn nơi nhận"),
        ({"areas": ["xa-khong-co"]}, "Chưa chọn nơi nhận"),
        ({"headline": "  "}, "Chưa có điều phải nói"),
        ({"headline": "a" * 181}, "Dài quá 180"),
        ({"hours": "at"}, "Chưa nêu đến lúc nào"),
        ({"hours": "at", "until": "2026-03-09T07:29"}, "sau bây giờ"),
        ({"hours": "at", "until": "2026-04-09T07:29"}, "14 ngày"),
    ],
)
def test_what_is_not_complete_is_said_and_stays_in_the_form(office: Office, wrong: dict[str, Any], says: str) -> None:
    answer = office.browser(EDITOR).post("/desk/urgent/", {**WORDS, **wrong})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Gọi 114" in answer.text
    assert live(office) == ()


def test_an_area_below_one_that_is_chosen_is_not_named_twice(office: Office) -> None:
    send(office.browser(EDITOR), areas=["tinh", "xa-minh-tan"])
    assert live(office)[0].areas == ("tinh",)


def test_everywhere_is_everywhere_where_i_may(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    send(office.browser(LOCAL), everywhere="y", areas=[])
    assert live(office)[0].areas == ("xa-dong-hai",)


def test_an_operator_asks_and_an_editor_of_the_area_sends(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    id = send(office.browser(OPERATOR))
    assert live(office) == ()
    assert office.browser(OPERATOR).post(f"/desk/urgent/{id}/send").status_code == 403
    assert office.browser(LOCAL).get(f"/desk/urgent/{id}").status_code == 404
    assert office.browser(LOCAL).post(f"/desk/urgent/{id}/send").status_code == 404
    assert "Đề nghị" in office.browser(EDITOR).get("/desk/urgent/").text
    assert press(office.browser(EDITOR), id, "send").status_code == 303
    assert [one.id for one in live(office)] == [id]


def test_a_keeper_has_no_say(office: Office) -> None:
    assert office.browser(KEEPER).post("/desk/urgent/", WORDS).status_code == 403


def test_who_may_not_send_everywhere_sends_nowhere(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    answer = office.browser(LOCAL).post("/desk/urgent/", {**WORDS, "areas": ["xa-dong-hai", "xa-minh-tan"]})
    assert answer.status_code == 422
    assert live(office) == ()


def test_with_four_eyes_one_signs_and_another_confirms(two: Office) -> None:
    id = send(two.browser(EDITOR))
    assert live(two) == ()
    press(two.browser(EDITOR), id, "send")
    assert live(two) == ()
    press(two.browser(SECOND_EDITOR), id, "send")
    (sent,) = live(two)
    assert (sent.signed_by, sent.confirmed_by) == ("lan", "minh")


def test_the_second_shows_a_factor_first(two: Office) -> None:
    id = send(two.browser(EDITOR))
    answer = press(two.browser(SECOND_EDITOR, factor=False), id, "send")
    assert answer.status_code == 303
    assert "/desk/urgent/" not in answer.headers["Location"].split("?")[0]
    assert live(two) == ()


def test_alone_after_thirty_seconds_and_everybody_can_see_it(two: Office) -> None:
    browser = two.browser(EDITOR)
    id = send(browser)
    page = browser.get(f"/desk/urgent/{id}").text
    assert "Còn 30 giây" in page
    press(browser, id, "send", alone="yes")
    assert live(two) == ()
    two.later(seconds=30)
    press(two.browser(EDITOR), id, "send", alone="yes")
    assert live(two)[0].broke_glass
    assert "Phát một mình" in two.browser(SECOND_EDITOR).get(f"/desk/urgent/{id}").text


def test_a_correction_takes_the_place_of_the_first(office: Office) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    form = browser.get(f"/desk/urgent/?from={first}").text
    assert str(WORDS["headline"]) in form
    second = send(browser, headline="Bão số 3 đổi hướng", replaces=str(first))
    assert [one.id for one in live(office)] == [second]
    assert "đính chính" in browser.get(f"/desk/urgent/{first}").text


OTHER: list[dict[str, Any]] = [
    {"risk": "5"},
    {"danger": "lu"},
    {"sender": "Ban chỉ huy phòng thủ dân sự"},
    {"hours": "12"},
    {"hours": "at", "until": "2026-03-09T13:31"},
]


@pytest.mark.parametrize("other", OTHER)
def test_a_quick_correction_of_anything_is_sent_and_pressed_twice_it_is_one(
    office: Office, other: dict[str, Any]
) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    office.later(seconds=20)
    second = send(browser, replaces=str(first), **other)
    office.later(seconds=20)
    assert send(browser, replaces=str(first), **other) == second
    (sent,) = live(office)
    assert (sent.id, sent.replaces) == (second, first)


def test_a_signed_correction_pressed_twice_waits_once(two: Office) -> None:
    first = notices.post(two.db, cast.notice(created_by="lan"), actor="lan", now=NOW).id
    browser = two.browser(EDITOR)
    second = send(browser, replaces=str(first))
    two.later(seconds=20)
    assert send(browser, replaces=str(first)) == second


@pytest.mark.parametrize("other", OTHER)
def test_a_notice_that_says_anything_else_is_another(office: Office, other: dict[str, Any]) -> None:
    browser = office.browser(EDITOR)
    assert send(browser) != send(browser, **other)
    assert len(live(office)) == 2


def test_the_same_hours_a_moment_later_are_the_same_form(office: Office) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    office.later(seconds=90)
    assert send(browser) == first


def test_longer_and_gone_in_one_press_each(office: Office) -> None:
    browser = office.browser(EDITOR)
    id = send(browser)
    browser.post(f"/desk/urgent/{id}/extend", {"hours": "3"})
    assert live(office)[0].until == NOW + 9 * HOUR
    assert browser.post(f"/desk/urgent/{id}/extend", {"hours": "9999"}).status_code == 400
    office.later(minutes=1)
    browser.post(f"/desk/urgent/{id}/clear")
    assert live(office) == ()
    assert "Đã gỡ" in browser.get(f"/desk/urgent/{id}").text


def test_a_draft_is_changed_by_its_writer_or_an_editor_and_dropped(office: Office) -> None:
    id = send(office.browser(OPERATOR))
    changed = {**WORDS, "headline": "Nước lên, rời bãi bồi"}
    assert office.browser(OPERATOR).post(f"/desk/urgent/{id}/edit", changed).status_code == 303
    assert notices.get(office.db, id).headline == "Nước lên, rời bãi bồi"
    assert office.browser(EDITOR).post(f"/desk/urgent/{id}/edit", WORDS).status_code == 303
    office.browser(OPERATOR).post(f"/desk/urgent/{id}/discard")
    assert notices.get(office.db, id).state == "cleared"
    late = office.browser(OPERATOR).post(f"/desk/urgent/{id}/edit", changed)
    assert late.status_code == 409
    assert "Nước lên" in late.text


def test_before_sending_one_sees_whom_how_and_beside_what(office: Office) -> None:
    notices.post(office.db, cast.notice(headline="Tin đang phát"), actor="lan", now=NOW)
    checked = office.browser(EDITOR).post("/desk/urgent/check", WORDS).text
    assert "1 bảng tin" in checked
    assert "Xã Minh Tân" in checked
    assert "Cùng lúc có 2 tin khẩn" in checked
    assert "mỗi tin 12 giây" in checked
    assert "Tự gỡ lúc 13:30 09/03/2026" in checked
    assert "KHẨN CẤP" in checked
    nobody = office.browser(EDITOR).post("/desk/urgent/check", {**WORDS, "areas": []}).text
    assert "không gửi đến đâu cả" in nobody


def test_where_there_is_no_board_nothing_is_sent(office: Office) -> None:
    answer = office.browser(EDITOR).post("/desk/urgent/", {**WORDS, "areas": ["xa-minh-tan"], "everywhere": ""})
    assert answer.status_code == 303
    settle(office, replace(LOCAL, slug="tam", area="tinh"), "tinh")
    assert len(live(office)) == 1


def test_words_of_a_notice_are_words_and_nothing_else(office: Office) -> None:
    browser = office.browser(EDITOR)
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    id = send(browser, headline=evil)
    checked = browser.post("/desk/urgent/check", {**WORDS, "headline": evil})
    for page in (browser.get(f"/desk/urgent/{id}"), browser.get("/desk/urgent/"), checked):
        assert not re.search(r"<script>alert|<img src=x", page.text)


def test_the_list_names_what_is_on_air_in_my_area(office: Office) -> None:
    notices.post(office.db, cast.notice(headline="Tin toàn tỉnh"), actor="lan", now=NOW)
    notices.post(office.db, cast.notice(headline="Tin Đông Hải", areas=("xa-dong-hai",)), actor="lan", now=NOW)
    page = office.browser(OPERATOR).get("/desk/urgent/").text
    assert "Tin toàn tỉnh" in page
    assert "Tin Đông Hải" not in page


def test_an_exercise_is_marked_everywhere(office: Office) -> None:
    browser = office.browser(EDITOR)
    id = send(browser, exercise="y")
    assert live(office)[0].exercise
    assert "DIỄN TẬP" in browser.get(f"/desk/urgent/{id}").text


def test_a_form_that_was_open_for_long_still_counts_from_now(office: Office) -> None:
    browser = office.browser(EDITOR)
    browser.get("/desk/urgent/")
    office.now += timedelta(minutes=20)
    send(browser)
    assert live(office)[0].until == NOW + 20 * MINUTE + 6 * HOUR


def test_the_count_names_who_has_not_shown_it_and_whom_to_call(office: Office) -> None:
    pair(office, "Cổng trụ sở", "0221 555 001")
    answered = pair(office, "Nhà văn hóa", "0221 555 002")
    browser = office.browser(EDITOR)
    id = send(browser)
    said = [NoticeReceipt(id, answered, kind, NOW + timedelta(seconds=1)) for kind in ("sent", "received", "shown")]
    receipts.save(office.db, [], said, [Link(answered, True, NOW)])
    counted = browser.get(f"/desk/urgent/{id}/progress").text
    assert [int(found) for found in re.findall(r"<dd>(\d+)</dd>", counted)] == [2, 1, 1, 1, 1]
    assert "0221 555 001" in counted
    assert "chưa từng nối" in counted
    assert "0221 555 002" not in counted
    assert "sau 1 giây" in counted


def pair(office: Office, name: str, phone: str) -> int:
    """A screen of the board of Minh Tân; its number."""
    code, secret, _ = pairing.open_code(office.db, office.now)
    made = pairing.claim(office.db, code, board="xa-minh-tan", name=name, phone=phone, actor="lan", now=office.now)
    pairing.collect(office.db, code, secret, office.now)
    return made.id


def test_whoever_can_act_is_told_and_everybody_where_the_glass_was_broken(two: Office) -> None:
    asked = send(two.browser(OPERATOR))
    assert {one.link for one in messages.unseen(two.db, "lan")} == {f"/desk/urgent/{asked}"}
    press(two.browser(EDITOR), asked, "sign")
    assert len(messages.unseen(two.db, "minh")) == 2
    assert messages.unseen(two.db, "tuan") == ()
    two.later(seconds=31)
    press(two.browser(EDITOR), asked, "send", alone="yes")
    assert "một mình" in messages.unseen(two.db, "tuan")[0].subject


def test_what_i_was_told_stands_on_every_page_until_i_have_seen_it(office: Office) -> None:
    asked = send(office.browser(OPERATOR))
    browser = office.browser(EDITOR)
    for path in ("/desk/timeline/", "/desk/urgent/", "/desk/screens/"):
        assert f'<a href="/desk/urgent/{asked}">Đề nghị tin khẩn' in browser.get(path).text
    (told,) = messages.unseen(office.db, "lan")
    answer = browser.post(
        "/desk/seen", {"id": str(told.id)}, headers={"Referer": "http://localhost/desk/timeline/?at=x"}
    )
    assert answer.headers["Location"].endswith("/desk/timeline/")
    assert "Đề nghị tin khẩn:" not in browser.get("/desk/timeline/").text
    foreign = browser.post("/desk/seen", headers={"Referer": "http://x.example/desk/../evil"})
    assert "example" not in foreign.headers["Location"]


def test_words_that_nobody_read_are_not_sent(office: Office) -> None:
    id = send(office.browser(OPERATOR))
    editor = office.browser(EDITOR)
    read = seen(editor, id)
    office.browser(OPERATOR).post(f"/desk/urgent/{id}/edit", {**WORDS, "headline": "Lời chưa ai đọc"})
    for form in ({"seen": read}, {"seen": ""}, {}):
        answer = editor.post(f"/desk/urgent/{id}/send", form, follow_redirects=True)
        assert "chưa gửi gì cả" in answer.text
        assert "<h1>Lời chưa ai đọc</h1>" in answer.text
        assert live(office) == ()
    press(editor, id, "send")
    assert [one.headline for one in live(office)] == ["Lời chưa ai đọc"]


def test_words_that_nobody_read_are_not_signed(two: Office) -> None:
    id = send(two.browser(OPERATOR))
    editor = two.browser(EDITOR)
    read = seen(editor, id)
    two.browser(OPERATOR).post(f"/desk/urgent/{id}/edit", {**WORDS, "risk": "5"})
    for form in ({"seen": read}, {}):
        answer = editor.post(f"/desk/urgent/{id}/sign", form, follow_redirects=True)
        assert "chưa gửi gì cả" in answer.text
        assert notices.get(two.db, id).signed_by == ""
    press(editor, id, "sign")
    assert notices.get(two.db, id).signed_by == "lan"


def test_two_who_change_one_draft_are_asked_and_nothing_is_lost(office: Office) -> None:
    id = send(office.browser(OPERATOR))
    seen = notice_acts.mark(notices.get(office.db, id))
    first = {**WORDS, "headline": "Lời của Lan", "seen": seen}
    assert office.browser(EDITOR).post(f"/desk/urgent/{id}/edit", first).status_code == 303
    second = {**WORDS, "headline": "Lời của Minh", "seen": seen}
    browser = office.browser(SECOND_EDITOR)
    asked = browser.post(f"/desk/urgent/{id}/edit", second)
    assert asked.status_code == 409
    assert "Lời của Lan" in asked.text
    assert "Lời của Minh" in asked.text
    assert notices.get(office.db, id).headline == "Lời của Lan"
    mark = re.search(r'name="seen" value="([0-9a-f]{16})"', asked.text)
    assert mark is not None
    assert browser.post(f"/desk/urgent/{id}/edit", {**second, "seen": mark[1]}).status_code == 303
    assert notices.get(office.db, id).headline == "Lời của Minh"
