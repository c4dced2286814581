"""The list of alerts: what is in force, what waits and what has ended, and whether the sources are heard."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, LargeBinary, event, literal
from sqlalchemy import update as update_rows

from server.core.alerts.document import Circle
from server.store.alerts import polls
from server.store.tables import alert_documents
from tests.cast import EDITOR, HOUR, KEEPER, MINUTE, NOW, OPERATOR
from tests.core.alerts.documents import LIVE, PROVINCE, STORM, alert, cancel, info, update
from tests.desk.notices.alerts.received import NOWHERE, arrived_late, heard, receive, unheard, use_source
from tests.desk.notices.test_send import LOCAL, settle
from tests.desk.office import Browser, Office

PATH = "/desk/alerts/"


def words(text: str) -> str:
    """The words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text.partition("<main")[2]).split())


def section(browser: Browser, id: str) -> str:
    """The words of one section of the list; "" if it is not there."""
    found = re.search(rf'aria-labelledby="{id}">(.*?)</section>', browser.get(PATH).text, re.DOTALL)
    return words(f"<main>{found[1]}") if found else ""


def test_an_alert_in_force_says_how_where_from_whom_and_until_when(office: Office) -> None:
    use_source(office)
    heard(office)
    receive(office, alert())
    shown = section(office.browser(EDITOR), "in-force")
    assert "Bão số 3 vào Hưng Yên" in shown
    assert "Khẩn cấp: phủ toàn màn hình" in shown
    assert "Trung tâm Dự báo khí tượng thủy văn qua nguồn Trung tâm khí tượng" in shown
    assert "từ 07:30 09/03/2026 đến 10:30 09/03/2026" in shown
    assert "3 bảng tin: Hội trường tỉnh, Phố Đông Hải, Trụ sở xã Minh Tân" in shown


def test_a_draft_says_why_it_waits_and_a_future_one_from_when_it_holds(office: Office) -> None:
    use_source(office)
    future = info(headline="Mưa lớn", effective=NOW + 2 * HOUR, expires=NOW + 5 * HOUR)
    receive(office, alert("mua", infos=(future,)), alert("khap", infos=(info(headline="Nắng nóng", areas=NOWHERE),)))
    editor = office.browser(EDITOR)
    assert "Không đọc được khu vực, cần chọn nơi hiển thị." in section(editor, "drafts")
    assert "chưa rõ, chờ biên tập viên chọn" in section(editor, "drafts")
    assert "có hiệu lực từ 09:30 09/03/2026" in section(editor, "waiting")


def test_what_has_ended_says_why_for_a_day(office: Office) -> None:
    use_source(office)
    first, second = alert(), alert("ngap", infos=(info(headline="Ngập ở Minh Tân"),))
    receive(office, first, second, alert("ngan", infos=(info(headline="Dông", expires=NOW + 5 * MINUTE),)))
    office.later(minutes=10)
    stronger = update("bao-2", 10 * MINUTE, [first], infos=(info(headline="Bão mạnh lên"),))
    receive(office, stronger, cancel("huy", 10 * MINUTE, [second]))
    ended = section(office.browser(EDITOR), "ended")
    assert "Được thay bằng: Bão mạnh lên" in ended
    assert "Nguồn đã hủy cảnh báo này." in ended
    assert "Đã hết thời hạn." in ended
    assert "kết thúc lúc 07:35 09/03/2026" in ended
    office.later(hours=25)
    assert section(office.browser(EDITOR), "ended") == ""


def test_who_ended_it_is_named(office: Office) -> None:
    use_source(office)
    (document,) = receive(office, alert())
    office.browser(EDITOR).post(f"{PATH}{document}/end")
    receive(office)
    assert "Người quyết định: Trần Ngọc Lan" in section(office.browser(EDITOR), "ended")


def test_no_data_is_never_no_warning(office: Office) -> None:
    use_source(office)
    editor = office.browser(EDITOR)
    assert "Không có cảnh báo" not in words(editor.get(PATH).text), "it was never asked"
    heard(office)
    assert "Không có cảnh báo nào đang hiệu lực Trung tâm khí tượng, lúc 07:30" in words(editor.get(PATH).text)
    assert "Trung tâm khí tượng đọc được lúc 07:30" in words(editor.get(PATH).text)
    arrived_late(office)
    unheard(office, "Nguồn cảnh báo trả về nội dung rỗng.")
    silent = words(office.browser(EDITOR).get(PATH).text)
    assert "Chưa có dữ liệu cảnh báo từ 07:30 Nguồn cảnh báo trả về nội dung rỗng." in silent
    assert "Không có cảnh báo" not in silent
    assert "Chưa biết có cảnh báo nào đang hiệu lực không" in silent


def test_one_silent_source_is_enough_not_to_say_that_there_is_none(office: Office) -> None:
    use_source(office)
    use_source(office, slug="thu-hai", name="Nguồn thứ hai")
    heard(office)
    unheard(office, "", "thu-hai")
    office.later(minutes=11)
    heard(office)
    assert "Không có cảnh báo" not in words(office.browser(EDITOR).get(PATH).text)


def test_a_draft_may_be_in_force_so_nobody_says_that_there_is_none(office: Office) -> None:
    use_source(office, alerts="draft")
    heard(office)
    (document,) = receive(office, alert())
    editor = office.browser(EDITOR)
    assert "Không có cảnh báo" not in words(editor.get(PATH).text)
    editor.post(f"{PATH}{document}/reject")
    receive(office)
    shown = words(editor.get(PATH).text)
    assert "Không có cảnh báo" not in shown, "its source still warns"
    assert "vẫn còn hiệu lực ở cơ quan ban hành" in shown
    office.later(hours=4)
    heard(office)
    receive(office)
    assert "Không có cảnh báo nào đang hiệu lực" in words(office.browser(EDITOR).get(PATH).text)


def test_an_editor_who_ends_an_alert_does_not_end_the_warning(office: Office) -> None:
    use_source(office)
    heard(office)
    (document,) = receive(office, alert())
    editor = office.browser(EDITOR)
    editor.post(f"{PATH}{document}/end")
    receive(office)
    assert "Không có cảnh báo" not in words(editor.get(PATH).text)


def test_a_cut_index_is_not_enough_to_say_that_there_is_none(office: Office) -> None:
    use_source(office)
    polls.good(office.db, "nchmf", office.now, LIVE, listed=[], cut=True, unchanged=False)
    shown = words(office.browser(EDITOR).get(PATH).text)
    assert "Không có cảnh báo" not in shown
    assert "có nguồn chưa đọc được hết" in shown


def test_a_list_from_which_alerts_are_missing_is_not_enough_to_say_that_there_is_none(office: Office) -> None:
    use_source(office)
    (document,) = receive(office, alert())
    office.later(hours=4)
    heard(office)
    receive(office)
    assert "Không có cảnh báo nào đang hiệu lực" in words(office.browser(EDITOR).get(PATH).text)
    with office.db.write() as conn:
        mine = update_rows(alert_documents).where(alert_documents.c.id == document)
        conn.execute(mine.values(document=literal(b"\0", LargeBinary)))
    shown = words(office.browser(EDITOR).get(PATH).text)
    assert "Không có cảnh báo" not in shown
    assert "Danh sách dưới đây chưa đủ" in shown


def test_without_a_source_the_page_says_so(office: Office) -> None:
    assert "Chưa có nguồn cảnh báo nào" in words(office.browser(EDITOR).get(PATH).text)


def test_only_people_of_its_areas_see_an_alert(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    use_source(office)
    hall = replace(PROVINCE, codes=(), circles=(Circle(20.646, 106.051, 2),))
    receive(office, alert("minh-tan", infos=(replace(STORM, headline="Chỉ hội trường", areas=(hall,)),)))
    assert "Chỉ hội trường" in words(office.browser(EDITOR).get(PATH).text)
    assert "Chỉ hội trường" in words(office.browser(OPERATOR).get(PATH).text), "the hall belongs to the area above"
    assert office.browser(KEEPER).get(PATH).status_code == 403


def test_the_map_shows_the_outline_and_the_boards_it_reaches(office: Office) -> None:
    use_source(office)
    ring = ((20.6, 106.0), (20.7, 106.0), (20.7, 106.1), (20.6, 106.1), (20.6, 106.0))
    receive(office, alert(infos=(info(areas=(replace(PROVINCE, codes=(), polygons=(ring,)),)),)))
    page = office.browser(EDITOR).get(PATH).text
    assert 'class="alert"' in page
    assert "Cảnh báo đến: Hội trường tỉnh." in page
    assert 'class="dot reached"' in page


def test_a_drill_stands_under_its_band(office: Office) -> None:
    use_source(office, exercises=True)
    receive(office, alert(status="Exercise"))
    assert "DIỄN TẬP" in section(office.browser(EDITOR), "in-force")


def test_what_was_odd_is_told_and_nothing_of_it_is_markup(office: Office) -> None:
    use_source(office)
    receive(office, alert(infos=(info(headline="<b>Bão</b><script>1</script>"),), notes=("Không ghi loại.",)))
    page = office.browser(EDITOR).get(PATH).text
    assert "1 điều khác thường trong tài liệu" in words(page)
    assert "<script>1" not in page


def test_the_menu_leads_there(office: Office) -> None:
    assert f'href="{PATH}" aria-current="page">Cảnh báo' in office.browser(OPERATOR).get(PATH).text
    assert f'href="{PATH}"' not in office.browser(KEEPER).get("/desk/sources/").text


def test_boards_and_sources_are_read_equally_often_however_long_the_list_is(office: Office) -> None:
    use_source(office)
    editor = office.browser(EDITOR)

    def reads() -> int:
        said: list[str] = []

        def note(*parts: Any) -> None:
            said.append(parts[2])

        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert editor.get(PATH).status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return sum("FROM boards" in one or "FROM sources" in one for one in said)

    receive(office, alert("bao-0"))
    few = reads()
    receive(office, *(alert(f"bao-{n}", infos=(info(headline=f"Bão {n}"),)) for n in range(1, 9)))
    assert reads() == few
