"""The design gallery, every template in every size and theme: ``python -m tests.web.shots OUT [WORD]``.

For human eyes: writes one PNG a slide, NAME-VIEW-THEME.png, and an index.html that shows them side by side.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from server.core.model import Format
from tests.web.cases import Case, cases, page
from tests.web.site import site

CHROMIUM = "/usr/bin/chromium"
# The display's code sets the progress and decodes pictures; here the page has to be asked for both.
READY = """async () => {
  document.querySelector('.now')?.style.setProperty('--part', '0.55');
  await Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode())]);
}"""
VIEWS = {
    "1920x1080": (Format("landscape", "S"), "screen"),
    "1920x1080-side": (Format("landscape", "S", side=True, ticker=True), "screen"),
    "1920x1080-XL": (Format("landscape", "XL"), "screen"),
    "1080x1920": (Format("portrait", "S"), "screen"),
    "3840x2160": (Format("landscape", "M"), "screen"),
    "1280x720": (Format("landscape", "L"), "screen"),
    "1280x1024": (Format("classic", "S"), "screen"),
    "390x844": (Format("landscape", "S"), "public"),
    "192x96": (Format("landscape", "LED"), "screen"),
}
THEMES = ("province", "commune", "contrast", "mourning")
# Themes change colours alone: the others are drawn in these views.
THEMED = ("1920x1080", "1080x1920")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of the gallery."""

    view: str
    theme: str
    case: Case

    @property
    def file(self) -> str:
        return f"{self.case.name}-{self.view}-{self.theme}.png"


def shots(word: str) -> list[Shot]:
    """Those whose name holds ``word``."""
    every = [
        Shot(view, theme, case)
        for view, (format, _) in VIEWS.items()
        for theme in THEMES
        if theme == "province" or view in THEMED
        for case in cases(format)
    ]
    return [shot for shot in every if word in shot.file]


def main(out: Path, word: str = "") -> None:
    out.mkdir(parents=True, exist_ok=True)
    wanted = shots(word)
    pages = {
        f"/{at}": page(shot.case, viewer=VIEWS[shot.view][1], theme=shot.theme) for at, shot in enumerate(wanted)
    }
    with site(pages) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        for at, shot in enumerate(wanted):
            take(browser, f"{address}/{at}", shot, out)
        browser.close()
    names = [escape(shot.file) for shot in wanted]
    figures = "\n".join(
        f'<figure><img loading="lazy" src="{name}" alt=""><figcaption>{name}</figcaption></figure>' for name in names
    )
    style = "body{font:14px sans-serif}figure{display:inline-block;margin:8px}img{height:320px;border:1px solid #999}"
    (out / "index.html").write_text(f'<!doctype html><meta charset="utf-8"><style>{style}</style>\n{figures}\n')


def take(browser: Browser, address: str, shot: Shot, out: Path) -> None:
    across, down = map(int, shot.view.split("-")[0].split("x"))
    tab = browser.new_page(viewport={"width": across, "height": down})
    tab.goto(address)
    tab.evaluate(READY)
    tab.screenshot(path=out / shot.file)
    tab.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
