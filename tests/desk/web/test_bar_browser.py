"""The bar above every page in a real Chromium: one line on the screens of a desk, whatever is counted in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.cast import EDITOR, OPERATOR, Person
from tests.desk.announcements.forms import submitted
from tests.desk.looks import context, served
from tests.desk.office import EVERYTHING, Office, add_everything
from tests.station import until

pytestmark = pytest.mark.browser
# Names are measured in the desk's own font: `document.fonts.ready` is fulfilled also before a font was asked for, and
# a loaded font is in use some frames later. So tests look again until the layout is the expected one, in a loop of
# their own: Playwright's `wait_for_function` calls eval from its second look on, which the desk's policy forbids.
FONTS = "() => Promise.all([...document.fonts].map((one) => one.load())).then(() => true)"
WHOLE = "all => all.every((one) => one.scrollWidth <= one.clientWidth)"
TOPS = "all => all.map((one) => one.getBoundingClientRect().top)"


def on_one_line(page: Page, places: int) -> bool:
    tops = page.eval_on_selector_all(".places li", TOPS)
    return len(tops) == places and len(set(tops)) == 1


@pytest.mark.parametrize("width", [1600, 1920])
def test_the_places_of_who_has_every_role_stand_on_one_line(browser: Browser, office: Office, width: int) -> None:
    add_everything(office.db)
    for number in range(12):
        submitted(office, title=f"Thông báo {number}")
    with served(office) as address:
        made = context(browser, office, address, EVERYTHING, viewport={"width": width, "height": 900})
        page = made.new_page()
        page.goto("/desk/queue/")
        page.evaluate(FONTS)
        assert page.locator(".places .count").inner_text() == "12"
        until(lambda: on_one_line(page, places=10), "ten places on one line")
        made.close()


@pytest.mark.parametrize("who", [OPERATOR, EDITOR])
def test_the_places_stand_on_one_line_of_a_laptop(browser: Browser, office: Office, who: Person) -> None:
    with served(office) as address:
        made = context(browser, office, address, who, viewport={"width": 1366, "height": 768})
        page = made.new_page()
        page.goto("/desk/queue/")
        page.evaluate(FONTS)
        until(lambda: on_one_line(page, places=9), "nine places on one line")
        assert page.evaluate("document.documentElement.scrollWidth") == 1366
        made.close()


@pytest.mark.parametrize(("who", "width"), [(OPERATOR, 1440), (OPERATOR, 1600), (EDITOR, 1600), (EDITOR, 1920)])
def test_a_name_is_not_cut_where_there_is_room(browser: Browser, office: Office, who: Person, width: int) -> None:
    with served(office) as address:
        made = context(browser, office, address, who, viewport={"width": width, "height": 900})
        page = made.new_page()
        page.goto("/desk/queue/")
        page.evaluate(FONTS)
        assert page.locator(".me summary span").count() == 2
        until(
            lambda: page.eval_on_selector_all(".me summary span", WHOLE) and on_one_line(page, places=9),
            "whole names beside nine places on one line",
        )
        made.close()


@pytest.mark.parametrize("width", [1600, 390])
def test_the_audit_is_in_the_menu_under_ones_name(browser: Browser, office: Office, width: int) -> None:
    with served(office) as address:
        made = context(browser, office, address, EDITOR, viewport={"width": width, "height": 844})
        page = made.new_page()
        page.goto("/desk/queue/")
        page.locator("details.me summary").click()
        page.get_by_role("link", name="Nhật ký").click()
        page.wait_for_url("**/desk/audit/")
        page.locator("details.me summary").click()
        assert page.locator(".me [aria-current=page]").inner_text() == "Nhật ký"
        made.close()
