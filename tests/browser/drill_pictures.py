"""Walks the drill of docs/vi/canh-bao.md and takes its pictures: ``python -m tests.browser.drill_pictures OUT``.

One board of each size class: during the drill, and after its cancellation; and the desk's pages on it.
"""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from server.main import now
from tests.browser.glass import Glass, settled
from tests.browser.newsroom_pictures import come
from tests.chromium import launch
from tests.paths import ROOT
from tests.station import Feed, Station, config_text

SAMPLES = ROOT / "feeds/samples"
# Board -> its name, diagonal in inches, distance in metres, width and height of the window.
BOARDS = {
    "mot-cua": ("Bộ phận một cửa", 55, 2.0, 1920, 1080),
    "tram-y-te": ("Trạm Y tế", 55, 3.5, 1080, 1920),
    "nha-van-hoa": ("Nhà văn hóa", 55, 5.0, 1920, 1080),
    "pho": ("Phố Đông", 75, 9.0, 1920, 1080),
    "cau": ("Cầu Tràng", 75, 30.0, 192, 96),
}
SOURCE = """
[[sources]]
slug = "dien-tap"
name = "Diễn tập"
kind = "cap"
url = "dien-tap.cap"
alerts = "live"
exercises = true
"""
GAP = 16


def main(out: Path) -> None:
    """Saves the five boards as one picture, and the desk's pages during the drill and after it."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver, ExitStack() as stack:
        station = Station.of(Path(folder), _config())
        stack.callback(station.close)
        _put(station, "dien-tap.cap")
        station.start()
        browser = launch(driver.chromium)
        stack.callback(browser.close)
        glasses = {name: _glass(browser, station, name) for name in BOARDS}
        editor = come(station, browser, "lan", "--name", "Trần Ngọc Lan", "--role", "editor", "--area", "tinh")
        keeper = come(station, browser, "quan", "--name", "Vũ Minh Quân", "--role", "keeper", "--area", "tinh")
        for glass in glasses.values():
            glass.wait_for("[data-notice]")
        during = [_shot(glass.page, out / f"{name}-1.png") for name, glass in glasses.items()]
        _desk(editor, out, "1")
        _put(station, "dien-tap-huy.cap")
        _read_now(keeper)
        for glass in glasses.values():
            glass.wait_for("[data-notice]", gone=True)
        after = [_shot(glass.page, out / f"{name}-2.png") for name, glass in glasses.items()]
        _desk(editor, out, "2")
        _joined([during, after], out / "dien-tap-nam-bang.png")


def _config() -> str:
    text = config_text(BOARDS, [Feed("tin", str(SAMPLES / "tin.xml"))], {name: ["tin"] for name in BOARDS})
    text = text.replace('name = "Tỉnh Hưng Yên"', 'name = "Tỉnh Hưng Yên"\ncodes = ["VN-66"]')
    for slug, (name, inches, metres, across, down) in BOARDS.items():
        layout = "portrait" if down > across else "landscape"
        size = f'diagonal_inches = {inches}\ndistance_metres = {metres}\nlayout = "{layout}"'
        text = text.replace(f'name = "Bảng {slug}"', f'name = "{name}"\n{size}')
        text = text.replace(f'name = "Xã {slug}"', 'name = "Xã Minh Tân"')
    return text + SOURCE + "[people]\nsecond_factor = false\n"


def _put(station: Station, sample: str) -> None:
    """Copies a sample with the times of now to where the source reads it."""
    text = (SAMPLES / sample).read_text(encoding="utf-8")
    at_once = now().replace(microsecond=0)
    for name, at in (("sent", at_once), ("expires", at_once + timedelta(hours=1))):
        stamp = at.isoformat().replace("+00:00", "-00:00")
        text = re.sub(f"<{name}>.*?</{name}>", f"<{name}>{stamp}</{name}>", text)
    (station.config.parent / "dien-tap.cap").write_text(text, encoding="utf-8")


def _glass(browser: Browser, station: Station, name: str) -> Glass:
    *_, across, down = BOARDS[name]
    return Glass(browser.new_page(viewport={"width": across, "height": down}), station, name).open()


def _read_now(keeper: Page) -> None:
    keeper.goto("/desk/sources/dien-tap")
    keeper.get_by_role("button", name="Đọc ngay").click()


def _desk(editor: Page, out: Path, number: str) -> None:
    editor.goto("/desk/alerts/")
    _shot(editor, out / f"ban-bien-tap-{number}.png")
    editor.set_viewport_size({"width": 390, "height": 844})
    _shot(editor, out / f"dien-thoai-{number}.png")
    editor.set_viewport_size({"width": 1600, "height": 900})


def _shot(page: Page, path: Path) -> Path:
    settled(page)
    page.screenshot(path=path)
    return path


def _joined(rows: list[list[Path]], path: Path) -> None:
    """Saves pictures as one, each row 300 pixels high."""
    height = 300
    made = []
    for row in rows:
        tiles = []
        for one in row:
            with Image.open(one) as image:
                tiles.append(image.convert("RGB").resize((round(image.width * height / image.height), height)))
        made.append(tiles)
    width = max(sum(tile.width for tile in tiles) + GAP * (len(tiles) + 1) for tiles in made)
    sheet = Image.new("RGB", (width, (height + GAP) * len(made) + GAP), "#888888")
    for down, tiles in enumerate(made):
        left = GAP
        for tile in tiles:
            sheet.paste(tile, (left, GAP + down * (height + GAP)))
            left += tile.width + GAP
    sheet.quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
