"""The door to all slides: items of the model in, slides out, remembered while they are asked for again.

Called by live/director.py for the glass and by the desk for previews, so that both show the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from server.core.model import Announcement, AnnouncementKind, Format, Notice, Slide, Story
from server.slides.kinds import announcement, calm, contact, link, notice, pdf, pictures, story, video

REMEMBERED = 8192
# Two calm slides a board: drawn anew at each change of the store they kept the loop of 3,000 boards busy for seconds.
CALM_REMEMBERED = 65_536
KINDS: Mapping[AnnouncementKind, Callable[[Announcement, str, str, Format], tuple[Slide, ...]]] = {
    "text": announcement.pages,
    "table": announcement.pages,
    "pictures": pictures.pages,
    "pdf": pdf.pages,
    "video": video.pages,
    "link": link.pages,
    "contact": contact.pages,
}


def _announced(announcement: Announcement, area_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
    return KINDS[announcement.kind](announcement, area_name, zone, format)


class Renderer:
    """Renders each kind of slide; a slide depends on its item, the words given and the format, never on a board.

    A story's ``label`` is the kicker ("Tin của xã"), ``source_name`` where it is from, ``zone`` the IANA name in
    which times are written. Results are cached: items are frozen, so the same item is the same slide.
    """

    def __init__(self) -> None:
        self._story = lru_cache(REMEMBERED)(story.pages)
        self._announcement = lru_cache(REMEMBERED)(_announced)
        self._notice = lru_cache(REMEMBERED)(notice.pages)
        self._empty = lru_cache(CALM_REMEMBERED)(calm.empty)
        self._safe = lru_cache(CALM_REMEMBERED)(calm.safe)

    def story(self, story: Story, *, label: str, source_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
        """A story's slides: one, or more where its text or table goes on."""
        return self._story(story, label, source_name, zone, format)

    def announcement(
        self, announcement: Announcement, *, area_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]:
        """An announcement's slides, by its kind."""
        return self._announcement(announcement, area_name, zone, format)

    def notice(self, notice: Notice, *, zone: str, format: Format) -> Slide:
        """A notice's one slide: for the stage when priority, for the whole glass when urgent."""
        return self._notice(notice, zone, format)

    def empty(self, board_name: str, area_name: str, format: Format) -> Slide:
        """What a board shows that has nothing to show."""
        return self._empty(board_name, area_name, format)

    def safe(self, board_name: str, area_name: str, format: Format) -> Slide:
        """The calm slide of safe mode: the name only."""
        return self._safe(board_name, area_name, format)
