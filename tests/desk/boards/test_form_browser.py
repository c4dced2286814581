"""The form of a board in a real Chromium: rows moved by keyboard and mouse, with and without JavaScript; axe-core."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from server.store.boards import boards
from tests.cast import BOARD_MINH_TAN, HOI_TRUONG, KEEPER
from tests.desk.looks import axe, context, served
from tests.desk.office import Office

pytestmark = pytest.mark.browser
SIZES = {"desk": (1920, 1080), "upright": (1080, 1920), "telephone": (390, 844)}
HERE = BOARD_MINH_TAN.slug


def opened(browser: Browser, office: Office, address: str, *, size: str = "desk", script: bool = True) -> Page:
    across, down = SIZES[size]
    viewport = {"width": across, "height": down}
    page = context(browser, office, address, KEEPER, viewport=viewport, java_script_enabled=script).new_page()
    return page


def sources_in(page: Page) -> list[str]:
    return [one.input_value() for one in page.locator("[name=lanes-source]").all()]


@pytest.mark.parametrize("size", SIZES)
def test_the_form_is_accessible(browser: Browser, office: Office, size: str) -> None:
    with served(office) as address:
        page = opened(browser, office, address, size=size)
        page.goto(f"/desk/screens/boards/{HERE}")
        for button in ("Thêm giờ bật", "Thêm ngày"):
            page.get_by_role("button", name=button).click()
        expect(page.get_by_label("Đến hết ngày")).to_be_visible()
        assert axe(page) == []
        page.get_by_label("Bật lúc").fill("05:00")
        page.get_by_role("button", name="Lưu", exact=True).last.click()
        expect(page.locator(".complaint").first).to_be_visible()
        assert axe(page) == []
        page.context.close()


def test_rows_move_by_keyboard_and_the_preview_follows(browser: Browser, office: Office) -> None:
    with served(office) as address:
        page = opened(browser, office, address)
        page.goto(f"/desk/screens/boards/{HERE}")
        page.get_by_role("button", name="Đưa xuống: Trang tin xã Minh Tân").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[name=lanes-source]").first).to_have_value("tin-tinh")
        # The button of the moved row keeps the keyboard focus.
        expect(page.get_by_role("button", name="Đưa xuống: Trang tin xã Minh Tân")).to_be_focused()
        frame = page.locator("#seen iframe")
        page.get_by_label("Nằm ngang").check()
        expect(frame.content_frame.locator("html")).to_have_attribute("data-layout", "landscape")
        page.get_by_label("Cột bên").check()
        expect(frame.content_frame.locator("#side")).to_be_visible()
        page.get_by_label("Đường chéo").fill("55")
        page.get_by_label("Người xem đứng cách").fill("5")
        expect(page.locator("#seen")).to_contain_text("Cỡ chữ L")
        assert boards.get(office.db, HERE) == BOARD_MINH_TAN
        page.get_by_role("button", name="Lưu", exact=True).last.click()
        page.wait_for_url("**/desk/screens/?board=xa-minh-tan")
        saved = boards.get(office.db, HERE)
        assert [lane.source for lane in saved.lanes] == ["tin-tinh", "tin-xa"]
        assert (saved.format.layout, saved.format.size, saved.format.side) == ("landscape", "L", True)
        page.context.close()


def test_rows_can_be_dragged(browser: Browser, office: Office) -> None:
    with served(office) as address:
        page = opened(browser, office, address)
        page.goto(f"/desk/screens/boards/{HERE}")
        grips = page.locator(".lanes [data-grip]")
        grips.nth(1).drag_to(grips.nth(0), target_position={"x": 5, "y": 2})
        expect(page.locator("[name=lanes-source]").first).to_have_value("tin-tinh")
        page.get_by_role("button", name="Lưu", exact=True).last.click()
        page.wait_for_url("**/desk/screens/?board=xa-minh-tan")
        assert boards.get(office.db, HERE).lanes == BOARD_MINH_TAN.lanes[::-1]
        page.context.close()


def test_the_form_works_without_javascript(browser: Browser, office: Office) -> None:
    with served(office) as address:
        page = opened(browser, office, address, script=False)
        page.goto(f"/desk/screens/boards/{HOI_TRUONG.slug}")
        page.get_by_role("button", name="Thêm luồng").click()
        page.get_by_label("Nguồn tin", exact=True).nth(1).select_option("tin-xa")
        with page.expect_navigation():
            page.get_by_role("button", name="Đưa lên: dòng mới").click()
        assert sources_in(page) == ["tin-xa", "tin-tinh"]
        # Enter in a field saves, although other buttons come before the save button.
        page.get_by_label("Tên bảng tin").press("Enter")
        page.wait_for_url("**/desk/screens/?board=hoi-truong")
        assert [lane.source for lane in boards.get(office.db, HOI_TRUONG.slug).lanes] == ["tin-xa", "tin-tinh"]
        page.context.close()
