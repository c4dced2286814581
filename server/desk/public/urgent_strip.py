"""Prepares the strips at the top of public pages, one for each live notice; called by the views of desk.public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import gettext
from markupsafe import Markup

from server.core.model import Board, Notice
from server.core.notices.drills import without_mark
from server.core.typesetting.names import keep_names_whole
from server.desk.web.context import desk
from server.desk.web.names import area_name
from server.slides.kinds.notice.pictograms import pictogram
from server.slides.templating import ENVIRONMENT


@dataclass(frozen=True, slots=True)
class Strip:
    """A live notice as a strip. ``urgent`` strips are red; an exercise is never urgent.

    ``pictogram`` is the drawing of its hazard as SVG. ``places`` are names of areas, ``until`` is its end in words.
    """

    notice: Notice
    headline: str
    pictogram: Markup
    places: str
    until: str
    urgent: bool


def strips(found: Iterable[tuple[Notice, tuple[Board, ...]]]) -> list[Strip]:
    """Returns the strips of the notices in ``found``, which are paired with the boards that show them.

    Notices of the level "normal" are left out: they are only slides.
    """
    return [_strip(one) for one, _ in found if one.shown_level != "normal"]


def _strip(one: Notice) -> Strip:
    headline = keep_names_whole(without_mark(one).headline)
    return Strip(
        one,
        f"“{headline}”" if one.exercise else headline,
        _drawing(pictogram(one.danger or one.headline)),
        ", ".join(area_name(slug) for slug in one.areas[:3]) + (" …" if len(one.areas) > 3 else ""),
        until_words(one.until, desk.now(), desk.zone()),
        one.shown_level == "urgent" and not one.exercise,
    )


@lru_cache(maxsize=64)
def _drawing(name: str) -> Markup:
    """Returns the SVG of the pictogram with this name, as slides show it."""
    draw = getattr(ENVIRONMENT.get_template("notice/pictograms.html").module, "drawing")  # noqa: B009
    return Markup(draw(name))  # noqa: S704 - our own template's output


def until_words(until: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Returns the end of a notice in words: "đến 17:00 hôm nay" or "đến 05:30 ngày 07/09"."""
    end = until.astimezone(zone)
    if end.date() == now.astimezone(zone).date():
        return str(gettext("đến %(time)s hôm nay", time=f"{end:%H:%M}"))
    return str(gettext("đến %(time)s ngày %(day)s", time=f"{end:%H:%M}", day=f"{end:%d/%m}"))
