"""The form of an urgent notice in a real Chromium: a tap does not send, nothing is sent twice, no text is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from server.store.notices import notices
from server.store.people import people, sign_ins
from tests import cast
from tests.cast import EDITOR, NOW, OPERATOR
from tests.desk.looks import axe, context, served
from tests.desk.office import Office

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """An editor's page of a new urgent notice, on a telephone."""
    with served(office) as address:
        made = context(browser, office, address, EDITOR, viewport=PHONE)
        page = made.new_page()
        page.goto("/desk/urgent/")
        yield page
        made.close()


def prepare(page: Page) -> None:
    page.locator("label.chip", has_text="Bão").click()
    page.get_by_label("Xã Minh Tân").check()
    expect(page.locator("#check")).to_contain_text("1 bảng tin")


def hold(page: Page, name: str) -> None:
    """Presses a button that must be held and keeps it down; the caller waits for the result."""
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.down("Enter")


def test_a_hazard_an_area_and_one_held_button_are_enough(page: Page, office: Office) -> None:
    prepare(page)
    expect(page.locator("#headline")).to_have_value("Bão đang đổ bộ vào xã Minh Tân: ở trong nhà, không ra đường")
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
    expect(page.locator("#headline")).to_have_value("Bão đang đổ bộ vào xã Minh Tân: ở trong nhà, không ra đường")
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
    assert "Bão" in page.evaluate("localStorage.getItem('urgent new')")


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
