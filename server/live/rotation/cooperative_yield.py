"""Long work on the loop cut into slices, so that no notice waits for thousands of boards; used by assembly, director.

On the loop and not in a thread: one that computes takes Python's lock from the loop at every send of a notice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.content.board_content import SlideMaker
from server.core.model import Announcement, Format, Notice, Slide, Story

SLICE_SECONDS = 0.003


class CooperativeYield:
    """Called between one piece of work and the next: lets others run where ``SLICE_SECONDS`` have gone by.

    ``monotonic`` gives seconds, ``pause`` is what lets the others run.
    """

    def __init__(self, monotonic: Callable[[], float], pause: Callable[[], object]) -> None:
        self._monotonic, self._pause = monotonic, pause
        self._since = monotonic()

    def __call__(self) -> None:
        if self._monotonic() - self._since >= SLICE_SECONDS:
            self._pause()
            self._since = self._monotonic()


@dataclass(frozen=True, slots=True)
class PatientMaker:
    """A slide maker that lets others run before each item: some have twenty pages."""

    maker: SlideMaker
    breathe: Callable[[], object]

    def story(self, story: Story, *, label: str, source_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
        self.breathe()
        return self.maker.story(story, label=label, source_name=source_name, zone=zone, format=format)

    def announcement(
        self, announcement: Announcement, *, area_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]:
        self.breathe()
        return self.maker.announcement(announcement, area_name=area_name, zone=zone, format=format)

    def notice(self, notice: Notice, *, zone: str, format: Format) -> Slide:
        return self.maker.notice(notice, zone=zone, format=format)

    def empty(self, board_name: str, area_name: str, format: Format) -> Slide:
        return self.maker.empty(board_name, area_name, format)

    def safe(self, board_name: str, area_name: str, format: Format) -> Slide:
        return self.maker.safe(board_name, area_name, format)
