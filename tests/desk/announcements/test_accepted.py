"""An accepted announcement is shown: one that nobody would see is refused, and only one of its versions is on air.

A form that is sent twice creates one announcement.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from server.core.model import Announcement, Hours, Window
from server.store.announcements import announcements
from server.store.boards import boards
from tests import cast
from tests.cast import BOARD_MINH_TAN, EDITOR, HOUR, NOW, OPERATOR, SECOND_EDITOR
from tests.desk.announcements.forms import WORDS, act, state, submitted, write
from tests.desk.office import Office

KEY = "0123456789abcdef" * 2
WEEKLY = {"when": "repeat", "every": "week", "weekdays": ["1"], "opens": "07:00", "closes": "09:00", "until": ""}


def page(office: Office, one: Announcement) -> str:
    return office.browser(EDITOR).get(f"/desk/queue/{one.id}").text


def test_the_page_says_when_where_and_until_when_it_will_be_seen(office: Office) -> None:
    one = submitted(office, since="10/03/2026 07:00")
    sentence = "Chiếu lần đầu lúc 07:00 10/03/2026, trên 1 bảng tin (Trụ sở xã Minh Tân), đến 17:00 16/03/2026."
    assert sentence in page(office, one)
    assert sentence in office.browser(EDITOR).get("/desk/queue/").text
    browser = office.browser(EDITOR)
    assert sentence in browser.get(act(browser, one, "approve").headers["Location"]).text


def test_what_became_past_while_it_waited_is_not_approved(office: Office) -> None:
    one = submitted(office, until="09/03/2026 09:00")
    office.later(hours=5)
    assert "Thời gian chiếu đã qua." in page(office, one)
    browser = office.browser(EDITOR)
    assert "Thời gian chiếu đã qua." in browser.get(act(browser, one, "approve").headers["Location"]).text
    assert state(office, one) == "submitted"


def test_what_no_board_shows_any_more_is_neither_approved_nor_put_back_by_undo(office: Office) -> None:
    one = submitted(office, since="09/03/2026 09:00", until="09/03/2026 10:00")
    browser = office.browser(EDITOR)
    act(browser, one, "approve")
    act(browser, announcements.get(office.db, one.id), "withdraw")
    way = re.search(r'name="way" value="([^"]+)"', browser.get("/desk/queue/").text)
    assert way is not None
    evening = (Hours(NOW.time().replace(hour=18), NOW.time().replace(hour=22)),)
    boards.save(office.db, replace(BOARD_MINH_TAN, hours=evening), actor="lan", now=NOW)
    said = browser.get(browser.post("/desk/queue/undo", {"way": way[1]}).headers["Location"]).text
    assert "Không hoàn tác được" in said
    assert "tắt vào các giờ đã chọn" in said
    assert state(office, one) == "withdrawn"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({**WEEKLY, "first": "11/03/2026", "last": "13/03/2026"}, "không có lần chiếu nào"),
        ({**WEEKLY, "first": "20/03/2026", "last": "10/03/2026"}, "trước ngày đầu"),
        ({"until": "31/02/2026 17:00"}, "Không có ngày 31/02/2026"),
        ({"until": "17:00"}, "Hãy ghi ngày và giờ"),
        ({**WEEKLY, "opens": "25:00"}, "Không có giờ 25:00"),
    ],
)
def test_the_composer_says_it_while_one_types_and_refuses_it(
    office: Office, wrong: dict[str, object], says: str
) -> None:
    browser = office.browser(OPERATOR)
    assert says in browser.post("/desk/compose/preview", {**WORDS, **wrong}).text
    answer = write(browser, **wrong)
    assert (answer.status_code, says in answer.text) == (422, True)


def test_the_next_five_occurrences_are_shown(office: Office) -> None:
    text = office.browser(OPERATOR).post("/desk/compose/preview", {**WORDS, **WEEKLY}).text
    assert re.findall(r"<li>(thứ Ba [^<]+)</li>", text) == [
        f"thứ Ba {day}, 07:00 đến 09:00" for day in ("10/03", "17/03", "24/03", "31/03", "07/04")
    ]


def test_a_weekly_rule_begins_with_todays_weekday(office: Office) -> None:
    text = office.browser(OPERATOR).get("/desk/compose/").text
    assert re.findall(r'<input checked[^>]*name="weekdays"[^>]*value="(\d)"', text) == ["0"]


def test_the_second_of_two_versions_is_asked_about_and_shown_with_its_differences(office: Office) -> None:
    first = submitted(office)
    act(office.browser(EDITOR), first, "approve")
    for editor, text in ((EDITOR, "Từ 9 giờ tại thôn Đông."), (SECOND_EDITOR, "Hoãn sang thứ Sáu.")):
        write(office.browser(editor), "submit", f"/desk/compose/{first.id}", version="1", text=text)
    theirs, mine = announcements.all(office.db)[:2]
    text = page(office, mine)
    assert "<del>8</del>" in text
    assert "<ins>9</ins>" in text
    act(office.browser(EDITOR), mine, "approve")
    office.later(minutes=1)
    browser = office.browser(SECOND_EDITOR)
    answer = act(browser, theirs, "approve")
    assert answer.headers["Location"] == f"/desk/queue/{theirs.id}"
    asked = browser.get(answer.headers["Location"]).text
    assert f"Bản khác của thông báo này (số {mine.id}) đã được Trần Ngọc Lan duyệt lúc 07:30 09/03/2026." in asked
    assert "Khác ở: Nội dung." in asked
    assert [one.id for one in announcements.shown(office.db, ("xa-minh-tan",), now=office.now)] == [mine.id]
    act(browser, theirs, "approve", instead_of=str(mine.id))
    assert [one.id for one in announcements.shown(office.db, ("xa-minh-tan",), now=office.now)] == [theirs.id]


def test_the_third_of_three_versions_is_compared_with_the_one_on_air(office: Office) -> None:
    first = submitted(office)
    act(office.browser(EDITOR), first, "approve")
    for text in ("Sáng", "Chiều", "Tối"):
        write(office.browser(EDITOR), "submit", f"/desk/compose/{first.id}", version="1", text=text)
    evening, afternoon, morning = announcements.all(office.db)[:3]
    act(office.browser(EDITOR), morning, "approve")
    act(office.browser(EDITOR), afternoon, "approve", instead_of=str(morning.id))
    browser = office.browser(SECOND_EDITOR)
    answer = act(browser, evening, "approve", instead_of=str(morning.id))  # agreed to before the second came
    assert f"Bản khác của thông báo này (số {afternoon.id})" in browser.get(answer.headers["Location"]).text
    assert [one.text for one in announcements.shown(office.db, ("xa-minh-tan",), now=office.now)] == ["Chiều"]


def test_of_two_versions_approved_in_one_press_the_second_is_asked_about(office: Office) -> None:
    first = submitted(office)
    act(office.browser(EDITOR), first, "approve")
    for text in ("Sáng", "Chiều"):
        write(office.browser(EDITOR), "submit", f"/desk/compose/{first.id}", version="1", text=text)
    both = [f"{one.id}:{one.version}" for one in announcements.all(office.db) if one.state == "submitted"]
    browser = office.browser(SECOND_EDITOR)
    answer = browser.post("/desk/queue/act", {"step": "approve", "id": both})
    assert "hãy xem chỗ khác nhau rồi quyết định" in browser.get(answer.headers["Location"]).text
    assert len(announcements.shown(office.db, ("xa-minh-tan",), now=office.now)) == 1


def test_a_change_of_the_boards_alone_is_a_version_too(office: Office) -> None:
    first = submitted(office)
    act(office.browser(EDITOR), first, "approve")
    only = {"where": "boards", "boards": [BOARD_MINH_TAN.slug]}
    write(office.browser(EDITOR), "approve", f"/desk/compose/{first.id}", version="1", **only)
    browser = office.browser(SECOND_EDITOR)
    answer = write(browser, "approve", f"/desk/compose/{first.id}", version="1", text="Hoãn.")
    assert "Khác ở: Nội dung, Bảng tin." in browser.get(answer.headers["Location"]).text
    (shown,) = announcements.shown(office.db, ("xa-minh-tan",), now=office.now)
    assert (shown.text, shown.boards) == (WORDS["text"], (BOARD_MINH_TAN.slug,))


@pytest.mark.parametrize("do", ["submit", "approve"])
def test_what_somebody_withdrew_meanwhile_does_not_come_back_in_another_version_unasked(
    office: Office, do: str
) -> None:
    first = submitted(office)
    act(office.browser(EDITOR), first, "approve")
    browser = office.browser(EDITOR)
    if do == "submit":
        write(browser, do, f"/desk/compose/{first.id}", version="1", text="Tối nay.")
    office.later(minutes=10)
    act(office.browser(SECOND_EDITOR), announcements.get(office.db, first.id), "withdraw", reason="Hoãn họp")
    if do == "approve":
        write(browser, do, f"/desk/compose/{first.id}", version="1", text="Tối nay.")
        act(browser, announcements.all(office.db)[0], "submit")
    new = announcements.all(office.db)[0]
    answer = act(browser, new, "approve")
    asked = browser.get(answer.headers["Location"]).text
    assert f"Thông báo số {first.id} mà bản này thay đã bị Lê Quang Minh gỡ lúc 07:40 09/03/2026." in asked
    assert "Lý do: Hoãn họp" in asked
    assert f"Duyệt, dù số {first.id} đã bị gỡ" in asked
    assert announcements.shown(office.db, ("xa-minh-tan",), now=office.now) == ()
    act(browser, new, "approve", instead_of=str(first.id))
    assert [one.id for one in announcements.shown(office.db, ("xa-minh-tan",), now=office.now)] == [new.id]


def test_a_form_that_was_open_while_another_version_was_approved_is_asked_about_too(office: Office) -> None:
    first = submitted(office)
    browser = office.browser(EDITOR)
    act(browser, first, "approve")
    mine, theirs = ("approve", f"/desk/compose/{first.id}"), ("approve", f"/desk/compose/{first.id}")
    write(browser, *mine, version="1", text="Từ 9 giờ.")
    answer = write(office.browser(SECOND_EDITOR), *theirs, version="1", text="Hoãn.")
    assert "/desk/queue/" in answer.headers["Location"]
    shown = announcements.shown(office.db, ("xa-minh-tan",), now=office.now)
    assert [one.text for one in shown] == ["Từ 9 giờ."]


def test_a_form_sent_again_leads_to_what_it_has_made(office: Office) -> None:
    browser = office.browser(OPERATOR)
    assert write(browser, key=KEY).status_code == 303
    office.later(minutes=3)
    again = write(browser, key=KEY)
    (one,) = announcements.all(office.db)
    assert again.headers["Location"] == f"/desk/queue/{one.id}"
    assert "Đã gửi lúc 07:30 09/03/2026" in browser.get(again.headers["Location"]).text


def test_another_button_of_a_form_sent_before_does_what_it_says(office: Office) -> None:
    browser = office.browser(OPERATOR)
    write(browser, "draft", key=KEY)
    (one,) = announcements.all(office.db)
    assert state(office, one) == "draft"
    assert write(browser, key=KEY).status_code == 303
    assert state(office, one) == "submitted"
    assert len(announcements.all(office.db)) == 1


def test_a_form_saved_as_a_template_is_not_taken_for_a_submission(office: Office) -> None:
    browser = office.browser(OPERATOR)
    write(browser, "template", key=KEY)
    again = write(browser, key=KEY)
    assert again.status_code == 409
    assert "mới lưu làm mẫu" in again.text
    key = re.search(r'name="key" value="([0-9a-f]{32})"', again.text)
    assert key is not None
    write(browser, key=key[1])
    assert sorted((one.template, one.state) for one in announcements.all(office.db)) == [
        (False, "submitted"),
        (True, "draft"),
    ]


def test_a_form_sent_again_never_overwrites_what_somebody_else_has_saved_meanwhile(office: Office) -> None:
    browser = office.browser(OPERATOR)
    write(browser, "draft", key=KEY)
    (one,) = announcements.all(office.db)
    theirs = replace(one, text="Của người khác")
    announcements.revise(office.db, theirs, actor=EDITOR.slug, now=NOW)
    again = write(browser, "draft", key=KEY, text="Của tôi")
    version = re.search(r'name="version" value="(\d+)"', again.text)
    key = re.search(r'name="key" value="([0-9a-f]{32})"', again.text)
    assert version is not None
    assert key is not None
    sent = write(browser, "draft", f"/desk/compose/{one.id}", version=version[1], key=key[1], text="Của tôi")
    assert sent.status_code == 409
    assert "Của người khác" in sent.text
    assert announcements.get(office.db, one.id).text == "Của người khác"


def test_what_was_typed_after_the_form_was_sent_is_kept_as_a_change_of_what_it_made(office: Office) -> None:
    browser = office.browser(OPERATOR)
    write(browser, key=KEY)
    (one,) = announcements.all(office.db)
    again = write(browser, key=KEY, title="Sửa sau khi gửi")
    assert again.status_code == 409
    assert f'action="/desk/compose/{one.id}"' in again.text
    assert 'value="Sửa sau khi gửi"' in again.text
    assert "Đã gửi lúc 07:30" in again.text
    key = re.search(r'name="key" value="([0-9a-f]{32})"', again.text)
    assert key is not None
    assert key[1] != KEY
    write(browser, "draft", f"/desk/compose/{one.id}", version="1", key=key[1], title="Sửa sau khi gửi")
    assert [each.title for each in announcements.all(office.db)] == ["Sửa sau khi gửi"]


def test_an_answer_that_was_lost_makes_no_second_version_of_what_is_on_air(office: Office) -> None:
    one = announcements.post(office.db, cast.announcement(area="xa-minh-tan"), actor=EDITOR.slug)
    browser = office.browser(EDITOR)
    for _ in range(2):
        write(browser, "draft", f"/desk/compose/{one.id}", version="1", key=KEY, text="Mới")
    assert [each.replaces for each in announcements.all(office.db)] == [one.id, None]


def test_the_days_of_a_rule_keep_the_hours_at_which_it_begins_and_ends(office: Office) -> None:
    browser = office.browser(OPERATOR)
    write(browser, "draft", **WEEKLY, first="10/03/2026")
    (one,) = announcements.all(office.db)
    assert one.recurrence is not None
    bounded = replace(one, recurrence=replace(one.recurrence, not_before=NOW + 25 * HOUR))
    announcements.revise(office.db, bounded, actor="hoa", now=NOW)
    write(browser, "draft", f"/desk/compose/{one.id}", **WEEKLY, first="10/03/2026", version="2", title="Khác")
    after = announcements.get(office.db, one.id)
    assert after.recurrence is not None
    assert (after.title, after.recurrence.not_before) == ("Khác", NOW + 25 * HOUR)
    assert after.windows[0] == Window(NOW + 25 * HOUR, after.windows[0].until)


def test_a_list_pasted_from_word_is_a_list(office: Office) -> None:
    write(office.browser(OPERATOR), text="Mang theo:\r\n·\tCăn cước\r\n \u2022 Sổ hộ nghèo\r\n\uf0b7 3·4 ảnh")
    (one,) = announcements.all(office.db)
    assert one.text == "Mang theo:\n- Căn cước\n- Sổ hộ nghèo\n- 3·4 ảnh"
