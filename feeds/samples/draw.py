"""Renders pictures/svg/*.svg, the pictures of the sample sources, to pictures/*.jpg.

Run after changing a drawing: python feeds/samples/draw.py [NAME ...]
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
WIDTH, HEIGHT = 1600, 1200
QUALITY = 85
PAGE = "<!doctype html><style>body{margin:0}svg{display:block}</style>"


def draw(page: Page, source: Path, target: Path) -> None:
    """Renders the drawing ``source`` in Chromium and saves it to ``target`` as a JPEG of WIDTH x HEIGHT pixels."""
    page.set_content(PAGE + source.read_text(encoding="utf-8"))
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        # No chroma subsampling, with which the edge between the red and the cream areas looks ragged.
        shot.convert("RGB").save(target, quality=QUALITY, subsampling=0, optimize=True, progressive=True)


def main(names: list[str]) -> None:
    """Renders the drawings in ``names`` (file names without suffix), all if it is empty."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is needed to render the drawings")
    sources = [PICTURES / "svg" / f"{name}.svg" for name in names] or sorted((PICTURES / "svg").glob("*.svg"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for source in sources:
            draw(page, source, PICTURES / f"{source.stem}.jpg")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
