"""A forgotten password: the desk is asked for a link, the worker mails it, the link sets a new password."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.door import comes_by_invitation
from tests.desk.office import PASSWORD
from tests.mailbox import Box, mailbox
from tests.station import Station, config_text, until

pytestmark = pytest.mark.browser
NEW = "sáu con trâu nằm dưới gốc đa"


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    with mailbox() as made:
        yield made


def signs_in(page: Page, password: str) -> None:
    page.goto("/desk/login")
    page.get_by_label("Tên đăng nhập hoặc thư điện tử").fill("hoa")
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def test_a_forgotten_password_is_set_anew_by_a_letter(
    stations: Callable[[str], Station], browser: Browser, box: tuple[Box, int]
) -> None:
    kept, port = box
    mail = f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "bangtin@example.vn"\n'
    station = stations("")
    text = config_text(["xa-minh-tan"]) + mail
    public = text.replace("[server]\n", f'[server]\npublic_url = "{station.address}"\n')
    station.config.write_text(public, encoding="utf-8")
    station.start()
    said = station.cli(
        *("user", "add", "hoa", "--email", "hoa@example.vn", "--name", "Nguyễn Thị Hoa"),
        *("--role", "operator", "--area", "xa-minh-tan"),
    ).stdout
    invited = re.search(r"/desk/welcome/\S+", said)
    assert invited is not None, said
    context = browser.new_context(base_url=station.address, locale="vi-VN")
    page = context.new_page()
    comes_by_invitation(page, station.address + invited[0])
    page.wait_for_url(re.compile(r"/desk/(?!welcome)"))
    context.clear_cookies()

    page.goto("/desk/login")
    page.get_by_role("link", name="Quên mật khẩu?").click()
    page.get_by_label("Thư điện tử").fill("hoa@example.vn")
    page.get_by_role("button", name="Gửi liên kết").click()
    expect(page.locator(".message")).to_be_visible()
    until(lambda: kept.letters, "the letter")
    (letter,) = kept.letters
    assert (letter["To"], letter["From"]) == ("hoa@example.vn", "bangtin@example.vn")
    link = re.search(r"https?://\S+", letter.get_content())
    assert link is not None, letter.get_content()
    assert urlsplit(link[0]).netloc == urlsplit(station.address).netloc

    page.goto(link[0])
    page.get_by_label("Mật khẩu mới").fill(NEW)
    page.get_by_label("Gõ lại mật khẩu").fill(NEW)
    page.get_by_role("button", name="Đặt mật khẩu").click()
    expect(page.locator(".message")).to_be_visible()
    context.clear_cookies()
    signs_in(page, PASSWORD)
    expect(page.locator(".complaint, .message.error").first).to_be_visible()
    signs_in(page, NEW)
    expect(page.get_by_text("Nguyễn Thị Hoa").first).to_be_visible()
    # The owner of the account gets a confirmation, and the link works only once.
    until(lambda: len(kept.letters) == 2, "the letter that says so")
    context.clear_cookies()
    page.goto(link[0])
    expect(page.get_by_role("button", name="Đặt mật khẩu")).to_have_count(0)
    context.close()
