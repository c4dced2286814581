"""The timeline: what a board shows at any moment, as it aired or as it is planned, with the why; a week's events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from server.content.board_content import StoreSnapshot, board_content, read_snapshot
from server.content.board_timeline import Hour, TooFar, look
from server.core.lap.airing_history import Shown
from server.core.model import Board
from server.core.times import from_ms, to_ms
from server.desk.web import slide_preview
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.notices import notices

SPAN = timedelta(minutes=30)
WEEK = timedelta(days=7)


def timeline_pages(desk: DeskContext) -> Blueprint:
    """The pages; boards are those of the areas in which the reader may look."""
    pages = Blueprint("timeline", __name__, url_prefix="/desk/timeline")

    @pages.get("/")
    @needs("board.view")
    def index() -> str:
        mine = _boards(desk)
        if not mine:
            return render_template("boards/timeline/none.html")
        board = _asked_board(mine)
        at = _asked_moment(desk)
        return render_template(
            "boards/timeline/index.html",
            boards=mine,
            kept_days=desk.config.history.laps_days,
            **_seen(desk, board, at),
        )

    @pages.get("/week")
    @needs("board.view")
    def week() -> str:
        monday = _asked_monday(desk)
        return render_template(
            "boards/timeline/week.html",
            days=_week(desk, monday),
            monday=monday,
            before=monday - WEEK,
            after=monday + WEEK,
            today=desk.now().astimezone(desk.zone()).date(),
        )

    return pages


def _boards(desk: DeskContext) -> tuple[Board, ...]:
    areas = set(desk.areas("board.view"))
    return tuple(board for board in boards.all(desk.db) if board.area in areas)


def _asked_board(mine: tuple[Board, ...]) -> Board:
    """The one that is asked for; 404 for one of another area, as for one that is not there."""
    slug = request.args.get("board")
    if slug is None:
        return mine[0]
    found = next((board for board in mine if board.slug == slug), None)
    if found is None:
        abort(404)
    return found


def _asked_moment(desk: DeskContext) -> datetime:
    text = request.args.get("at", "")
    if not text:
        return desk.now()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=desk.zone()).astimezone(UTC)
    except ValueError:
        abort(400)


def _seen(desk: DeskContext, board: Board, at: datetime) -> dict[str, Any]:
    """What the page shows of a board from ``at`` on."""
    now = desk.now()
    held = read_snapshot(desk.db, now, only=board.slug)
    made: dict[str, Any] = {"board": board, "at": at, "until": at + SPAN, "now": now, "local": _local(desk, at)}
    made |= {"steps": {name: _local(desk, at + by) for name, by in STEPS.items()}}
    try:
        hour = look(desk.db, slide_preview.renderer(), held, board, to_ms(at), to_ms(at + SPAN), now)
    except TooFar as error:
        return made | {"hour": None, "too_far": str(error), "rows": [], "previews": [], "covers": ()}
    rows = [_row(one, to_ms(now)) for one in hour.items]
    return made | {
        "hour": hour,
        "rows": rows,
        "reasons": [{"word": r.word, "title": r.title, "at": from_ms(r.at) if r.at else None} for r in hour.reasons],
        "covers": hour.notices,
        "previews": _picture(desk, held, hour, at),
    }


STEPS = {
    "day_before": -timedelta(days=1),
    "before": -SPAN,
    "after": SPAN,
    "day_after": timedelta(days=1),
}


def _local(desk: DeskContext, at: datetime) -> str:
    """As a ``datetime-local`` field has it."""
    return at.astimezone(desk.zone()).strftime("%Y-%m-%dT%H:%M")


def _row(one: Shown, now: int) -> dict[str, Any]:
    stands = "on" if one.start <= now < one.until else "past" if one.until <= now else "planned"
    seconds = round((one.until - one.start) / 1000)
    return {"shown": one, "start": from_ms(one.start), "seconds": seconds, "stands": stands}


def _picture(desk: DeskContext, held: StoreSnapshot, hour: Hour, at: datetime) -> list[dict[str, Any]]:
    """The glass at ``at``: an urgent notice where one covers it, else the slide, as far as its text still stands."""
    tree = desk.tree()
    area = tree.get(hour.board.area).name
    covering = [n for n in hour.notices if n.issued <= at < (n.ended or n.until)]
    if covering:
        slide = slide_preview.renderer().notice(covering[0], zone=hour.board.zone, format=hour.board.format)
    else:
        wanted = hour.items[0].hash if hour.items and hour.items[0].start <= to_ms(at) else None
        known = {slide.hash: slide for slide in board_content(slide_preview.renderer(), held, hour.board).slides}
        if wanted not in known:
            return []
        slide = known[wanted]
    page = slide_preview.document(slide, hour.board, area, at, covers=bool(covering))
    return [{"board": hour.board, "page": page, "shape": hour.board.format.layout}]


def _asked_monday(desk: DeskContext) -> date:
    """The Monday of the week that is asked for."""
    text = request.args.get("day", "")
    try:
        day = date.fromisoformat(text) if text else desk.now().astimezone(desk.zone()).date()
        monday = day - timedelta(days=day.weekday())
        return monday if date.min + WEEK < monday < date.max - 2 * WEEK else abort(400)
    except (ValueError, OverflowError):
        abort(400)


@dataclass(frozen=True, slots=True)
class Event:
    """Something on boards of ``area`` from ``start`` to ``end`` (None: no end): an announcement or a notice."""

    title: str
    area: str
    start: datetime
    end: datetime | None
    kind: str
    address: str = ""


def _week(desk: DeskContext, monday: date) -> list[tuple[date, list[tuple[Event, bool]]]]:
    """Seven days with what is on in each, the earliest first; True where it is on all that day."""
    first = datetime.combine(monday, time(), desk.zone())
    found = [*_announced(desk, first, first + WEEK), *_pushed(desk, first, first + WEEK)]
    days = []
    for number in range(7):
        begin = datetime.combine(monday + timedelta(days=number), time(), desk.zone())
        end = begin + timedelta(days=1)
        on = [one for one in found if one.start < end and (one.end is None or one.end > begin)]
        told = [(one, one.start <= begin and (one.end is None or one.end >= end)) for one in on]
        days.append((begin.date(), sorted(told, key=lambda each: (not each[1], each[0].start, each[0].title))))
    return days


def _announced(desk: DeskContext, start: datetime, end: datetime) -> Iterator[Event]:
    """The windows of approved announcements of the reader's areas that touch [start, end)."""
    tree, areas = desk.tree(), set(desk.areas("board.view"))
    for one in announcements.all(desk.db):
        if one.area not in areas or one.state != "approved" or one.template:
            continue
        for window in one.windows:
            if window.start < end and (window.until is None or window.until > start):
                yield Event(one.title, tree.get(one.area).name, window.start, window.until, "announcement")


def _pushed(desk: DeskContext, start: datetime, end: datetime) -> Iterator[Event]:
    tree, areas = desk.tree(), set(desk.areas("board.view"))
    for one in notices.between(desk.db, start, end):
        if areas.intersection(one.areas):
            where = ", ".join(tree.get(slug).name for slug in one.areas if slug in tree)
            address = url_for("urgent.one", id=one.id) if desk.may("notice.propose") else ""
            kind = "exercise" if one.exercise else one.level
            yield Event(one.headline, where, one.issued, one.ended or one.until, kind, address)
