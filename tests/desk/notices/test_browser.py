"""The form of an urgent notice in a real Chromium: a tap does not send, nothing is sent twice, no text is lost.

A notice is sent by a button that must be held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from server.core.model import Format
from server.store.boards import boards
from server.store.notices import notices
from server.store.people import people, sign_ins
from tests import cast
from tests.cast import EDITOR, NOW, OPERATOR
from tests.desk.looks import axe, context, hold, served
from tests.desk.office import Office

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """The form of a new urgent notice, in an editor's browser of a telephone's size."""
    with served(office) as address:
        made = context(browser, office, address, EDITOR, viewport=PHONE)
        page = made.new_page()
        page.goto("/desk/urgent/")
        yield page
        made.close()


def prepare(page: Page, boards: int = 1) -> None:
    page.locator("label.chip", has_text="Bão").click()
    page.get_by_label("Xã Minh Tân").check()
    expect(page.locator("#check")).to_contain_text(f"{boards} bảng tin")


# The place of the page that a preview of an LED module shows; null in others.
AT_TOP = """() => {
  const pages = [...document.querySelectorAll(".lines")];
  return pages.length ? pages.findIndex((one) => Math.abs(one.getBoundingClientRect().top) <= 1) : null;
}"""


def test_a_hazard_an_area_and_one_held_button_are_enough(page: Page, office: Office) -> None:
    prepare(page)
    expect(page.locator("#headline")).to_have_value("Bão đổ bộ vào xã Minh Tân: ở yên trong nhà")
    expect(page.locator(".preview iframe")).to_be_visible()
    hold(page, "Phát ngay")
    page.wait_for_url("**/desk/urgent/1")
    (sent,) = notices.live(office.db, NOW)
    assert sent.areas == ("xa-minh-tan",)
    assert len(sent.acts) == 3


def test_a_tap_sends_nothing(page: Page, office: Office) -> None:
    prepare(page)
    page.get_by_role("button", name="Phát ngay").click()
    hold(page, "Phát ngay")
    page.keyboard.up("Enter")
    expect(page.get_by_role("button", name="Phát ngay")).not_to_have_class(re.compile("held"))
    expect(page.locator("#headline")).to_be_visible()
    assert notices.live(office.db, NOW) == ()


def test_before_its_scripts_are_loaded_the_page_sends_nothing(page: Page, office: Office) -> None:
    waiting: list[Route] = []
    page.route(re.compile(r"/(desk|urgent)\.[^/]*js$"), lambda route: waiting.append(route), times=2)
    page.goto("/desk/urgent/", wait_until="commit")
    page.locator("label.chip", has_text="Bão").click()
    page.get_by_label("Xã Minh Tân").check()
    assert page.locator("button.hold:enabled").count() == 0
    page.get_by_role("button", name="Phát ngay").click(force=True)
    assert notices.live(office.db, NOW) == ()
    for one in waiting:
        one.continue_()
    expect(page.locator("#headline")).to_have_value("Bão đổ bộ vào xã Minh Tân: ở yên trong nhà")
    hold(page, "Phát ngay")
    page.wait_for_url("**/desk/urgent/1")


def test_what_was_typed_survives_a_reload(page: Page) -> None:
    prepare(page)
    page.locator("#headline").fill("Nước sông Luộc lên nhanh")
    page.reload()
    expect(page.locator("#kept")).to_be_visible()
    expect(page.locator("#headline")).to_have_value("Nước sông Luộc lên nhanh")
    expect(page.get_by_label("Xã Minh Tân")).to_be_checked()
    page.get_by_role("button", name="Bỏ, soạn mới").click()
    expect(page.locator("#headline")).to_have_value("")


def test_without_a_connection_the_page_says_so_and_keeps_the_text(page: Page, office: Office) -> None:
    prepare(page)
    page.context.set_offline(True)
    hold(page, "Phát ngay")
    expect(page.locator("#offline")).to_be_visible()
    page.keyboard.up("Enter")
    expect(page.locator("#headline")).to_have_value("Bão đổ bộ vào xã Minh Tân: ở yên trong nhà")
    page.context.set_offline(False)
    hold(page, "Phát ngay")
    page.wait_for_url("**/desk/urgent/1")
    assert len(notices.live(office.db, NOW)) == 1


def test_an_ended_session_sends_nothing_and_loses_nothing(page: Page, office: Office) -> None:
    prepare(page)
    me = people.get(office.db, EDITOR.slug).id
    for one in sign_ins.of(office.db, me, NOW):
        sign_ins.end(office.db, one.id, person=me, now=NOW)
    hold(page, "Phát ngay")
    page.wait_for_url("**/desk/login?next=*urgent*")
    assert notices.live(office.db, NOW) == ()
    assert "Bão" in page.evaluate(f"localStorage.getItem('urgent {EDITOR.slug} new')")


def test_signing_out_leaves_no_urgent_text_to_the_next_person(page: Page, office: Office) -> None:
    prepare(page)
    page.evaluate("localStorage.setItem('urgent new', '[[\"headline\", \"Cũ\"]]')")  # as earlier versions kept it
    page.locator("#headline").fill("Của Lan")
    mine = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('urgent '))")
    assert set(mine) == {"urgent new", f"urgent {EDITOR.slug} new"}
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/login**")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('urgent '))") == []


def test_another_danger_replaces_no_text_that_was_typed_before_a_refusal(page: Page) -> None:
    page.locator("label.chip", has_text="Bão").click()
    page.locator("#headline").fill("Nước sông Luộc lên nhanh")
    page.locator("[name=act1]").fill("Lên đê ngay")
    hold(page, "Phát ngay")
    expect(page.locator(".targets .complaint")).to_contain_text("Chưa chọn nơi nhận")
    page.keyboard.up("Enter")
    page.locator("label.chip", has_text="Cháy, nổ").click()
    expect(page.locator("[name=act2]")).not_to_have_value("Ngắt cầu dao khi nước vào nhà")
    expect(page.locator("#headline")).to_have_value("Nước sông Luộc lên nhanh")
    expect(page.locator("[name=act1]")).to_have_value("Lên đê ngay")


def test_a_draft_of_another_person_is_not_opened(page: Page, office: Office) -> None:
    page.evaluate("""() => {
      for (const key of ["urgent new", "urgent somebody new"])
        localStorage.setItem(key, '[["headline", "Của người khác"]]');
    }""")
    page.reload()
    expect(page.locator("#kept")).to_be_hidden()
    expect(page.locator("#headline")).to_have_value("")


def test_what_the_server_refuses_stays_in_the_form(page: Page, office: Office) -> None:
    page.locator("#headline").fill("Không có nơi nhận")
    hold(page, "Phát ngay")
    expect(page.locator(".targets .complaint")).to_contain_text("Chưa chọn nơi nhận")
    page.keyboard.up("Enter")
    expect(page.locator("#headline")).to_have_value("Không có nơi nhận")
    page.get_by_label("Xã Đông Hải").check()
    hold(page, "Phát ngay")
    page.wait_for_url("**/desk/urgent/1")
    assert notices.live(office.db, NOW)[0].areas == ("xa-dong-hai",)


_ABOVE = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  return box("#urgent").top - box(".strips").bottom;
}"""
# Lists the fields that, when focused, lie under the button that sticks to the lower edge of the window.
_COVERED = """() => {
  document.querySelector("#urgent details").open = true;
  const fields = [...document.querySelectorAll("#urgent :is(input, textarea, select):not([type=hidden])")];
  return fields.filter((field) => {
    field.focus();
    const { bottom, height } = field.getBoundingClientRect();
    return height && bottom > document.querySelector("div.send").getBoundingClientRect().top;
  }).map(({ name }) => name);
}"""


def test_on_a_telephone_only_the_strip_is_above_the_form_and_sending_is_in_reach(page: Page, office: Office) -> None:
    for headline in ("Lũ quét ở thượng nguồn", "Vỡ đê", "Cháy lớn", "Sạt lở"):
        notices.post(office.db, cast.notice(headline=headline), actor="lan", now=NOW)
    page.reload()
    assert 0 <= page.evaluate(_ABOVE) <= 24, "a margin of the page"
    assert [one.bounding_box()["height"] for one in page.locator(".strip:visible").all()] == [48, 48]  # type: ignore[index]
    prepare(page)
    expect(page.get_by_role("button", name="Phát ngay")).to_be_in_viewport(ratio=1)
    expect(page.locator("#brief")).to_contain_text("1 bảng, tự gỡ lúc")
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * PHONE["height"]
    assert page.evaluate(_COVERED) == []


def test_an_open_page_gets_the_strip_of_a_new_notice_and_clears_it_there(page: Page, office: Office) -> None:
    page.goto("/desk/timeline/")
    notices.post(office.db, cast.notice(headline="Vỡ đê"), actor="lan", now=NOW)
    strip = page.locator(".strip")
    expect(strip).to_contain_text("Vỡ đê", timeout=30_000)
    office.later(minutes=1)
    strip.locator("summary").click()
    page.get_by_role("button", name="Gỡ khỏi mọi màn hình").click()
    page.wait_for_url("**/desk/urgent/1")
    expect(page.locator(".stands")).to_contain_text("Đã gỡ lúc")
    expect(strip).to_have_count(0)


@pytest.mark.parametrize("who", [EDITOR, OPERATOR])
@pytest.mark.parametrize("width", [1600, 390])
def test_the_pages_are_accessible(browser: Browser, office: Office, who: cast.Person, width: int) -> None:
    notices.post(office.db, cast.notice(), actor="lan", now=NOW)
    notices.post(office.db, cast.notice(state="drafted", areas=("xa-minh-tan",)), actor="hoa", now=NOW)
    with served(office) as address:
        made = context(browser, office, address, who, viewport={"width": width, "height": 900})
        page = made.new_page()
        for path in ("/desk/urgent/", "/desk/urgent/1", "/desk/urgent/2", "/desk/timeline/", "/desk/timeline/week"):
            page.goto(path)
            page.evaluate("document.fonts.ready")
            assert axe(page) == [], path
        made.close()


def test_each_preview_of_an_led_module_stands_still_at_its_own_page(page: Page, office: Office) -> None:
    module = replace(cast.BOARD_MINH_TAN, slug="led", name="Bảng LED", format=Format("landscape", "LED"))
    boards.save(office.db, module, actor="lan", now=NOW)
    prepare(page, boards=2)
    page.locator("#headline").fill(
        "Hồ chứa xả lũ khẩn cấp từ 14 giờ, nước hạ du lên rất nhanh, các hộ ven sông sơ tán"
    )
    expect(page.locator("#check")).to_contain_text("9 trang, mỗi trang 6 giây, ở: Bảng LED")
    seen = []
    for frame in page.locator(".preview iframe").element_handles():
        within = frame.content_frame()
        assert within is not None
        within.wait_for_load_state()
        seen.append(within.evaluate(AT_TOP))
    assert [place for place in seen if place is not None] == [0, 1, 2, 3]
