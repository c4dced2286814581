"""Writes what this server says about itself to other servers (/.well-known/bang-tin.json); called by desk.public.

A server speaks for the areas of its public boards and for the areas below them. Areas above, which are stored only as
names, are not listed.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from server.content.alert_publication import Province
from server.content.public_feeds.feed_item import HUB_PATH
from server.content.public_feeds.kept_files import Made
from server.content.public_feeds.scopes import Scope
from server.core.levels.items import FEED_NAME, FORMAT
from server.store.levels import identity

TYPE = "application/json; charset=utf-8"


def spoken_areas(province: Province) -> frozenset[str]:
    """Returns the slugs of the areas that have a public board of their own, and of all areas below these."""
    direct = {board.area for board in province.public}
    return frozenset(slug for slug in province.tree.slugs() if not direct.isdisjoint(province.tree.chain(slug)))


def server_document(everything: Scope, version: str) -> Made:
    """Makes the document; ``everything`` is the scope of all public boards, ``version`` that of the program.

    Raises StoreError.
    """
    province, context = everything.province, everything.context
    tree, speaks = province.tree, spoken_areas(province)
    with_feed = {one for board in province.public for one in tree.chain(board.area)} & speaks
    topmost = [slug for slug in tree.slugs() if slug in speaks and (tree.get(slug).parent or "") not in speaks]

    def feed(slug: str) -> str:
        found = next(one for one in tree.chain(slug) if one in with_feed)
        return f"{context.base}/area/{quote(found)}/{FEED_NAME}"

    areas = [
        {
            "slug": slug,
            "name": tree.get(slug).name,
            "codes": list(tree.get(slug).codes),
            "parent": tree.get(slug).parent if tree.get(slug).parent in speaks else "",
            "feed": feed(slug),
        }
        for slug in tree.slugs()
        if slug in speaks
    ]
    document = {
        "format": FORMAT,
        "server": identity.server_id(context.db),
        "name": ", ".join(tree.get(slug).name for slug in topmost[:3]) or everything.title,
        "product": "Bảng Tin",
        "version": version,
        "areas": areas,
        "hub": f"{context.base}{HUB_PATH}",
    }
    return Made(json.dumps(document, ensure_ascii=False).encode(), TYPE)
