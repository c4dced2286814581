"""The commands announce (with files, recurrence or a contact) and withdraw."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from server.core.announcements import recurrence
from server.store.announcements import announcements
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.media import library
from tests.cli.test_notices import Run, run, store
from tests.media import made

__all__ = ["run", "store"]  # fixtures that pytest finds by their names here
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
EYES = "[announcements]\nfour_eyes = true\n"


def test_a_pdf_is_posted_as_its_pages_and_kept_in_the_library(run: Run, store: Database, tmp_path: Path) -> None:
    path = made.pdf(tmp_path / "lich.pdf", [made.A4, made.A4])
    done = run("announce", "Lịch tiếp dân", "--area", "xa-minh-tan", "--file", str(path))
    assert done.exit_code == 0, done.output
    (one,) = announcements.all(store)
    assert (one.kind, len(one.attachments), one.state) == ("pdf", 2, "approved")
    assert {file.hash for file in library.listed(store, ["xa-minh-tan"])} == {file.hash for file in one.attachments}
    assert (tmp_path / "data/media" / f"{one.attachments[0].hash}.webp").exists()
    (original,) = one.originals
    assert original.name == "lich.pdf"
    assert (tmp_path / "data/media" / f"{original.hash}.pdf").read_bytes() == path.read_bytes()


def test_what_was_left_out_of_a_table_is_said(run: Run, store: Database, tmp_path: Path) -> None:
    path = made.workbook(tmp_path / "ho.xlsx", [("Hộ", "Số", "Mức"), ("Lan", "038", 5)], hide_second_column)
    result = run("announce", "Hỗ trợ hộ nghèo", "--area", "xa-minh-tan", "--file", str(path))
    assert result.exit_code == 0, result.output
    assert "ho.xlsx: Không đưa vào bảng 1 cột ẩn" in result.output
    (one,) = announcements.all(store)
    assert one.table == (("Hộ", "Mức"), ("Lan", "5"))


def hide_second_column(page: Worksheet) -> None:
    page.column_dimensions["B"].hidden = True


def test_a_bomb_is_refused_and_nothing_is_posted(run: Run, store: Database, tmp_path: Path) -> None:
    done = run("announce", "Ảnh", "--area", "tinh", "--file", str(made.picture_bomb(tmp_path / "a.png")))
    assert done.exit_code == 2
    assert "điểm ảnh" in done.output
    assert announcements.all(store) == ()


def test_a_recurrence_and_a_contact_card(run: Run, store: Database) -> None:
    card = "Trạm y tế;Trực;0221 3863 115"
    done = run(
        "announce", "Trực Tết", "--area", "tinh", "--contact", card,
        "--hours", "07:00-09:00", "--days", "T2,T6", "--but-holidays", "--until", "31/12/2099 17:00",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (one,) = announcements.all(store)
    assert one.kind == "contact"
    assert one.recurrence is not None
    assert (one.recurrence.rule, one.recurrence.but_holidays) == ("FREQ=WEEKLY;BYDAY=MO,FR", True)
    assert one.windows


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--kind", "phim"], "Không có loại"),
        (["--days", "T2"], "--hours"),
        (["--hours", "bảy giờ"], "07:00-09:00"),
        (["--hours", "07:00-09:00", "--days", "32"], "07:00-09:00"),
        (["--contact", "a;b;c;d;e;f;g"], "6 phần"),
        (["--file", "khong-co.pdf"], "khong-co.pdf"),
    ],
)
def test_a_wrong_option_is_explained_and_nothing_is_posted(
    run: Run, store: Database, words: list[str], says: str
) -> None:
    done = run("announce", "Họp", "--area", "tinh", *words)
    assert done.exit_code == 2
    assert says in done.output
    assert announcements.all(store) == ()


def test_with_four_eyes_an_announcement_waits_for_an_editor(run: Run, store: Database) -> None:
    done = run("announce", "Họp", "--area", "tinh", more=EYES)
    assert done.exit_code == 3
    assert "Chờ biên tập viên duyệt" in done.output
    assert announcements.all(store)[0].state == "submitted"


def test_withdraw_works_once_and_keeps_the_reason(run: Run, store: Database) -> None:
    run("announce", "Họp", "--area", "tinh")
    assert run("withdraw", "1", "--reason", "Hoãn họp").exit_code == 0
    (one,) = announcements.all(store)
    assert (one.state, one.reason) == ("withdrawn", "Hoãn họp")
    assert [act.act for act in audit.all(store)][-1] == "announcement.withdraw"
    assert run("withdraw", "404").exit_code == 1


def test_hours_are_shown_only_between_from_and_until(run: Run, store: Database) -> None:
    done = run(
        "announce", "Họp", "--area", "tinh", "--hours", "07:00-09:00",
        "--from", "01/03/2099 08:00", "--until", "03/03/2099 08:30",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "Chiếu từ 08:00 01/03/2099 đến 08:30 03/03/2099, trên 3 bảng tin" in done.output
    (one,) = announcements.all(store)
    assert one.recurrence is not None
    ahead = recurrence.coming(one.recurrence, now=one.created, most=9)
    here = [(w.start.astimezone(HERE), w.until and w.until.astimezone(HERE)) for w in ahead]
    assert [f"{start:%d %H:%M}-{end:%H:%M}" for start, end in here if end] == [
        "01 08:00-09:00", "02 07:00-09:00", "03 07:00-08:30",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--hours", "07:00-09:00", "--from", "01/03/2099 10:00", "--until", "02/03/2099 06:00"],
            "không có lần",
        ),
        (["--hours", "07:00-09:00", "--days", "T2", "--from", "2099-03-03", "--until", "2099-03-05"], "không có lần"),
        (["--kind", "pdf"], "Chưa có tệp PDF"),
        (["--kind", "link", "--link", "minhtan.vn"], "http://"),
        (["--title", "a" * 301], "dài quá 300"),
        (["--longest-gap", "5000"], "1440"),
    ],
)
def test_the_shell_refuses_what_the_desk_refuses(run: Run, store: Database, words: list[str], says: str) -> None:
    done = run("announce", "Họp", "--area", "tinh", *words)
    assert done.exit_code == 2, done.output
    assert says in done.output
    assert announcements.all(store) == ()
