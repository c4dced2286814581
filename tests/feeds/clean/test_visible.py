"""What a reader sees of a body: lists with their bullets, no hidden or struck-out text, words in angle brackets."""

from __future__ import annotations

import json

import pytest

from feeds.clean.elements import TAG
from feeds.clean.plain_text import plain
from tests.feeds.stories import one, reading, rss

SEEN = [
    ("<p>Hồ sơ gồm:</p><ul><li>Đơn</li><li>Ảnh 4x6</li></ul><p>Nộp tại xã.</p>",
     "Hồ sơ gồm:\n• Đơn\n• Ảnh 4x6\nNộp tại xã."),
    ("<ol><li>Lấy số<li>Chờ gọi</ol>", "1. Lấy số\n2. Chờ gọi"),
    ("<ol start='4'><li>bốn</li><li value=9>chín</li><li>mười</li></ol>", "4. bốn\n9. chín\n10. mười"),
    ("<ol type='a'><li>kê khai</li><li>ký tên</li></ol>", "a. kê khai\nb. ký tên"),
    ("<ol type=I><li>chung</li><li>riêng</li></ol>", "I. chung\nII. riêng"),
    ("<ol reversed><li>ba</li><li>hai</li></ol>", "2. ba\n1. hai"),
    ("<ol><li><p>Đoạn trong mục</p></li></ol>", "1. Đoạn trong mục"),
    ("<ul><li>Thôn Đoài<ul><li>Xóm 1</li><li>Xóm 2</li></ul></li></ul>", "• Thôn Đoài\n– Xóm 1\n– Xóm 2"),
    ("<ul><li>- đã có gạch</li><li></li></ul>", "- đã có gạch"),
    ("<ul style='list-style: none'><li>không dấu</li></ul>", "không dấu"),
    ("<h3>Thời gian</h3><p>7 giờ</p><h3>Địa điểm</h3>Đình làng", "Thời gian\n7 giờ\nĐịa điểm\nĐình làng"),
    ("Họp lúc <s>7 giờ</s> 8 giờ", "Họp lúc 8 giờ"),
    ("Giá <strike>20</strike><del>25</del> 30 nghìn", "Giá 30 nghìn"),
    ("Ngày <span style='color:red; text-decoration: line-through'>5/12</span> 6/12", "Ngày 6/12"),
    ("Ngày <span style='text-decoration-line:line-through'>5/12</span> 6/12", "Ngày 6/12"),
    ("<video controls><source src=a.mp4>Trình duyệt cũ quá.</video>Lễ hội", "Lễ hội"),
    ("<audio src='a.mp3'>Bản tin phát thanh", "Bản tin phát thanh"),
    ("<video src='a.mp4'/>Lễ hội", "Lễ hội"),
    ("<button>In trang</button><select><option>Cỡ chữ</select>Lời", "Lời"),
    ("<div hidden>ẩn</div>hiện", "hiện"),
    ("<DIV STYLE='DISPLAY: NONE'>ẩn</DIV><i style='visibility:hidden !important'>ẩn</i>hiện", "hiện"),
    ("<span aria-hidden='true' style='display:none'>ẩn</span>hiện", "hiện"),
    ("<span class='sr-only'>Mở trong cửa sổ mới</span>hiện", "hiện"),
    ("<noscript>Hãy bật JavaScript</noscript><template><p>mẫu</p></template>hiện", "hiện"),
    ("<figure><img src=a.jpg><figcaption>Ảnh: Lê Na</figcaption></figure>Lời", "Lời"),
    ("<details><summary>Chi tiết</summary>Mang theo thẻ</details>", "Chi tiết\nMang theo thẻ"),
    ("<span class='caption-free has-caption'>hiện</span>", "hiện"),
    ("<div class='PhotoCMS_Caption'>Ảnh: Lê Na</div><p class='image-caption'>Cầu</p>Lời", "Lời"),
    ("<span class='visually-hidden'>ẩn</span><b class='d-none'>ẩn</b><i class='ng-hide'>ẩn</i>hiện", "hiện"),
    ("<p class='d-none d-md-block'>7 giờ</p><p class='hidden md:block'>tối</p>", "7 giờ\ntối"),
    ("<p class='hidden-xs hideous'>hiện</p>", "hiện"),
    ("<span class=sr-only>hai mươi nghìn</span><b aria-hidden=true>20.000 đ</b>", "20.000 đ"),
    ("<div style='position:absolute; left:-9999px'>ẩn</div><p style='margin-left:-100px'>hiện</p>", "hiện"),
    ("<h1 style='text-indent:-999em'>ẩn</h1><i style='clip:rect(1px, 1px, 1px, 1px)'>ẩn</i>hiện", "hiện"),
    ("<div style='max-height:0px;overflow:hidden'>ẩn</div><div style='overflow:hidden'>hiện</div>", "hiện"),
    ("<p style='color:transparent'>ẩn</p><p style='background-color:transparent'>hiện</p>", "hiện"),
    ("<span style='visibility:collapse'>ẩn</span>hiện", "hiện"),
    ("<a role=button href='#'>Chia sẻ</a><div class='addtoany_content'>Chia sẻ</div>hiện", "hiện"),
    ("Lễ hội<img src=a.jpg>làng<video></video>chài", "Lễ hội làng chài"),
    ("<center>THÔNG BÁO</center><font>Về việc cắt nước</font>", "THÔNG BÁO\nVề việc cắt nước"),
    ("<form><label>Hỏi</label></form>Đáp", "Hỏi\nĐáp"),
    ("<pre>7 giờ: họp\n9 giờ: bầu</pre>", "7 giờ: họp\n9 giờ: bầu"),
    ("<ol style='list-style-type: lower-alpha;'><li>kê khai</li><li>ký</li></ol>", "a. kê khai\nb. ký"),
    ("<ol type=1 style='list-style: upper-roman inside'><li>chung</li><li>riêng</li></ol>", "I. chung\nII. riêng"),
    ("250 m<sup>2</sup>, 40 m<sup> 3 </sup>, 10<sup>6</sup> tế bào, lần thứ 5<sup>th</sup>",
     "250 m², 40 m³, 10^6 tế bào, lần thứ 5th"),
    ("<sup><sup>2</sup></sup>", "²"),
    ("Chọn <Nộp hồ sơ> rồi <Tiếp tục>", "Chọn <Nộp hồ sơ> rồi <Tiếp tục>"),
    ("Chủ hộ: <Nguyễn Văn A>, sâu <10 mm", "Chủ hộ: <Nguyễn Văn A>, sâu <10 mm"),
    ("Chọn &lt;Đất đai&gt;, <b>bấm &lt;Gửi&gt;</b>", "Chọn <Đất đai>, bấm <Gửi>"),
    ("<Thông-tin>a</Thông-tin> <o:p>b</o:p> <my-part>c</my-part>", "a b c"),
    ("&lt;![CDATA[Cấp căn cước]]&gt; lưu động", "Cấp căn cước lưu động"),
    ("<![CDATA[Cấp <b>căn cước</b>]]>", "Cấp căn cước"),
    ("L&amp;agrave;ng ngh&amp;#7873; &amp;quot;cổ&amp;quot;", "Làng nghề \"cổ\""),
    ("&amp;lt;p&amp;gt;Một&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;Hai&amp;lt;/p&amp;gt;", "Một\nHai"),
    ("Trung tâm R&amp;amp;D", "Trung tâm R&D"),
    ("<p>Mưa &amp;lt; 10 mm, gió &amp;gt; cấp 6 &amp;amp; sóng</p>", "Mưa < 10 mm, gió > cấp 6 & sóng"),
    ("T&amp;amp;iacute;nh", "Tính"),
    ("Bấm &amp;lt;Nộp hồ sơ&amp;gt;", "Bấm <Nộp hồ sơ>"),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "text"), SEEN)
def test_the_text_is_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain(markup) == text


@pytest.mark.parametrize(
    "markup",
    ["<x onerror=alert(1)>", "<Xin href='a'>", "<svg/onload=alert(1)>", "<a/b>", "<q>", "<x:y>", "</Foo bar>"],
)
def test_what_can_only_be_markup_is_no_text(markup: str) -> None:
    for written in (markup, markup.replace("<", "&lt;").replace(">", "&gt;")):
        text = plain(f"trước {written} sau")
        assert TAG.search(text) is None
        assert "=" not in text


def test_titles_keep_words_in_angle_brackets_in_every_format() -> None:
    title = "Cách dùng nút <Nộp hồ sơ>"
    escaped = title.replace("<", "&lt;").replace(">", "&gt;")
    assert reading(rss(f"<item><title>{escaped}</title></item>")).entries[0].title == title
    item = {"id": "1", "title": title, "content_text": "Bấm <Mục 2>"}
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Tin", "items": [item]})
    assert [(entry.title, entry.summary) for entry in reading(feed).entries] == [(title, "Bấm <Mục 2>")]


def test_a_title_in_an_escaped_cdata_section_is_read() -> None:
    feed = rss("<item><title>&lt;![CDATA[Cấp căn cước lưu động]]&gt;</title></item>")
    assert reading(feed).entries[0].title == "Cấp căn cước lưu động"


CAPTION = (
    "<media:content url='https://x.invalid/a.jpg' type='image/jpeg'><media:title>DSC_1.JPG</media:title>"
    "<media:description>Ảnh: Lê Na</media:description></media:content>"
)


@pytest.mark.parametrize(
    "extra", [CAPTION, f"<media:group>{CAPTION}</media:group>", "<media:description>Ảnh: Lê Na</media:description>"]
)
def test_a_caption_is_not_the_text(extra: str) -> None:
    before = reading(one("Khám từ 7 giờ.", title="Khám mắt", extra=extra)).entries[0]
    after = reading(one("Khám từ 7 giờ.", title="Khám mắt").replace("</item>", f"{extra}</item>")).entries[0]
    assert [(entry.title, entry.summary) for entry in (before, after)] == [("Khám mắt", "Khám từ 7 giờ.")] * 2


def test_a_caption_under_another_prefix_is_not_the_text_either() -> None:
    feed = one("Khám từ 7 giờ.", extra="<mrss:description>Ảnh: Lê Na</mrss:description>")
    feed = feed.replace("xmlns:media", "xmlns:mrss")
    assert reading(feed).entries[0].summary == "Khám từ 7 giờ."


def test_unseen_elements_within_one_another_are_removed_once() -> None:
    nested = "<div hidden><s><del style='display:none'>" * 300
    assert plain(f"{nested}ẩn{'</del></s></div>' * 300}<s>b</s>hiện") == "hiện"


def test_lists_within_lists_without_end_take_linear_time() -> None:
    assert plain("<ul><li>" * 3_000 + "đáy").count("đáy") == 1
    deep = "<b>" * 2_000 + "<div style='color:red'>" * 2_000 + "<s>x</s>" * 4_000
    assert plain(f"{deep}hiện") == "hiện"
