"""The audit at the desk: actions in words, limited to the user's areas, as CSV; its hash chain reveals changes."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from dataclasses import asdict
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import pytest
from flask_babel import force_locale

from server.core import model
from server.core.policy import Grant
from server.core.screens.screens import Screen
from server.desk.records import audit_labels
from server.desk.records.audit_names import Names
from server.desk.records.audit_text import AuditWords
from server.store.announcements import announcements
from server.store.audit import audit, chain
from server.store.boards import panics
from server.store.boards.panics import Panic
from server.store.media.library import LibraryFile
from server.store.notices import actions, notices
from server.store.people import people
from server.store.people.rows import AuditedPerson
from tests import cast
from tests.cast import EDITOR, KEEPER, MINUTE, NOW, OPERATOR, Person
from tests.desk.office import Office
from tests.desk.reading import text_of
from tests.desk.records.recorded import field_names, recorded_acts, recorded_in_part

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def words_of() -> AuditWords:
    return AuditWords(ZONE, Names())


DONG_HAI_EDITOR = Person("thao", "Đỗ Thảo", "editor", "xa-dong-hai")


def staff(office: Office) -> None:
    people.add(office.db, username="thao", name="Đỗ Thảo", email="t@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "thao", Grant("editor", "xa-dong-hai"), by=None, actor="os:root", now=NOW)


def test_an_act_is_shown_with_actor_change_and_address(office: Office) -> None:
    browser = office.browser(KEEPER)
    browser.post(f"/desk/people/{OPERATOR.slug}/grant", {"role": "viewer", "area": "xa-dong-hai"})
    page = browser.get("/desk/audit/?act=person.").text
    assert "Giao quyền" in page
    assert f"<strong>{KEEPER.name}</strong>" in page
    assert "127.0.0.1" in page
    assert "Người xem · Xã Đông Hải" in page


def test_only_acts_of_ones_own_areas_are_shown(office: Office) -> None:
    staff(office)
    for area in ("xa-minh-tan", "xa-dong-hai"):
        made = cast.notice(headline=f"Tin của {area}", areas=(area,))
        notices.post(office.db, made, actor="lan", now=NOW)
    page = office.browser(DONG_HAI_EDITOR).get("/desk/audit/").text
    assert "Tin của xa-dong-hai" in page
    assert "Tin của xa-minh-tan" not in page
    assert OPERATOR.slug not in page
    everything = office.browser(KEEPER).get("/desk/audit/").text
    assert "Tin của xa-minh-tan" in everything


def test_the_csv_has_the_rows_of_the_page_and_no_formulas(office: Office) -> None:
    notices.post(office.db, cast.notice(headline="=1+1"), actor="=cmd", now=NOW)
    text = office.browser(EDITOR).get("/desk/audit/audit.csv?act=notice.").text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][:3] == ["Số", "Lúc", "Ai"]
    assert len(rows) == 2
    assert rows[1][2] == "'=cmd"


def test_pages_lead_to_older_acts(office: Office) -> None:
    for number in range(60):
        notices.post(office.db, cast.notice(headline=f"Tin thứ {number:02}", state="drafted"), actor="lan", now=NOW)
    browser = office.browser(EDITOR)
    first = browser.get("/desk/audit/?act=notice.").text
    assert "Tin thứ 59" in first
    assert "Tin thứ 05" not in first
    below = first.split("below=")[1].split('"')[0].split("&")[0]
    assert "Tin thứ 05" in browser.get(f"/desk/audit/?act=notice.&below={below}").text


# the hash chain


def test_acts_are_sealed_and_the_page_confirms_an_intact_chain(office: Office) -> None:
    later = NOW + 2 * chain.SETTLED
    assert chain.extend(office.db, NOW) == 0, "what has just happened may not have settled"
    assert chain.extend(office.db, later) == len(audit.all(office.db))
    assert chain.extend(office.db, later) == 0
    notices.post(office.db, cast.notice(), actor="lan", now=NOW)
    assert chain.extend(office.db, later) == 1
    assert chain.broken(office.db) == ()
    page = office.browser(EDITOR).post("/desk/audit/check").text
    assert "2 dấu niêm đều khớp" in page


def _change_without_triggers(office: Office, statement: str) -> None:
    raw = sqlite3.connect(office.folder / "bangtin.db")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement)
    raw.commit()
    raw.close()


def test_a_row_that_was_changed_breaks_its_seal(office: Office) -> None:
    chain.extend(office.db, NOW + 2 * chain.SETTLED)
    _change_without_triggers(office, "UPDATE audit SET actor = 'ai do' WHERE id = 2")
    assert len(chain.broken(office.db)) == 1
    assert "message error" in office.browser(EDITOR).post("/desk/audit/check").text


def test_a_row_that_was_removed_breaks_its_seal(office: Office) -> None:
    chain.extend(office.db, NOW + 2 * chain.SETTLED)
    _change_without_triggers(office, "DELETE FROM audit WHERE id = 3")
    assert len(chain.broken(office.db)) == 1


@pytest.mark.parametrize(
    "recorded",
    [
        model.Board, model.Source, model.Story, model.Announcement, model.Notice, model.Media, Screen, Panic,
        AuditedPerson, LibraryFile, *recorded_in_part(),
    ],
    ids=lambda recorded: recorded.__name__,
)  # fmt: skip
def test_every_field_of_a_record_has_a_label(recorded: type[DataclassInstance]) -> None:
    unsaid = field_names(recorded) - set(audit_labels.FIELDS) - audit_labels.INTERNAL_FIELDS
    assert unsaid == set()


def test_every_act_that_the_code_records_has_words_in_both_languages(office: Office) -> None:
    for language in ("vi", "en"):
        with office.app.test_request_context(), force_locale(language):
            said = {act: str(audit_labels.ACTS.get(act, "")) for act in recorded_acts()}
            assert {act for act, words in said.items() if not words} == set()
            assert len(set(said.values())) == len(said), "two acts share their words"


def test_a_page_of_the_audit_names_no_slug_and_no_field_of_the_code(office: Office) -> None:
    made = notices.post(office.db, cast.notice(state="drafted", areas=("xa-minh-tan",)), actor="hoa", now=NOW)
    actions.sign(office.db, made.id, actor="lan", now=NOW)
    later = NOW + 5 * MINUTE
    actions.send(office.db, made.id, actor="lan", now=later, four_eyes=True, break_glass=True)
    panics.begin(office.db, "xa-minh-tan", actor="lan", now=later)
    panics.end(office.db, "xa-minh-tan", actor="minh", now=later + MINUTE)
    page = text_of(office.browser(KEEPER).get("/desk/audit/").text)
    for said in ("Phát tin khẩn một mình", "Người tắt: Lê Quang Minh", "Đơn vị «Xã Minh Tân»", "Trần Ngọc Lan",
                 "Bắt đầu lúc: 09/03/2026 07:35", "Tin khẩn «Bão số 3"):  # fmt: skip
        assert said in page, said
    for unsaid in ("break-glass", "ended_by", "xa-minh-tan", "notice/", "begun", "notice."):
        assert unsaid not in page, unsaid


def test_the_audit_is_searched_by_a_persons_name(office: Office) -> None:
    for actor in ("lan", "minh"):
        notices.post(office.db, cast.notice(headline=f"Tin của {actor}", state="drafted"), actor=actor, now=NOW)
    page = office.browser(EDITOR).get("/desk/audit/?actor=tran+ngoc").text
    assert "Tin của lan" in page
    assert "Tin của minh" not in page


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("state", model.AnnouncementState),
        ("state", model.NoticeState),
        ("state", model.StoryState),
        ("kind", model.AnnouncementKind),
        ("kind", model.SourceKind),
        ("level", model.Level),
        ("mode", model.Mode),
        ("layout", model.Layout),
        ("trust", model.Trust),
        ("alerts", model.AlertAiring),
        ("index", model.AlertIndex),
    ],
)
def test_values_that_are_names_in_the_code_have_vietnamese_labels(office: Office, field: str, words: object) -> None:
    with office.app.test_request_context():
        for word in get_args(words):
            assert words_of().value(word, field) != word


def test_the_settings_of_a_source_of_alerts_are_told_with_their_labels(office: Office) -> None:
    settings = model.AlertSettings("live", "complete", ("VN",), "xa-minh-tan", languages=("vi", "en"), exercises=True)
    with office.app.test_request_context():
        assert words_of().value(json.loads(json.dumps(asdict(settings))), "cap") == (
            "Cảnh báo nhận được: lên bảng ngay; Danh mục cảnh báo: luôn nêu đủ cảnh báo còn hiệu lực;"
            " Phạm vi của nguồn: VN; Đơn vị khi cảnh báo không ghi nơi: Xã Minh Tân;"
            " Các ngôn ngữ hiện ra: Tiếng Việt, English; Nhận cả diễn tập: có"
        )


def test_an_outline_is_told_by_its_size_and_an_origin_not_at_all(office: Office) -> None:
    own = cast.notice(state="drafted", areas=("xa-minh-tan",), origin="nchmf/canh-bao@khituong.example/bao-1")
    notices.post(office.db, own, actor="lan", now=NOW)
    assert "canh-bao@khituong" not in office.browser(EDITOR).get("/desk/audit/").text
    with office.app.test_request_context():
        said = words_of().value({"rings": 2, "points": 812, "digest": "0f3a9c11d2"}, "outline")
        assert said == "2 vùng khép kín, 812 điểm"


def test_a_value_is_translated_only_in_its_field(office: Office) -> None:
    with office.app.test_request_context():
        assert words_of().value("live", "title") == "live"
        assert words_of().value("live", "state") == "Đang phát"


def test_a_kind_is_told_by_what_has_it_and_a_share_in_percent(office: Office) -> None:
    with office.app.test_request_context(), force_locale("vi"):
        assert words_of().value("mail", "kind", "source") == "Hộp thư"
        assert words_of().value("mail", "kind", "duty_channel") == "Thư điện tử"
        assert words_of().value("company_ads", "owner", "board") == "Doanh nghiệp, chỉ quảng cáo"
        assert words_of().value(0.555, "agreed_share", "board") == "55,5 %"
        assert words_of().value(0.55, "upper_share", "board") == "55 %"


def test_a_draft_is_not_said_to_be_posted(office: Office) -> None:
    announcements.post(office.db, cast.announcement(state="draft"), actor="hoa")
    page = text_of(office.browser(KEEPER).get("/desk/audit/").text)
    assert "Thêm thông báo" in page
    assert "Đăng thông báo" not in page


def test_a_record_lists_its_parts_and_a_flag_by_its_label(office: Office) -> None:
    parts = {"layout": "portrait", "size": "L", "side": False, "ticker": True}
    with office.app.test_request_context():
        assert words_of().value(parts, "format") == "Đứng · L · Dòng chữ chạy phía dưới"


def test_a_lane_is_told_with_what_its_numbers_mean(office: Office) -> None:
    lane = {"source": "tin-tinh", "most": 9, "newest_days": 30}
    with office.app.test_request_context(), force_locale("vi"):
        assert words_of().value([lane], "lanes") == "Cổng thông tin tỉnh (nhiều nhất 9 tin, không cũ hơn 30 ngày)"


def test_the_subject_of_an_act_is_one_thing_in_both_languages(office: Office) -> None:
    (act,) = [act for act in audit.all(office.db) if act.subject == "person/hoa" and act.act == "person.add"]
    with office.app.test_request_context():
        for language, said in (("vi", "Người dùng «Nguyễn Thị Hoa»"), ("en", "User “Nguyễn Thị Hoa”")):
            with force_locale(language):
                assert words_of().subject(act) == said


def test_a_repetition_is_told_with_its_days_and_bounds(office: Office) -> None:
    stored = {"rule": "FREQ=DAILY", "start": "07:00:00", "end": "09:00:00", "first": "2026-03-10"}
    bounds = {"last": "2026-03-20", "not_before": "2026-03-10T00:30:00+00:00"}
    with office.app.test_request_context(), force_locale("vi"):
        assert words_of().value(stored, "recurrence") == "07:00 đến 09:00, hằng ngày, từ ngày 10/03/2026"
        assert words_of().value({**stored, **bounds}, "recurrence") == (
            "07:00 đến 09:00, hằng ngày, từ ngày 10/03/2026 đến ngày 20/03/2026, không chiếu trước 07:30 10/03/2026"
        )
