"""Views of the proof of play: what was shown where, when and how often; registered by server.desk.app.

There is a table, a CSV file and a printable record for one item, all made from what paired screens reported. Public
viewers in a browser are not counted. Users see only the boards of areas in which they may view reports.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from server.core.announcements.search_text import without_marks
from server.core.model import Board
from server.core.text_input import number_or_none
from server.desk.records.notice_proof import NoticeProof, notice_proof, notice_proofs
from server.desk.records.posting import document, kind_name
from server.desk.records.proof_figures import (
    LONGEST,
    USUAL,
    Period,
    item_totals,
    plays_per_day,
    postings,
    selection,
)
from server.desk.records.proof_rows import notice_rows, play_rows
from server.desk.web.context import desk
from server.desk.web.csv_export import csv_response
from server.desk.web.dates import day_from
from server.desk.web.pagination import requested_page
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.screens import plays

pages = Blueprint("proof", __name__, url_prefix="/desk")

SHOWN_AT_ONCE = 60


@pages.get("/proof/")
@needs("report.view")
def index() -> str:
    """The page with the items shown in a period, the one shown most often first, and the plays per day."""
    visible = _visible_boards()
    period, chosen = _period(), _chosen_boards(visible)
    totals = plays.totals(desk.db, **selection(chosen, period))
    words = request.args.get("q", "").strip()
    wanted = without_marks(words)
    found = [one for one in item_totals(totals) if wanted in without_marks(one.title)]
    page = requested_page(found, SHOWN_AT_ONCE)
    return render_template(
        "records/proof/index.html",
        page=page,
        boards=visible,
        notices=[one for one in notice_proofs(chosen, period) if wanted in without_marks(one.notice.headline)],
        kind_name=kind_name,
        period=period,
        per_day=plays_per_day(totals, {one.item for one in found}, period),
        reach=plays.reach(desk.db, **selection(chosen, period), items=[one.item for one in page.items]),
        total=sum(one.count for one in found),
        words=words,
    )


@pages.get("/proof/proof.csv")
@needs("report.view")
def table() -> Response:
    """The proof of play as a CSV file: one row per day, board and item, and one row per notice and board."""
    period, chosen = _period(), _chosen_boards(_visible_boards())
    head = [gettext("Ngày"), gettext("Bảng tin"), gettext("Đơn vị"), gettext("Loại"), gettext("Tin"),
            gettext("Số lần"), gettext("Lần đầu"), gettext("Lần cuối"), gettext("Các giờ"), gettext("Số màn hình"),
            gettext("Chưa hiện"), gettext("Mã nội dung")]  # fmt: skip
    item = request.args.get("item", "")
    found = plays.proofs(desk.db, **selection(chosen, period), item=item)
    told = [one for one in notice_proofs(chosen, period) if item in ("", one.item)]
    rows = [*notice_rows(told), *play_rows(found, {board.slug: board for board in chosen})]
    return csv_response(head, rows, f"{gettext('bang-chung')}-{period.first}-{period.last}.csv")


@pages.get("/proof/item/<item>")
@needs("report.view")
def one(item: str) -> str:
    """The printable record of one item: each board that showed it, with its screens, times and outages."""
    period, chosen = _period(), _chosen_boards(_visible_boards())
    proofs = plays.proofs(desk.db, **selection(chosen, period), item=item)
    found = postings(chosen, proofs, period)
    told = _told(item, chosen)
    shown_on = [posting.board for posting in found] or (told.boards if told else [])
    hashes = {hash for posting in found[:1] for hash, _ in posting.hashes}
    title = max(proofs, key=lambda proof: proof.last).title if proofs else ""
    there = bool(found or told)
    return render_template(
        "records/proof/item.html",
        item=item,
        # A user who may not see any board that showed the item must not learn anything about it, not even its title.
        document=document(item, title, shown_on, hashes) if there else None,
        postings=found,
        told=told,
        period=period,
        count=sum(posting.count for posting in found),
        now=desk.now(),
        by=desk.person().name,
    )


def _told(item: str, chosen: list[Board]) -> NoticeProof | None:
    """Returns the record of where and when a notice was shown, for an item such as "notice:7".

    None if ``item`` is not a notice.
    """
    kind, _, number = item.partition(":")
    id = number_or_none(number) if kind == "notice" else None
    return notice_proof(id, chosen) if id is not None else None


@pages.get("/receipts/", defaults={"rest": ""})
@pages.get("/receipts/<path:rest>")
@needs("report.view")
def moved(rest: str) -> BaseResponse:
    """Redirects from the former addresses of these pages, which people may still use."""
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(f"{url_for('proof.index')}{quote(rest)}{query}", 301)


def _visible_boards() -> list[Board]:
    areas = set(desk.areas("report.view"))
    return [board for board in boards.all(desk.db) if board.area in areas]


def _chosen_boards(visible: list[Board]) -> list[Board]:
    """Returns the board with the slug ``?board=``, by default all boards ``visible``; 404 if it is not among them."""
    slug = request.args.get("board", "")
    chosen = [board for board in visible if board.slug == slug] if slug else visible
    if slug and not chosen:
        abort(404)
    return chosen


def _period() -> Period:
    """Returns the period from ``?from=`` to ``?to=``, by default the last seven days.

    A period longer than LONGEST is shortened at its beginning.
    """
    today = desk.now().astimezone(desk.zone()).date()
    last = _day(request.args.get("to", "")) or today
    first = _day(request.args.get("from", "")) or last - USUAL
    first = min(first, last)
    return Period(max(first, last - LONGEST), last)


def _day(text: str) -> date | None:
    try:
        return day_from(text)
    except ValueError:
        return None
