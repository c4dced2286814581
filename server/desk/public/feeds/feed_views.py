"""Views of the Atom and JSON feeds of a board or an area; registered by server.desk.app."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response
from flask_babel import lazy_gettext

from server.content.public_feeds.feed_files import FeedName, feed_file
from server.content.public_feeds.kept_files import Made
from server.content.public_feeds.scopes import Scope, ScopeKind
from server.content.public_feeds.topics import links
from server.desk.public.feeds.answers import answer, refused
from server.desk.public.feeds.scopes import base_address, scope_of
from server.desk.web.rights import needs

pages = Blueprint("public_feeds", __name__)
NO_BOARD = lazy_gettext("Không có bảng tin công khai nào ở địa chỉ này.")


@pages.get("/board/<slug>/feed.atom", defaults={"kind": "board", "name": "feed.atom"})
@pages.get("/area/<slug>/feed.atom", defaults={"kind": "area", "name": "feed.atom"})
@pages.get("/board/<slug>/feed.json", defaults={"kind": "board", "name": "feed.json"})
@pages.get("/area/<slug>/feed.json", defaults={"kind": "area", "name": "feed.json"})
@needs("public")
def feed(kind: ScopeKind, slug: str, name: FeedName) -> Response:
    """A feed, with the header by which subscribers find the WebSub hub and the feed's own address."""
    topic = f"{base_address()}/{kind}/{quote(slug)}/{name}"
    return file_of(kind, slug, name, lambda scope: feed_file(scope, name), links(base_address(), topic))


class _NoScope(Exception):  # noqa: N818 - the name says what there is not
    """Raised inside `file_of` if there is no such public board, or no public board in the area."""


def file_of(kind: ScopeKind, slug: str, name: str, make: Callable[[Scope], Made], header: str = "") -> Response:
    """Answers with the file ``name`` of a board or an area, which ``make`` makes unless a cached one is valid.

    Answers 404 if there is no such public board, or no public board in the area. ``header`` is the value of the
    header Link, "" for none.
    """

    def made() -> Made:
        scope = scope_of(kind, slug)
        if scope is None:
            raise _NoScope
        return make(scope)

    try:
        return answer(f"{base_address()}/{kind}/{slug}/{name}", made, header)
    except _NoScope:
        return refused(HTTPStatus.NOT_FOUND, NO_BOARD)
