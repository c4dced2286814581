"""Views of an area's duty roster: a week, the turns that repeat, who is away; registered by server.desk.app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.duty.plan import able_people
from server.core.duty.roster import MOST_PLACES, Shift, on_duty, shifts
from server.core.policy import Person
from server.core.times import day_of
from server.desk.duty.roster_forms import AbsenceForm, TurnForm
from server.desk.duty.words import hours, turn_time
from server.desk.web.alarm_names import PLACES, WEEKDAYS
from server.desk.web.context import desk
from server.desk.web.found import found_or_404
from server.desk.web.rights import needs
from server.store.duty import roster
from server.store.duty.roster import AbsenceOverlap, TurnOverlap
from server.store.people import people

pages = Blueprint("duty_roster", __name__, url_prefix="/desk/duty/roster")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week's table: the shifts of each place, the first one those on duty."""

    day: date
    is_today: bool
    places: tuple[tuple[Shift, ...], ...]


@pages.get("/")
@needs("screen.view")
def index() -> str:
    """The week of ``?area=`` that contains ``?day=`` (ISO), by default this week of the user's first area."""
    return _page(_area())


@pages.post("/<area>/turns")
@needs("duty.manage", factor="none")
def add_turn(area: str) -> Response | str:
    """Adds a turn that repeats every week."""
    _require(area)
    form = TurnForm().offer(_able(area))
    wanted = form.wanted(area)
    if wanted is None:
        return _page(area, turn_form=form)
    try:
        roster.add_turn(desk.db, wanted, actor=desk.actor(), now=desk.now())
    except TurnOverlap as overlap:
        form.person.errors = [gettext("Người này đã có ca trùng giờ: %(when)s", when=turn_time(overlap.other))]
        return _page(area, turn_form=form)
    return _done(area, gettext("Đã thêm ca trực."))


@pages.post("/turns/<int:id>/remove")
@needs("duty.manage", factor="none")
def remove_turn(id: int) -> Response:
    """Deletes a turn."""
    _require(found_or_404(roster.turn_area, id))
    area = found_or_404(partial(roster.remove_turn, actor=desk.actor(), now=desk.now()), id)
    return _done(area, gettext("Đã xóa ca trực."))


@pages.post("/<area>/absences")
@needs("duty.manage", factor="none")
def add_absence(area: str) -> Response | str:
    """Adds days on which a person is away, with the person who takes the turns."""
    _require(area)
    form = AbsenceForm().offer(_able(area))
    wanted = form.wanted(area)
    if wanted is None:
        return _page(area, absence_form=form)
    try:
        roster.add_absence(desk.db, wanted, actor=desk.actor(), now=desk.now())
    except AbsenceOverlap as overlap:
        first, last = (f"{day:%d/%m/%Y}" for day in (overlap.other.first, overlap.other.last))
        form.away.errors = [gettext("Người này đã ghi vắng %(first)s – %(last)s", first=first, last=last)]
        return _page(area, absence_form=form)
    return _done(area, gettext("Đã ghi ngày vắng."))


@pages.post("/absences/<int:id>/remove")
@needs("duty.manage", factor="none")
def remove_absence(id: int) -> Response:
    """Deletes an absence."""
    _require(found_or_404(roster.absence_area, id))
    area = found_or_404(partial(roster.remove_absence, actor=desk.actor(), now=desk.now()), id)
    return _done(area, gettext("Đã xóa ngày vắng."))


def _page(area: str, turn_form: TurnForm | None = None, absence_form: AbsenceForm | None = None) -> str:
    turns = [one for one in roster.turns(desk.db) if one.area == area]
    absences = [one for one in roster.absences(desk.db) if one.area == area]
    here = desk.now().astimezone(desk.zone())
    monday = _monday(here)
    able = _able(area)
    able_names = {one.username for one in able}
    days = [
        _day(shifts(turns, absences, area, monday + timedelta(days=number)), monday, number, here)
        for number in range(7)
    ]
    return render_template(
        "duty/roster.html",
        area=area,
        areas=desk.areas("screen.view"),
        days=days,
        places=[PLACES[number] for number in range(1, max([2, *(one.place for one in turns)]) + 1)],
        turn_places=PLACES,
        weekdays=WEEKDAYS,
        monday=monday,
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        turns=turns,
        hours=hours,
        turn_time=turn_time,
        absences=[one for one in absences if one.last >= here.date()],
        now_on=on_duty(turns, absences, area, here, able_names),
        names={one.username: one.name for one in people.all(desk.db)},
        turn_form=turn_form or TurnForm(formdata=None).offer(able),
        absence_form=absence_form or AbsenceForm(formdata=None).offer(able),
        manages=desk.may("duty.manage", area),
        able=able_names,
    )


def _day(found: Sequence[Shift], monday: date, number: int, here: datetime) -> Day:
    day = monday + timedelta(days=number)
    places = tuple(tuple(one for one in found if one.turn.place == place) for place in range(1, MOST_PLACES + 1))
    return Day(day, day == here.date(), places)


def _area() -> str:
    """The area that the address names, if the user may see it; else the user's own."""
    mine = desk.areas("screen.view")
    asked = request.args.get("area", "")
    own = [one.area for one in desk.person().grants if one.area in mine]
    return asked if asked in mine else (own or list(mine))[0]


def _monday(here: datetime) -> date:
    try:
        day = day_of(request.args.get("day", ""))
    except ValueError:
        day = here.date()
    return day - timedelta(days=day.weekday())


def _able(area: str) -> list[Person]:
    """The active people who can take an alarm of the area on; those of the area itself come first."""
    found = able_people(people.all(desk.db), area, desk.tree())
    return sorted(found, key=lambda one: (not any(held.area == area for held in one.grants), one.name))


def _require(area: str) -> None:
    if not desk.may("duty.manage", area):
        abort(404)


def _done(area: str, sentence: str) -> Response:
    flash(sentence, "info")
    return desk.go(url_for("duty_roster.index", area=area))
