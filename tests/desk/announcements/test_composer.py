"""The composer: nothing typed is lost, each error has a message, two edits are merged, the preview is the slide."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.store.announcements import announcements, autosave, listings
from tests import cast
from tests.cast import EDITOR, MINUTE, NOW, OPERATOR
from tests.desk.announcements.forms import WORDS, submitted, write
from tests.desk.office import Office

KEY = "0123456789abcdef" * 2


def test_a_board_of_another_commune_is_no_target(office: Office) -> None:
    page = write(office.browser(OPERATOR), where="boards", boards="pho-dong-hai")
    assert page.status_code == 422
    assert announcements.all(office.db) == ()


def test_the_autosave_is_found_again_by_its_writer_alone(office: Office) -> None:
    browser = office.browser(OPERATOR)
    answer = browser.post("/desk/compose/keep", {**WORDS, "title": "Đang gõ dở", "key": KEY, "weekdays": ["1", "3"]})
    assert answer.status_code == 204
    assert announcements.all(office.db) == ()
    assert "Đang gõ dở" in browser.get("/desk/compose/").text
    page = browser.get(f"/desk/compose/?typed={KEY}").text
    assert 'value="Đang gõ dở"' in page
    assert "Đang gõ dở" not in office.browser(EDITOR).get(f"/desk/compose/?typed={KEY}").text
    write(browser, "draft", title="Đang gõ dở", key=KEY)
    assert autosave.of(office.db, "hoa") == ()


def test_a_refused_form_comes_back_with_everything_typed(office: Office) -> None:
    page = write(office.browser(OPERATOR), kind="table", table="chỉ một dòng", title="", contact_name="Trạm y tế")
    assert page.status_code == 422
    for said in ("Chưa có tiêu đề", "ít nhất một dòng nội dung", "chỉ một dòng", "Trạm y tế", WORDS["text"]):
        assert said in page.text
    assert announcements.all(office.db) == ()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"until": "2026-03-01T17:00"}, "Thời gian chiếu đã qua"),
        ({"when": "repeat", "every": "month", "month_days": "32"}, "từ 1 đến 31"),
        ({"when": "repeat", "every": "week", "weekdays": []}, "Chưa chọn ngày nào trong tuần"),
        ({"kind": "pdf"}, "Chưa có tệp PDF"),
        ({"kind": "link", "link": "javascript:alert(1)"}, "http://"),
        ({"where": "boards"}, "Chưa chọn bảng tin nào"),
        ({"statutory": "y", "gap": ""}, "Chưa ghi số phút"),
        ({"area": ""}, "Chưa chọn đơn vị"),
        ({"table": "a" + "\tb" * 40}, "12 cột"),
    ],
)
def test_each_error_has_its_message(office: Office, wrong: dict[str, object], says: str) -> None:
    page = write(office.browser(OPERATOR), **wrong)
    assert page.status_code == 422
    assert says in page.text


def test_a_longest_gap_that_no_board_can_keep_names_the_smallest(office: Office) -> None:
    long = "\n".join(["Một câu khá dài để trang này phải đứng lâu trên màn hình công cộng của xã."] * 40)
    for n in range(6):
        announcements.post(office.db, cast.announcement(area="xa-minh-tan", text=long, title=f"Dài {n}"), actor="hoa")
    page = write(office.browser(OPERATOR), statutory="y", gap="1", text=long)
    assert page.status_code == 422
    smallest = re.search(r"không chiếu lại kịp: nhỏ nhất là (\d+) phút", page.text)
    assert smallest is not None
    assert write(office.browser(OPERATOR), statutory="y", gap=smallest[1], text=long).status_code == 303


def test_a_recurrence_is_made_by_the_form_and_shown_in_it_again(office: Office) -> None:
    browser = office.browser(OPERATOR)
    repeat = {"when": "repeat", "every": "month", "month_days": "15, cuối tháng", "opens": "07:00", "closes": "09:00"}
    write(browser, **repeat, but_holidays="y")
    (one,) = announcements.all(office.db)
    assert one.recurrence is not None
    assert (one.recurrence.rule, one.recurrence.but_holidays) == ("FREQ=MONTHLY;BYMONTHDAY=15,-1", True)
    assert one.windows[0].start == datetime(2026, 3, 15, tzinfo=UTC)
    assert "15, cuối tháng" in browser.get(f"/desk/compose/{one.id}").text


def test_no_area_is_preselected_where_there_are_several(office: Office) -> None:
    page = office.browser(EDITOR).get("/desk/compose/").text
    assert '<option selected value="">Chọn đơn vị</option>' in page or '<option value="">Chọn đơn vị</option>' in page
    assert write(office.browser(EDITOR), "approve", area="").status_code == 422
    assert 'type="hidden" name="area" value="xa-minh-tan"' in office.browser(OPERATOR).get("/desk/compose/").text


def test_edits_of_different_fields_by_two_people_are_merged(office: Office) -> None:
    one = submitted(office)
    announcements.revise(office.db, replace(one, title="Tên của Minh"), actor="minh", now=NOW + MINUTE)
    browser = office.browser(EDITOR)
    page = write(browser, "draft", f"/desk/compose/{one.id}", version="1", text="Chữ của Lan")
    assert page.status_code == 409
    assert "gộp lại được cả hai" in page.text
    assert "Lê Quang Minh" in page.text
    again = _hidden(page.text)
    assert browser.post(f"/desk/compose/{one.id}", again).status_code == 303
    joined = announcements.get(office.db, one.id)
    assert (joined.title, joined.text, joined.version) == ("Tên của Minh", "Chữ của Lan", 3)


def test_edits_of_the_same_field_by_two_people_need_a_choice(office: Office) -> None:
    one = submitted(office)
    announcements.revise(
        office.db, replace(one, text="Chữ của Minh", title="Tên của Minh"), actor="minh", now=NOW + MINUTE
    )
    page = write(office.browser(EDITOR), "draft", f"/desk/compose/{one.id}", version="1", text="Chữ của Lan")
    assert page.status_code == 409
    assert "Chữ của Minh" in page.text
    assert "Chữ của Lan" in page.text
    assert announcements.get(office.db, one.id).text == "Chữ của Minh"
    office.browser(EDITOR).post(f"/desk/compose/{one.id}", _hidden(page.text))
    after = announcements.get(office.db, one.id)
    assert (after.title, after.text) == ("Tên của Minh", "Chữ của Lan")
    assert [past.announcement.text for past in listings.versions(office.db, one.id)][-1] == "Chữ của Minh"


def _hidden(page: str) -> dict[str, list[str]]:
    """The fields that the first button of the merge question posts: name -> values, without the CSRF token."""
    form = page.split('action="/desk/compose/', 1)[1].split("</form>", 1)[0]
    sent: dict[str, list[str]] = defaultdict(list, do=["draft"])
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        sent[name].append(value)
    del sent["csrf_token"]
    return sent


def test_saving_an_unchanged_form_makes_no_new_version(office: Office) -> None:
    office.later(seconds=37)
    one = submitted(office)
    browser = office.browser(OPERATOR)
    shown = re.search(r'name="since"[^>]* value="([^"]+)"', browser.get(f"/desk/compose/{one.id}").text)
    assert shown is not None
    assert shown[1] == "09/03/2026 07:30"
    office.later(minutes=5)
    write(browser, "draft", f"/desk/compose/{one.id}", since=shown[1], version="1")
    assert announcements.get(office.db, one.id).version == 1


def test_a_template_is_offered_and_never_shown(office: Office) -> None:
    browser = office.browser(OPERATOR)
    write(browser, "template", title="Mẫu lịch họp")
    (template,) = listings.templates(office.db, ["xa-minh-tan"])
    assert "Mẫu lịch họp" in browser.get("/desk/compose/").text
    assert 'value="Mẫu lịch họp"' in browser.get(f"/desk/compose/?template={template.id}").text
    assert listings.listed(office.db, ["xa-minh-tan"], now=NOW) == ()
    assert announcements.shown(office.db, ("xa-minh-tan",), now=NOW) == ()


def test_days_without_a_time_are_whole_days(office: Office) -> None:
    write(office.browser(OPERATOR), "draft", since="19/12/2026", until="20/12/2026")
    (made,) = announcements.all(office.db)
    (window,) = made.windows
    begin = datetime(2026, 12, 19, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    assert (window.start, window.until) == (begin, begin + timedelta(days=2) - timedelta(minutes=1))


def test_the_preview_is_the_slide_in_three_sizes(office: Office) -> None:
    page = office.browser(OPERATOR).post("/desk/compose/preview", WORDS).text
    assert page.count("<iframe") == 3
    assert "1 bảng tin" in page
    assert "Xã Minh Tân" in page
    assert "&lt;b&gt;thôn Đông" in page or "thôn Đông" in page


def test_the_preview_warns_of_a_text_too_long_to_read(office: Office) -> None:
    long = "\n".join(["Một câu khá dài để trang này phải đứng lâu trên màn hình công cộng của xã."] * 40)
    page = office.browser(OPERATOR).post("/desk/compose/preview", {**WORDS, "text": long}).text
    assert "khó đọc hết" in page


def test_the_preview_warns_of_the_operators_own_boards_only_and_in_his_language(office: Office) -> None:
    """The commune has one board, which is read from near; a sample board that is read from afar warns of nothing."""
    browser = office.browser(OPERATOR)
    for sentences in (8, 12, 16, 20, 40):
        text = "Một câu khá dài để trang này phải đứng lâu trên màn hình. " * sentences
        page = browser.post("/desk/compose/preview", {**WORDS, "text": text}).text
        assert "Mẫu: Màn ngang, xem từ xa" in page, "the sample is shown"
        assert "«Mẫu" not in page, sentences
    long = "\n".join(["Một câu khá dài để trang này phải đứng lâu trên màn hình công cộng của xã."] * 40)
    browser.post("/desk/language/en")
    english = browser.post("/desk/compose/preview", {**WORDS, "text": long}).text
    assert "who passes by can hardly read all of it" in english
    assert "khó đọc hết" not in english


@pytest.mark.parametrize(("kind", "field"), [("text", "title"), ("text", "text"), ("contact", "contact_name")])
def test_the_preview_of_a_text_of_megabytes_draws_what_the_form_allows(office: Office, kind: str, field: str) -> None:
    form = {**WORDS, "kind": kind, field: "lũ " * 100_000}
    answer = office.browser(OPERATOR).post("/desk/compose/preview", form)
    assert answer.status_code == 200
    assert 0 < len(answer.data) < 200_000
