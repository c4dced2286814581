"""Takes screenshots of the running desk for the documentation: ``python -m tests.browser.desk_pictures OUT``.

They show the shipped boards with a few paired screens, one of them offline, and an urgent notice: first its form,
then its page with the number of screens that show it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from tests.browser.glass import settled
from tests.browser.pictures import shipped_all_day
from tests.browser.storm import paired, signed_in
from tests.chromium import launch
from tests.desk.looks import hold
from tests.station import Station, until
from tests.swarm import Swarm

SCREENS = {"hoi-truong": ("Sảnh", 3), "xa-minh-tan": ("Trụ sở", 2), "pho-dong-hai": ("Ngã tư", 2)}
WIDE: ViewportSize = {"width": 1600, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


def main(out: Path) -> None:
    """Saves screenshots of the wall and of an urgent notice before and after sending, on a desktop and a phone."""
    out.mkdir(parents=True, exist_ok=True)
    os.environ["BANGTIN_PEOPLE__SECOND_FACTOR"] = "false"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver, ExitStack() as stack:
        station = shipped_all_day(Path(folder))
        stack.callback(station.close)
        station.start()
        until(lambda: len(station.titles("hoi-truong")) >= 9, "the sample stories")
        browser = launch(driver.chromium)
        stack.callback(browser.close)
        context = browser.new_context(base_url=station.address, locale="vi-VN", viewport=WIDE)
        page = signed_in(station, context, "hoi-truong")
        _awake(station, stack)
        page.goto("/desk/wall/")
        expect(page.locator("main")).to_contain_text("6 trên 7")
        settled(page)
        page.screenshot(path=out / "desk-wall.png")
        _write(page)
        page.screenshot(path=out / "desk-urgent.png")
        page.set_viewport_size(PHONE)
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=out / "desk-urgent-phone.png")
        page.set_viewport_size(WIDE)
        hold(page, "Phát ngay")
        expect(page.locator(".counter .missing dd")).to_have_text("1")
        page.keyboard.up("Enter")
        page.screenshot(path=out / "desk-count.png")


def _awake(station: Station, stack: ExitStack) -> None:
    """Connects all screens except the last of the last board; threads answer their pings until ``stack`` closes."""
    stop = threading.Event()
    for board, (name, count) in SCREENS.items():
        keys = paired(station, board, count, name)
        there = count - (board == "pho-dong-hai")
        swarm = stack.enter_context(Swarm(station.port, board, there, keys, proves=True).connect())
        thread = threading.Thread(target=swarm.pump, args=(stop.is_set, 600))
        thread.start()
        stack.callback(thread.join)
    stack.callback(stop.set)


def _write(page: Page) -> None:
    page.goto("/desk/urgent/")
    page.locator("label.chip", has_text="Bão").click()
    page.get_by_label("Tất cả các đơn vị của tôi").check()
    expect(page.locator("#check")).to_contain_text("3 bảng tin")
    expect(page.locator(".preview iframe").first).to_be_visible()
    settled(page)
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
