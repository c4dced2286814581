"""Pages of the gateway to the source information system: airtime by owner, boards, bulletins; registered by desk.app.

The same figures go to the source system by the API and, where config.toml says so, as reports of the worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext

from server.core.model import Board
from server.core.source_system.reports import Period
from server.core.workflow import NOTICE
from server.desk.announcements.wording import PHASE_LABELS
from server.desk.records.audit_names import Names
from server.desk.web.context import desk
from server.desk.web.dates import day_from
from server.desk.web.owner_names import OWNER_NAMES
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.desk.web.source_bulletins import ItemStatus, statuses
from server.desk.web.source_reports import (
    board_lines,
    month_of,
    owner_lines,
    period_of,
    play_lines,
    today,
    visible_board,
    visible_boards,
)
from server.desk.web.source_tables import (
    PRIORITY_NAMES,
    STATE_NAMES,
    airtime_table,
    boards_table,
    percent,
    plays_table,
)
from server.store.source_system import bulletins, outbox
from server.store.source_system.bulletins import TakenBulletin

pages = Blueprint("source_system", __name__, url_prefix="/desk/source-system")

MOST_BULLETINS = 40
MONTHS = 24
_COLOURS = {"live": "good", "partly": "warn", "dark": "bad", "none": "off"}


@dataclass(frozen=True, slots=True)
class ShownBulletin:
    """A bulletin as the page shows it; ``decided`` are sentences who decided what."""

    one: TakenBulletin
    items: tuple[ItemStatus, ...]
    states: tuple[str, ...]
    decided: tuple[str, ...]


@pages.get("/")
@needs("report.view")
def index() -> str:
    """The page with the airtime statement of a month, the boards with their state, and the newest bulletins."""
    period, found = _month(), visible_boards()
    lines = owner_lines(found, period)
    return render_template(
        "records/source_system/index.html",
        period=period,
        months=_months(),
        owners=lines,
        short=[one for line in lines for one in line.boards if one.short],
        boards=board_lines(found),
        bulletins=_bulletins(),
        outgoing=outbox.waiting(desk.db) if desk.config.source_system.report_url else None,
        last_sent=outbox.last_sent(desk.db),
        owner_names=OWNER_NAMES,
        priority_names=PRIORITY_NAMES,
        state_names=STATE_NAMES,
        colours=_COLOURS,
        percent=percent,
    )


@pages.get("/boards/<slug>")
@needs("report.view")
def board(slug: str) -> str:
    """The page with what one board showed in a period."""
    one, period = _board_or_404(slug), _days()
    return render_template(
        "records/source_system/board.html",
        board=one,
        period=period,
        lines=play_lines(one, period),
        priority_names=PRIORITY_NAMES,
    )


@pages.get("/files/<name>")
@needs("report.view")
def file(name: str) -> Response:
    """A table as a file: boards, airtime (``?month=``) or plays (``?board=``, ``?from=``, ``?to=``)."""
    what, _, kind = name.partition(".")
    if kind not in ("csv", "xlsx"):
        abort(404)
    if what == "boards":
        return boards_table(board_lines(visible_boards())).response(kind)
    if what == "airtime":
        period = _month()
        return airtime_table(period.month, owner_lines(visible_boards(), period)).response(kind)
    if what != "plays":
        abort(404)
    one, period = _board_or_404(request.args.get("board", "")), _days()
    return plays_table(f"{one.slug}-{period.first}-{period.last}", play_lines(one, period)).response(kind)


def _board_or_404(slug: str) -> Board:
    return visible_board(slug) or abort(404)


def _month() -> Period:
    """Returns the month ``?month=``, such as "2026-03"; by default, or for other text, the current one."""
    try:
        return month_of(request.args.get("month", ""))
    except ValueError:
        return month_of("")


def _months() -> list[Period]:
    """Returns the months that the page offers, the current one first."""
    found, first = [], today().replace(day=1)
    for _ in range(MONTHS):
        found.append(Period.of_month(f"{first:%Y-%m}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def _days() -> Period:
    return period_of(_day("from"), _day("to"))


def _day(name: str) -> date | None:
    try:
        return day_from(request.args.get(name, ""))
    except ValueError:
        return None


def _bulletins() -> list[ShownBulletin]:
    found = bulletins.listed(desk.db, desk.areas("report.view"), before=None, most=MOST_BULLETINS)
    known, names = statuses(found), Names()
    mine = set(desk.areas("report.view"))
    return [
        _shown(one, tuple(item for item in known.get(one.id, ()) if not mine.isdisjoint(item.areas)), names)
        for one in found
    ]


def _shown(one: TakenBulletin, items: tuple[ItemStatus, ...], names: Names) -> ShownBulletin:
    states = tuple(dict.fromkeys(_state(item) for item in items))
    told = dict.fromkeys(sentence for item in items for sentence in _decisions(one, item, names))
    return ShownBulletin(one, items, states, tuple(told))


def _state(item: ItemStatus) -> str:
    if item.notice_state is not None:
        return str(gettext("Tin khẩn %(state)s", state=said(NOTICE.words[item.notice_state])))
    return str(PHASE_LABELS[item.announcement_phase or "draft"])


def _decisions(one: TakenBulletin, item: ItemStatus, names: Names) -> list[str]:
    """Returns who decided that the item is shown, and who gave it its place in the order."""
    told = []
    if item.decided_by:
        told.append(gettext("%(name)s quyết định", name=names.actor(item.decided_by)))
    elif item.state in ("approved", "live"):
        told.append(gettext("Lên bảng ngay theo quyền của %(name)s", name=one.sender))
    if item.ordered_by:
        told.append(gettext("%(name)s xếp thứ tự", name=names.actor(item.ordered_by)))
    elif one.priority == "priority" and item.state == "approved":
        told.append(gettext("Chưa ai xếp thứ tự"))
    return told
