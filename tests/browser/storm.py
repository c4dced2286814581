"""Signs an editor in to the desk and pairs screens, for browser tests and benchmarks of urgent notices."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from server.core.policy import Grant
from server.store.people import one_time_links, people
from server.store.screens import pairing
from tests.cast import EDITOR
from tests.station import Station

PASSWORD = "bốn con ngựa đứng ven sông"
ONE_FACTOR = "[people]\nsecond_factor = false\n"
# Selects, on a notice's page, the number of screens that show it.
SHOWN = "#progress dd >> nth=3"


def signed_in(station: Station, context: BrowserContext, board: str = "minh-tan") -> Page:
    """Creates an editor, sets her password by a one-time link, and returns a page where she is signed in.

    The server's time is read from the state of ``board``.
    """
    db, now = station.store, station.now(board)
    made = people.add(db, username="lan", name=EDITOR.name, email="lan@x.vn", actor="os:root", now=now)
    people.grant(db, "lan", Grant("editor", "tinh"), by=None, actor="os:root", now=now)
    token = one_time_links.make(
        db, "invite", person=made.id, by="os:root", now=now, lasts=one_time_links.INVITE_LASTS
    )
    page = context.new_page()
    page.goto(f"{station.address}/desk/welcome/{token}")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=again]").fill(PASSWORD)
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_role("link", name="Tin khẩn")).to_be_visible()
    return page


def paired(station: Station, board: str, count: int, name: str) -> list[tuple[int, str]]:
    """Pairs ``count`` screens with a board; returns the number and key of each."""
    now, made = station.now(board), []
    for number in range(count):
        code, secret, _ = pairing.open_code(station.store, now)
        pairing.claim(station.store, code, board=board, name=f"{name} {number}", phone="", actor="lan", now=now)
        collected = pairing.collect(station.store, code, secret, now)
        assert collected is not None
        made.append((collected.screen, collected.key))
    return made
