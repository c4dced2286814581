"""The page of a person's own quiet hours and morning summary; registered by server.desk.app."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, url_for
from flask_babel import gettext

from server.core.duty.plan import Preferences
from server.desk.duty.roster_forms import OwnForm
from server.desk.duty.words import turn_time
from server.desk.web.alarm_names import PLACES
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.duty import channels, roster

pages = Blueprint("duty_own", __name__, url_prefix="/desk/duty/mine")


@pages.get("/")
@needs("own")
def index() -> str:
    """The user's own settings, turns and channels."""
    return _page(OwnForm.of(_own()))


@pages.post("/")
@needs("own", factor="none")
def change() -> Response | str:
    """Stores the user's own settings."""
    own = _own()
    form = OwnForm.of(own)
    wanted = form.wanted(own, has_digest=_is_editor())
    if wanted is None:
        return _page(form)
    roster.prefer(desk.db, wanted)
    flash(gettext("Đã lưu."), "info")
    return desk.go(url_for("duty_own.index"))


def _page(form: OwnForm) -> str:
    me = desk.actor()
    return render_template(
        "duty/mine.html",
        form=form,
        turns=[one for one in roster.turns(desk.db) if one.person == me],
        channels=[one for one in channels.listed(desk.db) if one.person == me],
        places=PLACES,
        turn_time=turn_time,
        mail=bool(desk.config.mail.host),
        is_editor=_is_editor(),
    )


def _is_editor() -> bool:
    """Whether the user gets morning summaries, which only editors do."""
    return any(held.role == "editor" for held in desk.person().grants)


def _own() -> Preferences:
    return roster.preferences(desk.db).get(desk.actor(), Preferences(desk.actor()))
