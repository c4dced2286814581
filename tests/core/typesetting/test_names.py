"""Names, compounds and numbers of documents are not broken at the end of a line of a headline."""

from __future__ import annotations

import pytest

from server.core.typesetting.names import tidy_title, unbound
from server.core.typesetting.paging import JOINER, NO_BREAK


def whole(*parts: str) -> str:
    """``parts`` separated by ordinary spaces, with every "_" in them a no-break space."""
    return " ".join(part.replace("_", NO_BREAK) for part in parts)


@pytest.mark.parametrize(
    ("title", "bound"),
    [
        ("Trao học bổng cho học sinh nghèo", whole("Trao", "học_bổng", "cho", "học_sinh", "nghèo")),
        ("Khai mạc Tuần lễ nông sản an toàn", whole("Khai_mạc", "Tuần_lễ", "nông_sản", "an_toàn")),
        ("Tỉnh Hưng Yên đón bà Lê Thị Bình", whole("Tỉnh_Hưng_Yên", "đón", "bà", "Lê_Thị_Bình")),
        ("Thêm 120 ha nhãn ở xã Minh Tân", whole("Thêm", "120_ha", "nhãn", "ở", "xã", "Minh_Tân")),
        ("LỊCH TIẾP CÔNG DÂN", whole("LỊCH", "TIẾP_CÔNG_DÂN")),
        ("Trường học Bắc Nam", whole("Trường_học", "Bắc_Nam")),
    ],
)
def test_names_compounds_and_numbers_stay_on_one_line(title: str, bound: str) -> None:
    assert tidy_title(title) == bound


def test_the_number_of_a_document_is_not_broken_at_its_hyphens() -> None:
    title = "Thông báo số 12/TB-UBND và 15/2026/QĐ-UBND-VX, ngày 1-3, xe Bắc-Nam"
    joined = tidy_title(title)
    assert f"12/TB-{JOINER}UBND" in joined
    assert f"15/2026/QĐ-{JOINER}UBND-{JOINER}VX" in joined
    assert joined.count(JOINER) == 3
    assert tidy_title(joined) == joined
    assert unbound(joined) == title
