"""The live wall, the desk's home: every screen below me, what it shows now, problems first; and "is it on now?".

The page brings a ticket; what moves comes from the server's socket (server/live/screens/wall.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _

from server.content.lap_rows import lap_of
from server.core.lap.airing import airing_at, walk
from server.core.model import Board
from server.core.times import from_ms, to_ms
from server.desk.screens.wall_tickets import wall_tickets
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.boards import boards, laps
from server.store.screens import plays

_SHEETS = ("page", "tokens", "unit", "type", "stage", "overlay", "slides")
_LOOK_AHEAD = 6 * 3_600_000


@dataclass(frozen=True, slots=True)
class OnAir:
    """Where an item stands on one board: on since, next at, last proved at; ``title`` as it is there."""

    board: Board
    title: str
    on: bool
    since: datetime | None
    coming: datetime | None
    proved: datetime | None
    count: int


def wall_pages(desk: DeskContext) -> Blueprint:
    """The pages; what is shown is cut to the areas in which the reader may see screens."""
    pages = Blueprint("wall", __name__, url_prefix="/desk/wall")
    tickets = wall_tickets(desk.data)

    @pages.get("/")
    @needs("screen.view")
    def index() -> str:
        asset = current_app.jinja_env.globals["asset"]
        return render_template(
            "screens/wall/index.html",
            ticket=tickets.make(desk.sign_in().id),
            zone=desk.config.timezone,
            area="",
            words=_words(),
            sheets=[asset(f"css/{name}.css") for name in _SHEETS],  # type: ignore[operator] # a function
        )

    @pages.get("/now/<item>")
    @needs("screen.view")
    def now(item: str) -> str:
        found = _on_air(desk, item)
        return render_template("screens/wall/now.html", item=item, found=found, at=desk.now())

    return pages


def _words() -> dict[str, str]:
    """The sentences of the tiles, in the reader's language."""
    return {
        "playing": _("{playing} trên {all} màn hình đang phát"),
        "none": _("Chưa ghép màn hình nào"),
        "lost": _("Mất liên lạc từ {time}"),
        "memory": _("đang phát theo bộ nhớ"),
        "call": _("gọi {phone}"),
        "nobody": _("chưa ghi số điện thoại"),
        "waiting": _("Chờ thiết bị nhận khóa"),
        "never": _("Chưa kết nối lần nào"),
        "pending": _("vừa ghép"),
        "meeting": _("Nhường cho cuộc họp đến {time}"),
        "lent": _("đang cho mượn"),
        "safe": _("Trang an toàn"),
        "safeLine": _("đang ở trạng thái an toàn"),
        "dark": _("Đang tối"),
        "off": _("Tắt theo giờ"),
        "opens": _("bật lại {time}"),
        "ready": _("sẵn sàng nhận tin khẩn"),
        "bare": _("chưa ghép màn hình"),
        "onNow": _("Tin này có đang chiếu không?"),
        "confirmed": _("đã xác nhận"),
        "unconfirmed": _("chưa xác nhận"),
        "unwell": _("{time} · có lỗi"),
        "areaLost": _("{lost} mất"),
    }


def _on_air(desk: DeskContext, item: str) -> list[OnAir]:
    """Every board of mine whose lap holds the item, or that has shown it today or yesterday."""
    now = desk.now()
    mine = set(desk.areas("screen.view"))
    listed = [board for board in boards.all(desk.db) if board.area in mine]
    days = sorted({now.astimezone(desk.zone()).date().isoformat()})
    proved = {
        proof.board: proof
        for proof in plays.proofs(
            desk.db, boards=[board.slug for board in listed], first=days[0], last=days[-1], item=item
        )
    }
    found = [_stands(desk, board, item, now) for board in listed]
    return [
        OnAir(board, title, on, since, coming, its.last if its else None, its.count if its else 0)
        for board, (there, title, on, since, coming) in zip(listed, found, strict=True)
        for its in (proved.get(board.slug),)
        if there or its is not None
    ]


def _stands(
    desk: DeskContext, board: Board, item: str, now: datetime
) -> tuple[bool, str, bool, datetime | None, datetime | None]:
    stored = laps.load(desk.db, board.slug)
    lap = lap_of(stored) if stored else None
    if lap is None or all(slot.key != item for slot in lap.slots):
        return False, "", False, None, None
    title = next(slot.title for slot in lap.slots if slot.key == item)
    at = to_ms(now)
    running = airing_at(lap, at)
    on = running is not None and running.index is not None and lap.slots[running.index].key == item
    coming = None
    for airing in walk(lap, at + _LOOK_AHEAD, since=at):
        if airing.start > at and airing.index is not None and lap.slots[airing.index].key == item:
            coming = from_ms(airing.start)
            break
    return True, title, on, from_ms(running.start) if on and running else None, coming
