"""Queue, composer and library in a real Chromium: previews, keyboard and mouse, accessibility (axe-core)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from server.core.model import Announcement
from server.store.announcements import announcements
from server.store.media import library
from tests import cast
from tests.cast import EDITOR, NOW, OPERATOR
from tests.desk.looks import axe, context, served
from tests.desk.office import Office
from tests.slow import slow_unless
from tests.store.media.test_library import library_file

pytestmark = pytest.mark.browser
SIZES = [{"width": 1600, "height": 900}, {"width": 390, "height": 844}]


@pytest.fixture(params=SIZES, ids=["desk", "telephone"])
def page(request: pytest.FixtureRequest, browser: Browser, office: Office) -> Iterator[Page]:
    """A signed-in editor's page, once in a window of desktop size and once of telephone size."""
    with served(office) as address:
        made = context(browser, office, address, EDITOR, viewport=request.param)
        page = made.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        made.close()
    assert faults == []


def post(office: Office, **changes: Any) -> Announcement:
    return announcements.post(office.db, cast.announcement(area="xa-minh-tan", **changes), actor=OPERATOR.slug)


@pytest.mark.parametrize("tab", ["submitted", "on%20air", "draft"])
def test_the_queue_is_accessible(page: Page, office: Office, tab: str) -> None:
    for state in ("submitted", "approved", "draft", "returned"):
        for title in ("Lịch tiếp công dân", "Họp thôn"):
            post(office, state=state, title=title, reason="Thiếu giờ" if state == "returned" else "")
    page.goto(f"/desk/queue/?tab={tab}")
    expect(page.locator(".row").first).to_be_visible()
    assert axe(page) == []


def test_the_page_of_one_is_accessible(page: Page, office: Office) -> None:
    one = post(office, state="submitted")
    page.goto(f"/desk/queue/{one.id}")
    page.locator(".returning summary").click()
    assert axe(page) == []


@pytest.mark.parametrize("kind", slow_unless(("text", "pdf"), ("text", "table", "pdf", "video", "contact", "link")))
def test_the_composer_is_accessible(page: Page, kind: str) -> None:
    page.goto(f"/desk/compose/?kind={kind}")
    page.get_by_label("Tiêu đề").fill("Lịch tiếp công dân")
    expect(page.locator("#preview iframe").first).to_be_attached()
    assert axe(page) == []


@pytest.mark.parametrize(
    ("button", "said"), [("Lưu bản nháp", "Đã lưu bản nháp."), ("Lưu làm mẫu", "Đã lưu làm mẫu.")]
)
def test_the_next_page_confirms_that_it_was_saved(page: Page, button: str, said: str) -> None:
    page.goto("/desk/compose/")
    page.get_by_label("Tiêu đề").fill("Lịch tiếp công dân")
    page.get_by_label("Đơn vị", exact=True).select_option("xa-minh-tan")
    page.get_by_role("button", name=button).click()
    expect(page.locator("#messages .message")).to_have_text(said)


def test_the_library_is_accessible(page: Page) -> None:
    page.goto("/desk/media/")
    assert axe(page) == []


def test_the_words_of_the_preview_are_not_squeezed_between_its_buttons(page: Page) -> None:
    page.goto("/desk/compose/")
    page.get_by_label("Tiêu đề").fill("Lịch tiêm phòng")
    page.get_by_label("Nội dung").fill("Bà con đưa chó mèo đến nhà văn hóa thôn từ 7 giờ sáng. " * 30)
    expect(page.get_by_role("button", name="Trang sau")).to_be_visible()
    wide = "one => one.getBoundingClientRect().width"
    words, around = (page.locator(one).evaluate(wide) for one in (".paging p", ".paging"))
    assert words > around / 3


def test_the_preview_follows_what_is_typed(page: Page) -> None:
    page.goto("/desk/compose/")
    page.get_by_label("Tiêu đề").fill("Họp thôn Đông tối nay")
    for frame in range(3):
        slide = page.locator("#preview iframe").nth(frame).content_frame
        expect(slide.locator("h2")).to_contain_text("Họp thôn Đông tối nay")
        assert (
            slide.locator(".slide")
            .evaluate("(one) => getComputedStyle(one).fontFamily")
            .startswith('"Be Vietnam Pro"')
        )


def test_a_preview_that_is_behind_says_so_and_catches_up_by_itself(page: Page) -> None:
    page.goto("/desk/compose/")
    page.get_by_label("Tiêu đề").fill("Họp thôn Đông tối nay")
    title = page.locator("#preview iframe").first.content_frame.locator("h2")
    expect(title).to_contain_text("Họp thôn Đông tối nay")
    page.route("**/compose/preview", lambda route: route.abort())
    page.get_by_label("Tiêu đề").fill("Họp thôn Đông sáng mai")
    expect(page.locator("#unseen")).to_be_visible()
    page.unroute("**/compose/preview")
    expect(title).to_contain_text("Họp thôn Đông sáng mai")
    expect(page.locator("#unseen")).to_be_hidden()


def test_a_day_and_a_time_in_either_order_are_written_in_full(page: Page) -> None:
    page.goto("/desk/compose/")
    for typed in ("17h30 16/3/2026", "16/03/2026 17 giờ 30", "17.30 16.03.26"):
        page.fill("#until", typed)
        page.locator("#until").blur()
        expect(page.locator("#until")).to_have_value("16/03/2026 17:30")
    page.fill("#until", "16/3/2026")
    page.locator("#until").blur()
    expect(page.locator("#until")).to_have_value("16/03/2026 23:59")


def test_edits_of_the_same_field_by_two_people_need_a_choice(page: Page, office: Office) -> None:
    one = post(office, state="submitted", text="Sáng thứ Năm")
    page.goto(f"/desk/compose/{one.id}")
    announcements.revise(office.db, replace(one, text="Tối thứ Năm"), actor="minh", now=NOW)
    page.get_by_label("Nội dung").fill("Chiều thứ Năm")
    page.get_by_role("button", name="Lưu bản nháp").click()
    expect(page.get_by_role("heading", name="Hai người cùng sửa")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Lấy bản của tôi").click()
    page.wait_for_url(f"**/desk/queue/{one.id}")
    expect(page.locator(".history")).to_contain_text("Chiều")
    assert axe(page) == []
    assert announcements.get(office.db, one.id).text == "Chiều thứ Năm"


def test_a_file_of_the_library_is_accessible(page: Page, office: Office) -> None:
    library.put(office.db, library_file())
    page.goto(f"/desk/media/{library_file().hash}")
    assert axe(page) == []


def test_only_the_fields_of_the_kind_are_shown(page: Page) -> None:
    page.goto("/desk/compose/")
    expect(page.get_by_label("Điện thoại")).to_be_hidden()
    page.locator("label.chip", has_text="Liên hệ").click()
    expect(page.get_by_label("Điện thoại")).to_be_visible()
    page.locator("label.chip", has_text="Lặp lại theo ngày").click()
    expect(page.get_by_label("Đến giờ")).to_be_visible()
    expect(page.get_by_label("Đến lúc")).to_be_hidden()


def test_a_file_that_was_missing_is_not_called_missing_once_it_is_there(page: Page) -> None:
    page.goto("/desk/compose/")
    page.locator("label.chip", has_text="PDF").click()
    page.get_by_label("Tiêu đề").fill("Lịch tiếp công dân")
    page.locator("select[name=area]").select_option("xa-minh-tan")
    page.get_by_role("button", name="Trình duyệt").click()
    missing = page.get_by_text("Chưa có tệp PDF.")
    expect(missing).to_be_visible()
    answers = iter(("<p class='message error' data-refused>a.txt: không phải PDF</p>",
                    "<div data-done data-kind='pdf'><ol><li class='file'>Trang 1</li></ol></div>"))  # fmt: skip
    page.route("**/desk/compose/files", lambda route: route.fulfill(body=next(answers), content_type="text/html"))
    page.locator("#file").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
    expect(page.get_by_text("không phải PDF")).to_be_visible()
    expect(missing).to_be_visible()
    page.locator("#file").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"a"})
    expect(page.locator("#files .file")).to_have_text("Trang 1")
    expect(missing).to_have_count(0)
    expect(page.get_by_text("không phải PDF")).to_have_count(0)


def test_a_file_chosen_before_the_area_is_sent_once_the_area_is_chosen(page: Page) -> None:
    page.goto("/desk/compose/")
    answer = "<div data-done data-kind='pdf'><ol><li class='file'>Trang 1</li></ol></div>"
    page.route("**/desk/compose/files", lambda route: route.fulfill(body=answer, content_type="text/html"))
    page.locator("#file").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"a"})
    expect(page.get_by_text("a.pdf: Hãy chọn đơn vị ở dưới")).to_be_visible()
    page.locator("select[name=area]").select_option("xa-minh-tan")
    expect(page.locator("#files .file")).to_have_text("Trang 1")
    expect(page.get_by_text("Hãy chọn đơn vị ở dưới")).to_have_count(0)


def test_a_return_needs_its_reason_and_undo_takes_it_back(page: Page, office: Office) -> None:
    one = post(office, state="submitted")
    page.goto("/desk/queue/")
    page.locator(".returning summary").click()
    page.get_by_label("Cần sửa gì?").fill("Chưa ghi ở đâu")
    page.get_by_role("button", name="Trả lại cho người soạn").click()
    expect(page.locator(".toast")).to_contain_text("Đã trả lại")
    assert announcements.get(office.db, one.id).reason == "Chưa ghi ở đâu"
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#messages")).to_contain_text("Đã hoàn tác")
    assert announcements.get(office.db, one.id).state == "submitted"


@pytest.mark.parametrize("page", SIZES[:1], indirect=True)
def test_the_order_is_changed_by_dragging(page: Page, office: Office) -> None:
    for title in ("Một", "Hai", "Ba"):
        post(office, title=title)
    page.goto("/desk/queue/?tab=on%20air")
    first = [one.inner_text() for one in page.locator(".row h2").all()]
    rows = page.locator(".row .about")
    rows.nth(2).drag_to(rows.nth(0), source_position={"x": 5, "y": 80}, target_position={"x": 5, "y": 5})
    expect(page.locator(".row h2").first).to_have_text(first[2])
    shown = announcements.shown(office.db, ("xa-minh-tan",), now=NOW)
    assert [one.title for one in shown] == [first[2], first[0], first[1]]


def test_the_order_is_changed_by_buttons(page: Page, office: Office) -> None:
    for title in ("Một", "Hai"):
        post(office, title=title)
    page.goto("/desk/queue/?tab=on%20air")
    page.get_by_role("button", name="Đưa «Một» lên").click()
    expect(page.locator(".row h2").first).to_contain_text("Một")


def test_the_search_runs_while_one_types(page: Page, office: Office) -> None:
    for title in ("Lịch tiếp công dân", "Họp thôn"):
        post(office, state="submitted", title=title)
    page.goto("/desk/queue/?tab=submitted")
    page.get_by_label("Tìm").fill("lich")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".row")).to_contain_text("Lịch tiếp công dân")
