"""Tests the pages of areas in a real Chromium, on a desktop screen and on a telephone.

The texts on a map are large enough, axe-core finds no fault, and an editor can save the place of an area.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.core.model import Point
from server.store.areas import areas
from tests.cast import KEEPER, MINH_TAN
from tests.desk.areas.places import circle, place
from tests.desk.areas.test_lists import CSV
from tests.desk.looks import axe, context, served
from tests.desk.office import Office

pytestmark = pytest.mark.browser
SIZES = {"desk": (1600, 900), "telephone": (390, 844)}
# The height of the smallest letters on the map, in CSS pixels.
LEAST_LETTERS = 11


def opened(browser: Browser, office: Office, address: str, size: str) -> Page:
    across, down = SIZES[size]
    page = context(browser, office, address, KEEPER, viewport={"width": across, "height": down}).new_page()
    return page


def letters(page: Page) -> list[float]:
    """The type size of each text on the page's map, in CSS pixels."""
    found: list[float] = page.eval_on_selector_all(
        ".area-map text", "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a)"
    )
    return found


@pytest.mark.parametrize("size", SIZES)
def test_a_new_place_is_seen_on_the_map_and_saved(
    browser: Browser, office: Office, tmp_path: Path, size: str
) -> None:
    place(office.db, "xa-dong-hai", circle(20.5, 106.2), Point(20.5, 106.2))
    file = tmp_path / "xa.geojson"
    file.write_text(circle(20.62, 106.03, points=400), encoding="utf-8")
    with served(office) as address:
        page = opened(browser, office, address, size)
        page.goto("/desk/areas/")
        assert axe(page) == []
        page.get_by_role("link", name="Xã Minh Tân").click()
        expect(page.get_by_text("Chưa có gì để vẽ bản đồ.")).to_be_visible()
        assert axe(page) == []
        page.get_by_label("Vị trí").fill("106,03 20,62")
        page.get_by_label("Đường bao mới").set_input_files(file)
        page.get_by_role("button", name="Xem lại trước khi lưu").click()
        expect(page.get_by_text("vĩ độ đứng trước")).to_be_visible()
        assert axe(page) == []
        page.get_by_label("Vị trí").fill("20,62 106,03")
        page.get_by_role("button", name="Xem lại trước khi lưu").click()
        expect(page.get_by_role("img", name="Bản đồ: Xã Minh Tân")).to_be_visible()
        assert axe(page) == []
        assert min(letters(page)) >= LEAST_LETTERS
        page.get_by_role("button", name="Lưu").click()
        expect(page.get_by_text("Đã lưu thay đổi của Xã Minh Tân.")).to_be_visible()
        page.context.close()
    saved = areas.get(office.db, MINH_TAN.slug)
    assert saved.point == Point(20.62, 106.03)
    assert [len(ring) for ring in saved.outline] == [401]


def test_lists_and_mergers_are_clear_on_a_telephone(browser: Browser, office: Office) -> None:
    with served(office) as address:
        page = opened(browser, office, address, "telephone")
        for path in ("import", "new", "xa-minh-tan/details", "xa-minh-tan/change"):
            page.goto(f"/desk/areas/{path}")
            assert axe(page) == [], path
        page.select_option("#target", "xa-dong-hai")
        page.get_by_role("button", name="Xem trước").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nhập xã Minh Tân vào xã Đông Hải")
        assert axe(page) == []
        page.get_by_role("button", name="Nhập ngay").click()
        expect(page.get_by_role("button", name="Hoàn tác")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["telephone"][0]


def test_back_leads_from_a_preview_and_to_it_without_an_error(
    browser: Browser, office: Office, tmp_path: Path
) -> None:
    file = tmp_path / "don-vi.csv"
    file.write_text(CSV, encoding="utf-8")
    with served(office) as address:
        page = opened(browser, office, address, "desk")
        page.goto("/desk/areas/import")
        page.locator("#file").set_input_files(file)
        page.get_by_role("button", name="Xem trước", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước, chưa lưu gì")
        page.get_by_role("button", name="Nhập 2 đơn vị").click()
        expect(page.get_by_text("Đã nhập: 2 đơn vị")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nhập danh sách đơn vị")
        page.goto("/desk/areas/xa-minh-tan/change")
        page.select_option("#target", "xa-dong-hai")
        page.get_by_role("button", name="Xem trước").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nhập xã Minh Tân vào xã Đông Hải")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nhập hoặc chuyển xã Minh Tân")
        page.goto("/desk/areas/xa-minh-tan")
        page.get_by_role("button", name="Xem lại trước khi lưu").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại trước khi lưu")
        page.goto("/desk/areas/")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Xã Minh Tân")
        page.context.close()
