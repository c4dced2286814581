"""Pages of sources in a real Chromium: held stories, decided by keyboard or on a telephone; the page of a mailbox."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from server.core.model import MailSettings, Source
from server.store.sources import sources, stories, story_queries
from tests import cast
from tests.cast import EDITOR, KEEPER, NOW, TIN_XA
from tests.desk.looks import axe, context, served
from tests.desk.office import Office

pytestmark = pytest.mark.browser
SIZES = {"desk": (1600, 900), "telephone": (390, 844)}


def opened(browser: Browser, office: Office, address: str, size: str, person: cast.Person) -> Page:
    across, down = SIZES[size]
    page = context(browser, office, address, person, viewport={"width": across, "height": down}).new_page()
    return page


@pytest.mark.parametrize("size", SIZES)
def test_stories_of_a_source_are_ticked_and_approved_by_keyboard(browser: Browser, office: Office, size: str) -> None:
    dai = cast.source("dai", name="Đài xã", trust="hold")
    sources.save(office.db, dai, actor=KEEPER.slug, now=NOW)
    for source in (TIN_XA, dai):
        entries = [cast.entry(f"{source.slug}{n}", title=f"Tin số {n} của {source.name}", link="") for n in (1, 2)]
        stories.save(office.db, source, entries, images={}, now=NOW)
    with served(office) as address:
        page = opened(browser, office, address, size, EDITOR)
        page.goto("/desk/sources/held")
        approve = page.get_by_role("button", name="Duyệt những tin đã chọn")
        expect(approve).to_be_disabled()
        expect(page.locator(".look iframe").first).to_be_visible()
        assert axe(page) == []
        page.get_by_label("Đài xã (2)").focus()
        page.keyboard.press("Space")
        expect(page.locator(".chosen")).to_have_text("Đã chọn 2 tin")
        expect(approve).to_be_in_viewport()
        approve.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".message.good")).to_have_text("Đã duyệt 2 tin.")
        expect(page.locator("article")).to_have_count(2)
        page.locator("a.look").first.click()
        expect(page.locator(".large iframe").first).to_be_visible()
        page.context.close()
    found = {one.state for one in story_queries.of_source(office.db, "dai", most=9)}
    assert found == {"approved"}


def test_choosing_the_area_of_a_new_source_ticks_its_boards(browser: Browser, office: Office) -> None:
    with served(office) as address:
        page = opened(browser, office, address, "desk", KEEPER)
        page.goto("/desk/sources/look")
        expect(page.get_by_label("Hội trường tỉnh")).to_be_checked()
        page.get_by_label("Tin của đơn vị").select_option("xa-minh-tan")
        expect(page.get_by_label("Trụ sở xã Minh Tân")).to_be_checked()
        expect(page.get_by_label("Hội trường tỉnh")).not_to_be_checked()
        page.get_by_label("Hội trường tỉnh").check()
        page.get_by_label("Tin của đơn vị").select_option("tinh")
        expect(page.get_by_label("Trụ sở xã Minh Tân")).to_be_checked()
        assert axe(page) == []
        page.context.close()


def test_what_follows_the_facts_of_a_mailbox_stands_apart_from_them(browser: Browser, office: Office) -> None:
    made = Source("thu", "Thư của các xã", "mail", "imaps://thu.tinh.vn/INBOX", area="tinh", mail=MailSettings("xa"))
    sources.save(office.db, made, actor=KEEPER.slug, now=NOW)
    with served(office) as address:
        page = opened(browser, office, address, "desk", KEEPER)
        page.goto("/desk/sources/thu")
        facts = page.locator("dl.facts").first.bounding_box()
        after = page.locator("dl.facts + *").first.bounding_box()
        assert facts is not None
        assert after is not None
        assert after["y"] - (facts["y"] + facts["height"]) >= 8
