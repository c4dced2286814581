"""Reads the boards that everybody may see and what they show at this moment; used by the views of desk.public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.content.board_content import notices_for
from server.content.store_snapshot import StoreSnapshot, snapshot_of
from server.core.areas import AreaTree
from server.core.model import Announcement, Board, Notice, Source, Story, Window
from server.core.notices.order import in_order, reached
from server.desk.web.context import desk
from server.store.boards import boards, panics
from server.store.notices import notices


@dataclass(frozen=True, slots=True)
class OnBoard:
    """What a public board shows now; without items and notices while it shows the safe page.

    ``notices`` do not include short messages of other programs, which are meant for people who wait in front of the
    board. ``sources`` are all sources by slug, for the names of the stories' origins. ``changes`` are the moments,
    past ones included, at which the passing of time alone changes what is shown.
    """

    board: Board
    announcements: tuple[Announcement, ...]
    stories: tuple[Story, ...]
    notices: tuple[Notice, ...]
    sources: Mapping[str, Source]
    changes: tuple[datetime, ...]


def visible_boards(tree: AreaTree) -> list[Board]:
    """Returns the public boards that do not show the safe page, neither by their own mode nor by panic mode.

    Content that panic mode removes from boards must not be on public pages either.
    """
    return [board for board in with_mode(tree) if board.mode != "safe"]


def with_mode(tree: AreaTree) -> list[Board]:
    """Returns the public boards whose area exists; a board in panic mode gets the mode "safe".

    Panic mode is on for a board if it is on in the board's area or in one above.
    """
    safe = {one.area for one in panics.on(desk.db)}
    public = (board for board in boards.all(desk.db) if board.public and board.area in tree)
    return [board if safe.isdisjoint(tree.chain(board.area)) else replace(board, mode="safe") for board in public]


def live_notices(every: Sequence[Board], tree: AreaTree) -> list[tuple[Notice, tuple[Board, ...]]]:
    """Returns the live notices that one of the boards ``every`` shows, each with the boards that show it.

    The notices are in the order in which boards show them. Short messages of other programs are left out.
    """
    public = [one for one in notices.live(desk.db, desk.now()) if not one.is_message]
    pairs = [(one, reached(one, every, tree)) for one in in_order(public)]
    return [pair for pair in pairs if pair[1]]


def on_boards(every: Sequence[Board]) -> list[OnBoard]:
    """Returns what each of the boards shows now, read by the same code that composes their laps.

    Raises StoreError if the store cannot be read.
    """
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
    """True if ``now`` is in the window (period of showing), whose end is exclusive."""
    return window.start <= now and (window.until is None or now < window.until)
