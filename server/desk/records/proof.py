"""Proof of play: what was shown where, when and how often, by the screens' own receipts; table, CSV, printed record.

Cut to the areas in which the reader may see reports. Viewers without a key are in none of these numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from server.core.model import Board
from server.core.screens.proof import Proof, hours_of
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.screens import outages, plays, screens
from server.store.screens.outages import Outage
from server.store.screens.plays import PlayTotal

LONGEST = timedelta(days=400)
SHOWN_AT_ONCE = 60
USUAL = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the province, both in."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class Within(TypedDict):
    """Boards by slug, and days as YYYY-MM-DD, both in."""

    boards: list[str]
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Line:
    """One item in a period: how often, first and last."""

    item: str
    title: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Posting:
    """One item on one board in a period, as the printed record has it. ``hashes``: content -> times shown."""

    board: Board
    count: int
    days: int
    first: datetime
    last: datetime
    screens: tuple[str, ...]
    hashes: tuple[tuple[str, int], ...]
    outages: tuple[tuple[str, Outage], ...]


def proof_pages(desk: DeskContext) -> Blueprint:
    """The pages."""
    pages = Blueprint("proof", __name__, url_prefix="/desk/receipts")

    def mine() -> list[Board]:
        areas = set(desk.areas("report.view"))
        return [board for board in boards.all(desk.db) if board.area in areas]

    def asked(shown: Sequence[Board]) -> tuple[Period, list[Board]]:
        wanted = request.args.get("board", "")
        chosen = [board for board in shown if board.slug == wanted] if wanted else list(shown)
        if wanted and not chosen:
            abort(404)
        return _period(desk), chosen

    @pages.get("/")
    @needs("report.view")
    def index() -> str:
        shown = mine()
        period, chosen = asked(shown)
        within = _within(chosen, period)
        totals = plays.totals(desk.db, **within)
        words = request.args.get("q", "").strip()
        lines = [one for one in _lines(totals) if words.lower() in one.title.lower()]
        kept = {line.item for line in lines}
        per_day = {day.isoformat(): 0 for day in period.days}
        for one in totals:
            if one.item in kept:
                per_day[one.day] += one.count
        last = max(1, -(-len(lines) // SHOWN_AT_ONCE))
        page = min(max(1, request.args.get("page", 1, type=int)), last)
        listed = lines[(page - 1) * SHOWN_AT_ONCE : page * SHOWN_AT_ONCE]
        return render_template(
            "records/proof/index.html",
            lines=listed, boards=shown, period=period, per_day=per_day, page=page, last=last,
            reach=plays.reach(desk.db, **within, items=[line.item for line in listed]),
            total=sum(line.count for line in lines), words=words,
        )  # fmt: skip

    @pages.get("/proof.csv")
    @needs("report.view")
    def table() -> Response:
        period, chosen = asked(mine())
        named = {board.slug: board for board in chosen}
        head = [_("Ngày"), _("Bảng tin"), _("Đơn vị"), _("Mục"), _("Tin"), _("Số lần"), _("Lần đầu"), _("Lần cuối"),
                _("Các giờ"), _("Số màn hình"), _("Mã nội dung")]  # fmt: skip
        item = request.args.get("item", "")
        rows = (
            [
                proof.day, named[proof.board].name, desk.tree().get(named[proof.board].area).name, proof.item,
                proof.title, proof.count, _second(desk, proof.first), _second(desk, proof.last),
                " ".join(map(str, hours_of(proof.hours))), len(proof.places), " ".join(sorted(proof.hashes)),
            ]
            for proof in _proofs(desk, chosen, period, item)
        )  # fmt: skip
        return _csv(head, rows, f"bang-chung-{period.first}-{period.last}.csv")

    @pages.get("/item/<item>")
    @needs("report.view")
    def one(item: str) -> str:
        period, chosen = asked(mine())
        proofs = _proofs(desk, chosen, period, item)
        on: dict[str, list[Proof]] = {}
        for proof in proofs:
            on.setdefault(proof.board, []).append(proof)
        lost, placed = _outages(desk, list(on), period), screens.slot_history(desk.db, list(on))
        found = [
            _posting(board, on[board.slug], placed.get(board.slug, {}), lost.get(board.slug, ()))
            for board in chosen
            if board.slug in on
        ]
        hours = [0] * 24
        for proof in proofs:
            for hour in hours_of(proof.hours):
                hours[hour] += 1
        title = max(proofs, key=lambda proof: proof.last).title if proofs else ""
        return render_template(
            "records/proof/item.html", item=item, title=title, postings=found, period=period, hours=hours,
            count=sum(posting.count for posting in found), now=desk.now(), by=desk.person().name,
        )  # fmt: skip

    return pages


def _period(desk: DeskContext) -> Period:
    """From and to of the address, the last seven days without them; never longer than 400 days."""
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


def _proofs(desk: DeskContext, chosen: Sequence[Board], period: Period, item: str = "") -> tuple[Proof, ...]:
    return plays.proofs(desk.db, **_within(chosen, period), item=item)


def _within(chosen: Sequence[Board], period: Period) -> Within:
    """The boards and days of a question to the store."""
    return {
        "boards": [board.slug for board in chosen],
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
    }


def _lines(totals: Iterable[PlayTotal]) -> list[Line]:
    """By item, the one shown most first."""
    found: dict[str, list[PlayTotal]] = {}
    for one in totals:
        found.setdefault(one.item, []).append(one)
    lines = [
        Line(
            item,
            max(its, key=lambda one: one.last).title,
            sum(one.count for one in its),
            min(one.first for one in its),
            max(one.last for one in its),
        )
        for item, its in found.items()
    ]
    return sorted(lines, key=lambda line: -line.count)


def _outages(desk: DeskContext, slugs: Sequence[str], period: Period) -> dict[str, list[Outage]]:
    """Of all these boards at once: an item of the province stands on hundreds."""
    begin = datetime.combine(period.first, time(), desk.zone())
    end = datetime.combine(period.last + timedelta(days=1), time(), desk.zone())
    found: dict[str, list[Outage]] = {}
    for one in outages.of_boards(desk.db, slugs, begin, end):
        found.setdefault(one.board, []).append(one)
    return found


def _posting(
    board: Board, its: Sequence[Proof], names: Mapping[int, Sequence[tuple[int, str]]], outages: Sequence[Outage]
) -> Posting:
    places = {place for proof in its for place in proof.places}
    hashes: dict[str, int] = {}
    for proof in its:
        for hash, count in proof.hashes.items():
            hashes[hash] = hashes.get(hash, 0) + count
    by_id = {id: name for named in names.values() for id, name in named}
    return Posting(
        board,
        sum(proof.count for proof in its),
        len({proof.day for proof in its}),
        min(proof.first for proof in its),
        max(proof.last for proof in its),
        tuple(", ".join(name for _id, name in names.get(place, [])) or f"#{place + 1}" for place in sorted(places)),
        tuple(sorted(hashes.items(), key=lambda pair: -pair[1])),
        tuple((by_id.get(one.screen, f"#{one.screen}"), one) for one in outages),
    )


def _second(desk: DeskContext, at: datetime) -> str:
    return f"{at.astimezone(desk.zone()):%d/%m/%Y %H:%M:%S}"


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    """UTF-8 with a mark, as spreadsheets want it; what could be a formula there is told to be text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{one}" if isinstance(one, str) and one[:1] in "=+-@\t" else one for one in row])
    answer = Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
