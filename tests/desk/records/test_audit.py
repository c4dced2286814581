"""The audit page: who did what and from where, cut to one's areas; a chain that shows what was changed."""

from __future__ import annotations

import csv
import io
import sqlite3
from dataclasses import fields
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from server.core import model
from server.core.policy import Grant
from server.core.screens.screens import Screen
from server.desk.records import audit_text
from server.store.audit import audit, chain
from server.store.notices import notices
from server.store.people import people
from tests import cast
from tests.cast import EDITOR, KEEPER, NOW, OPERATOR, Person
from tests.desk.office import Office

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DONG_HAI_EDITOR = Person("thao", "Đỗ Thảo", "editor", "xa-dong-hai")


def staff(office: Office) -> None:
    people.add(office.db, username="thao", name="Đỗ Thảo", email="t@x.vn", actor="os:root", now=NOW)
    people.grant(office.db, "thao", Grant("editor", "xa-dong-hai"), by=None, actor="os:root", now=NOW)


def test_an_act_stands_with_who_what_and_from_where(office: Office) -> None:
    browser = office.browser(KEEPER)
    browser.post(f"/desk/people/{OPERATOR.slug}/grant", {"role": "viewer", "area": "xa-dong-hai"})
    page = browser.get("/desk/audit/?act=person.").text
    assert "Giao quyền" in page
    assert "tuan" in page
    assert "127.0.0.1" in page
    assert "Người xem · xa-dong-hai" in page


def test_one_reads_only_of_ones_areas(office: Office) -> None:
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


def test_the_file_is_what_the_page_says_and_runs_nothing_in_a_spreadsheet(office: Office) -> None:
    notices.post(office.db, cast.notice(headline="=1+1"), actor="=cmd", now=NOW)
    text = office.browser(EDITOR).get("/desk/audit/audit.csv?act=notice.").text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["Số", "Lúc", "Ai"]
    assert len(rows) == 2
    assert rows[1][2] == "'=cmd"


def test_pages_lead_to_what_is_older(office: Office) -> None:
    for number in range(60):
        notices.post(office.db, cast.notice(headline=f"Tin thứ {number:02}"), actor="lan", now=NOW)
    browser = office.browser(EDITOR)
    first = browser.get("/desk/audit/?act=notice.").text
    assert "Tin thứ 59" in first
    assert "Tin thứ 05" not in first
    below = first.split("below=")[1].split('"')[0].split("&")[0]
    assert "Tin thứ 05" in browser.get(f"/desk/audit/?act=notice.&below={below}").text


# the chain


def test_each_minute_is_sealed_and_a_whole_chain_is_said_so(office: Office) -> None:
    later = NOW + 2 * chain.SETTLED
    assert chain.extend(office.db, NOW) == 0, "what has just happened may not have settled"
    assert chain.extend(office.db, later) == len(audit.all(office.db))
    assert chain.extend(office.db, later) == 0
    notices.post(office.db, cast.notice(), actor="lan", now=NOW)
    assert chain.extend(office.db, later) == 1
    assert chain.broken(office.db) == ()
    page = office.browser(EDITOR).post("/desk/audit/check").text
    assert "2 dấu niêm đều khớp" in page


def _behind_the_triggers(office: Office, statement: str) -> None:
    raw = sqlite3.connect(office.folder / "bangtin.db")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement)
    raw.commit()
    raw.close()


def test_a_row_that_was_changed_breaks_its_seal(office: Office) -> None:
    chain.extend(office.db, NOW + 2 * chain.SETTLED)
    _behind_the_triggers(office, "UPDATE audit SET actor = 'ai do' WHERE id = 2")
    assert len(chain.broken(office.db)) == 1
    assert "message error" in office.browser(EDITOR).post("/desk/audit/check").text


def test_a_row_that_was_removed_breaks_its_seal(office: Office) -> None:
    chain.extend(office.db, NOW + 2 * chain.SETTLED)
    _behind_the_triggers(office, "DELETE FROM audit WHERE id = 3")
    assert len(chain.broken(office.db)) == 1


@pytest.mark.parametrize(
    "recorded",
    [model.Board, model.Source, model.Story, model.Announcement, model.Notice, model.Media, Screen],
    ids=lambda recorded: recorded.__name__,
)
def test_whatever_can_change_is_told_in_words(recorded: type[Any]) -> None:
    unsaid = {one.name for one in fields(recorded)} - set(audit_text.FIELDS) - audit_text.MACHINERY
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
def test_words_of_the_program_are_said_in_vietnamese(office: Office, field: str, words: Any) -> None:
    with office.app.test_request_context():
        for word in get_args(words):
            assert audit_text.said(word, ZONE, field) != word


def test_a_word_of_the_program_is_only_said_where_it_is_one(office: Office) -> None:
    with office.app.test_request_context():
        assert audit_text.said("live", ZONE, "title") == "live"
        assert audit_text.said("live", ZONE, "state") == "Đang phát"


def test_of_a_whole_each_part_is_said_and_a_flag_by_its_name(office: Office) -> None:
    parts = {"layout": "portrait", "size": "L", "side": False, "ticker": True}
    with office.app.test_request_context():
        assert audit_text.said(parts, ZONE, "format") == "Đứng · L · Dòng chữ chạy phía dưới"
