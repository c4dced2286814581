"""Writes the design gallery as PNG files, for review and documents: ``python -m tests.web.shots OUT [WORD …]``.

Each slide whose file name contains every WORD becomes a file NAME-VIEW-THEME.png; an index.html shows the files side
by side. The same slides are at /glass/gallery.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright

from server.desk.gallery.page import page
from server.slides.specimens import THEMES, VIEWS, Specimen, specimens
from tests.chromium import launch
from tests.web.site import BASE, site

# On a screen the display's code sets the progress bar and decodes the pictures; here this script does both.
READY = """async () => {
  document.querySelector('.now')?.style.setProperty('--part', '0.55');
  await Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode())]);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame();
  await frame();
}"""
# Themes differ only in colours, so all themes but the first are drawn in these views only.
THEMED = ("1920x1080", "1080x1920")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of the gallery: a specimen in a view and a theme; ``file`` is its file name."""

    view: str
    theme: str
    one: Specimen

    @property
    def file(self) -> str:
        return f"{self.one.name}-{self.view}-{self.theme}.png"


def shots(*words: str) -> list[Shot]:
    """The pictures whose file name contains all ``words``; all pictures if no word is given."""
    every = [
        Shot(view, theme, one)
        for view, window in VIEWS.items()
        for theme in THEMES
        if theme == THEMES[0] or view in THEMED
        for one in specimens(window.format)
    ]
    return [shot for shot in every if all(word in shot.file for word in words)]


def main(out: Path, *words: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    wanted = shots(*words)
    pages = {
        f"/{at}": page(shot.one, root=BASE, viewer=VIEWS[shot.view].viewer, theme=shot.theme)
        for at, shot in enumerate(wanted)
    }
    with site(pages) as address, sync_playwright() as driver:
        browser = launch(driver.chromium)
        for view, window in VIEWS.items():
            tab = browser.new_page(viewport={"width": window.across, "height": window.down})
            for at, shot in enumerate(wanted):
                if shot.view == view:
                    tab.goto(f"{address}/{at}")
                    tab.evaluate(READY)
                    tab.screenshot(path=out / shot.file)
            tab.close()
        browser.close()
    names = [escape(shot.file) for shot in wanted]
    figures = "\n".join(
        f'<figure><img loading="lazy" src="{name}" alt=""><figcaption>{name}</figcaption></figure>' for name in names
    )
    style = "body{font:14px sans-serif}figure{display:inline-block;margin:8px}img{height:320px;border:1px solid #999}"
    (out / "index.html").write_text(f'<!doctype html><meta charset="utf-8"><style>{style}</style>\n{figures}\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
