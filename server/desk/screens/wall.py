"""Views of the wall, the desk's home page, which shows the live state of every screen in the user's areas.

Another page shows which boards show a certain item now. Registered by server.desk.app. The wall's page contains a
ticket with which its script connects to the server process by Socket.IO and receives the states
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
from server.desk.web.safe_boards import divide_safe
from server.store.boards import laps
from server.store.screens import plays

pages = Blueprint("wall", __name__, url_prefix="/desk/wall")

_LOOK_AHEAD_MS = 6 * 3_600_000


@dataclass(frozen=True, slots=True)
class OnAir:
    """When a board shows an item.

    ``title`` is the item's title in the board's lap, "" if it is not in the lap. ``since`` is when its current
    showing began, None if it is not shown now. ``coming`` is when its next showing begins, None if not within six
    hours. ``count`` is how often screens have reported it as shown today, and ``proved`` when they did last.
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
    """The page of the wall. Its script receives the states of the screens in the user's areas from the server."""
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
    """The page that says which of the user's boards show an item, such as "announcement:7", now or next.

    It includes boards whose screens have reported the item as shown today.
    """
    return render_template("screens/wall/now.html", item=item, found=_on_air(item), at=desk.now())


def _tile_texts() -> dict[str, str]:
    """Returns name -> text in the user's language, for wall.js, which replaces the placeholders ``{…}``."""
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
    """Returns an entry for each board of the user whose lap contains the item, or whose screens showed it today."""
    moment = desk.now()
    shown = boards_with("screen.view")
    today = moment.astimezone(desk.zone()).date().isoformat()
    slugs = [board.slug for board in shown]
    proofs = {proof.board: proof for proof in plays.proofs(desk.db, boards=slugs, first=today, last=today, item=item)}
    safe = {board.slug for board in divide_safe(shown)[0]}
    found = []
    for board in shown:
        stored = laps.load(desk.db, board.slug)
        lap = lap_of(stored) if stored else None
        title = next((slot.title for slot in lap.slots if slot.key == item), None) if lap else None
        since, coming = _airings(lap, item, to_ms(moment)) if lap and title is not None else (None, None)
        if board.slug in safe:
            since = coming = None  # the board shows nothing but the safe page until somebody ends that mode
        proof = proofs.get(board.slug)
        if title is not None or proof is not None:
            last, count = (proof.last, proof.count) if proof else (None, 0)
            found.append(OnAir(board, title or "", since, coming, last, count))
    return found


def _airings(lap: Lap, item: str, at: int) -> tuple[datetime | None, datetime | None]:
    """Returns when the item's showing at ``at`` (ms since 1970 UTC) began, and when the next one begins.

    The first is None if the item is not shown at ``at``, the second if it does not come within `_LOOK_AHEAD_MS`.
    """
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
