"""Script typed into any text field does not run in a real browser; no page violates its Content-Security-Policy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from server.content.board_content import board_content
from server.content.store_snapshot import read_snapshot
from server.core.model import Format
from server.desk.gallery.page import page as page_of
from server.slides.render import Renderer
from server.slides.specimens import Specimen
from tests.attacks.test_stored_script import MARK, OF_ITEMS, PAGES, PAYLOADS, attack_everything
from tests.desk.looks import context, served
from tests.desk.office import EVERYTHING, Office
from tests.web.site import BASE, site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
# Records that a payload ran, and each violation of the Content-Security-Policy.
_WATCH = f"""
  window.{MARK} = () => window.reported.push("a payload ran");
  window.reported = [];
  addEventListener("securitypolicyviolation", (event) =>
    window.reported.push(`${{event.violatedDirective}} ${{event.blockedURI}} ${{event.sample}}`));
"""


def reported(tab: Page, address: str) -> list[str]:
    """Opens a page; returns what ran or was blocked in it and in its frames, as "ADDRESS: WHAT"."""
    tab.goto(address, wait_until="load")
    return [f"{address}: {one}" for frame in tab.frames for one in frame.evaluate("window.reported ?? []")]


def test_a_planted_script_is_reported(browser: Browser) -> None:
    with site({"/planted": f"<!doctype html><script>{MARK}()</script><p>x"}) as address:
        tab = browser.new_page()
        tab.add_init_script(_WATCH)
        found = reported(tab, f"{address}/planted")
        tab.close()
    assert found


def test_no_payload_runs_on_the_desk_the_public_pages_and_the_glass(browser: Browser, office: Office) -> None:
    attack_everything(office, PAYLOADS["all"])
    with served(office) as address:
        made = context(browser, office, address, EVERYTHING)
        made.add_init_script(_WATCH)
        tab = made.new_page()
        assert [one for path in (*PAGES, *OF_ITEMS) for one in reported(tab, path)] == []
        made.close()
    snapshot = read_snapshot(office.db, office.now + timedelta(minutes=1))
    slides = [slide for board in snapshot.boards for slide in board_content(Renderer(), snapshot, board).slides]
    cases = [Specimen(f"s{at}", "story", Format(), slide) for at, slide in enumerate(slides)]
    with site({f"/{case.name}": page_of(case, root=BASE) for case in cases}) as address:
        tab = browser.new_page()
        tab.add_init_script(_WATCH)
        assert [one for case in cases for one in reported(tab, f"{address}/{case.name}")] == []
        tab.close()
