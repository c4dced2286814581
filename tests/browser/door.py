"""Signs people in to the desk in a real Chromium, by one-time link, password and TOTP code; for browser tests."""

from __future__ import annotations

import re
import time

from passlib.totp import TOTP
from playwright.sync_api import Page

from tests.desk.office import PASSWORD
from tests.station import Station


def code_of(secret: str, steps_ahead: int = 0) -> str:
    return str(TOTP(key=secret, new=False).generate(time.clock_gettime(time.CLOCK_REALTIME) + 30 * steps_ahead).token)


def first_link(station: Station) -> str:
    done = station.cli("user", "link")
    path = re.search(r"/desk/welcome/\S+", done.stdout)
    assert path is not None, done.stderr
    return station.address + path[0]


def becomes_keeper(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Họ và tên").fill("Phạm Anh Tuấn")
    page.get_by_label("Tên đăng nhập").fill("tuan")
    page.get_by_label("Thư điện tử").fill("tuan@example.vn")
    page.get_by_label("Mật khẩu mới").fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Xong, vào bàn biên tập").click()


def sets_up_codes(page: Page) -> str:
    page.get_by_role("button", name="Cài mã xác nhận").click()
    secret = page.locator("code.key").inner_text().replace("-", "").replace(" ", "")
    page.get_by_label("Mã xác nhận").fill(code_of(secret))
    page.get_by_role("button", name="Xong").click()
    return secret


def comes_by_invitation(page: Page, link: str) -> None:
    """Opens an invitation's one-time link and sets the account's password."""
    page.goto(link)
    page.get_by_label("Mật khẩu mới").fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu").fill(PASSWORD)
    page.locator("main form").get_by_role("button").last.click()


def invites(keeper: Page, username: str, name: str, role: str, area: str) -> str:
    """Invites a person with a role in an area (slug), as the keeper; returns the one-time link."""
    keeper.goto("/desk/people/new")
    keeper.get_by_label("Họ và tên").fill(name)
    keeper.get_by_label("Tên đăng nhập").fill(username)
    keeper.get_by_label("Thư điện tử").fill(f"{username}@example.vn")
    keeper.get_by_label("Vai trò").select_option(role)
    keeper.get_by_label("Đơn vị").select_option(area)
    keeper.get_by_role("button", name="Mời").click()
    return keeper.locator("code.link").inner_text()
