"""Selects the boards of a feed: one public board, or all public boards of an area and of the areas below it.

Called by desk.public.feeds and feed_files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from server.content import alert_publication
from server.content.alert_publication import Province
from server.content.public_feeds.feed_item import FeedHead, host_of
from server.content.public_feeds.live_items import LiveItems, live_items
from server.core import showing
from server.core.item_addresses import item_of
from server.core.model import Board
from server.setup.config import Config
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.sources import stories

ScopeKind = Literal["board", "area"]


@dataclass(frozen=True, slots=True)
class FeedContext:
    """Everything that a feed is made from: store, configuration, and the time ``now`` whose items it contains.

    ``base`` is the public address of the server without a final slash.
    """

    db: Database
    config: Config
    base: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """The public boards whose items a feed contains, with the feed's ``title`` and addresses.

    ``path`` is the URL path of the folder of its files, ``page`` that of the page for people. ``boards`` is empty
    only for `everything` on a server without public boards. ``areas`` are the slugs of all areas whose announcements
    reach the boards.
    """

    title: str
    path: str
    page: str
    boards: tuple[Board, ...]
    areas: frozenset[str]
    province: Province
    context: FeedContext

    def head(self, title: str = "") -> FeedHead:
        """Returns the data about a feed of these boards; ``title`` replaces the scope's title."""
        context = self.context
        base, public = context.base, context.config.public
        return FeedHead(
            title or self.title, base, self.path, self.page, public.feed_host or host_of(base),
            ZoneInfo(context.config.timezone), context.now, public.data_licence,
        )  # fmt: skip

    def items(self) -> LiveItems:
        """Returns what these boards show at the context's time. Raises StoreError if the store cannot be read."""
        return _live(self.context, self.boards)

    def shared_items(self) -> LiveItems:
        """Returns what these boards show and other servers may have. Raises StoreError."""
        context = self.context
        return live_items(context.db, self.boards, context.now, context.config.announcements.days_off, shared=True)


def scope_of(context: FeedContext, kind: ScopeKind, slug: str) -> Scope | None:
    """Returns the scope of the board or area ``slug``.

    Returns None if there is no such public board, no such area, or no public board in the area or those below it.
    Raises StoreError if the store cannot be read.
    """
    return _of_board(context, slug) if kind == "board" else _of_area(context, slug)


def everything(context: FeedContext) -> Scope:
    """Returns the scope of all public boards of this server, of which there may be none.

    Raises StoreError if the store cannot be read.
    """
    found = alert_publication.province(context.db)
    return Scope("Bảng Tin", "/data", "/data/", found.public, _areas(found, found.public), found, context)


def _of_board(context: FeedContext, slug: str) -> Scope | None:
    found = alert_publication.province(context.db)
    board = next((one for one in found.public if one.slug == slug and one.area in found.tree), None)
    if board is None:
        return None
    title = f"{board.name} · {found.tree.get(board.area).name}"
    path = f"/board/{slug}"
    return Scope(title, path, path, (board,), _areas(found, (board,)), found, context)


def _of_area(context: FeedContext, slug: str) -> Scope | None:
    found = alert_publication.province(context.db)
    slug = found.heirs.get(slug, slug)  # subscribers of a merged area's feed get that of the area of today
    boards = found.boards_of((slug,)) if slug in found.tree else ()
    if not boards:
        return None
    return Scope(found.tree.get(slug).name, f"/area/{slug}", "/", boards, _areas(found, boards), found, context)


def _areas(found: Province, boards: tuple[Board, ...]) -> frozenset[str]:
    return frozenset(area for board in boards for area in found.tree.chain(board.area))


def live_item(context: FeedContext, key: str) -> LiveItems:
    """Returns the item with this key, in a LiveItems of one item, if a public board shows it now.

    Raises NotFound if no public board shows it, StoreError if the store cannot be read.
    """
    found = alert_publication.province(context.db)
    live = _live(context, _boards_with(context.db, key, found))
    items = tuple(one for one in live.items if one.key == key)
    if not items:
        raise NotFound(key)
    return LiveItems(items, live.changes)


def _live(context: FeedContext, boards: Iterable[Board]) -> LiveItems:
    return live_items(context.db, boards, context.now, context.config.announcements.days_off)


def _boards_with(db: Database, key: str, found: Province) -> list[Board]:
    """Returns the public boards on which to look for the item.

    ``found`` has all areas and public boards. If any public board shows the item, at least one of the returned ones
    does. Raises NotFound if ``key`` is not the key of a stored item.
    """
    known = item_of(key)
    if known is None:
        raise NotFound(key)
    kind, id = known
    if kind == "announcement":
        boards = showing.reached(announcements.get(db, id), found.public, found.tree)
        return [board for board in boards if board.slug not in found.safe][:1]
    source = stories.get(db, id).source
    return [board for board in found.public if any(lane.source == source for lane in board.lanes)]
