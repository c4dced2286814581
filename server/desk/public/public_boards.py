"""The boards that everybody may see, and what they show at this moment; used by the views of desk.public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.content.board_content import StoreSnapshot, notices_for, snapshot_of
from server.core.areas import AreaTree
from server.core.model import Announcement, Board, Notice, Source, Story, Window
from server.core.notices.order import in_order, reached
from server.desk.web.context import desk
from server.store.boards import boards, panics
from server.store.notices import notices


@dataclass(frozen=True, slots=True)
class OnBoard:
    """What a public board shows now; nothing while it shows the safe page.

    ``notices`` are without messages of other programs, which are meant for those who wait before the board.
    ``sources`` are all sources by slug, for the names of the stories' origins. ``changes`` are moments at which time
    alone changes what is shown.
    """

    board: Board
    announcements: tuple[Announcement, ...]
    stories: tuple[Story, ...]
    notices: tuple[Notice, ...]
    sources: Mapping[str, Source]
    changes: tuple[datetime, ...]


def visible_boards(tree: AreaTree) -> list[Board]:
    """The public boards that do not show the safe page, by their own mode or panic mode.

    Content that panic mode removes from the boards must not be on public pages either.
    """
    return [board for board in with_mode(tree) if board.mode != "safe"]


def with_mode(tree: AreaTree) -> list[Board]:
    """The public boards of known areas; those in an area with panic mode on have mode "safe"."""
    safe = {one.area for one in panics.on(desk.db)}
    public = (board for board in boards.all(desk.db) if board.public and board.area in tree)
    return [board if safe.isdisjoint(tree.chain(board.area)) else replace(board, mode="safe") for board in public]


def live_notices(every: Sequence[Board], tree: AreaTree) -> list[tuple[Notice, tuple[Board, ...]]]:
    """The live notices that at least one of the boards ``every`` shows, with these boards, in the boards' order.

    Without messages of other programs.
    """
    public = [one for one in notices.live(desk.db, desk.now()) if not one.is_message]
    pairs = [(one, reached(one, every, tree)) for one in in_order(public)]
    return [pair for pair in pairs if pair[1]]


def on_boards(every: Sequence[Board]) -> list[OnBoard]:
    """What each of the boards shows now, read by the code that composes their laps. Raises StoreError."""
    now = desk.now()
    snapshot = snapshot_of(desk.db, every, now)
    return [_on_board(board, snapshot, now) for board in snapshot.boards]


def _on_board(board: Board, snapshot: StoreSnapshot, now: datetime) -> OnBoard:
    known = snapshot.sources
    if board.mode == "safe":
        return OnBoard(board, (), (), (), known, ())
    mine = tuple(one for one in notices_for(board, snapshot.tree, snapshot.notices) if not one.is_message)
    announced, read = snapshot.announcements[board.slug], snapshot.stories[board.slug]
    days = {lane.source: timedelta(days=lane.newest_days) for lane in board.lanes}
    changes = [at for one in announced for window in one.windows for at in (window.start, window.until) if at]
    changes += [one.until for one in mine]
    changes += [one.published + days[one.source] for one in read]
    on_air = tuple(one for one in announced if any(is_open(window, now) for window in one.windows))
    return OnBoard(board, on_air, read, mine, known, tuple(changes))


def is_open(window: Window, now: datetime) -> bool:
    """True if ``now`` is in the window."""
    return window.start <= now and (window.until is None or now < window.until)
