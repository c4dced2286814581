"""Renders stories, announcements and notices to slides and caches the slides.

Its Renderer is created by processes.server, cli and desk.web.slide_preview. server/content renders boards with the
same class, so that boards and previews show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from server.core.item_addresses import ItemKind, item_path
from server.core.model import Announcement, AnnouncementKind, Format, Notice, NowServing, Slide, Story
from server.slides.kinds import announcement, calm, contact, link, notice, now_serving, pdf, pictures, story, video
from server.slides.kinds.notice import details

REMEMBERED = 8192
# Each board has two calm slides (empty, safe). With a smaller cache than for 3,000 boards, every change of the store
# would render all of them again, which blocks the event loop for seconds.
CALM_REMEMBERED = 65_536
KINDS: Mapping[AnnouncementKind, Callable[[Announcement, str, str, Format], tuple[Slide, ...]]] = {
    "text": announcement.text_pages,
    "table": announcement.text_pages,
    "pictures": pictures.pages,
    "pdf": pdf.pages,
    "video": video.pages,
    "link": link.pages,
    "contact": contact.pages,
}


def _announcement_pages(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    return KINDS[announcement.kind](announcement, area_name, zone, format)


class Renderer:
    """Renders each kind of slide. A slide depends on its item, the given names and the format, not on a board.

    In all methods ``zone`` is the IANA time zone in which times are written. Results are cached by their arguments,
    which are immutable. ``public_url`` is the address of this server for QR codes, "" if it has none.
    """

    def __init__(self, public_url: str = "") -> None:
        self._public_url = public_url.rstrip("/")
        self._story = lru_cache(REMEMBERED)(story.pages)
        self._announcement = lru_cache(REMEMBERED)(_announcement_pages)
        self._notice = lru_cache(REMEMBERED)(notice.pages)
        self._notice_details = lru_cache(REMEMBERED)(details.pages)
        self._empty = lru_cache(CALM_REMEMBERED)(calm.empty)
        self._serving_place = lru_cache(REMEMBERED)(calm.serving_place)
        self._safe = lru_cache(CALM_REMEMBERED)(calm.safe)

    def item_address(self, kind: ItemKind, id: int) -> str:
        """The URL of an item's public page, for its QR code; "" if this server has no public address."""
        return self._public_url and self._public_url + item_path(kind, id)

    def story(self, story: Story, *, label: str, source_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
        """The slides of a story, several if its text or table is long.

        ``label`` begins the line above the title ("Tin của xã"); ``source_name`` is the origin of the story.
        """
        return self._story(story, label, source_name, zone, format)

    def announcement(
        self, announcement: Announcement, *, area_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]:
        """The slides of an announcement, according to its kind; ``area_name`` is shown as its source."""
        return self._announcement(announcement, area_name, zone, format)

    def notice(self, notice: Notice, *, zone: str, format: Format) -> Slide:
        """The single slide of a notice: between header and footer if priority, over the whole screen if urgent."""
        return self._notice(notice, zone, format)

    def notice_details(self, notice: Notice, *, zone: str, format: Format) -> tuple[Slide, ...]:
        """The slides that follow the notice's own one in the lap; most notices have none."""
        return self._notice_details(notice, zone, format)

    def now_serving(self, serving: NowServing, *, format: Format) -> Slide:
        """Returns the slide of the numbers that a hall's counters serve; not cached, because they change often."""
        return now_serving.slide(serving, format)

    def serving_place(self, format: Format) -> Slide:
        """Returns the slide that laps contain in place of a hall's numbers; it does not change with the numbers."""
        return self._serving_place(format)

    def empty(self, board_name: str, area_name: str, format: Format) -> Slide:
        """The slide of a board without content: the names of area and board, and a sentence that news will appear."""
        return self._empty(board_name, area_name, format)

    def safe(self, board_name: str, area_name: str, format: Format) -> Slide:
        """The slide of safe mode, which shows nothing but the names of the area and the board."""
        return self._safe(board_name, area_name, format)
