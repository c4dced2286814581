"""Draws a slide as a screen shows it, in a small frame of a page, with the same template, style sheets and sizes.

Called by the views of notices, announcements and boards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import render_template
from markupsafe import Markup

from server.core import calendar
from server.core.model import Board, Layout, Slide
from server.slides.render import Renderer


@dataclass(frozen=True, slots=True)
class Preview:
    """A board with a `document` of it: what the macro ``windows`` of web/preview/parts.html draws."""

    board: Board
    page: str

    @property
    def shape(self) -> Layout:
        return self.board.format.layout


@lru_cache(maxsize=1)
def renderer() -> Renderer:
    """The renderer of this process; one for all, because it caches slides."""
    return Renderer()


def document(
    slide: Slide, board: Board, area_name: str, now: datetime, *, covers: bool = False, coming: Sequence[str] = ()
) -> str:
    """A whole HTML page for ``<iframe srcdoc>``: one slide on a board. No script runs in it, so nothing moves.

    ``covers``: the slide covers the whole screen, as an urgent notice does. ``coming``: the titles of the slides that
    follow, for the side list and the ticker. ``now`` is the time that the board's clock shows.
    """
    day = calendar.days(now, board.zone, 1)[0]
    return render_template(
        "web/preview/document.html",
        slide=slide,
        html=Markup(slide.html),  # noqa: S704 - escaped by the slide's own template
        board=board,
        area_name=area_name,
        covers=covers,
        coming=coming,
        day=day,
        clock=f"{now.astimezone(ZoneInfo(board.zone)):%H:%M}",
    )
