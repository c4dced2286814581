"""Parses and builds the addresses of feeds (the topics of WebSub), makes their files, and finds possible changes.

Called by desk.public.feeds (headers and hub) and worker.deliveries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import unquote

from server.content import alert_publication
from server.content.alert_publication import Province
from server.content.board_content import notices_for
from server.content.public_feeds.feed_files import FeedName, feed_file
from server.content.public_feeds.feed_item import HUB_PATH
from server.content.public_feeds.kept_files import KeptFile, KeptFiles, Made
from server.content.public_feeds.live_items import is_shared
from server.content.public_feeds.scopes import FeedContext, ScopeKind, scope_of
from server.core.areas import AreaTree
from server.core.model import Board, Notice
from server.setup.config import Config
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.revision import Changes

_TOPIC = re.compile(r"(https?://[^/?#]+(?:/[^?#]+?)??)/(board|area)/([^/?#]+)/(feed\.atom|feed\.json|bang-tin\.json)")


def hub_of(base: str) -> str:
    """Returns the web address of the WebSub hub of the server whose public address is ``base``."""
    return f"{base}{HUB_PATH}"


def links(base: str, topic: str) -> str:
    """Returns the value of the header Link of a feed: it names the server's hub and the feed's address ``topic``."""
    return f'<{hub_of(base)}>; rel="hub", <{topic}>; rel="self"'


@dataclass(frozen=True, slots=True)
class Topic:
    """The address of a feed, split into its parts.

    ``base`` is the server's address without a final slash, ``slug`` that of the board or area, ``name`` the name of
    the file.
    """

    base: str
    kind: ScopeKind
    slug: str
    name: FeedName

    def boards(self, province: Province) -> tuple[Board, ...]:
        """Returns the public boards whose items the feed contains; empty if there are none."""
        if self.kind == "area":
            return province.boards_of((province.heirs.get(self.slug, self.slug),))
        return tuple(board for board in province.public if board.slug == self.slug)


def topic_of(address: str, base: str = "") -> Topic | None:
    """Splits the address of a feed; None if it is not the address of a feed of the server ``base``.

    If ``base`` is "", feeds of any server are accepted. Whether the board or area exists is not checked.
    """
    found = _TOPIC.fullmatch(address)
    if found is None or (base and found[1] != base):
        return None
    return Topic(found[1], cast(ScopeKind, found[2]), unquote(found[3]), cast(FeedName, found[4]))


class _NoSuchFeed(Exception):  # noqa: N818 - the name says what there is not
    """Raised inside this module if a topic names a board or an area for which there is no feed."""


class TopicFiles:
    """Makes the files of topics, and caches each until it may have changed. Several threads may use it.

    ``clock`` returns the time as an aware UTC datetime.
    """

    def __init__(self, db: Database, config: Config, clock: Callable[[], datetime]) -> None:
        self._db, self._config, self._clock = db, config, clock
        self._files = KeptFiles()

    def now(self, address: str) -> KeptFile | None:
        """Returns the file with which the desk answers a request for ``address`` now; None if there is no such feed.

        Raises StoreError.
        """
        topic = topic_of(address, alert_publication.base_of(self._config))
        if topic is None:
            return None
        # The revision is read before the store, so that a change in between makes the file once more.
        at, now = revision.current(self._db), self._clock()
        context = FeedContext(self._db, self._config, topic.base, now)
        try:
            return self._files.file(address, at, now, lambda: _made(context, topic))
        except _NoSuchFeed:
            return None


def _made(context: FeedContext, topic: Topic) -> Made:
    scope = scope_of(context, topic.kind, topic.slug)
    if scope is None:
        raise _NoSuchFeed
    return feed_file(scope, topic.name)


def may_have_changed(boards: Iterable[Board], tree: AreaTree, what: Changes) -> bool:
    """Returns whether the changes ``what`` of the store may change what these boards show, apart from notices."""
    if what.everything or what.boards:
        return True
    return any(
        any(lane.source in what.sources for lane in board.lanes)
        or (board.area in tree and not what.areas.isdisjoint(tree.chain(board.area)))
        for board in boards
    )


def notices_on(boards: Iterable[Board], province: Province, live: Iterable[Notice]) -> tuple[Notice, ...]:
    """Returns those of the notices ``live`` that are in the feed of these boards, sorted by id."""
    own = [notice for notice in live if is_shared(notice)]
    found = {
        notice.id: notice
        for board in boards
        if board.area in province.tree and board.slug not in province.safe
        for notice in notices_for(board, province.tree, own)
    }
    return tuple(found[id] for id in sorted(found))
