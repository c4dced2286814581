"""Boards and items inside pages of other sites: the widget, oEmbed, and how a webmaster uses them.

Registered by server.desk.app. The widgets are whole without scripts and set no cookies; they are the only pages that
other sites may show in a frame.
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
    """The newest items of a public board as a small page for a frame."""

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
    """One item that a public board shows now, as a small page for a frame; 404 with a sentence if none shows it."""

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
    """oEmbed 1.0 (oembed.com) of a board's page or an item's page, as a frame with the widget."""
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
    """How a webmaster puts a board into a page, with the code of each public board."""

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
    """("board", its slug) or ("item", its key) for the address of such a page here; two empty texts for any other."""
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
    """The title of a board or a live item, and when that will end (None: not known). Raises NotFound."""
    if kind == "item":
        found = live_item(name)
        return found.items[0].title or found.items[0].label, found.changes
    scope = scope_of("board", name)
    if scope is None:
        raise NotFound
    return scope.title, None


def _limited(name: str, wanted: int) -> int:
    """``wanted`` pixels, or fewer if the parameter ``name`` of the request says so."""
    text = request.args.get(name, "")
    most = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else wanted
    return max(1, min(wanted, most))
