"""The commands announce (with files, recurrence, a contact) and withdraw."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.store.announcements import announcements
from server.store.audit import audit
from server.store.database.engine import Database
from server.store.media import library
from tests.cli.test_notices import Run, run, store
from tests.media import made

__all__ = ["run", "store"]  # fixtures that pytest finds by their names here
EYES = "[announcements]\nfour_eyes = true\n"


def test_a_pdf_is_posted_as_its_pages_and_kept_in_the_library(run: Run, store: Database, tmp_path: Path) -> None:
    path = made.pdf(tmp_path / "lich.pdf", [made.A4, made.A4])
    done = run("announce", "Lịch tiếp dân", "--area", "xa-minh-tan", "--file", str(path))
    assert done.exit_code == 0, done.output
    (one,) = announcements.all(store)
    assert (one.kind, len(one.attachments), one.state) == ("pdf", 2, "approved")
    assert {file.hash for file in library.listed(store, ["xa-minh-tan"])} == {file.hash for file in one.attachments}
    assert (tmp_path / "data/media" / f"{one.attachments[0].hash}.webp").exists()


def test_a_bomb_is_refused_and_nothing_is_posted(run: Run, store: Database, tmp_path: Path) -> None:
    done = run("announce", "Ảnh", "--area", "tinh", "--file", str(made.picture_bomb(tmp_path / "a.png")))
    assert done.exit_code == 2
    assert "điểm ảnh" in done.output
    assert announcements.all(store) == ()


def test_a_recurrence_and_a_contact_card(run: Run, store: Database) -> None:
    card = "Trạm y tế;Trực;0221 3863 115"
    done = run(
        "announce", "Trực Tết", "--area", "tinh", "--contact", card,
        "--hours", "07:00-09:00", "--days", "T2,T6", "--but-holidays", "--until", "31/12/2999 17:00",
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
