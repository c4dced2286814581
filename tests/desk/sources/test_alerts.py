"""Sources of alerts at the desk: recognised, tried, added as drafts, aired at once only by an editor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.core.model import AlertSettings, Source
from server.desk.auth.reauthenticate import STATUS
from server.desk.sources.presets import PRESETS, neighbour_address
from server.setup.config import Config
from server.store.sources import sources
from tests.cast import EDITOR, KEEPER, NOW, OPERATOR
from tests.core.alerts.documents import alert, info
from tests.desk.notices.alerts.received import NOWHERE, heard, receive, unheard, use_source
from tests.desk.notices.alerts.test_list import words
from tests.desk.notices.test_send import LOCAL, settle
from tests.desk.office import Office
from tests.desk.sources.trying import tried
from tests.worker.harvest.alert_site import HALL_ONLY, Cap, cancel, serving

PAGE = "/desk/sources/nchmf"


@pytest.fixture
def local(office: Office) -> Office:
    """The office whose worker may read from this machine."""
    office.config = Config.model_validate(
        {"fetch": {"allow_private": ["127.0.0.1"]}, "people": {"second_factor": False}}
    )
    return office


def settings(office: Office) -> AlertSettings:
    found = sources.get(office.db, "nchmf").cap
    assert found is not None
    return found


def mark(page: str) -> str:
    found = re.search(r'name="mark" value="([0-9a-f]{16})"', page)
    assert found is not None
    return found[1]


def test_a_trial_tells_level_times_and_boards_of_the_newest_alerts(local: Office) -> None:
    storm = Cap("bao-1", NOW)
    nearby = Cap("bao-2", NOW, headline="Dông ở hội trường", place=HALL_ONLY, severity="Moderate")
    nowhere = Cap("bao-3", NOW, headline="Rét cả nước", place="")
    with serving() as site:
        site.publish(storm, nearby, nowhere, cancel("huy", storm, NOW))
        site.answers["/cap/bao-3.xml"] = (200, "application/cap+xml", nowhere.xml())
        page = tried(local, local.browser(KEEPER), "/desk/sources/look", {"address": f"{site.address}/index.xml"})
    shown = words(page)
    assert "Đây là một nguồn cảnh báo (CAP)" in shown
    assert "Bão số 3 vào Hưng Yên Khẩn cấp · từ 07:30 09/03/2026 đến 10:30 09/03/2026 Lên 3 bảng tin" in shown
    assert re.search(r"Dông ở hội trường Ưu tiên · [^L]* Lên 1 bảng tin: Hội trường tỉnh", shown)
    assert re.search(r"Rét cả nước [^K]*Khẩn cấp[^K]* Không đọc được khu vực: biên tập viên sẽ chọn nơi hiện", shown)
    assert "Kết thúc một cảnh báo trước." in shown
    assert 'name="boards"' not in page.partition('id="preview"')[2], "alerts find the boards by themselves"


def test_what_cannot_be_read_is_told(local: Office) -> None:
    with serving() as site:
        site.publish(Cap("bao-1", NOW))
        site.answers["/cap/bao-1.xml"] = (404, "text/plain", b"")
        page = tried(local, local.browser(KEEPER), "/desk/sources/look", {"address": f"{site.address}/index.xml"})
    assert "1 cảnh báo trong danh mục không đọc được." in words(page)


def test_a_new_source_of_alerts_waits_for_an_editor(office: Office) -> None:
    form = {"kind": "cap", "address": "https://khituong.example.vn/cap.xml", "name": "Đài khí tượng", "area": "tinh"}
    keeper = office.browser(KEEPER)
    answer = keeper.post("/desk/sources/add", form)
    made = sources.get(office.db, answer.headers["Location"].rsplit("/", 1)[1])
    assert (made.kind, made.name, made.area) == ("cap", "Đài khí tượng", "tinh")
    assert made.cap == AlertSettings(alerts="draft")
    assert made.every.total_seconds() == 120
    shown = words(keeper.get(f"/desk/sources/{made.slug}").text)
    assert "Đã thêm nguồn cảnh báo" in shown
    assert "Chờ biên tập viên duyệt" in shown
    assert "Không bảng nào hiện" not in shown


def test_only_an_editor_of_the_area_lets_it_air_at_once(office: Office) -> None:
    settle(office, LOCAL, "xa-dong-hai")
    use_source(office, alerts="draft")
    editor = office.browser(EDITOR)
    form = {"alerts": "live", "mark": mark(editor.get(PAGE).text)}
    for person in (KEEPER, OPERATOR, LOCAL):
        assert office.browser(person).post(f"{PAGE}/airing", form).status_code in (403, 404)
    assert office.browser(EDITOR, factor=False).post(f"{PAGE}/airing", form).status_code == STATUS
    assert settings(office).alerts == "draft"
    editor.post(f"{PAGE}/airing", form)
    assert settings(office).alerts == "live"
    assert "Lên bảng ngay, không ai đọc trước." in words(editor.get(PAGE).text)
    editor.post(f"{PAGE}/airing", {"alerts": "none"})
    assert settings(office).alerts == "none"


def test_it_waits_again_after_a_keeper_has_changed_how_it_is_read(office: Office) -> None:
    use_source(office, alerts="live")
    keeper, editor = office.browser(KEEPER), office.browser(EDITOR)
    before = mark(editor.get(PAGE).text)
    keeper.post(f"{PAGE}/alerts", {"default_area": "tinh", "languages": "vi en", "territory": "VN\n\nVN-66"})
    assert "Cảnh báo của nguồn này từ nay chờ duyệt" in words(keeper.get(PAGE).text)
    assert settings(office) == AlertSettings(
        alerts="draft", default_area="tinh", languages=("vi", "en"), territory=("VN", "VN-66")
    )
    editor.post(f"{PAGE}/airing", {"alerts": "live", "mark": before})
    assert settings(office).alerts == "draft", "the editor had not seen the change"


def test_a_territory_that_cannot_be_understood_is_refused_and_kept_in_the_form(office: Office) -> None:
    use_source(office, alerts="draft")
    answer = office.browser(KEEPER).post(f"{PAGE}/alerts", {"territory": "20.1,106.1 20.2"})
    assert answer.status_code == 422
    assert ">20.1,106.1 20.2</textarea>" in answer.text
    assert settings(office).territory == ()


def test_its_page_tells_polls_and_what_came(office: Office) -> None:
    use_source(office)
    heard(office)
    receive(office, alert(), alert("khap", infos=(info(headline="Nắng nóng", areas=NOWHERE),)))
    shown = words(office.browser(EDITOR).get(PAGE).text)
    assert "Bão số 3 vào Hưng Yên phát lúc 07:30 09/03/2026 · 3 bảng tin Đang hiệu lực" in shown
    assert "Nắng nóng phát lúc 07:30 09/03/2026 · 0 bảng tin Chờ biên tập viên quyết định" in shown
    office.later(minutes=11)
    unheard(office, "Nguồn cảnh báo trả về nội dung rỗng.")
    shown = words(office.browser(EDITOR).get(PAGE).text)
    assert "Chưa có dữ liệu cảnh báo từ 07:30 09/03/2026 Nguồn cảnh báo trả về nội dung rỗng." in shown


def test_the_offered_sources_are_not_read_until_they_are_added(office: Office) -> None:
    shown = office.browser(KEEPER).get("/desk/sources/look").text
    for one in PRESETS:
        assert str(one.name) in shown
        assert f'value="{one.address}"' in shown
    assert "Địa chỉ chưa được kiểm chứng" in shown
    assert [one.kind for one in sources.all(office.db) if one.kind == "cap"] == []


@pytest.mark.parametrize(
    ("host", "area", "address"),
    [
        ("bangtin.tinh.vn", "xa-minh-tan", "https://bangtin.tinh.vn/areas/xa-minh-tan/alerts.atom"),
        (" https://BangTin.tinh.vn/ ", "Tinh", "https://bangtin.tinh.vn/areas/tinh/alerts.atom"),
        ("bangtin.tinh.vn/x", "tinh", ""),
        ("bangtin.tinh.vn", "../khac", ""),
        ("", "tinh", ""),
    ],
)
def test_another_server_is_named_by_host_and_area(host: str, area: str, address: str) -> None:
    assert neighbour_address(host, area) == address


def test_a_host_that_is_none_is_refused(office: Office) -> None:
    keeper = office.browser(KEEPER)
    keeper.post("/desk/sources/look", {"host": "không phải máy", "area": "tinh"})
    assert "Hãy ghi tên miền" in words(keeper.get("/desk/sources/look").text)


def test_a_source_of_stories_has_no_settings_of_alerts(office: Office) -> None:
    assert office.browser(KEEPER).post("/desk/sources/tin-tinh/alerts").status_code == 404
    assert office.browser(EDITOR).post("/desk/sources/tin-tinh/airing", {"alerts": "live"}).status_code == 404


def test_a_source_that_is_a_file_is_tried_with_what_lies_beside_it(office: Office, tmp_path: Path) -> None:
    (tmp_path / "canh-bao.cap").write_bytes(Cap("bao-1", NOW).xml())
    source = Source("tep", "Tệp diễn tập", "cap", "canh-bao.cap", area="tinh", cap=AlertSettings())
    sources.save(office.db, source, actor="os:root", now=office.now)
    page = tried(office, office.browser(KEEPER), "/desk/sources/tep/try")
    assert "Bão số 3 vào Hưng Yên" in words(page)
