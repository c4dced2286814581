"""An original belongs to an announcement only while nothing of it was left out; its name is safe to save."""

from __future__ import annotations

import pytest

from server.core.announcements.originals import digest_of, file_name, is_whole
from server.core.model import Attachment

PAGES = tuple(Attachment(letter * 16, "", 9, 9) for letter in "ab")
TABLE = (("Hộ", "Điện thoại"), ("Nguyễn Văn An", "0901"))


def test_a_document_belongs_while_all_its_pages_are_there() -> None:
    hashes = [one.hash for one in PAGES]
    assert is_whole(hashes, "", [*PAGES, Attachment("c" * 16, "", 9, 9)], ())
    assert not is_whole(hashes, "", PAGES[:1], ())


def test_a_table_belongs_while_it_is_unchanged() -> None:
    known = digest_of(TABLE)
    assert is_whole((), known, (), [[f" {cell} " for cell in row] for row in TABLE])
    assert not is_whole((), known, (), [row[:1] for row in TABLE])
    assert not is_whole((), "", (), ())


@pytest.mark.parametrize(
    ("sent", "saved"),
    [
        ("Quyết định 12-QĐ.pdf", "Quyết định 12-QĐ.pdf"),
        ("thư.exe", "thư.pdf"),
        ("..\\..\\a/b:c.PDF", "a-b-c.pdf"),
        ("ảnh\u202egpj.exe", "ảnhgpj.pdf"),
        ("", "tep-goc.pdf"),
        (".pdf", "tep-goc.pdf"),
        ("Công văn 5.2024 của xã", "Công văn 5.2024 của xã.pdf"),
        ("d" * 300 + ".pdf", "d" * 114 + ".pdf"),
    ],
)
def test_names_are_safe_and_say_what_the_file_is(sent: str, saved: str) -> None:
    assert file_name(sent, "pdf") == saved
