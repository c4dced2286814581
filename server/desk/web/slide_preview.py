"""Draws a slide as a screen shows it, in a small frame of a page, with the same template, style sheets and sizes.

Called by announcements, boards, notices, records and sources.
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
from server.desk.web.context import desk
from server.slides.render import Renderer


@dataclass(frozen=True, slots=True)
class Preview:
    """A board and an HTML page that shows a slide on it; drawn by the macro ``windows`` of web/preview/parts.html.

    ``page`` is made by `document`.
    """

    board: Board
    page: str

    @property
    def shape(self) -> Layout:
        return self.board.format.layout


def renderer() -> Renderer:
    """Returns the renderer of slides; the same object for all threads of the process, because it caches slides."""
    return _renderer(desk.config.server.public_url)


@lru_cache(maxsize=1)
def _renderer(public_url: str) -> Renderer:
    return Renderer(public_url)


def document(
    slide: Slide,
    board: Board,
    area_name: str,
    now: datetime,
    *,
    covers: bool = False,
    coming: Sequence[str] = (),
    turn: int = 0,
) -> str:
    """Returns a complete HTML page for ``<iframe srcdoc>`` that shows one slide on a board. It runs no scripts.

    ``covers``: the slide covers the whole screen, as an urgent notice does. ``coming`` are the titles of the slides
    that follow, for the side list and the ticker. ``now`` is the time that the board's clock shows. ``turn`` is for a
    slide of several pages: the page (from 1) that stays visible; with 0 the pages alternate.
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
        turn=turn,
        day=day,
        clock=f"{now.astimezone(ZoneInfo(board.zone)):%H:%M}",
    )
