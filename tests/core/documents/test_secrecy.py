"""Marks of secrecy are found where documents have them, and not in texts about secrets."""

from __future__ import annotations

import unicodedata

import pytest

from server.core.documents.secrecy import mark_in_header, mark_in_prose

HEAD = "UBND TỈNH HƯNG YÊN\r\nSố: 15/KH-UBND\r\n{}\r\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\r\nĐộc lập"


@pytest.mark.parametrize(
    ("stamp", "mark"),
    [
        ("MẬT", "Mật"), ("TỐI MẬT", "Tối mật"), ("TUYỆT MẬT", "Tuyệt mật"), ("Mật", "Mật"),
        ("T Ố I  M Ậ T", "Tối mật"),
        ("Độ mật: Tối mật", "Tối mật"), ("[ TUYỆT MẬT ]", "Tuyệt mật"), ("Lưu hành nội bộ", "Lưu hành nội bộ"),
        ("Mật: kế hoạch diễn tập", "Mật"), ("Kế hoạch diễn tập (Tối mật)", "Tối mật"), ("Kế hoạch – Mật", "Mật"),
        ("TÀI LIỆU LƯU HÀNH NỘI BỘ", "Lưu hành nội bộ"),
    ],
)  # fmt: skip
def test_a_mark_at_the_head_of_a_page_is_found(stamp: str, mark: str) -> None:
    assert mark_in_prose(HEAD.format(stamp)) == mark
    assert mark_in_prose(unicodedata.normalize("NFD", HEAD.format(stamp))) == mark


@pytest.mark.parametrize(
    "text",
    [
        "KẾ HOẠCH BẢO VỆ BÍ MẬT NHÀ NƯỚC", "Về việc bảo mật thông tin", "HỘI THI MẬT ONG", "Ủy ban Mặt trận Tổ quốc",
        "Thông báo nội bộ thôn", "ĐỔI MẬT KHẨU", "Mật khẩu: đổi ba tháng một lần", "Mật ong – đặc sản",
        "Công tác bảo mật: kế hoạch",
        "MẶT TRẬN TỔ QUỐC VIỆT NAM", "",
    ],
)  # fmt: skip
def test_a_text_about_secrets_has_no_mark(text: str) -> None:
    assert mark_in_prose(HEAD.format(text)) is None


def test_a_field_of_the_header_is_a_mark_only_as_a_whole() -> None:
    assert mark_in_header(["Khẩn", "tối mật"]) == "Tối mật"
    assert mark_in_header(["Độ mật: Mật"]) == "Mật"
    assert mark_in_header(["Văn bản lưu hành nội bộ"]) == "Lưu hành nội bộ"
    assert mark_in_header(["Phòng Bảo mật", "Thường", "15"]) is None
