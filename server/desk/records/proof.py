"""Views of the proof of play: what was shown where, when and how often; used by server.desk.app.

A table, a CSV file and a record to print, from the receipts of paired screens; public viewers are not counted. Cut to
the areas whose reports the signed-in person may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from server.core.model import Board
from server.core.screens.proof import Proof, hours_of
from server.desk.records.proof_figures import (
    LONGEST,
    USUAL,
    Period,
    days_per_hour,
    item_totals,
    plays_per_day,
    postings,
    selection,
)
from server.desk.web.context import desk
from server.desk.web.csv_export import csv_response
from server.desk.web.pagination import requested_page
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.screens import plays

pages = Blueprint("proof", __name__, url_prefix="/desk")

SHOWN_AT_ONCE = 60


@pages.get("/proof/")
@needs("report.view")
def index() -> str:
    """The items of a period, the one shown most often first, and the plays per day."""
    visible = _visible_boards()
    period, chosen = _period(), _chosen_boards(visible)
    totals = plays.totals(desk.db, **selection(chosen, period))
    words = request.args.get("q", "").strip()
    found = [one for one in item_totals(totals) if words.lower() in one.title.lower()]
    page = requested_page(found, SHOWN_AT_ONCE)
    return render_template(
        "records/proof/index.html",
        page=page,
        boards=visible,
        period=period,
        per_day=plays_per_day(totals, {one.item for one in found}, period),
        reach=plays.reach(desk.db, **selection(chosen, period), items=[one.item for one in page.items]),
        total=sum(one.count for one in found),
        words=words,
    )


@pages.get("/proof/proof.csv")
@needs("report.view")
def table() -> Response:
    """A row per day, board and item."""
    period, chosen = _period(), _chosen_boards(_visible_boards())
    head = [gettext("Ngày"), gettext("Bảng tin"), gettext("Đơn vị"), gettext("Mục"), gettext("Tin"),
            gettext("Số lần"), gettext("Lần đầu"), gettext("Lần cuối"), gettext("Các giờ"), gettext("Số màn hình"),
            gettext("Mã nội dung")]  # fmt: skip
    found = plays.proofs(desk.db, **selection(chosen, period), item=request.args.get("item", ""))
    rows = _csv_rows(found, {board.slug: board for board in chosen})
    return csv_response(head, list(rows), f"bang-chung-{period.first}-{period.last}.csv")


def _csv_rows(found: tuple[Proof, ...], by_slug: dict[str, Board]) -> Iterator[list[object]]:
    for proof in found:
        board = by_slug[proof.board]
        first, last = (f"{at.astimezone(desk.zone()):%d/%m/%Y %H:%M:%S}" for at in (proof.first, proof.last))
        yield [
            proof.day, board.name, desk.tree().get(board.area).name, proof.item, proof.title, proof.count, first,
            last, " ".join(map(str, hours_of(proof.hours))), len(proof.places), " ".join(sorted(proof.hashes)),
        ]  # fmt: skip


@pages.get("/proof/item/<item>")
@needs("report.view")
def one(item: str) -> str:
    """The record of one item, to be printed: each board with its screens, times and outages."""
    period, chosen = _period(), _chosen_boards(_visible_boards())
    proofs = plays.proofs(desk.db, **selection(chosen, period), item=item)
    found = postings(chosen, proofs, period)
    return render_template(
        "records/proof/item.html",
        item=item,
        title=max(proofs, key=lambda proof: proof.last).title if proofs else "",
        postings=found,
        period=period,
        hours=days_per_hour(proofs),
        count=sum(posting.count for posting in found),
        now=desk.now(),
        by=desk.person().name,
    )


@pages.get("/receipts/", defaults={"rest": ""})
@pages.get("/receipts/<path:rest>")
@needs("report.view")
def moved(rest: str) -> BaseResponse:
    """Redirects from the addresses that these pages had before, which may stand in letters and bookmarks."""
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(f"{url_for('proof.index')}{quote(rest)}{query}", 301)


def _visible_boards() -> list[Board]:
    areas = set(desk.areas("report.view"))
    return [board for board in boards.all(desk.db) if board.area in areas]


def _chosen_boards(visible: list[Board]) -> list[Board]:
    """The board of ``?board=``, 404 if it is not among ``visible``; all of them without it."""
    slug = request.args.get("board", "")
    chosen = [board for board in visible if board.slug == slug] if slug else visible
    if slug and not chosen:
        abort(404)
    return chosen


def _period() -> Period:
    """The days from ``?from=`` to ``?to=``, the last seven without them; never more than 400 days."""
    today = desk.now().astimezone(desk.zone()).date()
    last = _day(request.args.get("to", "")) or today
    first = _day(request.args.get("from", "")) or last - USUAL
    first = min(first, last)
    return Period(max(first, last - LONGEST), last)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
