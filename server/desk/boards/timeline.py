"""Views of the timeline: what a board shows at any time, past or future, and why; and the events of a week.

Registered by server.desk.app.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, abort, render_template, request

from server.content.board_content import board_content
from server.content.board_timeline import Hour, TooFar, look
from server.content.store_snapshot import StoreSnapshot, read_snapshot
from server.core.lap.airing_history import Shown
from server.core.model import Board, NowServing
from server.core.times import day_of, from_ms, to_ms
from server.desk.boards.week import WEEK, days_of_week
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.desk.web.dates import moment_from, moment_text
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.desk.web.slide_preview import Preview
from server.slides.kinds.calm import SERVING_PLACE
from server.store.boards import boards

pages = Blueprint("timeline", __name__, url_prefix="/desk/timeline")

SPAN = timedelta(minutes=30)
STEPS = {
    "day_before": -timedelta(days=1),
    "before": -SPAN,
    "after": SPAN,
    "day_after": timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One showing of an item on the board, from ``start`` for ``seconds``; ``phase`` is "past", "on" or "planned"."""

    shown: Shown
    start: datetime
    seconds: int
    phase: str


@pages.get("/")
@needs("board.view")
def index() -> str:
    """The page with half an hour of a board's timeline.

    ``?board=SLUG`` selects the board (by default the first), ``?at=`` the beginning in local time (by default now).
    """
    areas = set(desk.areas("board.view"))
    mine = [board for board in boards.all(desk.db) if board.area in areas]
    if not mine:
        return render_template("boards/timeline/none.html")
    board, at = _requested_board(mine), _requested_moment()
    return render_template(
        "boards/timeline/index.html",
        boards=mine,
        kept_days=desk.config.history.laps_days,
        board=board,
        at=at,
        until=at + SPAN,
        local=_field_value(at),
        steps={name: _field_value(at + by) for name, by in STEPS.items()},
        **_timeline(board, at),
    )


@pages.get("/week")
@needs("board.view")
def week() -> str:
    """The page with the announcements and notices of the week that contains ``?day=YYYY-MM-DD``, by default today."""
    monday = _requested_monday()
    return render_template(
        "boards/timeline/week.html",
        days=days_of_week(monday),
        monday=monday,
        before=monday - WEEK,
        after=monday + WEEK,
        today=desk.now().astimezone(desk.zone()).date(),
    )


def _requested_board(mine: list[Board]) -> Board:
    """Returns the board with the slug ``?board=``, by default the first of ``mine``; 404 if it is not in ``mine``."""
    slug = request.args.get("board")
    if slug is None:
        return mine[0]
    found = next((board for board in mine if board.slug == slug), None)
    if found is None:
        abort(404)
    return found


def _requested_moment() -> datetime:
    text = request.args.get("at", "")
    if not text:
        return desk.now()
    try:
        return moment_from(text).replace(tzinfo=desk.zone()).astimezone(UTC)
    except ValueError:
        abort(400)


def _requested_monday() -> date:
    text = request.args.get("day", "")
    try:
        day = day_of(text) if text else desk.now().astimezone(desk.zone()).date()
    except ValueError:
        abort(400)
    return day - timedelta(days=day.weekday())


def _timeline(board: Board, at: datetime) -> dict[str, object]:
    """Returns the variables of the template for the board's timeline from ``at`` to ``at + SPAN``."""
    now = desk.now()
    snapshot = read_snapshot(desk.db, now, only=board.slug)
    try:
        hour = look(desk.db, slide_preview.renderer(), snapshot, board, to_ms(at), to_ms(at + SPAN), now)
    except TooFar as error:
        return {"hour": None, "too_far": said(error), "rows": [], "previews": [], "covers": (), "serving": None}
    serving = snapshot.serving.get(board.slug) if board.serving != "off" and at <= now < at + SPAN else None
    return {
        "hour": hour,
        "rows": [_row(one, to_ms(now)) for one in hour.items],
        "reasons": [{"word": r.word, "title": r.title, "at": from_ms(r.at) if r.at else None} for r in hour.reasons],
        "covers": hour.notices,
        "serving": serving,
        "previews": _preview(snapshot, hour, at, serving),
    }


def _field_value(at: datetime) -> str:
    """Returns the text of a form field for the time ``at``, in local time."""
    return moment_text(at.astimezone(desk.zone()))


def _row(shown: Shown, now: int) -> Row:
    phase = "on" if shown.start <= now < shown.until else "past" if shown.until <= now else "planned"
    return Row(shown, from_ms(shown.start), round((shown.until - shown.start) / 1000), phase)


def _preview(snapshot: StoreSnapshot, hour: Hour, at: datetime, serving: NowServing | None) -> list[Preview]:
    """Returns a preview of the screen at ``at``: the urgent notice that covers it, else the slide, in a list of one.

    ``serving`` are the numbers of the board's hall, if it has any then.

    Empty if no slide is known for that time or its content has changed since.
    """
    renderer, board = slide_preview.renderer(), hour.board
    if hour.covering is not None:
        slide = renderer.notice(hour.covering, zone=board.zone, format=board.format)
    elif serving is not None and board.serving == "always":
        slide = renderer.now_serving(serving, format=board.format)
    else:
        wanted = hour.items[0].hash if hour.items and hour.items[0].start <= to_ms(at) else None
        known = {slide.hash: slide for slide in board_content(renderer, snapshot, board).slides}
        if wanted not in known:
            return []
        slide = known[wanted]
        if slide.kind == SERVING_PLACE and serving is not None:
            slide = renderer.now_serving(serving, format=board.format)
    area = desk.tree().get(board.area).name
    return [Preview(board, slide_preview.document(slide, board, area, at, covers=hour.covering is not None))]
