"""Views of the document and of the feeds for other Bảng Tin servers; registered by server.desk.app."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from flask import Blueprint, Response, request

from server.content.public_feeds.server_document import server_document
from server.content.public_feeds.server_feed import server_feed
from server.content.public_feeds.topics import links
from server.core.levels.items import FEED_NAME, WELL_KNOWN
from server.desk.public.feeds.answers import answer
from server.desk.public.feeds.feed_views import file_of
from server.desk.public.feeds.scopes import base_address, everything
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.setup.product import VERSION

pages = Blueprint("public_levels", __name__)
LONGEST_AGO = timedelta(days=30)
_HOUR = timedelta(hours=1)


@pages.get(WELL_KNOWN)
@needs("public")
def document() -> Response:
    """Who this server is: its id, its areas, and the addresses of their feeds and of the hub."""
    return answer(f"{base_address()}{WELL_KNOWN}", lambda: server_document(everything(), VERSION))


@pages.get(f"/area/<slug>/{FEED_NAME}")
@needs("public")
def feed(slug: str) -> Response:
    """The feed of an area. With ``?since=`` (ISO 8601), items that have not changed since then are only named.

    The time counts in whole hours, so that all who ask get one of a few files.
    """
    since = _since(request.args.get("since", ""))
    topic = f"{base_address()}/area/{quote(slug)}/{FEED_NAME}"
    name = f"{FEED_NAME}?since={since.isoformat()}" if since else FEED_NAME
    return file_of("area", slug, name, lambda scope: server_feed(scope, since), links(base_address(), topic))


def _since(text: str) -> datetime | None:
    """The beginning of the hour of the time that ``text`` gives; None for another text and a time too long ago."""
    try:
        at = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    if at.tzinfo is None or not desk.now() - LONGEST_AGO < at <= desk.now() + _HOUR:
        return None
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
