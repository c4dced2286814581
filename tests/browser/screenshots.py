"""Saves screenshots for the documents, small enough for the repository; called by modules that take them."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.browser.glass import settled


def save_small(page: Page, path: Path, *, full: bool = False) -> None:
    """Saves what the page shows, or the ``full`` page, at most 1200 pixels wide and in 128 colours."""
    settled(page)
    page.screenshot(path=path, full_page=full)
    with Image.open(path) as image:
        image.thumbnail((1200, 1600))
        image.convert("RGB").quantize(128).save(path, optimize=True)
