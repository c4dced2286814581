"""Writes screenshots of every kind of slide for human eyes: ``python -m tests.web.shots OUT [WORD]``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from server.core.model import Format
from tests.web.cases import cases, page
from tests.web.site import site

CHROMIUM = "/usr/bin/chromium"
# The display's code sets the progress and decodes pictures; here the page has to be asked for both.
READY = """async () => {
  document.querySelector('.now')?.style.setProperty('--part', '0.55');
  await Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode())]);
}"""
VIEWS = {
    "1920x1080": (Format("landscape", "S"), "screen"),
    "1080x1920": (Format("portrait", "S"), "screen"),
    "1280x720": (Format("landscape", "L"), "screen"),
    "1024x768": (Format("classic", "S"), "screen"),
    "390x844": (Format("landscape", "S"), "public"),
    "768x384": (Format("landscape", "LED"), "screen"),
}


def main(out: Path, word: str = "") -> None:
    """One picture a case and view, named NAME-VIEW.png, of those whose name holds ``word``."""
    out.mkdir(parents=True, exist_ok=True)
    wanted = [
        (view, viewer, case)
        for view, (format, viewer) in VIEWS.items()
        for case in cases(format)
        if word in f"{case.name}-{view}"
    ]
    pages = {f"/{at}": page(case, viewer=viewer) for at, (_, viewer, case) in enumerate(wanted)}
    with site(pages) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        for at, (view, _, case) in enumerate(wanted):
            across, down = map(int, view.split("x"))
            tab = browser.new_page(viewport={"width": across, "height": down})
            tab.goto(f"{address}/{at}")
            tab.evaluate(READY)
            tab.screenshot(path=out / f"{case.name}-{view}.png")
            tab.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
