"""Typed text is never lost or shown to another person, in a real Chromium: drafts, Back, sign-out, and dates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.store.announcements import announcements, autosave
from tests.cast import EDITOR, OPERATOR, Person
from tests.desk.looks import context, served
from tests.desk.office import Office
from tests.station import until

pytestmark = pytest.mark.browser
TEXTS_IN_BROWSER = "Object.keys(localStorage).filter((key) => key.startsWith('compose'))"


@pytest.fixture
def machine(browser: Browser, office: Office) -> Iterator[BrowserContext]:
    """A browser with an English user interface that several people share; the operator is signed in."""
    with served(office) as address:
        made = context(browser, office, address, OPERATOR, viewport={"width": 1600, "height": 900})
        yield made
        made.close()


def write(page: Page, title: str) -> None:
    page.goto("/desk/compose/")
    page.get_by_label("Tiêu đề").fill(title)


def write_offline(page: Page, title: str) -> None:
    """Types a title into a new form while requests of the autosave fail."""
    page.route("**/desk/compose/keep", lambda route: route.abort())
    write(page, title)
    expect(page.locator("#kept")).to_contain_text("Mất kết nối")
    page.unroute("**/desk/compose/keep")


def sign_in(machine: BrowserContext, office: Office, person: Person) -> None:
    """Signs ``person`` in instead of whoever is signed in, in the same browser."""
    cookie = office.browser(person).client.get_cookie("bangtin")
    assert cookie is not None
    machine.clear_cookies()
    machine.add_cookies([{"name": "bangtin", "value": cookie.value, "domain": "localhost", "path": "/"}])


def test_back_after_sending_says_that_it_was_sent_and_makes_no_second_one(
    machine: BrowserContext, office: Office
) -> None:
    page = machine.new_page()
    write(page, "Họp thôn")
    page.get_by_role("button", name="Trình duyệt").click()
    expect(page.locator(".toast")).to_contain_text("Đã trình duyệt")
    page.go_back()
    expect(page.locator("#sent")).to_contain_text("đã gửi rồi")
    expect(page.get_by_label("Tiêu đề")).to_have_value("")
    assert [one.title for one in announcements.all(office.db)] == ["Họp thôn"]


def test_a_second_draft_holds_nothing_of_the_first_and_neither_is_lost(
    machine: BrowserContext, office: Office
) -> None:
    page = machine.new_page()
    write_offline(page, "Bản thứ nhất")
    page.get_by_role("link", name="Soạn thông báo").first.click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("")
    page.get_by_label("Tiêu đề").fill("Bản thứ hai")
    expect(page.locator("#kept")).to_contain_text("Đã tự lưu")
    link = page.get_by_role("link", name="Bản thứ nhất")
    until(lambda: len(autosave.of(office.db, OPERATOR.slug)) == 2, "both drafts on the server")
    link.click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Bản thứ nhất")
    until(lambda: page.evaluate(TEXTS_IN_BROWSER) == [], "no text is left in the browser")


def test_a_reload_opens_what_was_typed_again(machine: BrowserContext) -> None:
    page = machine.new_page()
    write_offline(page, "Đang gõ dở")
    page.reload()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Đang gõ dở")


def test_nobody_else_on_the_same_machine_sees_what_was_typed(machine: BrowserContext, office: Office) -> None:
    page = machine.new_page()
    write_offline(page, "Của Hoa")
    sign_in(machine, office, EDITOR)
    page.reload()
    expect(page.locator(".me-name")).to_have_text(EDITOR.name)
    expect(page.get_by_label("Tiêu đề")).to_have_value("")
    assert "Của Hoa" not in page.content()
    assert autosave.of(office.db, EDITOR.slug) == ()
    sign_in(machine, office, OPERATOR)
    page.goto("/desk/compose/")
    page.get_by_role("link", name="Của Hoa").click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Của Hoa")


def test_signing_out_leaves_nothing_in_the_browser_and_loses_nothing(machine: BrowserContext, office: Office) -> None:
    page = machine.new_page()
    write_offline(page, "Của Hoa")
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/login**")
    assert page.evaluate(TEXTS_IN_BROWSER) == []
    assert [one.form["title"] for one in autosave.of(office.db, OPERATOR.slug)] == [["Của Hoa"]]


def test_a_date_is_day_month_year_in_an_english_browser(browser: Browser, office: Office) -> None:
    with served(office) as address:
        made = browser.new_context(base_url=address, locale="en-US", viewport={"width": 390, "height": 844})
        sign_in(made, office, OPERATOR)
        page = made.new_page()
        page.goto("/desk/compose/")
        end = page.locator("#until")
        expect(end).to_have_value("16/03/2026 17:00")
        end.fill("31/02/2026 17:00")
        end.blur()
        expect(page.locator(".field.wrong .complaint")).to_have_text("Không có ngày giờ này.")
        end.fill("3/4/2026 7h30")
        end.blur()
        expect(end).to_have_value("03/04/2026 07:30")
        expect(page.locator(".field.wrong")).to_have_count(0)
        # Does what the browser does when a person picks a day in its date picker.
        page.locator(".field:has(#until) .calendar").evaluate(
            "(one) => { one.value = '2026-04-05'; one.dispatchEvent(new Event('change')); }"
        )
        expect(end).to_have_value("05/04/2026 07:30")
        expect(page.locator(".field:has(#until)").get_by_role("button", name="Mở lịch")).to_be_visible()
        made.close()
