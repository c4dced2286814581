"""Views of the Atom and JSON feeds of a board or an area; registered by server.desk.app."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response
from flask_babel import lazy_gettext

from server.desk.public.feeds import atom, json_feed
from server.desk.public.feeds.answers import MOST_BYTES, Made, answer, refused
from server.desk.public.feeds.scopes import Scope, ScopeKind, base_address, scope_of
from server.desk.web.rights import needs

pages = Blueprint("public_feeds", __name__)
MOST_ITEMS = 100
NO_BOARD = lazy_gettext("Không có bảng tin công khai nào ở địa chỉ này.")


@pages.get("/board/<slug>/feed.atom", defaults={"kind": "board"})
@pages.get("/area/<slug>/feed.atom", defaults={"kind": "area"})
@needs("public")
def atom_feed(kind: ScopeKind, slug: str) -> Response:
    def make(scope: Scope) -> Made:
        found = scope.items()
        return Made(atom.atom(scope.head(), found.items[:MOST_ITEMS], MOST_BYTES), atom.TYPE, found.changes)

    return file_of(kind, slug, "feed.atom", make)


@pages.get("/board/<slug>/feed.json", defaults={"kind": "board"})
@pages.get("/area/<slug>/feed.json", defaults={"kind": "area"})
@needs("public")
def json(kind: ScopeKind, slug: str) -> Response:
    def make(scope: Scope) -> Made:
        found = scope.items()
        body = json_feed.json_feed(scope.head(), found.items[:MOST_ITEMS], MOST_BYTES)
        return Made(body, json_feed.TYPE, found.changes)

    return file_of(kind, slug, "feed.json", make)


class _NoScope(Exception):  # noqa: N818 - the name says what there is not
    """Raised inside `file_of` if there is no such public board, or no public board in the area."""


def file_of(kind: ScopeKind, slug: str, name: str, make: Callable[[Scope], Made]) -> Response:
    """Answers with the file ``name`` of a board or an area, which ``make`` makes unless a cached one is valid.

    Answers 404 if there is no such public board, or no public board in the area.
    """

    def made() -> Made:
        scope = scope_of(kind, slug)
        if scope is None:
            raise _NoScope
        return make(scope)

    try:
        return answer(f"{base_address()}/{kind}/{slug}/{name}", made)
    except _NoScope:
        return refused(HTTPStatus.NOT_FOUND, NO_BOARD)
