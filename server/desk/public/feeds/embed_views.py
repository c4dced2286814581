"""Views that embed boards and items in other web sites: widgets, oEmbed, and a page for webmasters.

Registered by server.desk.app. The widgets need no scripts and set no cookies; no other page of this server may be
shown in a frame by other sites.
"""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import force_locale, gettext, lazy_gettext
from markupsafe import Markup

from server.content import alert_publication
from server.content.public_feeds.feed_item import FeedItem
from server.content.public_feeds.kept_files import Made
from server.content.public_feeds.scopes import Scope
from server.desk.public.feeds.answers import answer, refused
from server.desk.public.feeds.feed_views import file_of
from server.desk.public.feeds.scopes import base_address, live_item, scope_of
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.database.errors import NotFound

pages = Blueprint("public_embeds", __name__, template_folder="templates")
WIDTH, HEIGHT = 420, 560
ITEM_HEIGHT = 260
MOST_LISTED = 10
CACHE_SECONDS = 300
_HTML = "text/html; charset=utf-8"
# Only what these pages need; any site may show them in a frame.
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
_NO_ITEM = lazy_gettext("Không có bảng tin hay tin nào ở địa chỉ này.")
_ONLY_JSON = lazy_gettext("Chỉ có format=json.")


@pages.get("/embed/board/<slug>")
@needs("public")
def board(slug: str) -> Response:
    """The widget of a public board: a small page with its newest items, for a frame."""

    def make(scope: Scope) -> Made:
        found = scope.items()
        page = render_template(
            "feeds/widget.html", title=scope.title, page=scope.head().absolute(scope.page), whole=False,
            items=found.items[:MOST_LISTED], base=base_address(), zone=desk.zone(),
        )  # fmt: skip
        return Made(page.encode(), _HTML, found.changes)

    with force_locale("vi"):
        return _framed(file_of("board", slug, "widget", make))


@pages.get("/embed/item/<key>")
@needs("public")
def item(key: str) -> Response:
    """The widget of one item that a public board shows now, for a frame; 404 with a sentence if no board shows it."""

    def make() -> Made:
        found = live_item(key)
        return Made(_item_page(found.items[0]).encode(), _HTML, found.changes)

    with force_locale("vi"):
        try:
            return _framed(answer(f"{base_address()}/embed/item/{key}", make))
        except NotFound:
            return _framed(make_response(_item_page(None), HTTPStatus.NOT_FOUND))


def _item_page(one: FeedItem | None) -> str:
    title = one.issuer if one else gettext("Tin này không còn được đăng")
    return render_template(
        "feeds/widget.html", title=title, page=f"{base_address()}{one.path if one else '/'}", whole=True,
        items=(one,) if one else (), base=base_address(), zone=desk.zone(),
    )  # fmt: skip


@pages.get("/oembed")
@needs("public")
def oembed() -> Response:
    """The oEmbed 1.0 answer (oembed.com) for the page of a board or an item in ``?url=``: a frame with its widget.

    Answers 501 for a format other than JSON, 404 for any other page.
    """
    if request.args.get("format", "json") != "json":
        return refused(HTTPStatus.NOT_IMPLEMENTED, _ONLY_JSON)
    asked = request.args.get("url", "")
    kind, name = _page_in(asked)
    width, height = _limited("maxwidth", WIDTH), _limited("maxheight", ITEM_HEIGHT if kind == "item" else HEIGHT)

    def make() -> Made:
        title, changes = _title_of(kind, name)
        frame = Markup('<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy"></iframe>').format(
            f"{base_address()}/embed/{kind}/{name}", width, height, title
        )
        body = {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": "Bảng Tin",
            "provider_url": f"{base_address()}/",
            "cache_age": CACHE_SECONDS,
            "html": str(frame),
            "width": width,
            "height": height,
        }
        return Made(json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=utf-8", changes)

    try:
        return answer(f"{base_address()}/oembed/{kind}/{name}/{width}x{height}", make)
    except NotFound:
        return refused(HTTPStatus.NOT_FOUND, _NO_ITEM)


@pages.get("/nhung", defaults={"words": "vi"})
@pages.get("/embed/", defaults={"words": "en"})
@needs("public")
def how_to(words: Literal["vi", "en"]) -> Response:
    """The page that explains to webmasters how to embed a board, with the HTML code for each public board."""

    def make() -> Made:
        boards = sorted(alert_publication.province(desk.db).public, key=lambda board: board.name)
        page = render_template(
            "feeds/how_to.html",
            boards=boards,
            base=base_address(),
            width=WIDTH,
            height=HEIGHT,
            language=lambda: words,
        )
        return Made(page.encode(), _HTML)

    with force_locale(words):
        return answer(f"{base_address()}/embed/{words}", make)


def _framed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    return response


def _page_in(text: str) -> tuple[str, str]:
    """Parses the address of a page of this server: ("board", slug) or ("item", key).

    Returns ("", "") for any other text.
    """
    try:
        address = urlsplit(text)
    except ValueError:
        return "", ""
    here = {request.host, urlsplit(base_address()).netloc}
    if address.scheme in ("http", "https") and address.netloc in here:
        match address.path.split("/"):
            case ["", "board" | "item" as kind, name]:
                return kind, name
    return "", ""


def _title_of(kind: str, name: str) -> tuple[str, datetime | None]:
    """Returns the title of a board or a live item, and when the passing of time may next change it (None: never).

    Raises NotFound if there is no such public board or live item.
    """
    if kind == "item":
        found = live_item(name)
        return found.items[0].title or found.items[0].label, found.changes
    scope = scope_of("board", name)
    if scope is None:
        raise NotFound
    return scope.title, None


def _limited(name: str, wanted: int) -> int:
    """Returns ``wanted`` pixels, or fewer (at least 1) if the query parameter ``name`` asks for fewer."""
    text = request.args.get(name, "")
    most = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else wanted
    return max(1, min(wanted, most))
