"""The panic button, which puts boards into safe mode, in a real Chromium on a telephone.

Also tests that an action which waits for a second factor goes on when a passkey is used in another tab.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from server.store.boards import panics
from server.store.people import people, sign_ins
from tests.cast import EDITOR
from tests.desk.looks import axe, context, served
from tests.desk.office import Office

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """An editor's page in a browser of a telephone's size."""
    with served(office) as address:
        made = context(browser, office, address, EDITOR, viewport={"width": 390, "height": 844})
        yield made.new_page()
        made.close()


def test_a_tap_does_nothing_and_one_hold_makes_every_board_safe(page: Page, office: Office) -> None:
    button = panic_button(page)
    button.click()
    assert panics.on(office.db) == ()
    button.hover()
    page.mouse.down()
    page.wait_for_url("**/desk/screens/panic")
    page.mouse.up()
    expect(page.locator("#messages")).to_contain_text("3 bảng đang hiện trang an toàn.")
    assert [one.area for one in panics.on(office.db)] == ["tinh"]
    assert axe(page) == []


def test_a_hold_goes_on_when_the_page_shifts_under_the_pointer(page: Page, office: Office) -> None:
    button = panic_button(page)
    button.hover()
    page.mouse.down()
    expect(button).to_have_class(re.compile(r"\bheld\b"))
    page.evaluate("document.body.style.paddingTop = '200px'")
    page.wait_for_url("**/desk/screens/panic")
    page.mouse.up()
    assert [one.area for one in panics.on(office.db)] == ["tinh"]


def test_a_pointer_that_is_moved_off_the_button_cancels(page: Page, office: Office) -> None:
    button = panic_button(page)
    button.hover()
    page.mouse.down()
    expect(button).to_have_class(re.compile(r"\bheld\b"))
    page.mouse.move(195, 600)
    expect(button).not_to_have_class(re.compile(r"\bheld\b"))
    page.mouse.up()
    assert panics.on(office.db) == ()


def panic_button(page: Page) -> Locator:
    """Opens the timeline and returns the button "An toàn ngay" once the page's fonts no longer move it."""
    page.goto("/desk/timeline/")
    page.evaluate("document.fonts.ready")
    button = page.get_by_role("button", name="An toàn ngay")
    expect(button).to_be_in_viewport(ratio=1)
    return button


def test_an_act_goes_on_by_itself_when_the_factor_was_shown_in_another_tab(page: Page, office: Office) -> None:
    panics.begin(office.db, "tinh", actor=EDITOR.slug, now=office.now)
    page.goto("/desk/screens/panic")
    office.later(minutes=6)
    page.get_by_role("button", name="Phát lại").click()
    key = page.locator("form[data-asks]").get_attribute("data-asks")
    other = page.context.new_page()
    other.goto(f"/desk/confirm/?act={key}")
    expect(other.locator("[data-factor-shown]")).to_have_count(0)
    assert panics.on(office.db) != (), "the address alone shows no factor"
    me = people.get(office.db, EDITOR.slug).id
    for one in sign_ins.of(office.db, me, office.now):
        sign_ins.showed_factor(office.db, one.id, office.now)
    other.reload()
    page.wait_for_url("**/desk/screens/panic")
    expect(page.locator("#messages")).to_contain_text("đã trở lại chương trình")
    assert panics.on(office.db) == ()
