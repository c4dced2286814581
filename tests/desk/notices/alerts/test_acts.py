"""What an editor decides about an alert: approve, reject, choose areas, end, hold its source, write from a copy."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from server.desk.auth.reauthenticate import STATUS
from server.store.notices import notices
from tests.cast import EDITOR, HOUR, MINUTE, NOW, OPERATOR
from tests.core.alerts.documents import STORM, alert, cancel, info, update
from tests.desk.notices.alerts.received import NOWHERE, receive, reconcile, row, use_source
from tests.desk.notices.alerts.test_list import words
from tests.desk.notices.forms import WORDS, live, send
from tests.desk.notices.test_send import LOCAL, settle
from tests.desk.office import Browser, Office

PATH = "/desk/alerts/"


def press(browser: Browser, document: int, act: str, **form: object) -> TestResponse:
    return browser.post(f"{PATH}{document}/{act}", form)


def page(browser: Browser, document: int) -> str:
    answer = browser.get(f"{PATH}{document}")
    assert answer.status_code == 200
    return answer.text


def boards_on_air(office: Office) -> set[str]:
    return {slug for one in live(office) for slug in one.boards}


def test_an_approved_draft_goes_on_air_word_for_word(office: Office) -> None:
    use_source(office, alerts="draft")
    (document,) = receive(office, alert())
    editor = office.browser(EDITOR)
    assert "Nguồn này được đặt ở chế độ chờ duyệt." in words(page(editor, document))
    assert 'data-hold="2"' in page(editor, document), "it becomes urgent"
    assert live(office) == ()
    assert press(editor, document, "approve").status_code == 303
    assert "Vừa được duyệt; lên bảng trong vài giây." in words(page(editor, document))
    reconcile(office)
    (shown,) = live(office)
    assert (shown.headline, shown.acts) == ("Bão số 3 vào Hưng Yên", ("Ở yên trong nhà.",))
    assert "Người duyệt Trần Ngọc Lan" in words(page(editor, document))
    press(editor, document, "approve")
    assert "không còn ở bước ấy nữa" in words(page(editor, document)), "the second press says so"


def test_a_draft_that_is_not_urgent_needs_no_holding(office: Office) -> None:
    use_source(office, alerts="draft")
    (document,) = receive(office, alert(infos=(info(severity="Minor"),)))
    shown = page(office.browser(EDITOR), document).partition("<main")[2]
    assert "Duyệt, cho lên bảng" in shown
    assert "data-hold" not in shown


def test_a_rejected_draft_stays_away(office: Office) -> None:
    use_source(office, alerts="draft")
    (document,) = receive(office, alert())
    editor = office.browser(EDITOR)
    assert press(editor, document, "reject").status_code == 303
    reconcile(office)
    assert live(office) == ()
    assert "Biên tập viên đã bỏ cảnh báo này." in words(page(editor, document))


def test_an_operator_sees_it_and_decides_nothing(office: Office) -> None:
    use_source(office, alerts="draft")
    (document,) = receive(office, alert())
    operator = office.browser(OPERATOR)
    shown = page(operator, document)
    assert "Duyệt và phát ngay" not in shown
    for act in ("approve", "reject", "areas", "end"):
        assert press(operator, document, act, areas=["xa-minh-tan"]).status_code == 403
    assert row(office, document).state == "draft"


def test_an_editor_of_one_commune_decides_nothing_for_the_province(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    use_source(office, alerts="draft")
    (document,) = receive(office, alert())
    local = office.browser(LOCAL)
    assert "Duyệt và phát ngay" not in page(local, document)
    for act in ("approve", "reject", "end"):
        assert press(local, document, act).status_code == 403


def test_without_a_place_it_goes_where_an_editor_says_and_nowhere_else(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    use_source(office)
    (document,) = receive(office, alert(infos=(info(headline="Mưa lớn cả nước", areas=NOWHERE),)))
    editor = office.browser(EDITOR)
    assert "Duyệt và phát ngay" not in page(editor, document)
    press(editor, document, "areas")
    assert "Chưa chọn nơi nhận: chưa chiếu ở đâu cả." in words(page(editor, document))
    reconcile(office)
    assert boards_on_air(office) == set()
    assert press(office.browser(LOCAL), document, "areas", areas=["xa-dong-hai"]).status_code == 403
    press(editor, document, "areas", areas=["xa-minh-tan"])
    reconcile(office)
    assert boards_on_air(office) == {"xa-minh-tan"}
    assert "Nơi đã chọn Xã Minh Tân" in words(page(editor, document))
    assert office.browser(LOCAL).get(f"{PATH}{document}").status_code == 404, "now it is of another commune"
    assert "Mưa lớn" not in words(office.browser(LOCAL).get(PATH).text)


def test_ending_takes_it_down_at_once_and_says_that_the_warning_lives(office: Office) -> None:
    use_source(office)
    (document,) = receive(office, first := alert())
    editor = office.browser(EDITOR)
    assert "Cảnh báo của cơ quan ban hành vẫn còn hiệu lực" in words(page(editor, document))
    assert press(editor, document, "end").status_code == 303
    assert live(office) == ()
    reconcile(office)
    assert "urgent" not in {one.level for one in live(office)}
    office.later(minutes=5)
    receive(office, update("bao-2", 5 * MINUTE, [first], infos=(info(headline="Bão mạnh lên"),)))
    assert [one.headline for one in live(office)] == ["Bão mạnh lên"], "an update raises it again"


def test_an_editor_of_one_commune_ends_it_on_the_boards_there_alone_and_takes_it_back(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    use_source(office)
    (document,) = receive(office, first := alert())
    local = office.browser(LOCAL)
    assert "Gỡ khỏi bảng tin của mọi" not in words(page(local, document))
    assert press(local, document, "end").status_code == 403
    assert press(local, document, "end-here", areas=["xa-dong-hai", "xa-minh-tan"]).status_code == 403
    assert boards_on_air(office) == {"hoi-truong", "pho-dong-hai", "xa-minh-tan"}
    press(local, document, "end-here")
    assert "Chưa chọn đơn vị nhận" in words(page(local, document))
    assert press(local, document, "end-here", areas=["xa-dong-hai"]).status_code == 303
    assert boards_on_air(office) == {"hoi-truong", "xa-minh-tan"}
    shown = words(page(office.browser(EDITOR), document))
    assert "Đã gỡ trên bảng của Xã Đông Hải" in shown
    assert "Chỉ gỡ ở đơn vị mình" in shown, "the province's editor may end it elsewhere"
    office.later(minutes=5)
    (second,) = receive(office, update("bao-2", 5 * MINUTE, [first], infos=(info(headline="Bão đổi hướng"),)))
    assert boards_on_air(office) == {"hoi-truong", "xa-minh-tan"}
    assert "Đã gỡ trên bảng của Xã Đông Hải" in words(page(local, second))
    tired = office.browser(LOCAL, factor=False)
    assert press(tired, second, "show-here", areas=["xa-dong-hai"]).status_code == STATUS
    assert press(local, second, "show-here", areas=["xa-dong-hai"]).status_code == 303
    reconcile(office)
    assert boards_on_air(office) == {"hoi-truong", "pho-dong-hai", "xa-minh-tan"}
    assert "Đã gỡ trên bảng của" not in words(page(local, second))
    said = words(office.browser(EDITOR).get("/desk/audit/").text)
    assert "Gỡ cảnh báo trên bảng của đơn vị" in said
    assert "Chiếu lại cảnh báo trên bảng của đơn vị" in said


def test_where_it_was_ended_its_editors_still_see_it(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    use_source(office)
    (document,) = receive(office, alert())
    press(office.browser(EDITOR), document, "end-here", areas=["tinh"])
    reconcile(office)
    assert boards_on_air(office) == set(), "the province is above all"
    assert "Bão số 3" in words(page(office.browser(LOCAL), document))
    assert press(office.browser(LOCAL), document, "show-here", areas=["tinh"]).status_code == 403


def test_a_held_source_drafts_what_comes_and_its_cancel_still_acts(office: Office) -> None:
    use_source(office)
    (document,) = receive(office, first := alert())
    editor = office.browser(EDITOR)
    office.later(minutes=1)
    assert editor.post(f"{PATH}sources/nchmf/hold").status_code == 303
    office.later(minutes=1)
    receive(office, alert("bao-9", infos=(info(headline="Tin lạ"),)))
    assert [one.headline for one in live(office)] == ["Bão số 3 vào Hưng Yên"]
    assert "Đang giữ lại từ 07:31" in words(editor.get(PATH).text) or "Thôi giữ" in page(editor, document)
    receive(office, cancel("huy", 2 * MINUTE, [first]))
    assert "urgent" not in {one.level for one in live(office)}
    assert editor.post(f"{PATH}sources/nchmf/release").status_code == 303
    assert "Thôi giữ" not in page(editor, document)


def test_only_editors_of_its_area_hold_a_source(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    use_source(office)
    assert office.browser(LOCAL).post(f"{PATH}sources/nchmf/hold").status_code == 403
    assert office.browser(EDITOR).post(f"{PATH}sources/tin-tinh/hold").status_code == 404
    assert office.browser(EDITOR).post(f"{PATH}sources/khong-co/hold").status_code == 404


def test_a_factor_is_asked_before_it_goes_on_air_and_not_before_it_comes_down(office: Office) -> None:
    use_source(office, alerts="draft")
    (document, other) = receive(office, alert(), alert("bao-7", infos=(info(headline="Lũ"),)))
    tired = office.browser(EDITOR, factor=False)
    assert press(tired, document, "approve").status_code == STATUS
    reconcile(office)
    assert live(office) == ()
    assert press(tired, other, "reject").headers["Location"].endswith(f"{PATH}{other}")


def test_the_page_tells_all_languages_times_and_documents(office: Office) -> None:
    use_source(office)
    english = info(
        language="en", headline="Storm No. 3", instruction="Stay inside.", onset=NOW + 2 * HOUR, web="https://x.vn/1"
    )
    first = alert(infos=(STORM, english))
    (document,) = receive(office, first)
    office.later(minutes=20)
    second, _ = receive(office, update("bao-2", 20 * MINUTE, [first]), cancel("huy", 15 * MINUTE, [alert("la")]))
    shown = words(page(office.browser(EDITOR), document))
    assert "Tiếng Việt" in shown
    assert "Tiếng Anh Storm No. 3" in shown
    assert "Bắt đầu 09:30 09/03/2026" in shown
    assert "mức ảnh hưởng: nghiêm trọng; thời điểm: trong giờ tới; độ chắc chắn: nhiều khả năng" in shown
    assert re.search(r"Cảnh báo mới \(đang xem\) Đã kết thúc .* Bản cập nhật Đang hiệu lực", shown)
    assert "phát lúc 07:50 09/03/2026, nhận lúc 07:50 09/03/2026. Không có chữ ký điện tử." in shown
    assert f'href="{PATH}{second}"' in page(office.browser(EDITOR), document)
    assert "Tin hủy Đã" not in shown, "it names another alert"


@pytest.mark.parametrize("act", ["edit", "extend", "discard", "sign", "send"])
def test_official_words_are_never_edited(office: Office, act: str) -> None:
    use_source(office, alerts="draft" if act in ("edit", "discard", "sign", "send") else "live")
    receive(office, alert())
    (notice,) = notices.all(office.db, states=("live", "drafted"), most=9)
    editor = office.browser(EDITOR)
    shown = words(editor.get(f"/desk/urgent/{notice.id}").text)
    assert "lời của cơ quan ban hành, không sửa được ở đây" in shown
    for button in ("Đính chính", "Gia hạn", "Phát ngay", "Bỏ bản nháp", "Sửa "):
        assert button not in shown
    assert editor.post(f"/desk/urgent/{notice.id}/{act}", {**WORDS, "hours": "1"}).status_code == 404
    assert notices.get(office.db, notice.id) == notice


def test_it_is_not_corrected_by_the_form_of_an_own_notice(office: Office) -> None:
    use_source(office)
    receive(office, alert())
    (notice,) = live(office)
    editor = office.browser(EDITOR)
    assert editor.get(f"/desk/urgent/?from={notice.id}").status_code == 404
    assert editor.post("/desk/urgent/", {**WORDS, "replaces": notice.id}).status_code == 404
    assert live(office) == (notice,)


def test_its_notice_leads_to_the_alert_and_can_be_taken_down(office: Office) -> None:
    use_source(office)
    (document,) = receive(office, alert())
    (notice,) = live(office)
    editor = office.browser(EDITOR)
    assert f'href="{PATH}{document}"' in editor.get(f"/desk/urgent/{notice.id}").text
    editor.post(f"/desk/urgent/{notice.id}/clear")
    reconcile(office)
    assert "urgent" not in {one.level for one in live(office)}


def test_an_own_notice_from_a_copy_is_filled_in_and_keeps_its_origin(office: Office) -> None:
    use_source(office)
    said = "Ở yên trong nhà. Chằng chống nhà cửa. Gọi 114. Không ra khơi."
    (document,) = receive(office, alert(infos=(replace(STORM, instruction=said),)))
    editor = office.browser(EDITOR)
    form = editor.get(f"/desk/urgent/?alert={document}").text
    assert "Bão số 3 vào Hưng Yên</textarea>" in form
    for part in ("Ở yên trong nhà", "Chằng chống nhà cửa", "Gọi 114", "Trung tâm Dự báo khí tượng thủy văn"):
        assert f'value="{part}"' in form
    assert "Đây là bản sao" in words(form)
    answer = editor.post(f"/desk/urgent/?alert={document}", {**WORDS, "headline": "Bão số 3: về nhà ngay"})
    own = notices.get(office.db, int(answer.headers["Location"].rsplit("/", 1)[1]))
    assert (own.created_by, own.origin) == (EDITOR.slug, f"nchmf/{alert().sender}/bao-1")
    assert "Đính chính" in editor.get(f"/desk/urgent/{own.id}").text, "the copy is the editor's own"
    assert notices.get(office.db, send(editor, replaces=own.id, headline="Sửa")).origin == own.origin
    assert office.browser(EDITOR).get("/desk/urgent/?alert=999").status_code == 404


def test_a_copy_has_whole_sentences_and_the_editor_shortens_them(office: Office) -> None:
    use_source(office)
    long = f"Sơ tán người già, trẻ em {'ra khỏi vùng trũng ven sông và ' * 4}lên nhà văn hóa thôn"
    said = f"{long}. Gió cấp 8. mưa trên 100 mm. Gọi 114."
    (document,) = receive(office, alert(infos=(replace(STORM, instruction=said),)))
    editor = office.browser(EDITOR)
    form = editor.get(f"/desk/urgent/?alert={document}").text
    for part in (long, "Gió cấp 8. mưa trên 100 mm", "Gọi 114"):
        assert f'value="{part}"' in form
    answer = editor.post(f"/desk/urgent/?alert={document}", {**WORDS, "act1": long})
    assert answer.status_code == 422
    assert "Dài quá 100 chữ cái" in words(answer.text)


def test_every_act_is_in_the_audit(office: Office) -> None:
    use_source(office, alerts="draft")
    first, second = receive(office, alert(), alert("bao-7", infos=(info(headline="Lũ"),)))
    editor = office.browser(EDITOR)
    press(editor, first, "approve")
    press(editor, second, "reject")
    reconcile(office)
    press(editor, first, "end")
    editor.post(f"{PATH}sources/nchmf/hold")
    said = words(editor.get("/desk/audit/").text)
    for label in ("Duyệt cảnh báo", "Bỏ cảnh báo chờ duyệt", "Gỡ cảnh báo", "Giữ lại cảnh báo của nguồn"):
        assert label in said
