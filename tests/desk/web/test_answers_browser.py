"""What is typed while a page waits for an answer is kept: in the composer, the notice form and the trial of a source.

The test releases each answer after it has typed. The same for the form of a board is tested in
tests/desk/boards/test_form_waiting_browser.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import EDITOR, KEEPER, Person
from tests.desk.looks import HeldBack, context, served
from tests.desk.office import Office
from tests.desk.sources.trying import run_trials

pytestmark = pytest.mark.browser
Open = Callable[[Person, str], Page]


@pytest.fixture
def opened(browser: Browser, office: Office) -> Iterator[Open]:
    """A function that opens a page as a given person; the test fails if a script of any page raised an error."""
    contexts, faults = [], []

    with served(office) as address:

        def open(person: Person, path: str) -> Page:
            contexts.append(context(browser, office, address, person, viewport={"width": 1600, "height": 900}))
            page = contexts[-1].new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.goto(path)
            return page

        yield open
        for one in contexts:
            one.close()
    assert faults == []


def test_the_composer_keeps_what_is_typed_while_it_is_sent(opened: Open) -> None:
    page = opened(EDITOR, "/desk/compose/")
    page.get_by_label("Tiêu đề").fill("Họp thôn")
    answers = HeldBack.at(page, "**/desk/compose/")
    page.get_by_role("button", name="Lưu bản nháp").click()
    answers.wait_for(0)
    page.get_by_label("Nội dung").fill("Tối nay, 19 giờ")
    answers.hand_over(0)
    expect(page.locator(".complaint").first).to_be_visible()  # the form is refused because no area was chosen
    expect(page.get_by_label("Nội dung")).to_have_value("Tối nay, 19 giờ")
    page.keyboard.type(" 30")
    expect(page.get_by_label("Nội dung")).to_have_value("Tối nay, 19 giờ 30")


def test_the_notice_form_shows_the_newest_check_and_keeps_what_is_typed(opened: Open) -> None:
    page = opened(EDITOR, "/desk/urgent/")
    expect(page.locator("#check")).not_to_be_empty()
    answers = HeldBack.at(page, "**/desk/urgent/check")
    page.get_by_label("Xã Minh Tân").check()
    answers.wait_for(0)
    page.get_by_label("Xã Đông Hải").check()
    page.locator("#headline").fill("Nước lên nhanh")
    answers.hand_over(0)
    answers.hand_over(1)
    expect(page.locator("#check")).to_contain_text("2 bảng tin")
    expect(page.locator("#headline")).to_have_value("Nước lên nhanh")


def test_a_trial_of_an_address_appears_without_loading_the_page_again(opened: Open, office: Office) -> None:
    page = opened(KEEPER, "/desk/sources/look")
    page.locator("#address").fill("http://10.0.0.1/tin")
    page.get_by_role("button", name="Xem thử").click()
    expect(page.locator("[data-waits]")).to_be_visible()
    page.evaluate("window.here = true")
    run_trials(office)
    expect(page.locator(".message.error")).to_contain_text("mạng nội bộ")
    page.locator("#address").fill("https://xa.example.vn/tin")
    assert page.evaluate("window.here")
