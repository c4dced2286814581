"""The timeline: what a board shows at any moment, as it aired or as it is planned, with the why; a week's events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for

from server.core.model import Announcement, Board, Notice
from server.core.record import Shown
from server.core.times import from_ms, to_ms
from server.desk import preview
from server.desk.desk import Desk
from server.desk.rights import needs
from server.live.programme import Holdings, programme, read_holdings
from server.live.timeline import Hour, TooFar, look
from server.store import announcements, boards, notices

SPAN = timedelta(minutes=30)
MOST_DAYS = 62


def timeline_pages(desk: Desk) -> Blueprint:
    """The pages; boards are those of the areas in which the reader may look."""
    pages = Blueprint("timeline", __name__, url_prefix="/desk/timeline")

    @pages.get("/")
    @needs("board.view")
    def index() -> str:
        mine = _boards(desk)
        if not mine:
            return render_template("timeline/none.html")
        board = _asked_board(mine)
        at = _asked_moment(desk)
        return render_template(
            "timeline/index.html",
            boards=mine,
            kept_days=desk.config.history.laps_days,
            **_seen(desk, board, at),
        )

    @pages.get("/week")
    @needs("board.view")
    def week() -> str:
        return render_template("timeline/week.html")

    @pages.get("/events")
    @needs("board.view")
    def events() -> Response:
        start, end = _span()
        areas = set(desk.areas("board.view"))
        queued = [one for one in announcements.all(desk.db) if one.area in areas and one.state == "approved"]
        told = [event for one in queued for event in _announced(one, start, end)]
        told += [_pushed(one) for one in notices.between(desk.db, start, end) if areas.intersection(one.areas)]
        return jsonify(told)

    return pages


def _boards(desk: Desk) -> tuple[Board, ...]:
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


def _asked_moment(desk: Desk) -> datetime:
    text = request.args.get("at", "")
    if not text:
        return desk.now()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=desk.zone()).astimezone(UTC)
    except ValueError:
        abort(400)


def _seen(desk: Desk, board: Board, at: datetime) -> dict[str, Any]:
    """What the page shows of a board from ``at`` on."""
    now = desk.now()
    held = read_holdings(desk.db, now, only=board.slug)
    made: dict[str, Any] = {"board": board, "at": at, "until": at + SPAN, "now": now, "local": _local(desk, at)}
    made |= {"steps": {name: _local(desk, at + by) for name, by in STEPS.items()}}
    try:
        hour = look(desk.db, preview.renderer(), held, board, to_ms(at), to_ms(at + SPAN), now)
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


def _local(desk: Desk, at: datetime) -> str:
    """As a ``datetime-local`` field has it."""
    return at.astimezone(desk.zone()).strftime("%Y-%m-%dT%H:%M")


def _row(one: Shown, now: int) -> dict[str, Any]:
    stands = "on" if one.start <= now < one.until else "past" if one.until <= now else "planned"
    seconds = round((one.until - one.start) / 1000)
    return {"shown": one, "start": from_ms(one.start), "seconds": seconds, "stands": stands}


def _picture(desk: Desk, held: Holdings, hour: Hour, at: datetime) -> list[dict[str, Any]]:
    """The glass at ``at``: an urgent notice where one covers it, else the slide, as far as its text still stands."""
    tree = desk.tree()
    area = tree.get(hour.board.area).name
    covering = [n for n in hour.notices if n.issued <= at < (n.ended or n.until)]
    if covering:
        slide = preview.renderer().notice(covering[0], zone=hour.board.zone, format=hour.board.format)
    else:
        wanted = hour.items[0].hash if hour.items and hour.items[0].start <= to_ms(at) else None
        known = {slide.hash: slide for slide in programme(preview.renderer(), held, hour.board).slides}
        if wanted not in known:
            return []
        slide = known[wanted]
    page = preview.document(slide, hour.board, area, at, covers=bool(covering))
    return [{"board": hour.board, "page": page, "shape": hour.board.format.layout}]


def _span() -> tuple[datetime, datetime]:
    """The days that the calendar asks for."""
    try:
        start, end = (datetime.fromisoformat(request.args[name]) for name in ("start", "end"))
    except (KeyError, ValueError):
        abort(400)
    start, end = (one if one.tzinfo else one.replace(tzinfo=UTC) for one in (start, end))
    if not timedelta(0) < end - start <= timedelta(days=MOST_DAYS):
        abort(400)
    return start.astimezone(UTC), end.astimezone(UTC)


def _announced(one: Announcement, start: datetime, end: datetime) -> list[dict[str, str]]:
    """Its windows that touch [start, end); one without an end goes on to the end of what is asked for."""
    return [
        {
            "id": f"announcement:{one.id}:{place}",
            "title": one.title,
            "start": window.start.isoformat(),
            "end": (window.until or end).isoformat(),
            "kind": "announcement",
        }
        for place, window in enumerate(one.windows)
        if window.start < end and (window.until is None or window.until > start)
    ]


def _pushed(one: Notice) -> dict[str, str]:
    return {
        "id": f"notice:{one.id}",
        "title": one.headline,
        "start": one.issued.isoformat(),
        "end": (one.ended or one.until).isoformat(),
        "kind": "exercise" if one.exercise else one.level,
        "address": url_for("urgent.one", id=one.id),
    }
