"""Specimens: edge cases of every kind of slide, rendered for any format from the fixtures of the kinds.

Called by server/desk/gallery, the design gallery, by tests/web, which checks each specimen in a browser, and by
benchmarks. A new kind needs one line in ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from server.core.model import Announcement, Format, Notice, NowServing, Slide, Story
from server.slides.kinds.announcement import fixture as announcements
from server.slides.kinds.calm.fixture import AREA, BOARD, LONG_AREA
from server.slides.kinds.contact import fixture as contacts
from server.slides.kinds.link import fixture as links
from server.slides.kinds.notice import fixture as notices
from server.slides.kinds.now_serving import fixture as counters
from server.slides.kinds.pdf import fixture as pdfs
from server.slides.kinds.pictures import fixture as galleries
from server.slides.kinds.story import fixture as stories
from server.slides.kinds.table import fixture as tables
from server.slides.kinds.video import fixture as films
from server.slides.render import Renderer

ZONE = "Asia/Ho_Chi_Minh"
LABEL, SOURCE = "Tin của xã", "Cổng thông tin điện tử"
THEMES = ("province", "commune", "contrast", "mourning")
# The arguments of a calm slide: the area's name, and whether it is the slide of safe mode.
Calm = tuple[str, bool]
KINDS: Mapping[str, Mapping[str, Story | Announcement | Notice | NowServing | Calm]] = {
    "story": stories.ITEMS,
    "announcement": announcements.ITEMS,
    "table": tables.ITEMS,
    "pictures": galleries.ITEMS,
    "pdf": pdfs.ITEMS,
    "video": films.ITEMS,
    "link": links.ITEMS,
    "contact": contacts.ITEMS,
    "notice": notices.ITEMS,
    "serving": counters.ITEMS,
    "calm": {"empty": (AREA, False), "safe": (LONG_AREA, True)},
}
# Prefixes of the specimens that are shown in size S only: they show the colours of risk levels, which are the same in
# every size class.
ONCE = ("notice-risk",)
FORMATS_KEPT = 48


@dataclass(frozen=True, slots=True)
class View:
    """A browser window that shows a board: width (``across``) and height (``down``) in pixels, the board's format.

    ``viewer`` is "screen" for a board's own screen, "public" for a visitor of the public page.
    """

    across: int
    down: int
    format: Format
    viewer: str = "screen"

    @property
    def strict(self) -> bool:
        """Whether content must not overflow the safe area: True for a board's own screen.

        False for a visitor's window, which may scroll.
        """
        return self.viewer == "screen"

    @property
    def name(self) -> str:
        """The name of the view, such as "landscape-S-1920x1080"."""
        return f"{self.format.name}-{self.across}x{self.down}"


@dataclass(frozen=True, slots=True)
class Specimen:
    """One slide of an edge case; ``name`` is KIND-ITEM-PAGE, ``area`` the area's name in the board's header."""

    name: str
    kind: str
    format: Format
    slide: Slide
    area: str = AREA

    @property
    def urgent(self) -> bool:
        """Whether the slide is an urgent notice, which takes the whole screen."""
        return 'class="slide notice urgent' in self.slide.html


VIEWS: Mapping[str, View] = {
    "1920x1080": View(1920, 1080, Format("landscape", "S")),
    "1080x1920": View(1080, 1920, Format("portrait", "S")),
    "3840x2160": View(3840, 2160, Format("landscape", "M")),
    "1280x1024": View(1280, 1024, Format("classic", "S")),
    "192x96": View(192, 96, Format("landscape", "LED")),
    "390x844": View(390, 844, Format("landscape", "S"), "public"),
    "1920x1080-side": View(1920, 1080, Format("landscape", "S", side=True, ticker=True)),
    "1920x1080-L": View(1920, 1080, Format("landscape", "L")),
    "1920x1080-XL": View(1920, 1080, Format("landscape", "XL")),
    "1080x1920-XL": View(1080, 1920, Format("portrait", "XL")),
    "96x192": View(96, 192, Format("portrait", "LED")),
}


@lru_cache(FORMATS_KEPT)
def slides(format: Format) -> Mapping[str, tuple[Slide, ...]]:
    """The slides of all items in ``KINDS`` for a format, by "KIND-ITEM"; cached."""
    renderer = Renderer()
    return {
        f"{kind}-{name}": _rendered(renderer, item, format)
        for kind, items in KINDS.items()
        for name, item in items.items()
    }


def specimens(format: Format) -> list[Specimen]:
    """The specimens of a format: the first and the last slide of each item.

    Items whose names begin with a prefix in ``ONCE`` have specimens in size S only.
    """
    found = []
    for name, pages in slides(format).items():
        if name.startswith(ONCE) and format.size != "S":
            continue
        for at in sorted({0, len(pages) - 1}):
            area = LONG_AREA if name in ("story-longest", "calm-safe") else AREA
            found.append(Specimen(f"{name}-{at + 1}", name.partition("-")[0], format, pages[at], area))
    return found


def _rendered(
    renderer: Renderer, item: Story | Announcement | Notice | NowServing | Calm, format: Format
) -> tuple[Slide, ...]:
    match item:
        case Story():
            return renderer.story(item, label=LABEL, source_name=SOURCE, zone=ZONE, format=format)
        case Announcement():
            return renderer.announcement(item, area_name=AREA, zone=ZONE, format=format)
        case Notice():
            further = renderer.notice_details(item, zone=ZONE, format=format)
            return (renderer.notice(item, zone=ZONE, format=format), *further)
        case NowServing():
            return (renderer.now_serving(item, format=format),)
        case (area, safe):
            return (renderer.safe(BOARD, area, format) if safe else renderer.empty(BOARD, area, format),)
