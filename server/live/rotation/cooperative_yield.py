"""Lets other greenlets run during long work on the event loop, so that notices are sent while boards are composed.

Created by server.processes.server for the director and its lap_agreement; board_composer makes a YieldingMaker.
Composing runs on the event loop and not in a thread, because a computing thread would compete with the loop for the
GIL whenever a notice is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.content.board_content import SlideMaker
from server.core.item_addresses import ItemKind
from server.core.model import Announcement, Format, Notice, NowServing, Slide, Story

SLICE_SECONDS = 0.003


class CooperativeYield:
    """Called between two pieces of work: yields if the last yield was at least ``SLICE_SECONDS`` ago.

    ``monotonic`` returns seconds; ``yield_to_others`` lets other greenlets run.
    """

    def __init__(self, monotonic: Callable[[], float], yield_to_others: Callable[[], object]) -> None:
        self._monotonic, self._yield_to_others = monotonic, yield_to_others
        self._since = monotonic()

    def __call__(self) -> None:
        if self._monotonic() - self._since >= SLICE_SECONDS:
            self._yield_to_others()
            self._since = self._monotonic()


@dataclass(frozen=True, slots=True)
class YieldingMaker:
    """A slide maker that calls ``maybe_yield`` before it renders a story or announcement, which may take long.

    All methods return what the methods of ``maker`` return.
    """

    maker: SlideMaker
    maybe_yield: Callable[[], object]

    def item_address(self, kind: ItemKind, id: int) -> str:
        return self.maker.item_address(kind, id)

    def story(self, story: Story, *, label: str, source_name: str, zone: str, format: Format) -> tuple[Slide, ...]:
        self.maybe_yield()
        return self.maker.story(story, label=label, source_name=source_name, zone=zone, format=format)

    def announcement(
        self, announcement: Announcement, *, area_name: str, zone: str, format: Format
    ) -> tuple[Slide, ...]:
        self.maybe_yield()
        return self.maker.announcement(announcement, area_name=area_name, zone=zone, format=format)

    def notice(self, notice: Notice, *, zone: str, format: Format) -> Slide:
        return self.maker.notice(notice, zone=zone, format=format)

    def notice_details(self, notice: Notice, *, zone: str, format: Format) -> tuple[Slide, ...]:
        self.maybe_yield()
        return self.maker.notice_details(notice, zone=zone, format=format)

    def now_serving(self, serving: NowServing, *, format: Format) -> Slide:
        return self.maker.now_serving(serving, format=format)

    def serving_place(self, format: Format) -> Slide:
        return self.maker.serving_place(format)

    def empty(self, board_name: str, area_name: str, format: Format) -> Slide:
        return self.maker.empty(board_name, area_name, format)

    def safe(self, board_name: str, area_name: str, format: Format) -> Slide:
        return self.maker.safe(board_name, area_name, format)
