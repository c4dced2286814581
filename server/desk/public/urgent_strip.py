"""The live notices at the top of public pages, as words and pictogram; called by the views of desk.public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import gettext
from markupsafe import Markup

from server.core.model import Board, Notice
from server.core.typesetting.names import keep_names_whole
from server.desk.web.context import desk
from server.desk.web.names import area_name
from server.slides.kinds.notice.pictograms import pictogram
from server.slides.templating import ENVIRONMENT


@dataclass(frozen=True, slots=True)
class Strip:
    """A live notice: ``urgent`` ones are red, an exercise never is. ``places`` are names of areas, ``until`` words.

    ``pictogram`` is the drawing of its hazard, as SVG.
    """

    notice: Notice
    headline: str
    pictogram: Markup
    places: str
    until: str
    urgent: bool


def strips(found: Iterable[tuple[Notice, tuple[Board, ...]]]) -> list[Strip]:
    """The strips of notices, each with the boards that show it. Notices of level normal are slides only."""
    return [_strip(one) for one, _ in found if one.shown_level != "normal"]


def _strip(one: Notice) -> Strip:
    headline = keep_names_whole(one.headline)
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
    """The pictogram with this name, drawn as on the slides."""
    draw = getattr(ENVIRONMENT.get_template("notice/pictograms.html").module, "drawing")  # noqa: B009
    return Markup(draw(name))  # noqa: S704 - our own template's output


def until_words(until: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The end of a notice: "đến 17:00 hôm nay" or "đến 05:30 ngày 07/09"."""
    end = until.astimezone(zone)
    if end.date() == now.astimezone(zone).date():
        return str(gettext("đến %(time)s hôm nay", time=f"{end:%H:%M}"))
    return str(gettext("đến %(time)s ngày %(day)s", time=f"{end:%H:%M}", day=f"{end:%d/%m}"))
