"""The Markdown subset: headings, lists and bold are parsed, everything else stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.typesetting.markdown import Block, Run, blocks, plain

LETTERS = st.text("ăâđêôơưaổ bcd19", min_size=1).filter(lambda text: text.strip() == text != "")


def test_headings_lists_and_bold() -> None:
    assert blocks("# Lịch\nMời **toàn dân** dự.\n- Thôn Đông\n- Thôn Đoài\n\n1. Trước\n2. Sau") == (
        Block("heading", (Run("Lịch"),)),
        Block("paragraph", (Run("Mời "), Run("toàn dân", bold=True), Run(" dự."))),
        Block("item", (Run("Thôn Đông"),), "•", 1),
        Block("item", (Run("Thôn Đoài"),), "•", 1),
        Block("item", (Run("Trước"),), "1.", 1),
        Block("item", (Run("Sau"),), "2.", 1),
    )


def test_a_line_is_a_paragraph() -> None:
    assert plain("Dòng một\nDòng hai\n\nDòng ba") == "Dòng một\nDòng hai\nDòng ba"


def test_lists_in_lists_know_their_depth() -> None:
    assert [block.depth for block in blocks("- Một\n  - Hai\n- Ba\n\nBốn")] == [1, 2, 1, 0]


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "[Bấm vào đây](https://example.vn)",
        "![Ảnh](https://example.vn/a.png)",
        "5*3*2 = 30, ten_tep_tin",
        "&lt;b&gt;",
        "`mã`",
        "> trích",
        "24. Nguyễn Văn A",
        "    thụt vào".strip(),
        "a | b",
        "---",
    ],
)
def test_other_markup_stays_plain_text(written: str) -> None:
    assert plain(written) == written
    assert not any(run.bold for block in blocks(written) for run in block.runs)


@given(st.lists(LETTERS, min_size=1, max_size=8))
def test_plain_words_are_unchanged(lines: list[str]) -> None:
    assert plain("\n".join(lines)).split() == " ".join(lines).split()


@given(st.text(max_size=300))
def test_no_text_raises_an_error(text: str) -> None:
    plain(text)
