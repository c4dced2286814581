"""Screens with a wrong clock, full or slow storage, or a page whose version differs from the server's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, Route, WebSocketRoute

from tests.browser.evening import lap_of, plan, turns
from tests.browser.glass import SIZE, VISIBLE, Glass, chromium
from tests.station import Station, config_text, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
BOARD = "bang-kho"
DAY = 86_400_000
WRONG_CLOCK = "const right = Date.now.bind(Date); Date.now = () => right() + ({off});"

# The DevTools quota applies to caches only, so a full IndexedDB is simulated: every write transaction aborts.
FILLABLE = """
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...words) {
    const transaction = begin.apply(this, words);
    if (words[1] === "readwrite" && window.full) queueMicrotask(() => transaction.abort());
    return transaction;
  };
"""


@pytest.fixture
def station(stations: Callable[[str], Station]) -> Station:
    made = stations(config_text([BOARD])).start(worker=False)
    now = made.now(BOARD)
    for title in ("Tin luôn có", "Tin khác nữa"):
        made.announce(BOARD, title, now)
    made.announce(BOARD, "Tin có hạn", now, end=now + timedelta(hours=1))
    until(lambda: len(made.titles(BOARD)) == 3, "three announcements")
    return made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE, reduced_motion="reduce")  # type: ignore[arg-type] # a TypedDict
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("off", [DAY, -DAY], ids=["ahead", "behind"])
def test_a_device_whose_clock_is_a_day_off_shows_the_servers_time_and_lap(
    station: Station, page: Page, off: int
) -> None:
    page.add_init_script(WRONG_CLOCK.replace("{off}", str(off)))
    glass = Glass(page, station, BOARD).open()
    glass.wait_for(VISIBLE)
    glass.wait_for(f'#date-solar:text("{station.state(BOARD)["calendar"][0]["solar"]}")')
    since = round(station.now(BOARD).timestamp() * 1000)
    assert turns(glass.flips(3, since=since))[:3] == plan(lap_of(station.state(BOARD)), since, 3)


def test_switched_on_without_a_server_such_a_device_shows_only_what_has_no_time_limit(
    station: Station, driver: BrowserType, tmp_path: Path
) -> None:
    limited = station.hash_of(BOARD, "Tin có hạn")
    with ExitStack() as stack:

        def switched_on() -> Glass:
            context = stack.enter_context(chromium(driver, tmp_path / "profile"))
            context.add_init_script(WRONG_CLOCK.replace("{off}", str(-DAY)))
            return Glass(context.pages[0], station, BOARD).open()

        glass = switched_on()
        assert limited in {flip.hash for flip in glass.flips(4)}
        glass.wait_for_offline_worker()
        stack.close()
        station.kill9_server()
        cold = switched_on()
        cold.wait_for(VISIBLE)
        seen = {flip.hash for flip in cold.flips(4)}
        assert seen
        assert limited not in seen


def test_a_screen_without_room_to_store_anything_goes_on_from_memory(station: Station, page: Page) -> None:
    page.add_init_script(FILLABLE + "window.full = true;")
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": station.address, "quotaSize": 1})
    glass = Glass(page, station, BOARD).open()
    assert len({flip.hash for flip in glass.flips(4)}) == 3
    posted = station.push(BOARD, "Vỡ đê", station.now(BOARD), seconds=5)
    glass.wait_for(f'[data-notice="{posted.id}"]')
    glass.wait_for("[data-notice]", gone=True)
    station.kill9_server()
    since = glass.flips()[-1].at + 1
    assert len(glass.flips(2, since=since)) >= 2
    assert glass.faults == []


KEPT = """async (name) => {
  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const asking = indexedDB.open(name);
  // The page has not made its database yet: it must not be made here, without stores.
  asking.onupgradeneeded = () => asking.transaction.abort();
  const database = await settled(asking).catch(() => null);
  if (!database) return [];
  const keys = await settled(database.transaction("bodies").objectStore("bodies").getAllKeys());
  database.close();
  return keys;
}"""


def test_storage_that_fills_up_meanwhile_costs_nothing_and_what_it_refused_is_kept_once_there_is_room(
    station: Station, page: Page
) -> None:
    page.add_init_script(FILLABLE)
    glass = Glass(page, station, BOARD).open()

    def kept(title: str) -> bool:
        return station.hash_of(BOARD, title) in page.evaluate(KEPT, f"bangtin:{BOARD}")

    until(lambda: kept("Tin luôn có"), "what the screen has is written down")
    page.evaluate("window.full = true")
    station.announce(BOARD, "Tin lúc đầy", station.now(BOARD))
    glass.wait_for_slide("Tin lúc đầy")
    assert not kept("Tin lúc đầy")
    page.evaluate("window.full = false")
    station.announce(BOARD, "Tin lúc có chỗ", station.now(BOARD))
    until(lambda: kept("Tin lúc có chỗ"), "there is room again")
    assert kept("Tin lúc đầy")
    assert glass.faults == []


# Simulates a slow memory card: IndexedDB opens after 4 s, later than the page waits for it.
SLOW = """
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...words) {
    const request = open.apply(this, words);
    const late = { get result() { return request.result; }, get error() { return request.error; } };
    request.onupgradeneeded = (event) => late.onupgradeneeded?.(event);
    request.onsuccess = (event) => setTimeout(() => late.onsuccess?.(event), 4_000);
    return late;
  };
"""


def test_a_memory_that_is_slow_to_read_still_fills_the_glass_of_a_screen_without_a_server(
    station: Station, page: Page
) -> None:
    glass = Glass(page, station, BOARD).open()
    glass.wait_for_offline_worker()
    until(lambda: page.evaluate(KEPT, f"bangtin:{BOARD}"), "what the screen has is written down")
    glass.wait_for(VISIBLE)
    station.kill9_server()
    page.add_init_script(SLOW)
    glass.open()
    assert page.locator(VISIBLE).count() == 0
    glass.wait_for(VISIBLE)
    assert glass.faults == []


# Fields of the `state` message that the first version of the protocol did not have.
LATER = {"back", "themes", "side", "ticker"}
MESSAGE = re.compile(r"(4[23]\d*)(\[.*)", re.DOTALL)


def other(message: str | bytes) -> str | bytes:
    """The message as another version of the server would send it: some fields missing, an unknown one added."""
    found = MESSAGE.fullmatch(message) if isinstance(message, str) else None
    return message if found is None else found[1] + json.dumps(changed(json.loads(found[2])))


def changed(said: Any) -> Any:
    if isinstance(said, list):
        return [changed(one) for one in said]
    if not isinstance(said, dict):
        return said
    return {name: changed(value) for name, value in said.items() if name not in LATER} | {"la": {"moi": [1, None]}}


def between(wire: WebSocketRoute) -> None:
    server = wire.connect_to_server()
    server.on_message(lambda message: wire.send(other(message)))


def test_a_screen_understands_a_server_that_says_less_or_more_than_its_own(station: Station, page: Page) -> None:
    page.route_web_socket("**/socket.io/**", between)
    glass = Glass(page, station, BOARD).open()
    assert len({flip.hash for flip in glass.flips(4)}) == 3
    assert glass.link() == "live"
    posted = station.push(BOARD, "Vỡ đê", station.now(BOARD))
    glass.wait_for(f'[data-notice="{posted.id}"]')
    assert station.cli("clear", str(posted.id)).returncode == 0
    glass.wait_for("[data-notice]", gone=True)
    assert glass.faults == []


def older(route: Route) -> None:
    """Answers with the page, but with the build number of an older version; its scripts are the current ones."""
    answer = route.fetch()
    html = answer.text()
    begin = html.index('data-build="') + len('data-build="')
    route.fulfill(response=answer, body=html[:begin] + "cu" + html[html.index('"', begin) :])


def test_a_page_older_than_its_server_is_loaded_anew_between_slides_and_never_under_an_urgent_notice(
    station: Station, page: Page
) -> None:
    page.route(f"**/board/{BOARD}", older)
    # Pages spread their reloads over a minute at random; here the delay is fixed.
    page.add_init_script("Math.random = () => 0.02;")
    posted = station.push(BOARD, "Vỡ đê", station.now(BOARD))
    glass = Glass(page, station, BOARD).open()
    glass.wait_for(f'[data-notice="{posted.id}"]')
    # Rotation continues under the notice, and the outdated page is not reloaded meanwhile.
    glass.flips(3)
    assert len(glass.asked(f"/board/{BOARD}")) == 1
    with page.expect_request(lambda request: request.url.endswith(f"/board/{BOARD}")):
        assert station.cli("clear", str(posted.id)).returncode == 0
    glass.wait_for("[data-notice]", gone=True)
    # The reloaded page still has the old build number; it must not start an endless series of reloads.
    glass.wait_for(VISIBLE)
    glass.flips(2)
    assert len(glass.asked(f"/board/{BOARD}")) == 2
