"""Plain text: no markup, scripts or boilerplate of content management systems; legacy fonts become Unicode."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clean.elements import TAG
from feeds.clean.legacy_fonts import convert, detect
from feeds.clean.plain_text import lost_letters, plain, polish, text_of
from feeds.clean.vietnamese import is_syllable, likeness

PAIRS = [
    ("Tin nóng<script>alert(1)</script> hôm nay", "Tin nóng hôm nay"),
    ("Tin &lt;script&gt;alert(1)&lt;/script&gt; mới", "Tin mới"),
    ("<style>p{color:red}</style>Nội dung<iframe src='https://x.example'>khung</iframe>", "Nội dung"),
    ("Phim <iframe src='https://x.example'/>và lời", "Phim và lời"),
    ("Hội thi s&aacute;ng tạo v&agrave; l&agrave;ng nghề", "Hội thi sáng tạo và làng nghề"),
    ("Nghiên cứu R&amp;D", "Nghiên cứu R&D"),
    ("nghiên cứu &amp;amp; phát triển", "nghiên cứu & phát triển"),
    ("Mưa <10mm ở ven biển & cửa sông", "Mưa <10mm ở ven biển & cửa sông"),
    ("a<b và c", "a<b và c"),
    ("?page=1&copy=2;mode=x &amp; xong", "?page=1&copy=2;mode=x & xong"),
    ("<p>Đoạn một</p><p>Đoạn\n hai<br/>dòng ba</p>", "Đoạn một\nĐoạn hai\ndòng ba"),
    ("đoạn một\r\n vẫn đoạn một\r\n\r\nđoạn hai", "đoạn một vẫn đoạn một\nđoạn hai"),
    ("đoạn một\n vẫn đoạn một\n\nđoạn hai", "đoạn một vẫn đoạn một\nđoạn hai"),
    ("&nbsp; nhiều \t khoảng&nbsp;&nbsp;trắng ", "nhiều khoảng trắng"),
    ("Toàn văn nghị quyết. Xem thêm", "Toàn văn nghị quyết."),
    ("<p>Toàn văn nghị quyết.</p><a href='x'>Xem chi tiết »</a>", "Toàn văn nghị quyết."),
    ("Toàn văn nghị quyết... xem tiếp", "Toàn văn nghị quyết"),
    ("Toàn văn nghị quyết [Đọc tiếp…]", "Toàn văn nghị quyết"),
    ("Toàn văn nghị quyết […]", "Toàn văn nghị quyết"),
    ("Mời bà con xem thêm", "Mời bà con xem thêm"),
    ("Liên hệ để biết thêm chi tiết.", "Liên hệ để biết thêm chi tiết."),
    ("<div>Cannot retrieve the URL specified in the Content Link property. For more assistance, contact your "
     "site administrator.</div><div>Xã đã nạo vét kênh.</div>", "Xã đã nạo vét kênh."),
    ("<p>Warning: mysql_connect(): denied in /var/www/a.php on line 12</p><p>Tin thật</p>", "Tin thật"),
    ("<p>Tin thật</p><p>The post Tin thật appeared first on Cổng tin.</p>", "Tin thật"),
    ("<ul><li>một</li><li>hai</li></ul>", "• một\n• hai"),
    ("<table><tr><td>Bến</td><td>3,2 m</td></tr></table>", "Bến 3,2 m"),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "text"), PAIRS)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert plain(markup) == text


PIECES = st.sampled_from(
    ["<", ">", "</", "script", "<script>", "</script>", "<p>", "&lt;", "&gt;", "&amp;", "lt;", "<!--", "-->",
     "<![CDATA[", "<svg onload=x>", "<img src=x onerror=alert(1)>", "<b ", "/>", "xmp", "<xmp>", "<noscript>",
     "title=\"", "ữ", "e\u0302\u0301", " ", "\n"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_no_markup_ever_leaves(markup: str) -> None:
    text = plain(markup)
    assert TAG.search(text) is None
    assert "<script" not in text.lower()
    assert unicodedata.is_normalized("NFC", text)
    assert text == "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


@given(st.text(max_size=200))
def test_cleaning_clean_text_changes_nothing_more(text: str) -> None:
    once = plain(text.replace("&", "").replace("<", ""))
    assert plain(once.replace("\n", "\n\n")) == once


def test_a_picture_inside_an_address_does_not_hide_the_text() -> None:
    assert plain(f'<img src="data:image/png;base64,{"A" * 300_000}"><p>Sau ảnh</p>') == "Sau ảnh"


def test_a_soft_hyphen_stays_until_legacy_glyphs_are_converted() -> None:
    assert text_of("n\u00ad\u00edc") == "n\u00ad\u00edc"
    assert polish("cộng\u00ad hòa\u200b xã\u202e hội") == "cộng hòa xã hội"


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b", "\u0081", "\ufeff"])
def test_an_invisible_character_cannot_hide_a_tag(sign: str) -> None:
    for markup in (f"a <{sign}script>alert(1)<{sign}/script> b", f"a &lt;{sign}b&gt; c", f"<{sign}!--"):
        assert TAG.search(polish(plain(markup))) is None


def test_text_that_lost_its_letters_is_recognised() -> None:
    assert lost_letters("Th?ng b?o l?ch ti?p c?ng d?n")
    assert not lost_letters("Ai được hỗ trợ? Khi nào?")
    assert not lost_letters("https://xa.example.invalid/a?b=c&d?e=f")


@pytest.mark.parametrize("word", ["nghiêng", "Quyết", "khuỷu", "gìn", "ưu", "Đ" + "ông", "oằn", "thuở", "yếu"])
def test_a_vietnamese_syllable(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["café", "größe", "®Þnh", "ngày" * 2, "bb", "víệt"])
def test_words_that_are_no_vietnamese_syllable(word: str) -> None:
    assert not is_syllable(word)


def test_a_short_foreign_word_is_never_converted() -> None:
    for text in ("Smørrebrød på fad", "Café", "là", ""):
        assert detect(text) is None


def test_conversion_keeps_capitals_at_the_start_of_sentences() -> None:
    assert convert("ñy ban nh©n d©n x· ®Ò nghÞ. ®Õn nay ®· xong", "tcvn3") == (
        "Ủy ban nhân dân xã đề nghị. Đến nay đã xong"
    )


def test_conversion_never_makes_text_less_vietnamese() -> None:
    good = "đã họp ở trụ sở"
    assert convert(good, "tcvn3") == good
    assert convert(good, "vni") == good
    assert likeness(good).share == 1.0
