"""A citizen before a board: from the code on the glass to text, file and telephone in two presses, on a telephone.

The public pages are read by keyboard, at 200 % zoom and without script, and are light enough for a slow line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from server.core.model import Announcement, Attachment, Contact, Window
from server.store.announcements import announcements
from tests.browser.glass import VISIBLE
from tests.desk.announcements.test_code_browser import SIDE, modules
from tests.desk.looks import axe
from tests.station import ACTOR, Station, config_text, until

pytestmark = pytest.mark.browser
BOARD = "xa-minh-tan"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1600, "height": 900}
# What stands in the right margin of the page, except for bands as wide as the page.
OVER_THE_MARGIN = """() => {
  const main = document.querySelector("main");
  const edge = main.getBoundingClientRect().right - parseFloat(getComputedStyle(main).paddingRight);
  return [...main.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().left > 0 && one.getBoundingClientRect().right > edge + 1)
    .map((one) => one.outerHTML.slice(0, 80));
}"""
# A window of 1280 pixels at 200 % zoom.
ZOOMED = {"width": 640, "height": 400}
SCAN = Attachment("0123456789abcdef", "Trang 1", 1240, 1754)
LIGHT = 60 * 1024


@pytest.fixture
def station(stations: Callable[[str], Station]) -> Station:
    """A server whose public address leads to itself, with a posting and a contact card on one board."""
    made = stations(config_text([BOARD]))
    text = made.config.read_text(encoding="utf-8").replace("port = 0", f'port = 0\npublic_url = "{made.address}"')
    made.config.write_text(text, encoding="utf-8")
    made.start(worker=False)
    now = made.now(BOARD)
    _post(made, now, title="Kế hoạch thu hồi đất", text="", kind="pdf", attachments=(SCAN,))
    _post(made, now, title="Trạm Y tế", text="", kind="contact", contact=Contact("Trạm Y tế", phone="0221 000 115"))
    until(lambda: made.get("/item/a2")[0] == 200, "the items have pages")
    return made


def _post(station: Station, now: datetime, **fields: object) -> None:
    base = Announcement(0, BOARD, "", "", (Window(now, now + timedelta(days=30)),), now, ACTOR)
    announcements.post(station.store, replace(base, **fields), actor=ACTOR)  # type: ignore[arg-type]


@pytest.fixture
def opened(browser: Browser, station: Station) -> Iterator[Callable[..., Page]]:
    made: list[BrowserContext] = []

    def open_one(size: dict[str, int], **more: object) -> Page:
        context = browser.new_context(base_url=station.address, viewport=size, locale="vi-VN", **more)  # type: ignore[arg-type]
        made.append(context)
        return context.new_page()

    yield open_one
    for context in made:
        context.close()


def test_from_the_code_on_the_glass_to_file_and_telephone(station: Station, opened: Callable[..., Page]) -> None:
    glass = opened({"width": 1920, "height": 1080}, device_scale_factor=2)
    glass.goto(f"/board/{BOARD}?full=1")
    code = glass.locator(f"{VISIBLE} .qr").first
    code.wait_for()
    link = f"{station.address}/item/a1"
    wanted = [[bool(module) for module in row] for row in segno.make_qr(link, error="l").matrix]
    until(lambda: _read(code.screenshot(), len(wanted)) == wanted, "the code is on the glass and leads to the item")

    phone = opened(PHONE)
    phone.goto(urlsplit(link).path)  # the first press: the telephone's camera offers the address
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kế hoạch thu hồi đất")
    assert phone.get_by_role("link", name="Bản chụp văn bản").get_attribute("href") == "#van-ban"
    scan = phone.locator("#van-ban figure a")
    assert scan.get_attribute("href") == f"/glass/media/{SCAN.hash}"
    assert axe(phone) == []

    phone.goto("/item/a2")
    assert phone.get_by_role("link", name="Gọi 0221 000 115").get_attribute("href") == "tel:0221000115"
    assert phone.get_by_role("link", name="Chia sẻ").get_attribute("href") is not None


def _read(picture: bytes, count: int) -> list[list[bool]]:
    """The modules of a code in a screenshot of any size."""
    with Image.open(io.BytesIO(picture)) as image:
        out = io.BytesIO()
        image.convert("L").resize((SIDE, SIDE)).save(out, "png")
    return modules(out.getvalue(), count)


def test_one_document_is_a_list_on_a_telephone_and_the_board_on_a_wide_window(opened: Callable[..., Page]) -> None:
    page = opened(PHONE)
    scripts: list[str] = []
    page.on("request", lambda asked: scripts.append(urlsplit(asked.url).path.rpartition("/")[2]))
    page.goto(f"/board/{BOARD}")
    row = page.get_by_role("link", name="Kế hoạch thu hồi đất")
    expect(row).to_be_visible()
    expect(page.locator("#stage")).to_be_hidden()
    assert "main.js" not in scripts
    assert axe(page) == []

    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    expect(row).to_be_visible()
    assert axe(page) == []

    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.locator(VISIBLE).first.wait_for()
    expect(row).to_be_hidden()

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.get_by_role("link", name="Xem bảng toàn màn hình").click()
    page.locator(VISIBLE).first.wait_for()


def test_the_list_is_used_by_keyboard_and_searched_without_script(opened: Callable[..., Page]) -> None:
    page = opened(DESKTOP, java_script_enabled=False)
    page.goto(f"/board/{BOARD}")
    page.wait_for_url(re.compile(r"\?list=1$"))
    page.get_by_role("searchbox").focus()
    page.keyboard.type("ke hoach thu hoi")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?q=ke\+hoach\+thu\+hoi$"))
    page.get_by_role("link", name="Kế hoạch thu hồi đất").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/item/a1")
    expect(page.get_by_role("link", name="Nhắc tôi")).to_have_attribute("href", "/item/a1.ics")


@pytest.mark.parametrize("path", ["/", f"/board/{BOARD}", "/item/a1"])
def test_a_first_page_is_light_before_its_pictures_and_keeps_its_margins(
    opened: Callable[..., Page], path: str
) -> None:
    page = opened(PHONE)
    weights = _weights(page.context.new_cdp_session(page))
    page.goto(path, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    assert sum(weights.values()) < LIGHT, weights
    assert page.evaluate(OVER_THE_MARGIN) == []


def _weights(session: CDPSession) -> dict[str, float]:
    """Bytes on the wire of each request of the page, without pictures and the documents in frames."""
    kinds: dict[str, str] = {}
    found: dict[str, float] = {}
    frames: list[str] = []

    def begun(event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        frames.append(str(event["frameId"]))
        counted = event["type"] != "Image" and event["frameId"] == frames[0]
        kinds[str(event["requestId"])] = str(request["url"]) if counted else ""

    def ended(event: dict[str, object]) -> None:
        address = kinds.get(str(event["requestId"]))
        if address:
            found[address] = float(str(event["encodedDataLength"]))

    session.send("Network.enable")
    session.on("Network.requestWillBeSent", begun)
    session.on("Network.loadingFinished", ended)
    return found
