"""An urgent notice is sent only with the right for every target area, and once however often its form is posted.

Also tests corrections, extensions, clearing and the page of its progress.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.model import Format
from server.core.policy import Grant
from server.core.screens.proof import NoticeReceipt
from server.core.screens.screens import Link
from server.store.boards import boards
from server.store.notices import notices
from server.store.people import messages, people
from server.store.screens import pairing, receipts
from tests import cast
from tests.cast import BOARD_MINH_TAN, EDITOR, HOUR, KEEPER, MINUTE, NOW, OPERATOR, SECOND_EDITOR, Person
from tests.desk.notices.forms import WORDS, live, press, send
from tests.desk.office import Office

LOCAL = Person("dong", "Vũ Thị Đông", "editor", "xa-dong-hai")


def settle(office: Office, who: Person, area: str) -> None:
    people.add(office.db, username=who.slug, name=who.name, email=f"{who.slug}@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, who.slug, Grant(who.role, area), by=None, actor="os:root", now=NOW)


def test_one_form_of_an_editor_puts_a_notice_on_air(office: Office) -> None:
    id = send(office.browser(EDITOR))
    (sent,) = live(office)
    assert sent.id == id
    assert (sent.headline, sent.acts, sent.areas) == (WORDS["headline"], ("Ở trong nhà", "Gọi 114"), ("xa-minh-tan",))
    assert (sent.danger, sent.risk, sent.level, sent.created_by) == ("Bão", 4, "urgent", "lan")
    assert (sent.sender, sent.until) == ("Xã Minh Tân", NOW + 6 * HOUR)


def test_the_same_form_sent_twice_is_one_notice(office: Office) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    assert send(browser) == first
    office.later(minutes=30)
    assert send(browser) == first
    assert "đang phát: không phát thêm lần nữa" in browser.get(f"/desk/urgent/{first}").text
    assert len(live(office)) == 1


def test_an_extended_notice_is_not_sent_again_by_its_form(office: Office) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    browser.post(f"/desk/urgent/{first}/extend", {"hours": "3"})
    office.later(minutes=5)
    assert send(browser) == first
    assert len(live(office)) == 1


def test_two_editors_with_the_same_prepared_text_make_one_notice(office: Office) -> None:
    first = send(office.browser(EDITOR))
    assert send(office.browser(SECOND_EDITOR)) == first
    assert len(live(office)) == 1


def test_after_a_notice_has_ended_the_same_form_makes_a_new_one(office: Office) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    browser.post(f"/desk/urgent/{first}/clear")
    assert send(browser) != first
    assert len(live(office)) == 1


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
def test_an_incomplete_form_comes_back_with_its_error_and_its_text(
    office: Office, wrong: dict[str, object], says: str
) -> None:
    answer = office.browser(EDITOR).post("/desk/urgent/", {**WORDS, **wrong})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Gọi 114" in answer.text
    assert live(office) == ()


def test_an_area_below_one_that_is_chosen_is_not_named_twice(office: Office) -> None:
    send(office.browser(EDITOR), areas=["tinh", "xa-minh-tan"])
    assert live(office)[0].areas == ("tinh",)


def test_everywhere_means_ones_own_areas(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    send(office.browser(LOCAL), everywhere="y", areas=[])
    assert live(office)[0].areas == ("xa-dong-hai",)


def test_an_operator_proposes_and_an_editor_of_the_area_sends(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    id = send(office.browser(OPERATOR))
    assert live(office) == ()
    assert office.browser(OPERATOR).post(f"/desk/urgent/{id}/send").status_code == 403
    assert office.browser(LOCAL).get(f"/desk/urgent/{id}").status_code == 404
    assert office.browser(LOCAL).post(f"/desk/urgent/{id}/send").status_code == 404
    assert "Đề nghị" in office.browser(EDITOR).get("/desk/urgent/").text
    assert press(office.browser(EDITOR), id, "send").status_code == 303
    assert [one.id for one in live(office)] == [id]


def test_a_keeper_cannot_send(office: Office) -> None:
    assert office.browser(KEEPER).post("/desk/urgent/", WORDS).status_code == 403


def test_without_the_right_for_every_area_nothing_is_sent(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    answer = office.browser(LOCAL).post("/desk/urgent/", {**WORDS, "areas": ["xa-dong-hai", "xa-minh-tan"]})
    assert answer.status_code == 422
    assert live(office) == ()


def test_a_correction_replaces_the_notice(office: Office) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    form = browser.get(f"/desk/urgent/?from={first}").text
    assert str(WORDS["headline"]) in form
    second = send(browser, headline="Bão số 3 đổi hướng", replaces=str(first))
    assert [one.id for one in live(office)] == [second]
    assert "đính chính" in browser.get(f"/desk/urgent/{first}").text


OTHER: list[dict[str, object]] = [
    {"risk": "5"},
    {"danger": "lu"},
    {"sender": "Ban chỉ huy phòng thủ dân sự"},
    {"hours": "12"},
    {"hours": "at", "until": "2026-03-09T13:31"},
]


@pytest.mark.parametrize("other", OTHER)
def test_a_correction_of_any_field_is_sent_once_however_often_pressed(
    office: Office, other: dict[str, object]
) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    office.later(seconds=20)
    second = send(browser, replaces=str(first), **other)
    office.later(seconds=20)
    assert send(browser, replaces=str(first), **other) == second
    (sent,) = live(office)
    assert (sent.id, sent.replaces) == (second, first)


@pytest.mark.parametrize("other", OTHER)
def test_a_form_with_any_other_content_is_another_notice(office: Office, other: dict[str, object]) -> None:
    browser = office.browser(EDITOR)
    assert send(browser) != send(browser, **other)
    assert len(live(office)) == 2


def test_the_same_hours_a_moment_later_are_the_same_form(office: Office) -> None:
    browser = office.browser(EDITOR)
    first = send(browser)
    office.later(seconds=90)
    assert send(browser) == first


def test_extending_and_clearing_take_one_press_each(office: Office) -> None:
    browser = office.browser(EDITOR)
    id = send(browser)
    browser.post(f"/desk/urgent/{id}/extend", {"hours": "3"})
    assert live(office)[0].until == NOW + 9 * HOUR
    assert browser.post(f"/desk/urgent/{id}/extend", {"hours": "9999"}).status_code == 400
    office.later(minutes=1)
    browser.post(f"/desk/urgent/{id}/clear")
    assert live(office) == ()
    assert "Đã gỡ" in browser.get(f"/desk/urgent/{id}").text


def test_the_check_shows_boards_previews_and_other_notices(office: Office) -> None:
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


def test_an_empty_everywhere_sends_to_the_areas_chosen(office: Office) -> None:
    answer = office.browser(EDITOR).post("/desk/urgent/", {**WORDS, "areas": ["xa-minh-tan"], "everywhere": ""})
    assert answer.status_code == 303
    settle(office, replace(LOCAL, slug="tam", area="tinh"), "tinh")
    assert len(live(office)) == 1


LONG = (
    "Hồ chứa xả lũ khẩn cấp với lưu lượng lớn từ 14 giờ hôm nay, mực nước hạ du lên rất nhanh, các hộ ven sông sơ tán"
)
FAR = replace(BOARD_MINH_TAN, slug="nga-tu", name="Bảng ngã tư", format=Format("classic", "XL"))


def test_a_headline_that_a_board_could_not_show_whole_is_refused_by_name_and_with_a_length(office: Office) -> None:
    boards.save(office.db, FAR, actor="lan", now=NOW)
    browser = office.browser(EDITOR)
    answer = browser.post("/desk/urgent/", {**WORDS, "headline": LONG})
    assert answer.status_code == 422
    said = re.search(r"dài quá một trang ở «Bảng ngã tư»[^.]*. Hãy rút gọn còn khoảng (\d+) ký tự", answer.text)
    assert said is not None
    assert LONG in answer.text
    assert live(office) == ()
    shorter = LONG[: int(said[1])]
    assert browser.post("/desk/urgent/", {**WORDS, "headline": shorter}).status_code == 303


def test_the_check_counts_the_pages_of_each_kind_of_board_and_shows_each_page(office: Office) -> None:
    browser = office.browser(EDITOR)
    assert "Vừa một trang ở mọi bảng tin." in browser.post("/desk/urgent/check", WORDS).text
    boards.save(office.db, FAR, actor="lan", now=NOW)
    checked = browser.post("/desk/urgent/check", WORDS).text
    count = re.search(r"(\d+) trang, mỗi trang 6 giây, ở: Bảng ngã tư", checked)
    assert count is not None
    for number in range(1, int(count[1]) + 1):
        assert f"Bảng ngã tư · trang {number}/{count[1]}" in checked
    refused = browser.post("/desk/urgent/check", {**WORDS, "headline": LONG}).text
    assert "phải rút ngắn mới gửi được, ở: Bảng ngã tư" in refused


def test_the_check_says_where_what_to_do_is_seen_late(office: Office) -> None:
    module = replace(FAR, slug="led", name="Bảng LED", format=Format("landscape", "LED"))
    boards.save(office.db, module, actor="lan", now=NOW)
    browser = office.browser(EDITOR)
    assert "chỉ hiện sau" not in browser.post("/desk/urgent/check", WORDS).text
    late = browser.post("/desk/urgent/check", {**WORDS, "headline": LONG}).text
    said = re.search(r"Việc cần làm 1 chỉ hiện sau (\d+) giây, nên rút ngắn câu chính, ở: Bảng LED<", late)
    assert said is not None
    assert int(said[1]) > 10
    assert send(browser, headline=LONG)


def test_html_in_a_notice_is_escaped(office: Office) -> None:
    browser = office.browser(EDITOR)
    evil = {"headline": '"><img src=x onerror=alert(1)>', "act1": "<script>alert(1)</script>"}
    id = send(browser, **evil)
    checked = browser.post("/desk/urgent/check", {**WORDS, **evil})
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


def test_the_hours_count_from_the_press_not_from_opening_the_form(office: Office) -> None:
    browser = office.browser(EDITOR)
    browser.get("/desk/urgent/")
    office.now += timedelta(minutes=20)
    send(browser)
    assert live(office)[0].until == NOW + 20 * MINUTE + 6 * HOUR


def test_the_progress_names_missing_screens_and_phone_numbers(office: Office) -> None:
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
    """Pairs a screen with the board of Minh Tân; returns its number."""
    code, secret, _ = pairing.open_code(office.db, office.now)
    made = pairing.claim(office.db, code, board="xa-minh-tan", name=name, phone=phone, actor="lan", now=office.now)
    pairing.collect(office.db, code, secret, office.now)
    return made.id


def test_a_message_is_on_every_page_until_it_was_seen(office: Office) -> None:
    asked = send(office.browser(OPERATOR))
    browser = office.browser(EDITOR)
    for path in ("/desk/timeline/", "/desk/urgent/", "/desk/screens/"):
        assert f'<a href="/desk/urgent/{asked}"><strong>Đề nghị tin khẩn' in browser.get(path).text
    (told,) = messages.unseen(office.db, "lan")
    answer = browser.post(
        "/desk/seen", {"id": str(told.id)}, headers={"Referer": "http://localhost/desk/timeline/?at=x"}
    )
    assert answer.headers["Location"].endswith("/desk/timeline/")
    assert "Đề nghị tin khẩn:" not in browser.get("/desk/timeline/").text
    foreign = browser.post("/desk/seen", headers={"Referer": "http://x.example/desk/../evil"})
    assert "example" not in foreign.headers["Location"]


@pytest.mark.parametrize("chosen", ["now-extreme", "minor", ""])
def test_the_editor_says_how_great_the_danger_is_and_a_correction_keeps_it(office: Office, chosen: str) -> None:
    browser = office.browser(EDITOR)
    id = send(browser, threat=chosen)
    assert live(office)[0].threat == chosen
    page = browser.get(f"/desk/urgent/?from={id}").text
    assert re.search(rf'<option selected value="{chosen}">', page[page.index('name="threat"') :])


def test_a_danger_that_is_not_offered_is_refused(office: Office) -> None:
    answer = office.browser(EDITOR).post("/desk/urgent/", {**WORDS, "threat": "khong-co"})
    assert (answer.status_code, live(office)) == (422, ())


def test_the_switch_of_a_drill_stands_before_everything_that_is_written(office: Office) -> None:
    form = office.browser(EDITOR).get("/desk/urgent/").text.partition('id="urgent"')[2]
    assert form.index('name="exercise"') < form.index('name="danger"') < form.index('name="headline"')
    assert 'name="exercise"' not in form.partition("<details")[2]
