"""An editor in a real Chromium sends an urgent notice to a hundred screens and sees how many show it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.store.audit import audit
from tests.browser.storm import ONE_FACTOR, SHOWN, paired, signed_in
from tests.browser.test_screens import CUT_WITHIN, logged
from tests.desk.looks import hold
from tests.station import PATIENCE, Station, config_text, until
from tests.swarm import Swarm

pytestmark = pytest.mark.browser
SCREENS = 100


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    made = Station.of(tmp_path, config_text(["minh-tan", "dong-hai"]) + ONE_FACTOR)
    try:
        yield made.start(worker=False)
    finally:
        made.close()


@pytest.fixture
def desk(station: Station, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=station.address, locale="vi-VN", viewport={"width": 1600, "height": 900})
    yield signed_in(station, context)
    context.close()


def test_three_presses_reach_every_screen_and_two_take_it_off(station: Station, desk: Page) -> None:
    keys = paired(station, "minh-tan", SCREENS, "Màn hình")
    away = paired(station, "dong-hai", 1, "Cổng chợ")
    with Swarm(station.port, "minh-tan", SCREENS, keys, proves=True).connect() as swarm:
        desk.get_by_role("link", name="Tin khẩn").click()
        desk.locator("label.chip", has_text="Bão").click()
        desk.get_by_label("Tất cả các đơn vị của tôi").check()
        # The prepared text comes with the page's script, which may load after the chip was clicked.
        expect(desk.locator("#headline")).to_have_value("Bão đổ bộ vào tỉnh Hưng Yên: ở yên trong nhà")
        hold(desk, "Phát ngay")
        swarm.pump(lambda: swarm.all_heard("notice"), PATIENCE, "the notice on every screen")
        desk.keyboard.up("Enter")
        # The count changes only while the swarm answers pings, so both are polled in turns.
        swarm.pump(lambda: desk.locator(SHOWN).count() == 1 and desk.locator(SHOWN).inner_text() == str(SCREENS),
                   PATIENCE, "the count")  # fmt: skip
        expect(desk.locator(".counter .missing dd")).to_have_text("1")
        expect(desk.locator("#progress table").first).to_contain_text("Cổng chợ 0")
        with Swarm(station.port, "dong-hai", 1, away, proves=True).connect() as late:
            notice = late.clients[0].notices
            assert [one["title"] for one in notice] == ["Bão đổ bộ vào tỉnh Hưng Yên: ở yên trong nhà"]
        desk.locator("summary", has_text="Gỡ tin").click()
        desk.get_by_role("button", name="Gỡ khỏi mọi màn hình").click()
        swarm.pump(lambda: swarm.all_heard("clear"), PATIENCE, "the clearing")
    expect(desk.locator(".stands")).to_contain_text("Đã gỡ")


def test_whoever_is_suspended_is_cut_from_the_wall_and_sees_nothing_more(station: Station, desk: Page) -> None:
    desk.goto("/desk/wall/")
    expect(desk.locator("main")).to_contain_text("màn hình")
    done = station.cli("user", "suspend", "lan")
    assert done.returncode == 0, done.stderr
    (cut,) = until(lambda: logged(station, "wall closed"), "the cut")
    (act,) = [one for one in audit.all(station.store) if one.act == "person.suspend"]
    assert datetime.fromisoformat(cut["timestamp"]) - act.at < CUT_WITHIN
    desk.goto("/desk/wall/")
    desk.wait_for_url("**/desk/login**")
