"""A screen is paired at the desk, shows its board and is revoked; kill -9 loses no acknowledged receipt."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from server.core.policy import Grant
from server.setup.config_file import load
from server.store.audit import audit
from server.store.people import people
from server.store.screens import pairing, plays, screens
from tests.browser.glass import VISIBLE, chromium
from tests.cast import EDITOR
from tests.desk.looks import axe, hold
from tests.desk.office import Office
from tests.live.raw import Gone, RawScreen
from tests.station import Station, config_text, until

pytestmark = pytest.mark.browser
BOARD = "phong-hop"
# The longest allowed time from revoking a screen to closing its connection, by the server's log.
CUT_WITHIN = timedelta(seconds=2)


@pytest.fixture
def closed(stations: Callable[[str], Station]) -> Station:
    """A running station with one board, which is not public, and an editor of the province."""
    text = config_text([BOARD]).replace("public = true", "public = false") + "\n[people]\nsecond_factor = false\n"
    station = stations(text)
    station.start(worker=False)
    people.add(
        station.store,
        username=EDITOR.slug,
        name=EDITOR.name,
        email="lan@example.vn",
        actor="os:root",
        now=now(station),
    )
    grant = Grant(EDITOR.role, EDITOR.area)
    people.grant(station.store, EDITOR.slug, grant, by=None, actor="os:root", now=now(station))
    return station


@pytest.fixture
def desk(closed: Station, browser: Browser) -> Iterator[Page]:
    """A page of the desk where the editor is signed in, in another browser context than the device's."""
    office = Office(closed.data, closed.store, now=now(closed), config=load(closed.config, {}))
    cookie = office.browser(EDITOR).client.get_cookie("bangtin")
    assert cookie is not None
    context: BrowserContext = browser.new_context(base_url=closed.address, reduced_motion="reduce")
    context.add_cookies([{"name": "bangtin", "value": cookie.value, "url": closed.address}])
    page = context.new_page()
    yield page
    context.close()


def now(station: Station) -> datetime:
    """The server's time, from the last line of its log."""
    lines = [json.loads(line) for line in station.log().splitlines() if line.startswith("{")]
    return datetime.fromisoformat(lines[-1]["timestamp"])


def logged(station: Station, event: str) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in station.log().splitlines() if line.startswith("{"))
    return [line for line in lines if line["event"] == event]


def code_on(device: Page) -> str:
    expect(device.locator("html[data-pairing=code]")).to_be_attached()
    return device.locator("#pairing-first").inner_text() + device.locator("#pairing-second").inner_text()


def test_a_device_is_paired_at_the_desk_shows_its_board_and_is_cut_when_revoked(
    closed: Station, desk: Page, driver: BrowserType, tmp_path: Path
) -> None:
    closed.announce(BOARD, "Họp chi bộ thứ Năm", now(closed))
    with chromium(driver, tmp_path / "device") as context:
        device = context.new_page()
        device.goto(f"{closed.address}/screen")
        desk.goto("/desk/screens/new")
        desk.get_by_label("Tám chữ trên màn hình").fill(code_on(device).lower())
        desk.get_by_label("Tên màn hình").fill("Phòng họp tầng 2")
        assert axe(desk) == []
        desk.get_by_role("button", name="Ghép").click()
        device.locator(f"{VISIBLE} :text('Họp chi bộ thứ Năm')").wait_for()
        (screen,) = screens.all(closed.store)
        assert (screen.name, screen.board, screen.paired_by) == ("Phòng họp tầng 2", BOARD, EDITOR.slug)
        assert closed.get(f"/board/{BOARD}")[0] == closed.get(f"/glass/state?board={BOARD}")[0] == 404

        # The wall shows the same slide, and that the screen is online.
        desk.goto("/desk/wall/")
        tile = desk.locator(".tile", has_text="Phòng họp tầng 2")
        tile.get_by_text("Họp chi bộ thứ Năm").wait_for()
        expect(desk.locator("#wall-playing")).to_have_text("1 trên 1 màn hình đang phát")
        assert axe(desk) == []

        desk.goto(f"/desk/screens/{screen.id}")
        assert axe(desk) == []
        hold(desk, "Thu hồi màn hình này")
        desk.wait_for_url("**/desk/screens/")
        (cut,) = until(lambda: logged(closed, "screen revoked"), "the cut")
        revoked = screens.get(closed.store, screen.id).revoked
        assert revoked is not None
        assert datetime.fromisoformat(cut["timestamp"]) - revoked < CUT_WITHIN
        assert cut["cut"] == 1
        assert len(code_on(device)) == 8
        assert device.locator(VISIBLE).count() == 0
    assert [act.act for act in audit.all(closed.store) if act.subject == f"screen/{screen.id}"] == [
        "screen.pair",
        "screen.join",
        "screen.revoke",
    ]


# receipts


class Witness(threading.Thread):
    """A screen that sends one receipt after another until its server is gone.

    ``said`` counts the receipts that were sent, ``acknowledged`` those that the server acknowledged.
    """

    def __init__(self, port: int, id: int, key: str, hash: str, begin: int) -> None:
        super().__init__(daemon=True)
        self._raw, self._hash, self._begin = RawScreen(port), hash, begin
        assert self._raw.connect({"screen": id, "key": key}).startswith("40")
        self.acknowledged = self.said = 0

    def run(self) -> None:
        try:
            while True:
                at = self._begin + self.said
                self.said += 1
                if self._raw.call("receipts", [{"id": self._hash, "kind": "shown", "at": at}]) == [True]:
                    self.acknowledged += 1
        except (Gone, OSError):
            self._raw.close()


def test_no_receipt_that_was_acknowledged_is_lost_by_kill_9(closed: Station) -> None:
    at = now(closed)
    closed.announce(BOARD, "Niêm yết", at)
    keys = []
    for _ in range(6):
        code, secret, _ = pairing.open_code(closed.store, at)
        pairing.claim(closed.store, code, BOARD, actor=EDITOR.slug, now=at)
        got = pairing.collect(closed.store, code, secret, at)
        assert got is not None
        keys.append((got.screen, got.key))
    hash = until(lambda: first_slide(closed, keys[0]), "the announcement on the board")
    begin = int(at.timestamp() * 1_000)
    witnesses = [Witness(closed.port, id, key, hash, begin) for id, key in keys]
    for witness in witnesses:
        witness.start()
    until(lambda: all(witness.acknowledged >= 3 for witness in witnesses), "some receipts")
    closed.kill9_server()
    for witness in witnesses:
        witness.join(30)
    found = plays.proofs(closed.store, boards=[BOARD], first="2000-01-01", last="2999-01-01")
    kept = sum(proof.count for proof in found)
    assert sum(witness.acknowledged for witness in witnesses) <= kept <= sum(witness.said for witness in witnesses)


def first_slide(station: Station, key: tuple[int, str]) -> str:
    """The hash of the first slide of the announcement "Niêm yết" in a screen's `state`; "" if there is none yet.

    ``key`` is the screen's number and key.
    """
    raw = RawScreen(station.port)
    try:
        assert raw.connect({"screen": key[0], "key": key[1]}).startswith("40")
        state = json.loads(raw.wait("42")[2:])[1]
        slides = [slide["hash"] for slide in state["lap"]["slides"] if slide["title"] == "Niêm yết"]
        return slides[0] if slides else ""
    finally:
        raw.close()
