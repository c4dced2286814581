"""The slide itself in a small window of a page: the same template, style and sizes as on the glass; for all pages.

``document`` is a whole page for an ``<iframe srcdoc>``: no script runs in it, so the frame around the slide stands
still. Used by urgent, composer, timeline and the form of boards.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import render_template
from markupsafe import Markup

from server.core import calendar
from server.core.model import Board, Slide
from server.slides.render import Renderer


@lru_cache(maxsize=1)
def renderer() -> Renderer:
    """One for the process, so that what was drawn once is remembered."""
    return Renderer()


def document(
    slide: Slide, board: Board, area_name: str, now: datetime, *, covers: bool = False, coming: Sequence[str] = ()
) -> str:
    """The page of one slide on a board; ``covers``: it takes the whole glass, as an urgent notice does.

    ``coming`` are the titles that follow, for a list at the side and a running line.
    """
    day = calendar.days(now, board.zone, 1)[0]
    return render_template(
        "web/preview/document.html",
        slide=slide,
        html=Markup(slide.html),  # noqa: S704 - what the glass shows, escaped by its own template
        board=board,
        area_name=area_name,
        covers=covers,
        coming=coming,
        day=day,
        clock=f"{now.astimezone(ZoneInfo(board.zone)):%H:%M}",
    )
