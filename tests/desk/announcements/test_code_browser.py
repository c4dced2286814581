"""The code on the slides of a PDF, as Chromium draws it, leads to the page with the whole document."""

from __future__ import annotations

import html
import io
import re
from urllib.parse import urlsplit

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser

from server.core.model import Attachment
from server.setup.config import Config
from server.store.announcements import announcements
from tests import cast
from tests.cast import EDITOR, OPERATOR
from tests.desk.office import Office

pytestmark = pytest.mark.browser
PAGES = tuple(Attachment(digit * 16, f"Trang {digit}", 1920, 2716) for digit in "12")
URL = "http://bangtin.example.vn"
BORDER = 2  # modules of white around the code
SIDE = 660  # pixels
STYLE = f"body {{ margin: 0 }} .qr {{ width: {SIDE}px; display: block }} .qr-ink {{ stroke: #000; fill: none }}"


def modules(picture: bytes, count: int) -> list[list[bool]]:
    """The modules of the code in a PNG of it, True where dark, read at the middle of each; ``count`` in a row."""
    with Image.open(io.BytesIO(picture)) as image:
        grey = image.convert("L")
        side = SIDE / (count + 2 * BORDER)
        middle = [round((at + BORDER + 0.5) * side) for at in range(count)]
        return [[grey.crop((x, y, x + 1, y + 1)).tobytes()[0] < 128 for x in middle] for y in middle]


def test_the_code_of_a_pdf_leads_to_all_its_pages(browser: Browser, office: Office) -> None:
    office.config = Config.model_validate({"server": {"public_url": URL}, "people": {"second_factor": False}})
    one = announcements.post(
        office.db,
        cast.announcement(area="xa-minh-tan", kind="pdf", text="", attachments=PAGES),
        actor=OPERATOR.slug,
    )
    previews = html.unescape(office.browser(EDITOR).get(f"/desk/queue/{one.id}").text)
    codes = re.findall(r'<svg[^>]*class="qr".*?</svg>', previews, re.S)
    link = f"{URL}/item/a{one.id}"
    wanted = [[bool(module) for module in row] for row in segno.make_qr(link, error="l").matrix]
    page = browser.new_page(viewport={"width": SIDE, "height": SIDE})
    for code in codes:
        page.set_content(f"<style>{STYLE}</style>{code}")
        assert modules(page.screenshot(), len(wanted)) == wanted
    page.close()
    assert len(codes) == 1  # of the public board; what only samples show has no page
    text = office.browser().get(urlsplit(link).path).text
    assert all(f"/glass/media/{file.hash}" in text for file in PAGES)
