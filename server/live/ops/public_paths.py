"""Decides which paths are public pages and which belong to the desk; called by desk_proxy and public_cache."""

from __future__ import annotations

import re

from server.core.levels.items import WELL_KNOWN

# A path of the desk's process begins with one of these. /glass/gallery shows slide designs as screens do, but needs a
# right, and only the desk knows who is signed in.
PREFIXES = (
    "/desk",
    "/api",
    "/glass/gallery",
    "/item",
    "/areas",
    "/alerts",
    "/area",
    "/data",
    "/embed",
    "/push",
    "/notice",
    "/levels",
)
PUBLIC = ("/item/", "/areas/", "/alerts/", "/board/", "/area/", "/data/", "/embed/", "/push/", "/notice/")
SINGLE = frozenset(
    ("/", "/manifest.webmanifest", "/robots.txt", "/sitemap.xml", "/oembed", "/nhung", "/websub", WELL_KNOWN)
)
# Pages below a board's own page, such as its feeds.
_OF_BOARD = re.compile(r"/board/[^/]+/.")
# The list of a board as a page of its own. Without these parameters /board/X is the document of the screen's pages.
_LISTED = re.compile(r"(?:^|&)(?:list|q)=")


def is_public(path: str) -> bool:
    """Whether ``path`` is a page that everybody may read, so that its response may be cached."""
    return path in SINGLE or path.startswith(PUBLIC)


def is_of_desk(path: str, query: str = "") -> bool:
    """Whether requests for ``path`` with this query string belong to the desk's process."""
    if path in SINGLE or any(path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES):
        return True
    if not path.startswith("/board/"):
        return False
    return _OF_BOARD.match(path) is not None or _LISTED.search(query) is not None
