"""Slides of notices: no text is lost in any format, urgent headlines are large, and exercises are marked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from server.core.model import Format, Layout, Level, Notice, Size, Slide
from server.core.notices.hazards import HAZARDS, Hazard
from server.core.typesetting.formats import scale
from server.slides.kinds.notice import TURN, count_pages, hazard_words
from server.slides.kinds.notice import fixture as notices
from server.slides.kinds.notice.deadline import deadline
from server.slides.kinds.notice.pictograms import GENERAL, pictogram
from server.slides.render import Renderer
from server.slides.specimens import ZONE

FORMATS = [Format(layout, size) for layout in get_args(Layout) for size in get_args(Size)]
FRAMED = [format for format in FORMATS if format.size != "LED"]
LANDSCAPE = Format("landscape", "S")
WORDS = ("Không", "ra", "khỏi", "nhà", "khi", "nước", "lên", "nhanh", "gọi", "114")
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40)


def drawn(notice: Notice, format: Format = LANDSCAPE) -> Slide:
    return Renderer().notice(notice, zone=ZONE, format=format)


def words(slide: Slide, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in LexborHTMLParser(slide.html).css(selector)]


def found(within: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    node = within.css_first(selector)
    assert node is not None, selector
    return node


def texts_of_diodes(slide: Slide) -> str:
    """The texts of a slide for an LED module without the lines that open its pages."""
    pages = [node.text() for node in LexborHTMLParser(slide.html).css(".lines")]
    return "\n".join(re.sub(r"\A[^/]*?\d+/\d+\n", "", page) for page in pages)


def letters(parts: list[str]) -> str:
    return "".join("".join(parts).split())


@settings(max_examples=40)
@given(sentences.map(" ".join), st.lists(sentences.map(" ".join), max_size=3), st.sampled_from(FRAMED), st.booleans())
def test_every_word_of_a_notice_is_shown(headline: str, acts: list[str], format: Format, urgent: bool) -> None:
    made = drawn(
        replace(notices.URGENT, headline=headline, acts=tuple(acts), level="urgent" if urgent else "priority"), format
    )
    assert letters(words(made, ".headline")) == letters([headline])
    assert letters(words(made, ".acts span")) == letters([act for act in acts if act != headline])


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_headline_acts_and_expiry_are_in_every_format(format: Format) -> None:
    made = drawn(notices.URGENT, format)
    shown = letters([texts_of_diodes(made) if format.size == "LED" else re.sub(r"<[^>]+>", " ", made.html)])
    # An instruction may continue on the next page, after the repeated headline, so the words of the instructions are
    # added once more without it.
    shown += letters(words(made, ".acts span"))
    for text in (notices.URGENT.headline, *notices.URGENT.acts, "ĐẾN 5 GIỜ 30 NGÀY 07/09", notices.URGENT.sender):
        assert letters([text]) in shown


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_an_urgent_headline_has_ten_millimetres_a_metre_and_acts_have_six(format: Format) -> None:
    for notice in notices.ITEMS.values():
        html = drawn(notice, format).html
        least = scale(format).urgent if notice.level == "urgent" else scale(format).headline
        assert all(int(size) >= least for size in re.findall(r"headline z-(\d+)", html))
        assert all(int(size) >= scale(format).text for size in re.findall(r"acts z-(\d+)", html))


def test_several_pages_turn_and_the_slide_stays_long_enough_for_all() -> None:
    made = drawn(notices.LONG, Format("landscape", "L"))
    pages = len(LexborHTMLParser(made.html).css(".sheet"))
    assert pages > 1
    assert f"of-{pages}" in made.html
    assert made.dwell >= pages * TURN
    assert "of-" not in drawn(notices.URGENT).html


# Headlines as long as the desk allows for boards of size XL in the province's usual shapes.
HEADLINES = (
    "Sơ tán khỏi vùng ngoài đê trước 17 giờ",
    "Vỡ đê",
    "Cháy",
    "Nghiêm cấm tàu thuyền ra khơi",
    "Xã Nguyễn Nghiêm: không uống nước máy",
    "Trường Nguyễn Thiện Thuật nghỉ học",
    "Nguyễn Nghiễm, Thượng Hồng: sơ tán",
    "Nghỉ học toàn xã ngày 07/09/2026",
    "Gọi 0221 000 114 khi cần cứu nạn",
    "KHẨN CẤP: VỠ ĐÊ, RỜI NGAY",
    "MƯỜI GIỜ ĐÊM NAY XẢ LŨ",
    "Xả lũ 1.250 m³/giây từ 14 giờ",
    "Bão số 12 giật cấp 14 đổ bộ đêm nay",
    "Lũ sông Luộc vượt báo động 3 là 1,2 m",
    "Ngập 2,5 m ở thôn Đông, thôn Đoài",
    "Đường Điện Biên Phủ ngập, cấm xe",
    "Cách ly thôn Thượng đến 24 giờ",
    "Rò rỉ khí clo: đóng kín cửa ngay",
    "Sạt lở quốc lộ 39: quay đầu xe",
    "Động đất: ra nơi trống trải ngay",
    "Tìm cháu Nguyễn Ngọc Quỳnh, 6 tuổi",
    "Cầu Triều Dương hỏng: không qua cầu",
    "Phường Phố Hiến: mất nước sạch",
    "Mưa đá ở Hưng Yên: vào nhà ngay",
    "Cống Xuân Quan vỡ: lên đê ngay",
    "Nước dâng nhanh: lên tầng hai ngay",
    "Nhiễu động nhiệt đới: về bờ ngay",
    "Bom nổ: rời ngay khu chợ Đông Tảo",
    "Ngộ độc: ngừng ăn cỗ nhà ông Bảy",
    "Sương muối: che mạ, giữ ấm trâu bò",
)


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
@pytest.mark.parametrize("headline", HEADLINES)
def test_a_headline_is_never_split_and_the_first_act_follows_at_once(headline: str, format: Format) -> None:
    notice = replace(notices.URGENT, headline=headline)
    made = LexborHTMLParser(drawn(notice, format).html)
    assert len(made.css(".headline")) == 1
    assert letters([found(made, ".headline").text()]) == letters([headline])
    sheets = made.css(".sheet")
    with_acts = [number for number, sheet in enumerate(sheets) if sheet.css_first(".acts")]
    assert with_acts[0] * TURN < 10_000


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_further_pages_repeat_the_headline_and_count(format: Format) -> None:
    made = LexborHTMLParser(drawn(replace(notices.LONG, headline="Xả lũ: rời bãi sông ngay"), format).html)
    first, *further = made.css(".sheet")
    assert first.css_first(".repeated") is None
    for number, sheet in enumerate(further, start=2):
        assert " ".join(found(sheet, ".repeated").text().split()) == (
            f"Xả lũ: rời bãi sông ngay {number}/{len(further) + 1}"
        )


def test_a_headline_too_long_for_a_board_is_split_at_its_clauses_and_counted() -> None:
    far = Format("classic", "XL")
    made = LexborHTMLParser(drawn(notices.LONG, far).html)
    parts = [sheet for sheet in made.css(".sheet") if sheet.css_first(".headline")]
    assert len(parts) > 1
    assert count_pages(notices.LONG, ZONE, far).whole is False
    assert all(sheet.css_first(".repeated") is not None for sheet in parts)


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_the_pages_are_counted_as_they_are_drawn(format: Format) -> None:
    for notice in notices.ITEMS.values():
        assert count_pages(notice, ZONE, format).pages == len(
            LexborHTMLParser(drawn(notice, format).html).css(".sheet")
        )


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_the_deadline_is_read_from_the_same_distance_as_the_acts(format: Format) -> None:
    drawn_sizes = re.findall(r"deadline z-(\d+)", drawn(notices.URGENT, format).html)
    assert len(drawn_sizes) == 1
    assert int(drawn_sizes[0]) >= scale(format).text


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
@pytest.mark.parametrize("name", ["urgent", "urgent-long", "exercise", "alert"])
def test_the_sender_is_read_from_the_same_distance_as_the_acts(name: str, format: Format) -> None:
    notice = notices.ITEMS[name]
    made = LexborHTMLParser(drawn(notice, format).html)
    signed = made.css(".acts:has(.sender), .print .sender")
    sizes = [int(size) for node in signed for size in re.findall(r"z-(\d+)", node.attributes["class"] or "")]
    assert len(sizes) == len(signed) > 0
    assert min(sizes) >= scale(format).text
    assert letters(words(drawn(notice, format), ".acts .sender, .print .sender")) == letters([notice.sender])


@pytest.mark.parametrize(
    ("hour", "days", "words"),
    [(17, 0, "ĐẾN 17 GIỜ HÔM NAY"), (5, 1, "ĐẾN 5 GIỜ 30 NGÀY 07/09"), (0, 1, "ĐẾN 0 GIỜ NGÀY 07/09")],
)
def test_the_deadline_in_words(hour: int, days: int, words: str) -> None:
    zone = ZoneInfo(ZONE)
    until = datetime(2026, 9, 6 + days, hour, 30 if hour == 5 else 0, tzinfo=zone)
    assert deadline(datetime(2026, 9, 6, 13, 40, tzinfo=zone), until, ZONE).replace("\u00a0", " ") == words


def test_an_act_that_repeats_the_headline_is_not_shown_twice() -> None:
    made = drawn(replace(notices.URGENT, headline="Vỡ đê!", acts=("Vỡ đê", "Lên đê cao ngay.")))
    assert words(made, ".acts span") == ["Lên đê cao ngay."]


def test_names_compounds_and_numbers_stay_on_one_line() -> None:
    made = drawn(replace(notices.URGENT, headline="Bão số 3 đổ bộ vào Hưng Yên trước 17 giờ hôm nay"))
    assert "số\u00a03 đổ\u00a0bộ vào Hưng\u00a0Yên trước 17\u00a0giờ hôm\u00a0nay" in made.html


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.slug)
def test_every_hazard_has_a_pictogram_and_a_headline_that_is_never_split(hazard: Hazard) -> None:
    assert (pictogram(hazard.name) == GENERAL) == (hazard.slug == "khac")
    headline = hazard.headline.replace("{area}", "xã Minh Tân") or "Việc khẩn"
    for format in FRAMED:
        notice = replace(notices.URGENT, headline=headline, acts=hazard.acts, danger=hazard.name)
        assert count_pages(notice, ZONE, format).whole, format.name
        assert "<svg" in drawn(notice, format).html


def test_urgent_on_a_led_module_is_inverse_and_an_exercise_says_so_on_every_page() -> None:
    module = Format("landscape", "LED")
    assert "led urgent is-exercise" not in drawn(notices.URGENT, module).html
    made = LexborHTMLParser(drawn(notices.EXERCISE, module).html)
    assert "is-exercise" in (found(made, "article").attributes["class"] or "")
    assert all(page.text().startswith("DIỄN TẬP") for page in made.css(".lines"))


def test_acts_are_numbered_continuously_over_the_pages() -> None:
    made = drawn(notices.LONG, Format("landscape", "XL"))
    numbers = [int(number) for number in words(made, ".acts .number")]
    assert numbers == sorted(numbers)
    assert set(numbers) == {1, 2, 3}


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_an_exercise_says_so_first(format: Format) -> None:
    for level in ("urgent", "priority"):
        made = drawn(replace(notices.EXERCISE, level=level), format)
        shown = " ".join(re.sub(r"<[^>]+>", " ", made.html).split())
        assert shown.startswith("DIỄN TẬP")
    assert "DIỄN TẬP" not in drawn(notices.URGENT, format).html


def test_an_exercise_says_so_once() -> None:
    typed = replace(notices.EXERCISE, headline="Diễn tập: vỡ đê")
    made = drawn(typed)
    assert made.title == "Vỡ đê"  # the banner puts its own mark before it
    assert "Diễn tập:" not in made.html


@pytest.mark.parametrize(
    ("notice", "look", "tag"),
    [
        (notices.URGENT, "risk-4", "KHẨN CẤP"),
        (replace(notices.URGENT, risk=0), "risk-none", "KHẨN CẤP"),
        (replace(notices.URGENT, level="priority", risk=2), "risk-2", "ƯU TIÊN"),
        (replace(notices.URGENT, state="cleared"), "over", "ĐÃ HẾT HIỆU LỰC"),
    ],
)
def test_the_tag_and_the_colour(notice: Notice, look: str, tag: str) -> None:
    made = drawn(notice)
    article = LexborHTMLParser(made.html).css_first("article")
    assert article is not None
    assert look in (article.attributes["class"] or "").split()
    assert words(made, ".tag") == [tag]


@pytest.mark.parametrize(
    ("hazard", "risk", "expected"),
    [
        ("Bão", 4, "Bão · rủi ro thiên tai cấp 4"),
        ("Bão", 0, "Bão"),
        ("", 3, "Rủi ro thiên tai cấp 3"),
        ("", 0, ""),
    ],
)
def test_hazard_words(hazard: str, risk: int, expected: str) -> None:
    made = hazard_words(replace(notices.URGENT, danger=hazard, risk=risk))
    assert made.replace("\u00a0", " ") == expected


def plain_words(slide: Slide) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", slide.html).split())


@settings(max_examples=30)
@given(st.lists(sentences.map(" ".join), max_size=12), st.sampled_from(FRAMED), st.booleans())
def test_every_sentence_of_an_alert_is_shown_and_each_of_its_pages_opens_with_a_line_and_its_number(
    acts: list[str], format: Format, urgent: bool
) -> None:
    alert = replace(notices.ALERT, acts=tuple(acts), level="urgent" if urgent else "normal")
    made = LexborHTMLParser(drawn(alert, format).html)
    assert letters([node.text() for node in made.css(".acts span")]) == letters(acts)
    assert made.css(".acts .number") == [], "sentences of others are not numbered"
    sheets = made.css(".sheet")
    if len(sheets) > 1:
        for number, sheet in enumerate(sheets, start=1):
            assert found(sheet, ".repeated > span").text().startswith((alert.danger, alert.headline))
            assert found(sheet, ".repeated > b").text() == f"{number}/{len(sheets)}"


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_an_alert_names_its_sender_its_issue_and_its_end(format: Format) -> None:
    made = drawn(notices.ALERT, format)
    shown = " ".join((texts_of_diodes(made) if format.size == "LED" else plain_words(made)).split())
    assert notices.ALERT.sender in shown
    assert "có hiệu lực đến" in shown.casefold()


def test_an_alert_in_another_language_has_english_labels_and_its_own_language() -> None:
    html = drawn(notices.ENGLISH).html
    article = found(LexborHTMLParser(html), "article")
    assert article.attributes["lang"] == "en"
    assert words(drawn(notices.ENGLISH), ".tag") == ["URGENT"]
    assert words(drawn(notices.ENGLISH), ".deadline") == ["IN FORCE UNTIL 05:30 ON 07/09"]
    slide = drawn(replace(notices.ENGLISH, level="normal"))
    assert words(slide, ".until") == ["In force until 05:30 on 07/09/2026"]
    assert words(slide, ".issued") == ["Issued 13:40 on 06/09/2026"]


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@pytest.mark.parametrize("level", ["urgent", "priority", "normal"])
@pytest.mark.parametrize("risk", [0, 4])
def test_an_all_clear_never_looks_like_an_alarm(format: Format, level: Level, risk: int) -> None:
    made = drawn(replace(notices.ALL_CLEAR, level=level, risk=risk), format)
    names = (found(LexborHTMLParser(made.html), "article").attributes["class"] or "").split()
    assert "urgent" not in names
    assert not any(name.startswith("risk-") for name in names)
    assert made.kind != "urgent"
    assert "HẾT CẢNH BÁO" in plain_words(made)
    assert "deadline" not in made.html


@pytest.mark.parametrize("layout", get_args(Layout))
@pytest.mark.parametrize("notice", [notices.URGENT, notices.PRIORITY, notices.ALERT], ids=lambda one: one.danger)
def test_on_led_each_page_opens_with_the_danger_and_its_number(layout: Layout, notice: Notice) -> None:
    pages = words(drawn(notice, Format(layout, "LED")), ".lines")
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert re.match(rf"{notice.danger}( · KHẨN)? {number}/{len(pages)} ", page)
    drill = words(drawn(replace(notice, exercise=True), Format(layout, "LED")), ".lines")
    assert all(page.startswith("DIỄN TẬP ") for page in drill)


@pytest.mark.parametrize(("layout", "head"), [("landscape", "KHẨN CẤP"), ("portrait", "KHẨN"), ("classic", "KHẨN")])
def test_on_led_the_tag_opens_the_pages_of_a_notice_without_a_danger(layout: Layout, head: str) -> None:
    pages = words(drawn(replace(notices.URGENT, danger=""), Format(layout, "LED")), ".lines")
    assert [page.startswith(f"{head} {number}/{len(pages)} ") for number, page in enumerate(pages, 1)] == [
        True for _ in pages
    ]
    single = words(drawn(replace(notices.SHORT, acts=(), sender=""), Format(layout, "LED")), ".lines")
    assert single[0].startswith(head)


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_the_end_of_an_alarm_is_never_said_to_be_in_force(format: Format) -> None:
    calm = replace(notices.ALERT, calm=True)
    for one in (calm, replace(calm, exercise=True)):
        assert "hiệu lực" not in plain_words(drawn(one, format)).casefold()


@pytest.mark.parametrize("layout", get_args(Layout))
def test_on_led_each_page_of_an_all_clear_says_that_it_is_over(layout: Layout) -> None:
    calm = replace(notices.ALERT, calm=True)
    for one, opening in ((calm, "(HẾT CẢNH BÁO|ĐÃ HẾT) "), (replace(calm, exercise=True), "HẾT DIỄN TẬP ")):
        pages = words(drawn(one, Format(layout, "LED")), ".lines")
        assert len(pages) > 1
        assert all(re.match(opening, " ".join(page.split())) for page in pages)


def test_on_led_a_long_event_is_shortened_at_a_word_s_end_to_one_line() -> None:
    long = replace(notices.ALERT, danger="Xả lũ hồ chứa thủy lợi và ngập lụt hạ du")
    first = words(drawn(long, Format("landscape", "LED")), ".lines")[0]
    assert re.match(r"Xả lũ hồ… 1/\d+ ", first)


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@pytest.mark.parametrize("danger", ["", "Bão", "Rò rỉ hóa chất"])
def test_the_first_act_is_seen_within_ten_seconds(danger: str, format: Format) -> None:
    worst = [replace(notices.URGENT, headline=headline, danger=danger) for headline in HEADLINES]
    for notice in worst:
        assert count_pages(notice, ZONE, format).first_act <= 10_000, notice.headline
        drill = count_pages(replace(notice, exercise=True), ZONE, format)
        # What the band leaves no space for is not whole: the composer refuses it.
        assert drill.first_act <= 10_000 or (not drill.whole and format.name == "classic-XL"), notice.headline
    assert count_pages(replace(notices.URGENT, acts=()), ZONE, format).first_act == 0


@pytest.mark.parametrize("layout", get_args(Layout))
def test_on_led_a_headline_that_takes_too_many_pages_is_told(layout: Layout) -> None:
    long = replace(notices.LONG, headline=notices.LONG.headline + " của các xã ven sông")
    count = count_pages(long, ZONE, Format(layout, "LED"))
    assert count.whole
    assert count.first_act > 10_000


def test_a_telephone_number_stays_in_one_piece() -> None:
    assert "0221\u00a0000\u00a0000" in drawn(notices.URGENT).html


@pytest.mark.parametrize("layout", ["landscape", "portrait", "classic"])
def test_an_urgent_notice_on_a_module_of_diodes_has_one_place_for_its_number(layout: Layout) -> None:
    """The screen writes "1/2" there if there are two; a banner's slide has none."""
    made = LexborHTMLParser(drawn(notices.URGENT, Format(layout, "LED")).html)
    (place,) = made.css("[data-place]")
    assert place.text() == ""
    assert "\ue000" not in (made.html or "")
    assert not LexborHTMLParser(drawn(notices.PRIORITY, Format(layout, "LED")).html).css("[data-place]")
