"""The bodies of items are cleaned: tables of data are kept, scripts and boilerplate removed, long texts cut."""

from __future__ import annotations

from tests.feeds.stories import STORIES, one, reading, rss, sample_feed


def test_a_table_that_is_the_main_content_is_kept_as_a_table() -> None:
    markup = """<p>Mực nước lúc 7 giờ</p><table><tr><th>Trạm</th><th colspan="2">Mực nước</th></tr>
      <tr><td rowspan=2>Bến <b>Đò</b></td><td>3,20 m</td><td>lên</td></tr><tr><td>3,05 m</td></tr></table>"""
    entry = reading(one(markup)).entries[0]
    assert entry.table == (("Trạm", "Mực nước", ""), ("Bến Đò", "3,20 m", "lên"), ("Bến Đò", "3,05 m", ""))
    assert entry.summary == "Mực nước lúc 7 giờ"


def test_hidden_rows_and_cells_of_a_table_stay_hidden() -> None:
    markup = """<table><tr><th>Hộ</th><th>Mức</th><th style="display:none">Số định danh</th></tr>
      <tr><td>Bà Lan</td><td><s>500</s> 600</td><td style="display: none">038000000011</td></tr>
      <tr hidden><td>Ông Minh</td><td>800</td><td>038000000012</td></tr></table>"""
    assert reading(one(markup)).entries[0].table == (("Hộ", "Mức"), ("Bà Lan", "600"))
    assert reading(one(f"<div class='d-none'>{markup}</div>Lời")).entries[0].table == ()


def test_a_table_keeps_its_caption_and_the_order_of_the_page() -> None:
    entry = reading(
        one("""<table><caption>Số hộ được hỗ trợ</caption><tfoot><tr><td>Tổng</td><td>3</td></tr></tfoot>
      <thead><tr><th>Thôn</th><th>Số hộ</th></tr></thead><tr><td>Đông</td><td>3</td></tr></table>""")
    ).entries[0]
    assert entry.table == (("Thôn", "Số hộ"), ("Đông", "3"), ("Tổng", "3"))
    assert entry.summary == "Số hộ được hỗ trợ"


def test_a_layout_table_is_text() -> None:
    story = STORIES[0].text * 3
    laid = one(f"<table><tr><td>{story}</td></tr></table>")
    beside = one(f"<p>{story}</p><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>")
    assert reading(laid).entries[0].table == ()
    assert reading(beside).entries[0].table == ()
    assert story[:40] in reading(laid).entries[0].summary


def test_sharepoint_fields_are_separated() -> None:
    markup = (
        '<div><b>Nội dung:</b> <div class="ExternalClass1"><p>Cannot retrieve the URL specified in the Content Link '
        "property. For more assistance, contact your site administrator.</p><p>Xã đã nạo vét 12 km kênh.</p></div>"
        "</div>\n"
        '<div><b>Ảnh đại diện:</b> <a href="/SiteAssets/anh 1.jpg">/SiteAssets/anh 1.jpg</a></div>\n'
        "<div><b>Ngày đăng:</b> 11/01/2018 9:03 SA</div>"
    )
    entry = reading(one(markup)).entries[0]
    assert entry.summary == "Xã đã nạo vét 12 km kênh."
    assert entry.image == "https://xa.example.invalid/SiteAssets/anh%201.jpg"


def test_a_body_that_is_only_an_error_of_its_system_is_empty_and_noted() -> None:
    entry = reading(one("Web Part Error: A Web Part or Web Form Control on this Page cannot be displayed")).entries[0]
    assert entry.summary == ""
    assert entry.notes


def test_the_summary_is_preferred_to_the_body() -> None:
    name_space = "http://purl.org/rss/1.0/modules/content/"
    whole = f"<c:encoded xmlns:c='{name_space}'>&lt;p&gt;Toàn văn&lt;/p&gt;</c:encoded>"
    assert reading(one("Tóm tắt", extra=whole)).entries[0].summary == "Tóm tắt"
    assert reading(one("", extra=whole)).entries[0].summary == "Toàn văn"


def test_a_summary_that_repeats_the_title_is_dropped() -> None:
    assert reading(one("<p>MỘT tin</p>")).entries[0].summary == ""


def test_scripts_and_invalid_links_are_removed() -> None:
    feed = rss(
        "<item><title>Tin nóng&lt;script&gt;alert(1)&lt;/script&gt; hôm nay</title><link>javascript:alert(1)</link>"
        "<description>&lt;img src=x onerror=alert(1)&gt;Nội dung&lt;iframe src='https://a.vn'&gt;&lt;/iframe&gt;</description></item>"
    )
    entry = reading(feed).entries[0]
    assert (entry.title, entry.summary, entry.link) == ("Tin nóng hôm nay", "Nội dung", "")


def test_a_very_long_field_is_cut_at_a_word() -> None:
    entry = reading(one("lời " * 20_000, title="dài " * 400)).entries[0]
    assert len(entry.title) <= 500
    assert entry.title.endswith("dài…")
    assert len(entry.summary) <= 20_000
    assert entry.notes


def test_clearly_vietnamese_text_is_vietnamese_whatever_is_declared() -> None:
    assert reading(sample_feed().replace("<language>vi<", "<language>en-us<")).entries[0].language == "vi"
    english = rss("<item><title>Only plain words</title></item>").replace("<language>vi<", "<language>en_US<")
    assert reading(english).entries[0].language == "en"
