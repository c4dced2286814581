"""Makes the Atom and JSON feed of a board or an area; called by desk.public.feeds and topics."""

from __future__ import annotations

from typing import Literal

from server.content.public_feeds import atom, json_feed
from server.content.public_feeds.kept_files import MOST_BYTES, Made
from server.content.public_feeds.scopes import Scope
from server.content.public_feeds.server_feed import server_feed

FeedName = Literal["feed.atom", "feed.json", "bang-tin.json"]
MOST_ITEMS = 100


def feed_file(scope: Scope, name: FeedName) -> Made:
    """Makes the feed file ``name`` of the boards of ``scope`` from the store as it is now. Raises StoreError."""
    if name == "bang-tin.json":
        return server_feed(scope)
    found = scope.items()
    items, head = found.items[:MOST_ITEMS], scope.head()
    if name == "feed.atom":
        return Made(atom.atom(head, items, MOST_BYTES), atom.TYPE, found.changes)
    return Made(json_feed.json_feed(head, items, MOST_BYTES), json_feed.TYPE, found.changes)
