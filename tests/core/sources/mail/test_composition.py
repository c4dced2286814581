"""What of a letter's files an announcement shows, and that what is left out is named."""

from __future__ import annotations

from server.core.announcements.parts import MOST_FILES, MOST_ROWS
from server.core.model import AllowedSender, Attachment
from server.core.sources.mail.composition import CheckedFile, announcement, compose
from tests.cast import DAY, NOW


def pages(name: str, count: int, *, document: bool = True) -> CheckedFile:
    made = tuple(Attachment(f"{name}{number}", "", 10, 10) for number in range(count))
    return CheckedFile(name, made, document=document)


TABLE = CheckedFile("lịch.xlsx", table=(("Ngày", "Ca"), ("1", "Sáng")))


def test_documents_come_first_and_pictures_after_them() -> None:
    found = compose([pages("ảnh.jpg", 1, document=False), pages("a.pdf", 2), pages("b.pdf", 1)])
    assert found.kind == "pdf"
    assert [one.hash for one in found.attachments] == ["a.pdf0", "a.pdf1", "b.pdf0", "ảnh.jpg0"]
    assert compose([pages("ảnh.jpg", 1, document=False)]).kind == "pictures"


def test_a_table_alone_is_shown_and_named_if_it_is_left_out() -> None:
    assert (compose([TABLE]).kind, compose([TABLE]).table) == ("table", TABLE.table)
    found = compose([TABLE, pages("a.pdf", 1)])
    assert found.table == ()
    assert "«lịch.xlsx» không được dùng" in found.notes[0]


def test_refused_files_are_named_with_the_reason() -> None:
    found = compose([CheckedFile("bom.zip", problem="Không nhận."), pages("a.pdf", MOST_FILES + 3)])
    assert "Tệp «bom.zip» không nhận được: Không nhận." in found.notes
    assert len(found.attachments) == MOST_FILES
    assert any(f"trong tất cả {MOST_FILES + 3} trang" in note for note in found.notes)


def test_a_table_is_cut_and_that_is_said() -> None:
    found = compose([CheckedFile("dài.xlsx", table=(("a",),) * (MOST_ROWS + 5))])
    assert len(found.table) == MOST_ROWS
    assert "dài.xlsx" in found.notes[0]


def test_the_announcement_waits_for_an_editor() -> None:
    allowed = AllowedSender("lan@xa.vn", "xa-minh-tan", ("xa-minh-tan",))
    made = announcement("Họp", "19 giờ", compose([]), sender="lan@xa.vn", allowed=allowed, days=7, now=NOW)
    assert (made.state, made.created_by, made.kind) == ("submitted", "mail:lan@xa.vn", "text")
    assert (made.area, made.boards) == ("xa-minh-tan", ("xa-minh-tan",))
    assert made.windows[0].until == NOW + 7 * DAY
