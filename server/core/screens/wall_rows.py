"""The rows of the desk's wall, the live overview of all boards and screens: one row per board and one per screen.

Called by server/live/screens/wall.py and the desk; wall-model.js reads the rows. A row is a list, not an object, to
save bytes: five thousand rows are sent at once. All instants are milliseconds since 1970 UTC.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from server.core import wire
from server.core.lap.airing import airing_at
from server.core.lap.panel_hours import is_on, on_spans
from server.core.screens.screens import Link, Screen
from server.core.times import to_ms

Row = list[object]
State = Literal["live", "unwell", "lost", "never", "waiting", "meeting"]

# A screen counts as connected for this long after its last message: its page may only be reloading.
PATIENCE = timedelta(seconds=12)
_DAY = 86_400_000


def board_row(glass: wire.Glass, now: datetime) -> Row:
    """The row of one board, a list of fifteen values.

    [slug, name, area, layout, size, theme, mode, opens, hash, until, position, count, title, item, notice].
    ``mode`` is "on", "dark", "safe", or "off" outside the board's hours, which begin again at ``opens``. ``hash`` is
    that of the slide on air until ``until``, ``position`` its place among the ``count`` slides of the lap (from 1; 0:
    the filler), ``item`` the key of its item. ``notice`` is [id, hash, risk, until, exercise] of the first urgent
    notice that holds the glass, or None.
    """
    board, at = glass.board, to_ms(now)
    mode: str = board.mode
    opens: int | None = None
    if mode == "on" and board.hours:
        spans = on_spans(board.hours, board.zone, at, at + 2 * _DAY)
        if not is_on(spans, at):
            mode, opens = "off", next((begin for begin, _ in spans if begin > at), None)
    head: Row = [board.slug, board.name, board.area, board.format.layout, board.format.size, board.theme, mode, opens]
    return [*head, *_airing(glass, at), _notice(glass, now)]


def _airing(glass: wire.Glass, at: int) -> Row:
    lap = glass.lap
    running = airing_at(lap, at)
    if running is None or running.index is None:
        return [lap.filler, running.until if running else lap.start, 0, len(lap.slots), "", ""]
    slot = lap.slots[running.index]
    return [slot.hash, running.until, running.index + 1, len(lap.slots), slot.title, slot.key]


def coming_row(glass: wire.Glass, tick: wire.Message) -> Row:
    """The next slide of a board as [slug, at, hash, until, position, count, title, item].

    ``tick`` is a result of `wire.tick`. ``at`` is when the slide begins; the other values are as in `board_row`.
    """
    lap = glass.lap
    found = airing_at(lap, tick["at"])
    place = 0 if found is None or found.index is None else found.index + 1
    title, key = (lap.slots[place - 1].title, lap.slots[place - 1].key) if place else ("", "")
    return [glass.board.slug, tick["at"], tick["hash"], tick["until"], place, len(lap.slots), title, key]


def _notice(glass: wire.Glass, now: datetime) -> Row | None:
    urgent = [
        pair
        for pair in glass.notices
        if pair[0].shown_level == "urgent" and (pair[0].holds_until is None or now < pair[0].holds_until)
    ]
    if not urgent:
        return None
    notice, slide = urgent[0]
    return [notice.id, slide.hash, notice.risk, to_ms(notice.until), int(notice.exercise)]


def state_of(screen: Screen, link: Link | None, *, connected: bool, now: datetime) -> tuple[State, datetime | None]:
    """Returns (state, instant) of a screen.

    The states are "waiting": the device has not fetched its key; "meeting": it is handed over to a meeting; "live":
    it is connected; "unwell": it is connected but reports errors; "lost": it is no longer connected; "never": it has
    not connected yet. ``connected`` is True if it has a socket on this server. The instant is the time of its last
    message; for "waiting" and "never" the time of pairing, for "meeting" the end of the meeting.
    """
    if screen.key_hash is None:
        return "waiting", screen.paired
    if screen.handed_until is not None and screen.handed_until > now:
        return "meeting", screen.handed_until
    if connected or (link is not None and (link.live(now) or now - link.seen <= PATIENCE)):
        return ("unwell" if link is not None and link.errors else "live"), link.seen if link else now
    return ("never", screen.paired) if link is None else ("lost", link.seen)


def screen_row(
    screen: Screen, link: Link | None, *, connected: bool, phone: str, confirmed: bool, now: datetime
) -> Row:
    """Returns a screen's row: [id, name, board, state, since, phone, shown, confirmed].

    ``state`` and ``since`` are those of `state_of`, ``shown`` is the hash of the slide it showed last, ``confirmed``
    is 1 if the screen shows the board's urgent notice, else 0.
    """
    state, since = state_of(screen, link, connected=connected, now=now)
    shown = link.shown if link else ""
    return [screen.id, screen.name, screen.board, state, since and to_ms(since), phone, shown, int(confirmed)]
