"""The pages of a text contain all of it once, fit their budget, and never break a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.typesetting.paging import (
    NO_BREAK,
    Budget,
    count_lines,
    em_width,
    longest_word,
    paginate,
    reading_time,
    tidy,
)

VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyạảấầẩẫậắặẵếệểễốộổỗớợởỡứựửữÁÂĐÊÔƠƯẪỂỖỮ0123456789"
words = st.text(VIETNAMESE, min_size=1, max_size=9)
marks = st.sampled_from(["", "", "", "", ",", ";", ".", ":", "…", "!"])
separators = st.sampled_from([" ", " ", " ", " ", " ", "\n", "  ", "\u00a0"])
prose = st.lists(st.tuples(words, marks, separators), max_size=120).map(
    lambda parts: "".join("".join(part) for part in parts)
)
anything = st.one_of(prose, st.text(max_size=300), st.text("Wm", min_size=200, max_size=600))
budgets = st.builds(
    Budget,
    width=st.floats(150, 1800),
    lines=st.integers(1, 9),
    size=st.sampled_from([24, 38, 52, 70, 96, 146]),
    weight=st.sampled_from([400, 500, 600, 700]),
)
WIDE = Budget(width=1000, lines=3, size=38)


def letters(text: str) -> str:
    return "".join(text.split())


@given(anything, budgets)
def test_nothing_is_lost_or_repeated(text: str, budget: Budget) -> None:
    assert letters("".join(paginate(text, budget))) == letters(tidy(text))


@given(prose, budgets)
def test_words_stay_whole_where_they_fit_a_line(text: str, budget: Budget) -> None:
    if longest_word(tidy(text), budget.weight) * budget.size > budget.width * 0.99:
        return
    assert " ".join(paginate(text, budget)).split() == tidy(text).split()


@given(anything, budgets)
def test_every_page_fits_its_budget(text: str, budget: Budget) -> None:
    for page in paginate(text, budget):
        assert page.strip() == page != ""
        assert count_lines(page, budget.width, budget.size, budget.weight) <= budget.lines


@given(prose, budgets)
def test_what_fits_on_one_page_is_one_page(text: str, budget: Budget) -> None:
    if 0 < count_lines(tidy(text), budget.width, budget.size, budget.weight) <= budget.lines:
        assert paginate(text, budget) == (tidy(text),)


@given(st.text(VIETNAMESE + " \n\t,.0123456789", max_size=200))
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(prose, st.floats(200, 1700), st.sampled_from([38, 70]))
def test_a_wider_column_never_needs_more_lines(text: str, width: float, size: int) -> None:
    made = tidy(text)
    assert count_lines(made, width * 1.3, size) <= count_lines(made, width, size)


def test_pages_end_at_sentences() -> None:
    sentence = "Toàn xã đã giải tỏa ba mươi điểm ách tắc dòng chảy trên các kênh chính."
    pages = paginate(" ".join([sentence] * 6), WIDE)
    assert len(pages) > 1
    assert all(page.endswith(".") for page in pages)


def test_a_long_sentence_breaks_at_a_clause() -> None:
    text = ", ".join(["các hộ dân ven kênh không đổ rác thải xuống dòng chảy và báo ngay khi thấy sạt lở"] * 4)
    pages = paginate(text, WIDE)
    assert len(pages) > 1
    assert all(page.endswith(",") for page in pages[:-1])


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "Sáng nay đoàn công tác cùng lãnh đạo TP. Hưng Yên đã đến dự lễ khánh thành cầu mới bắc qua sông."
    first = paginate(text, Budget(800, 2, 38))[0]
    assert first.split()[-1] != "TP."
    assert paginate(text.replace("TP.", "xã."), Budget(800, 2, 38))[0].split()[-1] == "xã."


def test_the_last_page_is_not_almost_empty() -> None:
    text = " ".join(["nước"] * 61)
    first, second = paginate(text, Budget(1000, 6, 38))
    assert len(second) > len(first) * 0.5


def test_no_page_of_a_title_has_only_a_few_words() -> None:
    title = "Niêm yết công khai danh sách hộ gia đình được hỗ trợ xây dựng nhà ở"
    budget = Budget(1690, 2, 104, 700)
    assert count_lines(title, budget.width, budget.size, budget.weight) > budget.lines
    assert all(len(page.split()) > 4 for page in paginate(title, budget))


def test_a_word_longer_than_a_line_is_broken_without_loss() -> None:
    word = "https://" + "duong-dan-rat-dai" * 40
    pages = paginate(word, Budget(400, 2, 38))
    assert len(pages) > 3
    assert "".join(pages) == word


def test_no_text_has_no_page() -> None:
    assert paginate(" \n ", WIDE) == ()
    assert count_lines("", 100, 38) == 0


@pytest.mark.parametrize("budget", [Budget(100, 0, 38), Budget(0, 3, 38)])
def test_a_budget_without_lines_or_width_is_an_error(budget: Budget) -> None:
    with pytest.raises(ValueError, match="nothing fits"):
        paginate("Tin", budget)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("gọi 0221 3863 113 ngay", "gọi~0221~3863~113 ngay"),
        ("trực ban (0221) 3863 113.", "trực ban (0221)~3863~113."),
        ("gọi +84 912 345 678", "gọi~+84~912~345~678"),
        ("dài 12 km, sâu 3,5 m", "dài 12~km, sâu 3,5~m"),
        ("trước 17 giờ hôm nay", "trước 17~giờ hôm nay"),
        ("hơn 1.200 hộ dân", "hơn 1.200~hộ dân"),
        ("rủi ro cấp 4 từ ngày 06/09/2026", "rủi ro cấp~4 từ ngày~06/09/2026"),
        ("5 kmh không phải đơn vị", "5 kmh không phải đơn vị"),
        ("có 3 mục, 4 góc", "có 3 mục, 4 góc"),
        ("Lịch tiếp công dân tháng 12/2026", "Lịch tiếp công dân tháng~12/2026"),
        ("đợt 2 năm 2026, Điều 5 khoản 3", "đợt~2~năm 2026, Điều~5 khoản~3"),
        ("ngày 5 tháng 12 năm 2026", "ngày~5~tháng 12~năm 2026"),
        ("năm người, bàn tròn", "năm người, bàn tròn"),
        ("vắc xin sởi - rubella – miễn phí", "vắc xin sởi~- rubella~– miễn phí"),
        ("- một việc\n- hai việc -", "- một việc\n- hai việc -"),
    ],
)
def test_numbers_stay_with_what_they_count(text: str, bound: str) -> None:
    assert tidy(text) == bound.replace("~", NO_BREAK)


@given(budgets)
def test_a_telephone_number_is_never_broken(budget: Budget) -> None:
    number = NO_BREAK.join(["0221", "3863", "113"])
    if em_width(number, budget.weight) * budget.size > budget.width * 0.99:
        return
    text = " ".join(["Cần giúp đỡ hãy gọi trực ban 0221 3863 113 bất cứ lúc nào."] * 8)
    assert sum(page.count(number) for page in paginate(text, budget)) == 8


def test_reading_time_is_two_seconds_plus_a_third_per_syllable() -> None:
    assert reading_time("một hai ba") == 6_000
    assert reading_time(" ".join(["tin"] * 30)) == 12_000
    assert reading_time(" ".join(["tin"] * 30), extra_rows=4) == 16_000
