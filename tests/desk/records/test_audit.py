"""The audit at the desk: acts in words, limited to one's areas, as CSV; the chain of seals reveals changes."""

from __future__ import annotations

import csv
import io
import sqlite3
from dataclasses import fields
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import pytest

from server.core import model
from server.core.policy import Grant
from server.core.screens.screens import Screen
from server.desk.records import audit_labels, audit_text
from server.store.audit import audit, chain
from server.store.notices import notices
from server.store.people import people
from tests import cast
from tests.cast import EDITOR, KEEPER, NOW, OPERATOR, Person
from tests.desk.office import Office

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DONG_HAI_EDITOR = Person("thao", "Đỗ Thảo", "editor", "xa-dong-hai")


def staff(office: Office) -> None:
    people.add(office.db, username="thao", name="Đỗ Thảo", email="t@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "thao", Grant("editor", "xa-dong-hai"), by=None, actor="os:root", now=NOW)


def test_an_act_is_shown_with_actor_change_and_address(office: Office) -> None:
    browser = office.browser(KEEPER)
    browser.post(f"/desk/people/{OPERATOR.slug}/grant", {"role": "viewer", "area": "xa-dong-hai"})
    page = browser.get("/desk/audit/?act=person.").text
    assert "Giao quyền" in page
    assert "tuan" in page
    assert "127.0.0.1" in page
    assert "Người xem · xa-dong-hai" in page


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
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["Số", "Lúc", "Ai"]
    assert len(rows) == 2
    assert rows[1][2] == "'=cmd"


def test_pages_lead_to_older_acts(office: Office) -> None:
    for number in range(60):
        notices.post(office.db, cast.notice(headline=f"Tin thứ {number:02}"), actor="lan", now=NOW)
    browser = office.browser(EDITOR)
    first = browser.get("/desk/audit/?act=notice.").text
    assert "Tin thứ 59" in first
    assert "Tin thứ 05" not in first
    below = first.split("below=")[1].split('"')[0].split("&")[0]
    assert "Tin thứ 05" in browser.get(f"/desk/audit/?act=notice.&below={below}").text


# the chain


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
    [model.Board, model.Source, model.Story, model.Announcement, model.Notice, model.Media, Screen],
    ids=lambda recorded: recorded.__name__,
)
def test_every_field_of_a_record_has_a_label(recorded: type[DataclassInstance]) -> None:
    unsaid = {one.name for one in fields(recorded)} - set(audit_labels.FIELDS) - audit_labels.INTERNAL_FIELDS
    assert unsaid == set()


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
    ],
)
def test_values_that_are_names_in_the_code_have_vietnamese_labels(office: Office, field: str, words: object) -> None:
    with office.app.test_request_context():
        for word in get_args(words):
            assert audit_text.value_text(word, ZONE, field) != word


def test_a_value_is_translated_only_in_its_field(office: Office) -> None:
    with office.app.test_request_context():
        assert audit_text.value_text("live", ZONE, "title") == "live"
        assert audit_text.value_text("live", ZONE, "state") == "Đang phát"


def test_a_record_lists_its_parts_and_a_flag_by_its_label(office: Office) -> None:
    parts = {"layout": "portrait", "size": "L", "side": False, "ticker": True}
    with office.app.test_request_context():
        assert audit_text.value_text(parts, ZONE, "format") == "Đứng · L · Dòng chữ chạy phía dưới"
