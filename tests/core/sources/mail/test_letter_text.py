"""Title and text of an announcement are the writer's own words: no signature, no quoted letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.announcements.parts import LONGEST_TEXT, LONGEST_TITLE
from server.core.sources.mail.letter_text import body_of, is_forwarded, title_of, unflowed


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Lịch tiêm chủng", "Lịch tiêm chủng"),
        ("Re: Fwd: Lịch\r\n tiêm chủng", "Lịch tiêm chủng"),
        ("Trả lời: Chuyển tiếp: Lịch họp", "Lịch họp"),
        ("", "Mời họp thôn"),
        ("Re:", "Mời họp thôn"),
    ],
)
def test_the_title_is_the_subject_else_the_first_line(subject: str, title: str) -> None:
    assert title_of(subject, "\n Mời họp thôn\n19 giờ tối nay", "x.pdf") == title


def test_the_title_may_be_the_name_of_the_file() -> None:
    assert title_of("", "", "Lịch trực tháng 3.pdf") == "Lịch trực tháng 3"
    assert title_of("", "", "") == ""


@pytest.mark.parametrize(
    "rest",
    [
        "-- \nNguyễn Lan\nVăn phòng",
        "--\nNguyễn Lan",
        "> Kính gửi\n> xã",
        "Vào Th 2, 9 thg 3, 2026 lúc 07:00 Hoa <hoa@xa.vn> đã viết:\n> Kính gửi",
        "On Mon, Mar 9, 2026 at 7:00 AM Hoa <hoa@xa.vn>\nwrote:\nKính gửi",
        "-----Original Message-----\nFrom: Hoa\nKính gửi",
        "Từ: Hoa <hoa@xa.vn>\nĐã gửi: Thứ Hai\nĐến: Lan\n\nKính gửi",
        "Sent from my iPhone",
    ],
)
def test_signatures_and_quoted_letters_are_cut(rest: str) -> None:
    assert body_of(f"\n19 giờ tối nay, mời họp thôn.\n\n\n\nTại nhà văn hóa.\n\n{rest}\n") == (
        "19 giờ tối nay, mời họp thôn.\n\nTại nhà văn hóa."
    )


def test_a_forwarded_letter_is_the_content() -> None:
    text = "---------- Forwarded message ---------\nTừ: Hoa\n\nMời họp thôn."
    assert is_forwarded("Fwd: Mời họp")
    assert "Mời họp thôn." in body_of(text, forwarded=True)
    assert "Mời họp thôn." in body_of(text), "nothing else is left"


def test_flowed_lines_are_joined() -> None:
    assert unflowed("Mời bà con đến \r\nhọp thôn.\r\nTrân trọng\r\n-- \r\nLan", delete_space=False) == (
        "Mời bà con đến họp thôn.\nTrân trọng\n-- \nLan"
    )


@given(st.text(max_size=400), st.booleans())
def test_any_text_becomes_a_title_and_a_text_within_bounds(text: str, forwarded: bool) -> None:
    assert len(title_of(text * 3, text, text)) <= LONGEST_TITLE
    assert len(body_of(text * 100, forwarded=forwarded)) <= LONGEST_TEXT
