"""Views of alarms: what is wrong now, what was, who was told, and the button with which a person takes one on.

Registered by server.desk.app, which also shows `strip` on every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, render_template, url_for
from flask_babel import gettext

from server.core.duty.alarms import Alarm
from server.core.duty.plan import able_people
from server.core.duty.roster import on_duty
from server.core.policy import Person
from server.desk.duty.words import STEP_NAMES, alarm_view, length
from server.desk.web.alarm_names import CHANNEL_NAMES
from server.desk.web.context import desk
from server.desk.web.found import found_or_404
from server.desk.web.pagination import requested_page
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.database.errors import StoreRefusal
from server.store.duty import alarms, channels, deliveries, roster
from server.store.duty.channels import target_of
from server.store.people import people

pages = Blueprint("duty", __name__, url_prefix="/desk/duty")
HISTORY = timedelta(days=90)
SHOWN = 30
MOST = 600
MOST_NAMED = 50


@pages.get("/")
@needs("screen.view")
def index() -> str:
    """The alarms that last, and those of the last 90 days."""
    mine = desk.areas("screen.view")
    found = alarms.history(desk.db, mine, since=desk.now() - HISTORY, most=MOST)
    page, staff = requested_page(found, SHOWN), people.all(desk.db)
    return render_template(
        "duty/index.html",
        open=[alarm_view(one) for one in _lasting()],
        past=[alarm_view(one) for one in page.items],
        page=page,
        names=_names(staff),
        length=length,
        now=desk.now(),
        here_now=_here_now(staff),
    )


@pages.get("/alarms/<int:id>")
@needs("screen.view")
def one(id: int) -> str:
    """The page of an alarm: what is or was wrong, and who was told when."""
    alarm, told, names = _alarm_or_404(id), deliveries.of_alarm(desk.db, id), _names(people.all(desk.db))
    states = deliveries.states(desk.db, {row.target for row in told})
    targets = _target_names(names)
    return render_template(
        "duty/one.html",
        view=alarm_view(alarm, MOST_NAMED),
        subjects=alarm.subjects[:MOST_NAMED],
        told=[(targets.get(row.target, gettext("Kênh đã xóa")), row) for row in told],
        failing={target for target, state in states.items() if state.failures},
        steps=STEP_NAMES,
        names=names,
        length=length,
        now=desk.now(),
    )


@pages.post("/alarms/<int:id>/acknowledge")
@needs("alarm.acknowledge", factor="none")
def acknowledge(id: int) -> Response:
    """Takes an alarm on, so that nobody else is called."""
    alarm = _alarm_or_404(id)
    desk.require("alarm.acknowledge", alarm.area)
    try:
        after = alarms.acknowledge(desk.db, id, actor=desk.actor(), now=desk.now())
    except StoreRefusal as error:
        flash(said(error), "error")
    else:
        if after.acknowledged_by == desk.actor():
            flash(gettext("Bạn đã nhận báo động này. Bảng Tin không gọi thêm ai, và sẽ báo khi hết."), "info")
        else:
            name = _names(people.all(desk.db)).get(after.acknowledged_by, "")
            flash(gettext("%(name)s đã nhận trước bạn.", name=name), "info")
    return desk.go(url_for("duty.one", id=id))


def strip() -> str:
    """Returns the HTML of the line about open alarms above every page; "" if the user has none to see."""
    if desk.maybe_person() is None or not desk.may("alarm.acknowledge"):
        return ""
    waiting = [one for one in _lasting() if one.acknowledged is None and desk.may("alarm.acknowledge", one.area)]
    if not waiting:
        return ""
    return render_template("duty/strip.html", first=alarm_view(waiting[0], 1), count=len(waiting))


def _lasting() -> list[Alarm]:
    return [one for one in alarms.lasting(desk.db) if desk.may("screen.view", one.area)]


def _alarm_or_404(id: int) -> Alarm:
    found = found_or_404(alarms.get, id)
    if not desk.may("screen.view", found.area):
        abort(404)
    return found


def _names(staff: Iterable[Person]) -> dict[str, str]:
    """The name of each person by username."""
    return {one.username: one.name for one in staff}


def _here_now(staff: Sequence[Person]) -> tuple[str, ...]:
    """The names of those of ``staff`` who are on duty now in the user's own areas."""
    turns, absences, at = roster.turns(desk.db), roster.absences(desk.db), desk.now().astimezone(desk.zone())
    held = {grant.area for grant in desk.person().grants}
    names, tree = _names(staff), desk.tree()
    found: dict[str, str] = {}
    for area in sorted(held):
        able = {one.username for one in able_people(staff, area, tree)}
        for group in on_duty(turns, absences, area, at, able)[:1]:
            found |= {username: names[username] for username in group}
    return tuple(found.values())


def _target_names(names: Mapping[str, str]) -> dict[str, str]:
    """The name of each person and channel by target, for the list of who was told; ``names`` are by username."""
    return {
        **{f"person:{username}": name for username, name in names.items()},
        **{target_of(one.id): f"{CHANNEL_NAMES[one.kind]}: {one.name}" for one in channels.listed(desk.db)},
    }
