"""Similar headlines: a word more or less is the same news, another number is not."""

from __future__ import annotations

import pytest

from server.core.sources.similarity import Headlines, headline_key, texts_agree


def similar(one: str, other: str) -> bool:
    return bool(Headlines({1: other}).matches(one))


BRIDGE = "Khánh thành cầu Bến Hiệp nối hai bờ sông Luộc"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (BRIDGE, BRIDGE.upper(), True),
        (BRIDGE, f"“{BRIDGE}”!", True),
        (BRIDGE, f"{BRIDGE} sáng nay", True),
        (BRIDGE, f"{BRIDGE} số 2", False),
        (BRIDGE, "Khởi công cầu Bến Hiệp qua sông Hồng ở huyện bên", False),
        ("Bão số 3 vào đất liền chiều nay", "Bão số 4 vào đất liền chiều nay", False),
        ("Thông báo", "Thông báo mới", False),
        ("", "", False),
    ],
)
def test_similar_headlines(one: str, other: str, same: bool) -> None:
    assert similar(one, other) is similar(other, one) is same


def test_the_index_finds_what_comparing_all_headlines_finds() -> None:
    titles = {n: f"Xã số {n} hoàn thành nạo vét kênh mương trước mùa mưa bão" for n in range(200)} | {999: BRIDGE}
    headlines = Headlines(titles)
    for asked in (BRIDGE, f"{BRIDGE} sáng nay", titles[7], f"Tin: {titles[7]}", "Không giống gì cả ở đây hôm nay"):
        assert list(headlines.matches(asked)) == [
            key for key, title in sorted(titles.items()) if similar(asked, title)
        ]


def test_under_a_short_headline_the_texts_must_agree() -> None:
    assert texts_agree(BRIDGE, "", "")
    assert not texts_agree("Lịch tiếp công dân", "", "")
    assert not texts_agree("Lịch tiếp công dân", "Ủy ban xã Đông Hải", "Nghỉ lễ tại Minh Tân")
    assert texts_agree("Lịch tiếp công dân", "Sáng thứ năm tại phòng một cửa", "Sáng thứ năm, tại phòng một cửa!")


def test_punctuation_and_case_are_ignored() -> None:
    assert headline_key("  Mưa LỚN – ở\u00a0tỉnh!") == "mưa lớn ở tỉnh"
