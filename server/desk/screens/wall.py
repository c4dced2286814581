"""The live wall, the desk's home page: every screen of the user's areas; and "is this item on now?".

Registered by server.desk.app. The page gets a ticket for the server process, whose Socket.IO sends the live states
(server.live.screens.wall).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask_babel import gettext as _

from server.content.lap_rows import lap_of
from server.core.lap.airing import Lap, airing_at, walk
from server.core.model import Board
from server.core.times import from_ms, to_ms
from server.desk.screens.view_model import boards_with
from server.desk.screens.wall_tickets import wall_tickets
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.boards import laps
from server.store.screens import plays

pages = Blueprint("wall", __name__, url_prefix="/desk/wall")

_LOOK_AHEAD_MS = 6 * 3_600_000


@dataclass(frozen=True, slots=True)
class OnAir:
    """When a board shows an item.

    ``title`` is the item's title in the board's lap, "" if it is not in the lap. ``since``: the start of the airing
    that is on now, None if it is not on. ``coming``: the next start, None if there is none within six hours.
    ``proved`` and ``count``: the last proof of today, and how many there are.
    """

    board: Board
    title: str = ""
    since: datetime | None = None
    coming: datetime | None = None
    proved: datetime | None = None
    count: int = 0

    @property
    def on(self) -> bool:
        return self.since is not None


@pages.get("/")
@needs("screen.view")
def index() -> str:
    """The wall; the server process shows only screens of the user's areas."""
    return render_template(
        "screens/wall/index.html",
        ticket=wall_tickets(desk.data).make(desk.sign_in().id),
        zone=desk.config.timezone,
        area="",
        words=_tile_texts(),
    )


@pages.get("/now/<item>")
@needs("screen.view")
def now(item: str) -> str:
    """On which boards an item (a lap key such as "announcement:7") is on now, starts next, and was proved today."""
    return render_template("screens/wall/now.html", item=item, found=_on_air(item), at=desk.now())


def _tile_texts() -> dict[str, str]:
    """The texts of wall.js in the user's language, by the names that it uses; it fills in ``{…}``."""
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


def _on_air(item: str) -> list[OnAir]:
    """The user's boards whose lap holds the item or whose screens have shown it today."""
    moment = desk.now()
    shown = boards_with("screen.view")
    today = moment.astimezone(desk.zone()).date().isoformat()
    slugs = [board.slug for board in shown]
    proofs = {proof.board: proof for proof in plays.proofs(desk.db, boards=slugs, first=today, last=today, item=item)}
    found = []
    for board in shown:
        stored = laps.load(desk.db, board.slug)
        lap = lap_of(stored) if stored else None
        title = next((slot.title for slot in lap.slots if slot.key == item), None) if lap else None
        since, coming = _airings(lap, item, to_ms(moment)) if lap and title is not None else (None, None)
        proof = proofs.get(board.slug)
        if title is not None or proof is not None:
            last, count = (proof.last, proof.count) if proof else (None, 0)
            found.append(OnAir(board, title or "", since, coming, last, count))
    return found


def _airings(lap: Lap, item: str, at: int) -> tuple[datetime | None, datetime | None]:
    """The start of the airing on at ``at`` (ms), and the next one within `_LOOK_AHEAD_MS`; each may be None."""
    running = airing_at(lap, at)
    on = running is not None and running.index is not None and lap.slots[running.index].key == item
    coming = next(
        (
            airing.start
            for airing in walk(lap, at + _LOOK_AHEAD_MS, since=at)
            if airing.start > at and airing.index is not None and lap.slots[airing.index].key == item
        ),
        None,
    )
    return from_ms(running.start) if running and on else None, None if coming is None else from_ms(coming)
