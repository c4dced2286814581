"""Everybody gets the uploaded document of an announcement while its page is public, never as active content."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.core.model import Announcement
from server.store.announcements import announcements
from server.store.media import originals
from server.worker.retention import RULES, Retention
from tests.cast import DAY, NOW, OPERATOR, announcement
from tests.desk.office import Office
from tests.desk.public.originals import keep
from tests.desk.public.reader import Reader
from tests.desk.reading import text_of

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def posted(office: Office, **changes: Any) -> tuple[Announcement, str]:
    """An approved announcement with a document, and the path of the document."""
    file = keep(office, "<script>alert(1)</script>")
    one = announcements.post(office.db, announcement(originals=(file,), **changes), actor=OPERATOR.slug)
    return one, f"/item/a{one.id}/original/{file.hash}"


def test_the_page_names_the_file_its_kind_and_its_size(office: Office) -> None:
    file = keep(office, "x" * 1_300_000, name="Danh sách hộ nghèo.xlsx", type=SHEET)
    one = announcements.post(office.db, announcement(originals=(file,)), actor=OPERATOR.slug)
    page = office.browser().get(f"/item/a{one.id}").text
    assert f'href="/item/a{one.id}/original/{file.hash}" download' in page
    shown = text_of(page)
    assert "Danh sách hộ nghèo.xlsx" in shown
    assert "bảng tính Excel, 1,2 MB" in shown


def test_it_is_saved_under_its_vietnamese_name_and_runs_nothing(office: Office) -> None:
    _, path = posted(office)
    answer = Reader.of(office).get(path)
    assert answer.text == "<script>alert(1)</script>"
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Quyet dinh.pdf\"; filename*=UTF-8''Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.pdf"
    )
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Bangtin-File" not in answer.headers
    assert "X-Bangtin-Holds" not in answer.headers


def test_a_broken_download_goes_on_where_it_ended(office: Office) -> None:
    _, path = posted(office)
    reader = Reader.of(office)
    rest = reader.get(path, Range="bytes=8-")
    assert (rest.status_code, rest.text) == (206, "alert(1)</script>")
    assert reader.get(path, If_None_Match=rest.headers["ETag"]).status_code == 304


def test_it_is_gone_with_its_item(office: Office) -> None:
    one, path = posted(office)
    reader = Reader.of(office)
    assert reader.get(path).status_code == 200
    announcements.withdraw(office.db, one.id, actor=OPERATOR.slug, now=NOW)
    office.later(seconds=1)
    gone = reader.get(path)
    assert gone.status_code == 410
    assert "script" not in gone.text.replace("<script src", "")
    announcements.take(office.db, one.id, "reinstate", actor="lan", now=office.now)
    assert reader.get(path).status_code == 200
    office.later(days=40)
    assert reader.get(path).status_code == 410


@pytest.mark.parametrize("hash", ["0" * 16, "x", "..%2F..%2Fbangtin.db"])
def test_no_other_file_is_given(office: Office, hash: str) -> None:
    one, _ = posted(office)
    assert Reader.of(office).get(f"/item/a{one.id}/original/{hash}").status_code == 404


def test_a_draft_s_file_is_for_the_desk_only(office: Office) -> None:
    one, path = posted(office, state="draft", area="xa-minh-tan")
    assert Reader.of(office).get(path).status_code == 404
    page = office.browser(OPERATOR).get(f"/desk/queue/{one.id}").text
    assert "Quyết định.pdf" in page
    answer = office.browser(OPERATOR).get(f"/desk/queue/{one.id}/original/{one.originals[0].hash}")
    assert answer.headers["X-Bangtin-File"] == f"{one.originals[0].hash}.pdf"
    assert office.browser().get(f"/desk/queue/{one.id}/original/{one.originals[0].hash}").status_code == 303


def test_the_file_is_kept_while_it_may_become_public_and_a_week_more(office: Office) -> None:
    one, _ = posted(office, state="draft")
    file = office.folder / "media" / f"{one.originals[0].hash}.pdf"
    job = Retention(office.db, office.folder, office.clock, proof=DAY)
    for _ in range(3):
        office.later(days=30)
        assert job.forget()["originals"] == 0
    announcements.take(office.db, one.id, "withdraw", actor=OPERATOR.slug, now=office.now)
    assert job.forget()["originals"] == 0
    office.now += RULES["originals"] + timedelta(seconds=1)
    assert file.is_file()
    assert job.forget()["originals"] == 1
    assert not file.exists()
    assert originals.all(office.db) == ()
