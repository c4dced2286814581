"""The desk's account pages in a real Chromium: axe-core on each; a first keeper sets up TOTP codes and a passkey."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.store.people import people
from tests.browser.door import becomes_keeper, code_of, first_link, sets_up_codes
from tests.cast import KEEPER
from tests.desk.looks import SIZES, axe, context, served, unreached
from tests.desk.office import PASSWORD, Office, office_on, template
from tests.desk.webhooks.logged import add_logged
from tests.slow import slow_unless
from tests.station import Station, config_text

pytestmark = pytest.mark.browser
PATHS = (
    "/desk/login",
    "/desk/wan-signin",
    "/desk/security/",
    "/desk/confirm/",
    "/desk/change",
    "/desk/tf-setup",
    "/desk/wan-register",
    "/desk/mf-recovery-codes",
    "/desk/people/",
    "/desk/people/new",
    "/desk/people/hoa",
    "/desk/audit/",
    "/desk/tokens/",
    "/desk/webhooks/",
    "/desk/webhooks/1",
    "/api/",
    "/desk/khong-co",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, str]]:
    made = office_on(template(tmp_path_factory.mktemp("template")), tmp_path_factory.mktemp("house"))
    add_logged(made.db)
    made.later(minutes=1)
    with served(made) as address:
        yield made, address
    made.db.close()


@pytest.mark.parametrize("size", slow_unless(("1920x1080", "390x844"), SIZES))
@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_violation_and_does_not_scroll_sideways(
    browser: Browser, house: tuple[Office, str], path: str, size: str
) -> None:
    office, address = house
    who = None if path in ("/desk/login", "/desk/wan-signin") else KEEPER
    across, down = SIZES[size]
    made = context(browser, office, address, who, viewport={"width": across, "height": down})
    page = made.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(path)
    assert axe(page) == []
    assert refused == []
    made.close()


@pytest.mark.parametrize("path", ["/desk/webhooks/", "/desk/webhooks/1"])
def test_webhooks_are_managed_by_keyboard(browser: Browser, house: tuple[Office, str], path: str) -> None:
    office, address = house
    made = context(browser, office, address, KEEPER)
    page = made.new_page()
    page.goto(path)
    assert unreached(page) == []
    if path.endswith("1"):
        again = page.get_by_role("button", name="Gửi lại").first
        again.focus()
        again.press("Enter")
        expect(page.get_by_text("Đang gửi").first).to_be_visible()
    made.close()


def test_from_an_empty_store_to_a_keeper_with_codes_and_a_passkey(
    browser: Browser, stations: Callable[[str], Station], tmp_path: Path
) -> None:
    station = stations(config_text(["xa-minh-tan"])).start(worker=False)
    page = browser.new_page(locale="vi-VN")
    becomes_keeper(page, first_link(station))
    secret = sets_up_codes(page)
    expect(page.get_by_text("Mã trên điện thoại đang dùng.")).to_be_visible()

    # a passkey of a virtual authenticator
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    authenticator = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    page.get_by_role("link", name="Thêm khóa truy cập").click()
    page.get_by_label("Tên để nhận ra").fill("Máy cơ quan")
    page.get_by_label("Thay cho cả mật khẩu").check()
    page.get_by_role("button", name="Tạo khóa").click()
    expect(page.get_by_role("button", name="Xóa khóa Máy cơ quan")).to_be_visible()

    # signs out, and in again by password and code
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.get_by_label("Tên đăng nhập hoặc thư điện tử").fill("tuan")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Mã xác nhận").fill(code_of(secret, 1))
    page.get_by_role("button", name="Vào").click()
    expect(page.locator(".me-name")).to_have_text("Phạm Anh Tuấn")

    # signs out, and in again by the passkey alone
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.get_by_role("link", name="Dùng khóa truy cập").click()
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.locator(".me-name")).to_have_text("Phạm Anh Tuấn")

    # invites a person with a role
    page.goto(f"{station.address}/desk/people/new")
    page.get_by_label("Họ và tên").fill("Nguyễn Thị Hoa")
    page.get_by_label("Tên đăng nhập").fill("hoa")
    page.get_by_label("Thư điện tử").fill("hoa@example.vn")
    page.get_by_label("Vai trò").select_option("operator")
    page.get_by_label("Đơn vị").select_option("xa-minh-tan")
    page.get_by_role("button", name="Mời").click()
    expect(page.locator("code.link")).to_contain_text("/desk/welcome/")
    assert [one.role for one in people.get(station.store, "hoa").grants] == ["operator"]
    page.close()


HELD = """<form method="get" action="/desk/login"><button data-hold="1" name="held" value="yes">Giữ</button></form>"""


def test_a_button_that_is_held_does_nothing_when_it_is_only_tapped(
    browser: Browser, house: tuple[Office, str]
) -> None:
    office, address = house
    made = context(browser, office, address, KEEPER)
    page = made.new_page()
    page.goto("/desk/security/")
    page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('afterbegin', html)", HELD)
    button = page.locator("main button[data-hold]")
    expect(button).to_have_attribute("data-prepared", "yes")
    button.click()
    button.press("Enter")
    assert page.url.endswith("/desk/security/")
    button.hover()
    with page.expect_request(re.compile("held=yes")):
        page.mouse.down()
    page.mouse.up()
    made.close()
