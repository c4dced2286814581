"""Selects the boards of a feed: one public board, or those of an area and the areas below; called by the views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask import request

from server.content import alert_publication
from server.content.alert_publication import Province
from server.core import showing
from server.core.item_addresses import item_of
from server.core.model import Board
from server.desk.public.feeds.feed_item import FeedHead, host_of
from server.desk.public.feeds.live_items import LiveItems, live_items
from server.desk.web.context import desk
from server.store.announcements import announcements
from server.store.database.errors import NotFound
from server.store.sources import stories

ScopeKind = Literal["board", "area"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The public boards whose items a feed contains, with the feed's ``title``; ``path`` is the folder of its files.

    ``boards`` is empty only for `everything` on a server without public boards. ``page`` is the path of the page for
    people. ``areas`` are the slugs of all areas whose announcements reach the boards.
    """

    title: str
    path: str
    page: str
    boards: tuple[Board, ...]
    areas: frozenset[str]
    province: Province

    def head(self, title: str = "") -> FeedHead:
        """Returns the data about a feed of these boards; ``title`` replaces the scope's title."""
        base = base_address()
        return FeedHead(
            title or self.title, base, self.path, self.page, desk.config.public.feed_host or host_of(base),
            desk.zone(), desk.now(), desk.config.public.data_licence,
        )  # fmt: skip

    def items(self) -> LiveItems:
        """Returns what these boards show now. Raises StoreError if the store cannot be read."""
        return live_items(desk.db, self.boards, desk.now(), desk.config.announcements.days_off)


def base_address() -> str:
    """Returns the public address of this server without a final slash.

    It is the address of the request if none is configured.
    """
    return alert_publication.base_of(desk.config) or request.host_url.rstrip("/")


def scope_of(kind: ScopeKind, slug: str) -> Scope | None:
    """Returns the scope of a board or an area; None if there is no such public board, or none in the area.

    Raises StoreError if the store cannot be read.
    """
    return _of_board(slug) if kind == "board" else _of_area(slug)


def everything() -> Scope:
    """Returns the scope of all public boards of this server, of which there may be none.

    Raises StoreError if the store cannot be read.
    """
    found = alert_publication.province(desk.db)
    return Scope("Bảng Tin", "/data", "/data/", found.public, _areas(found, found.public), found)


def _of_board(slug: str) -> Scope | None:
    found = alert_publication.province(desk.db)
    board = next((one for one in found.public if one.slug == slug and one.area in found.tree), None)
    if board is None:
        return None
    title = f"{board.name} · {found.tree.get(board.area).name}"
    path = f"/board/{slug}"
    return Scope(title, path, path, (board,), _areas(found, (board,)), found)


def _of_area(slug: str) -> Scope | None:
    found = alert_publication.province(desk.db)
    boards = found.boards_of((slug,)) if slug in found.tree else ()
    if not boards:
        return None
    return Scope(found.tree.get(slug).name, f"/area/{slug}", "/", boards, _areas(found, boards), found)


def _areas(found: Province, boards: tuple[Board, ...]) -> frozenset[str]:
    return frozenset(area for board in boards for area in found.tree.chain(board.area))


def live_item(key: str) -> LiveItems:
    """Returns the item with this key, in a LiveItems of one item, if a public board shows it now.

    Raises NotFound if no public board shows it, StoreError if the store cannot be read.
    """
    found = alert_publication.province(desk.db)
    live = live_items(desk.db, _boards_with(key, found), desk.now(), desk.config.announcements.days_off)
    items = tuple(one for one in live.items if one.key == key)
    if not items:
        raise NotFound(key)
    return LiveItems(items, live.changes)


def _boards_with(key: str, found: Province) -> list[Board]:
    """Returns public boards among which at least one shows the item, if any public board shows it.

    Raises NotFound for an unknown key.
    """
    known = item_of(key)
    if known is None:
        raise NotFound(key)
    kind, id = known
    if kind == "announcement":
        boards = showing.reached(announcements.get(desk.db, id), found.public, found.tree)
        return [board for board in boards if board.slug not in found.safe][:1]
    source = stories.get(desk.db, id).source
    return [board for board in found.public if any(lane.source == source for lane in board.lanes)]
