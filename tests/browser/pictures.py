"""Takes screenshots of the running program for review and the README: ``python -m tests.browser.pictures OUT``."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.glass import VISIBLE, Glass
from tests.chromium import launch
from tests.paths import ROOT
from tests.station import SHIPPED, Station, until

VIEWS = {
    "hoi-truong-1920x1080": ("hoi-truong", 1920, 1080),
    "xa-minh-tan-1080x1920": ("xa-minh-tan", 1080, 1920),
    "pho-dong-hai-1920x1080": ("pho-dong-hai", 1920, 1080),
    "phone-390x844": ("hoi-truong", 390, 844),
    "hoi-truong-3840x2160": ("hoi-truong", 3840, 2160),
    "hoi-truong-1280x720": ("hoi-truong", 1280, 720),
}
STORM = (
    "Bão số 3 đổ bộ chiều nay, người dân không ra đường\n"
    "Ở trong nhà, tránh xa cửa kính\nTắt cầu dao khi nước vào nhà\nNghe theo hướng dẫn của dân quân"
)


def main(out: Path) -> None:
    """Saves screenshots of every view of the boards, first with slides, then with an urgent notice."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver, ExitStack() as stack:
        station = shipped_all_day(Path(folder))
        stack.callback(station.close)
        station.start()
        browser = launch(driver.chromium)
        stack.callback(browser.close)
        until(lambda: len(station.titles("hoi-truong")) >= 9, "the sample stories")
        until(lambda: len(station.titles("xa-minh-tan")) >= 9, "the commune's stories")
        glasses = {name: _open(browser, station, *view) for name, view in VIEWS.items()}
        for name, glass in glasses.items():
            # In the province's hall the screenshot shows a slide with a picture.
            glass.wait_for(VISIBLE)
            if glass.board == "hoi-truong":
                glass.wait_for(f"{VISIBLE} img")
            _shoot(glass, out / f"{name}.png")
        done = station.cli(
            *("urgent", STORM, "--area", "tinh", "--minutes", "30", "--danger", "Bão", "--risk", "4"),
            *("--sender", "Ban chỉ huy phòng thủ dân sự tỉnh"),
        )
        assert done.returncode == 0, done.stderr
        for name, glass in glasses.items():
            glass.wait_for("[data-notice]")
            _shoot(glass, out / f"urgent-{name}.png")


def shipped_all_day(folder: Path) -> Station:
    """A station with the shipped config.toml, but without panel hours, so that its boards are on at night too."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in lines if not line.startswith("hours = "))
    return Station.of(folder, kept.replace('url = "feeds/', f'url = "{ROOT}/feeds/'))


def _open(browser: Browser, station: Station, board: str, width: int, height: int) -> Glass:
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    return Glass(page, station, board).open()


def _shoot(glass: Glass, target: Path) -> None:
    glass.page.evaluate("document.fonts.ready")
    glass.page.screenshot(path=target)


def shrink(source: Path, target: Path) -> None:
    """Converts a screenshot to 256 colours, for the README."""
    with Image.open(source) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    if len(sys.argv) > 2:
        shrink(Path(sys.argv[1], "hoi-truong-1920x1080.png"), Path(sys.argv[2], "board.png"))
        shrink(Path(sys.argv[1], "urgent-hoi-truong-1920x1080.png"), Path(sys.argv[2], "urgent.png"))
