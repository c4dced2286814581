"""The bar above every page in a real Chromium: one line on the screens of a desk, whatever is counted in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.cast import EDITOR, OPERATOR, Person
from tests.desk.announcements.forms import submitted
from tests.desk.looks import context, served
from tests.desk.office import EVERYTHING, Office, add_everything

pytestmark = pytest.mark.browser
# Names are measured in the desk's own font: `document.fonts.ready` is fulfilled also before a font was asked for.
FONTS = "() => Promise.all([...document.fonts].map((one) => one.load())).then(() => true)"
WHOLE = "() => [...document.querySelectorAll('.me summary span')].every((one) => one.scrollWidth <= one.clientWidth)"


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
        tops = page.eval_on_selector_all(".places li", "all => all.map((one) => one.getBoundingClientRect().top)")
        assert len(tops) == 10
        assert len(set(tops)) == 1
        made.close()


@pytest.mark.parametrize(("who", "width"), [(OPERATOR, 1440), (OPERATOR, 1600), (EDITOR, 1600), (EDITOR, 1920)])
def test_a_name_is_not_cut_where_there_is_room(browser: Browser, office: Office, who: Person, width: int) -> None:
    with served(office) as address:
        made = context(browser, office, address, who, viewport={"width": width, "height": 900})
        page = made.new_page()
        page.goto("/desk/queue/")
        page.evaluate(FONTS)
        assert page.locator(".me summary span").count() == 2
        page.wait_for_function(WHOLE, timeout=10_000)  # a loaded font is in use some frames later
        tops = page.eval_on_selector_all(".places li", "all => all.map((one) => one.getBoundingClientRect().top)")
        assert len(set(tops)) == 1
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
