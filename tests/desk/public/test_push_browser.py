"""The page of Web Push in a real Chromium: pressed, stopped, without script, and what axe finds.

Headless Chromium has no push service, so `PushManager.subscribe` and the question for permission are replaced in the
page; service worker, page, requests and store are real.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.store.notices import notices
from server.store.notifications import push_browsers
from tests import cast
from tests.cast import EDITOR, KEEPER, NOW
from tests.desk.looks import axe, context, served, unreached
from tests.desk.office import Office
from tests.desk.public.test_push import keys, pushing

pytestmark = [pytest.mark.browser]
__all__ = ["pushing"]  # a fixture that pytest finds by its name here
PHONE = {"width": 390, "height": 844}
PICTURES = os.environ.get("PUSH_PICTURES", "")


def edge() -> str:
    """The script that stands for the push service and the citizen's "Allow"."""
    made = keys()
    return f"""
    const made = {{ now: null }};
    Object.defineProperty(Notification, "permission", {{ get: () => "default" }});
    Notification.requestPermission = async () => "granted";
    PushManager.prototype.getSubscription = async () => made.now;
    PushManager.prototype.subscribe = async (options) => {{
      const text = options.applicationServerKey.replaceAll("-", "+").replaceAll("_", "/");
      const key = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
      const told = {{ endpoint: "https://fcm.googleapis.com/fcm/send/abc",
        keys: {{ p256dh: "{made["p256dh"]}", auth: "{made["auth"]}" }} }};
      made.now = {{ endpoint: told.endpoint, options: {{ applicationServerKey: key }}, toJSON: () => told,
        unsubscribe: async () => {{ made.now = null; return true; }} }};
      return made.now;
    }};
    """


def seen(page: Page, name: str) -> list[str]:
    """The findings of axe; with PUSH_PICTURES set to a folder, also a picture there."""
    page.evaluate("document.fonts.ready")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    return axe(page)


def test_a_press_asks_and_a_press_stops(pushing: Office, browser: Browser) -> None:
    with served(pushing) as address:
        made = context(browser, pushing, address, None, viewport=PHONE, permissions=["notifications"])
        made.add_init_script(edge())
        page = made.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto("/push/xa-minh-tan")
        ask, stop = page.get_by_role("button", name="Nhận tin khẩn"), page.get_by_role("button", name="Thôi nhận tin")
        expect(ask).to_be_enabled()
        assert seen(page, "push-ready") == []
        assert push_browsers.counts(pushing.db) == {}, "nothing is stored before a press"
        page.locator("[data-state=ready] input").check()
        ask.click()
        expect(stop).to_be_enabled()
        assert push_browsers.areas_with_reminders(pushing.db) == ("xa-minh-tan",)
        assert seen(page, "push-on") == []
        stop.click()
        expect(ask).to_be_enabled()
        assert push_browsers.counts(pushing.db) == {}
        assert faults == []
        made.close()


def test_pages_are_read_by_keyboard_at_200_percent_and_on_paper(pushing: Office, browser: Browser) -> None:
    drill = cast.notice(areas=("xa-minh-tan",), headline="Diễn tập: sơ tán thôn Đông", exercise=True)
    notice = notices.post(pushing.db, drill, actor=EDITOR.slug, now=NOW)
    paths = {"/push/xa-minh-tan": "localhost", f"/notice/{notice.id}": "DIỄN TẬP, không có thật"}
    with served(pushing) as address:
        made = context(browser, pushing, address, None, viewport={"width": 640, "height": 512})
        page = made.new_page()
        for path, printed in paths.items():
            page.goto(path)  # a window of 1280 pixels at 200 % zoom
            assert page.evaluate("document.documentElement.scrollWidth") <= 640
            assert unreached(page) == []
            page.emulate_media(media="print")
            expect(page.locator(".on-paper")).to_contain_text(printed)
            expect(page.locator(".on-paper")).to_be_visible()
            expect(page.get_by_role("button")).to_have_count(0)
            page.emulate_media(media="screen")
            expect(page.locator(".on-paper")).to_be_hidden()
        made.close()


def test_pages_are_whole_without_script_in_both_languages(pushing: Office, browser: Browser) -> None:
    notice = notices.post(pushing.db, cast.notice(areas=("xa-minh-tan",)), actor=EDITOR.slug, now=NOW)
    with served(pushing) as address:
        for language, words in (("vi", "đang tắt"), ("en", "which is off")):
            made = context(
                browser, pushing, address, None, viewport=PHONE, java_script_enabled=False, bypass_csp=True
            )
            made.add_cookies([{"name": "language", "value": language, "url": address}])
            page = made.new_page()
            for path in ("/push/xa-minh-tan", f"/notice/{notice.id}", "/board/xa-minh-tan?list=1"):
                page.goto(path)
                if PICTURES:
                    name = f"{path.split('?')[0].strip('/').replace('/', '-')}-{language}.png"
                    page.screenshot(path=Path(PICTURES) / name, full_page=True)
            page.goto("/push/xa-minh-tan")
            expect(page.locator("[data-state=without]")).to_contain_text(words)
            expect(page.locator("[data-state=ready]")).to_be_hidden()
            made.close()
        made = context(browser, pushing, address, None, viewport=PHONE)
        page = made.new_page()
        page.goto(f"/notice/{notice.id}")
        assert seen(page, "notice") == []
        page.goto("/board/xa-minh-tan?list=1")
        assert seen(page, "list") == []
        page.route("**/push.js", lambda route: route.abort())  # axe is a script itself, so only the page's own is off
        page.goto("/push/xa-minh-tan")
        assert seen(page, "push-without") == []
        made.close()
        if PICTURES:
            made = context(browser, pushing, address, KEEPER, viewport={"width": 1600, "height": 900})
            page = made.new_page()
            page.goto("/desk/areas/")
            seen(page, "desk-areas")
            made.close()
