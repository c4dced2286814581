"""What the desk tells editors before they decide on an announcement: its changes, and when and where it is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask_babel import force_locale
from sqlalchemy import text

from server.core.announcements.parts import CONTENT
from server.core.model import Announcement, Attachment, Contact, Hours, Original, Recurrence, Window
from server.desk.announcements.history import field_changes
from server.desk.announcements.wording import field_text
from server.store.announcements import announcements
from server.store.boards import boards, panics
from tests import cast
from tests.cast import BOARD_MINH_TAN, DAY, EDITOR, HOUR, NOW, OPERATOR
from tests.desk.announcements.forms import WORDS, act, submitted, write
from tests.desk.office import Browser, Office
from tests.desk.reading import text_of

RULE = Recurrence("FREQ=WEEKLY;BYDAY=TU", time(7), time(9), date(2026, 3, 10))
REPEATED = cast.announcement(area="xa-minh-tan", windows=(), recurrence=RULE)
LATER = datetime(2026, 3, 10, 7, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
WEEKLY = {"when": "repeat", "every": "week", "weekdays": ["1"], "opens": "07:00", "closes": "09:00", "until": ""}


def said(office: Office, old: Announcement, new: Announcement) -> dict[str, tuple[str, str]]:
    """The label of each field that differs between two versions -> its old and its new text."""
    with office.app.test_request_context("/desk/login"), force_locale("vi"):
        return {
            change.label: (
                "".join(part.text for part in change.parts if part.kind != "new"),
                "".join(part.text for part in change.parts if part.kind != "old"),
            )
            for change in field_changes(old, new)
        }


@pytest.mark.parametrize(
    ("changes", "label", "words"),
    [
        ({"last": date(2026, 3, 31)}, "Lặp lại", "từ ngày 10/03/2026 đến ngày 31/03/2026"),
        ({"first": date(2026, 3, 17)}, "Lặp lại", "từ ngày 17/03/2026"),
        ({"not_before": LATER}, "Lặp lại", "không chiếu trước 07:30 10/03/2026"),
        ({"not_after": LATER}, "Lặp lại", "không chiếu sau 07:30 10/03/2026"),
    ],
)
def test_a_rule_is_told_with_its_days_and_bounds(
    office: Office, changes: dict[str, Any], label: str, words: str
) -> None:
    new = replace(REPEATED, recurrence=replace(RULE, **changes), windows=(Window(NOW, NOW + HOUR),))
    found = said(office, REPEATED, new)
    assert list(found) == [label]
    assert words in found[label][1]
    assert words not in found[label][0]


def test_boards_kind_and_area_are_told_by_their_names(office: Office) -> None:
    old = cast.announcement(area="tinh", boards=("hoi-truong",))
    new = replace(old, area="xa-minh-tan", boards=("xa-minh-tan",), kind="pdf")
    assert said(office, old, new) == {
        "Loại": ("Chữ", "PDF"),
        "Đơn vị": ("Tỉnh Hưng Yên", "Xã Minh Tân"),
        "Bảng tin": ("Hội trường tỉnh", "Trụ sở xã Minh Tân"),
    }


def test_each_of_several_windows_is_told(office: Office) -> None:
    old = cast.announcement(windows=(Window(NOW, NOW + HOUR), Window(NOW + DAY, NOW + 2 * DAY)))
    new = replace(old, windows=(Window(NOW, NOW + 2 * HOUR), Window(NOW + DAY, NOW + 2 * DAY)))
    assert said(office, old, new)["Thời gian chiếu"] == (
        "07:30 09/03/2026 – 08:30 09/03/2026; 07:30 10/03/2026 – 07:30 11/03/2026",
        "07:30 09/03/2026 – 09:30 09/03/2026; 07:30 10/03/2026 – 07:30 11/03/2026",
    )


def test_values_that_differ_have_different_words(office: Office) -> None:
    bare, file = cast.announcement(), Attachment("a" * 16, "Ảnh", 10, 10)
    other = replace(
        bare, kind="pdf", title="K", text="K", table=(("a",),), attachments=(file,), contact=Contact("K"),
        originals=(Original("a" * 16, "K.pdf", "application/pdf", 9),),
        link="https://x.vn/", area="xa-minh-tan", boards=("xa-minh-tan",), windows=(Window(NOW),),
        recurrence=RULE, priority=True, longest_gap=HOUR, sound=True, advert=True,
    )  # fmt: skip
    again = replace(bare, attachments=(replace(file, hash="b" * 16),))
    with office.app.test_request_context("/desk/login"):
        assert [name for name in CONTENT if field_text(bare, name) == field_text(other, name)] == []
        assert field_text(again, "attachments") != field_text(other, "attachments")


# where an announcement is seen


def sentence(browser: Browser) -> str:
    return text_of(browser.post("/desk/compose/preview", WORDS).text)


@pytest.mark.parametrize("mode", ["dark", "safe", "panic"])
def test_a_board_that_shows_nothing_now_is_named_before_one_approves(office: Office, mode: Any) -> None:
    if mode == "panic":
        panics.begin(office.db, "xa-minh-tan", actor="lan", now=NOW)
    else:
        boards.set_mode(office.db, BOARD_MINH_TAN.slug, mode, actor="lan", now=NOW)
    why = "bảng đang tắt" if mode == "dark" else "bảng đang ở trang an toàn"
    told = sentence(office.browser(OPERATOR))
    assert f"Hiện không chiếu ở Trụ sở xã Minh Tân: {why}." in told
    assert "Chỉ chiếu khi bảng tin được bật lại" in told
    assert "Chiếu ngay" not in told
    browser, one = office.browser(EDITOR), submitted(office)
    answer = browser.get(act(browser, one, "approve").headers["Location"]).text
    assert f"Hiện không chiếu ở Trụ sở xã Minh Tân: {why}." in answer
    assert announcements.get(office.db, one.id).state == "approved"


def test_boards_that_show_it_are_counted_without_the_dark_one(office: Office) -> None:
    boards.set_mode(office.db, "hoi-truong", "dark", actor="lan", now=NOW)
    told = text_of(office.browser(EDITOR).post("/desk/compose/preview", {**WORDS, "area": "tinh"}).text)
    assert "Chiếu ngay, trên 2 bảng tin (Trụ sở xã Minh Tân, Phố Đông Hải)" in told
    assert "Hiện không chiếu ở Hội trường tỉnh: bảng đang tắt." in told


def test_more_boards_than_are_named_are_counted_in_words(office: Office) -> None:
    for number in range(1, 5):
        boards.save(office.db, cast.board(f"b{number}", area="xa-minh-tan"), actor="tuan", now=NOW)
    assert "và 1 bảng khác)" in sentence(office.browser(OPERATOR))


def test_the_year_of_an_occurrence_stands_where_it_is_another_one(office: Office) -> None:
    page = office.browser(OPERATOR).post("/desk/compose/preview", {**WORDS, **WEEKLY, "first": "29/12/2026"}).text
    assert "thứ Ba 29/12, 07:00 đến 09:00" in page
    assert "thứ Ba 05/01/2027, 07:00 đến 09:00" in page


# the bounds of a recurrence rule, which the form does not show


def bounded(office: Office) -> Announcement:
    """Posts a weekly announcement that is approved but not shown before 07:30 of its first day."""
    made = replace(REPEATED, recurrence=replace(RULE, not_before=LATER))
    return announcements.post(office.db, made, actor=EDITOR.slug)


def test_the_preview_of_a_change_says_what_is_stored(office: Office) -> None:
    one = bounded(office)
    form = {**WORDS, **WEEKLY, "first": "10/03/2026", "id": str(one.id)}
    told = text_of(office.browser(EDITOR).post("/desk/compose/preview", form).text)
    assert "Chiếu lần đầu lúc 07:30 10/03/2026" in told


def test_a_copy_keeps_the_bounds_in_its_preview_and_when_it_is_stored(office: Office) -> None:
    one, browser = bounded(office), office.browser(EDITOR)
    assert f'name="original" value="{one.id}"' in browser.get(f"/desk/compose/?copy={one.id}").text
    copy = {**WEEKLY, "first": "10/03/2026", "original": str(one.id)}
    told = text_of(browser.post("/desk/compose/preview", {**WORDS, **copy}).text)
    assert "Chiếu lần đầu lúc 07:30 10/03/2026" in told
    assert write(browser, "draft", **copy).status_code == 303
    made = announcements.all(office.db)[0]
    assert made.id != one.id
    assert made.recurrence == one.recurrence
    assert write(office.browser(OPERATOR), "draft", original="999").status_code == 404


# the reader's language


def closed_in_the_morning(office: Office) -> None:
    evening = (Hours(time(18), time(22)),)
    boards.save(office.db, replace(BOARD_MINH_TAN, hours=evening), actor="lan", now=NOW)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({**WEEKLY, "first": "11/03/2026", "last": "13/03/2026"}, "This rule has no time between"),
        ({**WEEKLY, "first": "20/03/2026", "last": "10/03/2026"}, "The last day is before the first"),
        ({"since": "01/03/2026 07:00", "until": "02/03/2026 07:00"}, "The time on the air is over."),
    ],
)
def test_why_nobody_would_see_it_is_said_in_english(office: Office, wrong: dict[str, object], says: str) -> None:
    browser = office.browser(OPERATOR)
    browser.post("/desk/language/en")
    assert says in text_of(browser.post("/desk/compose/preview", {**WORDS, **wrong}).text)


def test_a_sentence_with_a_boards_name_in_it_is_english_too(office: Office) -> None:
    closed_in_the_morning(office)
    for number in range(6):
        board = cast.board(f"b{number}", area="xa-minh-tan", hours=(Hours(time(18), time(22)),))
        boards.save(office.db, board, actor="tuan", now=NOW)
    browser = office.browser(OPERATOR)
    browser.post("/desk/language/en")
    form = {**WORDS, "since": "09/03/2026 09:00", "until": "09/03/2026 10:00"}
    told = text_of(browser.post("/desk/compose/preview", form).text)
    assert "and 2 other screens are all off at the chosen hours, so nobody would see it." in told


def test_another_version_and_what_replaced_one_are_said_in_english(office: Office) -> None:
    first = submitted(office)
    act(office.browser(EDITOR), first, "approve")
    browser = office.browser(EDITOR)
    browser.post("/desk/language/en")
    for words in ("Từ 9 giờ.", "Hoãn."):
        write(browser, "draft", f"/desk/compose/{first.id}", version="1", text=words)
    second, third = announcements.all(office.db)[1], announcements.all(office.db)[0]
    act(browser, second, "approve")
    answer = browser.get(act(browser, third, "approve").headers["Location"]).text
    assert f"Another version of this announcement (number {second.id}) is on the air" in text_of(answer)
    gone = text_of(browser.get(f"/desk/queue/{first.id}").text)
    assert f"Replaced by announcement number {second.id}" in gone


def test_why_an_undo_is_refused_is_said_in_english(office: Office) -> None:
    one = submitted(office, since="09/03/2026 09:00", until="09/03/2026 10:00")
    browser = office.browser(EDITOR)
    browser.post("/desk/language/en")
    act(browser, one, "approve")
    act(browser, announcements.get(office.db, one.id), "withdraw")
    closed_in_the_morning(office)
    answer = browser.post("/desk/queue/undo", {"way": f"{one.id}:reinstate"}, follow_redirects=True)
    assert "are all off at the chosen hours" in text_of(answer.text)


def test_equal_boards_in_the_form_are_told_apart_as_everywhere(office: Office) -> None:
    for slug, area in (("a1", "xa-minh-tan"), ("a2", "xa-dong-hai")):
        made = replace(cast.board(slug, area=area), name="Nhà văn hóa")
        boards.save(office.db, made, actor="tuan", now=NOW)
    with office.db.write() as conn:
        conn.execute(text("UPDATE areas SET name = 'Xã Minh Tân' WHERE slug = 'xa-dong-hai'"))
    page = text_of(office.browser(EDITOR).get("/desk/compose/").text)
    assert "Nhà văn hóa (a1)" in page
    assert "Nhà văn hóa (xã" not in page
