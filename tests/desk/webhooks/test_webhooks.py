"""The pages of webhooks: adding one, its secret, its log, switching it off, deleting it, and the audit of these."""

from __future__ import annotations

import re

import pytest

from server.store.audit import audit
from server.store.notifications import webhooks, webhooks_deliveries
from tests.cast import KEEPER
from tests.desk.office import Browser, Office

FORM = {
    "name": "Phần mềm một cửa",
    "url": "https://nhan.example.vn/bang-tin?khoa=123",
    "areas": ["xa-minh-tan"],
    "events": ["announcement.approved", "notice.sent"],
}
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


def added(office: Office) -> tuple[Browser, str]:
    """A keeper's browser in which a webhook was added, and the page that followed."""
    browser = office.browser(KEEPER)
    return browser, browser.post("/desk/webhooks/", FORM).text


def test_the_secret_of_a_new_webhook_is_shown_once(office: Office) -> None:
    browser, page = added(office)
    assert SECRET.search(page)
    assert not SECRET.search(browser.get("/desk/webhooks/1").text)
    listed = browser.get("/desk/webhooks/").text
    assert "Phần mềm một cửa" in listed
    assert "Tin khẩn được phát" in listed
    (hook,) = webhooks.listed(office.db)
    assert (hook.url, hook.areas, hook.events) == (FORM["url"], ("xa-minh-tan",), tuple(FORM["events"]))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"url": "http://nhan.example.vn/"}, "Địa chỉ phải bắt đầu bằng https://"),
        ({"url": "https://192.168.1.9/"}, "Đây là máy nội bộ"),
        ({"url": "https://an:mat-khau@nhan.example.vn/"}, "không được chứa tên đăng nhập"),
        ({"url": "nhan"}, "Đây không phải địa chỉ web"),
        ({"areas": []}, "Hãy chọn ít nhất một đơn vị"),
        ({"events": []}, "Hãy chọn ít nhất một việc"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(office: Office, change: dict[str, object], sentence: str) -> None:
    page = office.browser(KEEPER).post("/desk/webhooks/", {**FORM, **change}).text
    assert sentence in page
    assert 'value="Phần mềm một cửa"' in page
    assert webhooks.listed(office.db) == ()


def test_the_log_says_what_became_of_a_test(office: Office) -> None:
    browser, _ = added(office)
    browser.post("/desk/webhooks/1/test")
    page = browser.get("/desk/webhooks/1").text
    assert "Gửi thử" in page
    assert "Đang gửi" in page
    attempt = webhooks_deliveries.next_due(office.db, 1, office.now)
    assert attempt is not None
    outcome = webhooks_deliveries.Outcome("failed", 404, "http")
    webhooks_deliveries.note(office.db, attempt, outcome, office.now)
    page = browser.get("/desk/webhooks/1").text
    assert "Ở máy nhận không có địa chỉ này: hãy sửa địa chỉ." in page
    assert "HTTP 404" in page
    browser.post(f"/desk/webhooks/1/deliveries/{attempt.id}/resend")
    (line,) = webhooks_deliveries.log(office.db, 1, most=9)
    assert (line.state, line.tries) == ("waiting", 0)


def test_each_act_is_in_the_audit_without_secrets(office: Office) -> None:
    browser, _ = added(office)
    browser.post("/desk/webhooks/1", {**FORM, "name": "Một cửa xã"})
    assert SECRET.search(browser.post("/desk/webhooks/1/secret").text)
    browser.post("/desk/webhooks/1/off")
    assert "Đang dừng từ" in browser.get("/desk/webhooks/1").text
    browser.post("/desk/webhooks/1/on")
    browser.post("/desk/webhooks/1/remove")
    records = [one for one in audit.all(office.db) if one.subject == "webhook/1"]
    assert [one.act.partition(".")[2] for one in records] == ["make", "change", "renew", "off", "on", "remove"]
    assert {one.actor for one in records} == {KEEPER.slug}
    assert "whsec_" not in str(records)
    assert "khoa=123" not in str(records)
    assert browser.get("/desk/webhooks/1").status_code == 404
