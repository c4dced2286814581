"""The province's front page, and the files that browsers and search engines request; registered by desk.app."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, get_template_attribute, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.core.areas import AreaTree
from server.core.item_addresses import item_path
from server.core.model import Area
from server.desk.public import head
from server.desk.public.holding import changes_at, kept
from server.desk.public.home import former_places, places
from server.desk.public.public_boards import OnBoard, live_notices, on_boards, visible_boards, with_mode
from server.desk.public.search import searched_words
from server.desk.public.urgent_strip import strips
from server.desk.web.context import desk
from server.desk.web.rights import needs

pages = Blueprint("public_site", __name__)
# Search engines read at most this many addresses of one file (sitemaps.org).
MOST_ADDRESSES = 50_000


@pages.get("/")
@needs("public")
@kept
def home() -> str:
    """The front page with the boards of the province; ``?q=`` searches by the name of a place or a board."""
    tree = desk.tree()
    words = searched_words()
    shown = on_boards(with_mode(tree))
    _changes_of(shown)
    area, found = _topmost(tree), places(shown, tree, words)
    return render_template(
        "public/home.html",
        area=area,
        telephone=head.telephone(area.slug, tree) if area else "",
        strips=strips(live_notices([one.board for one in shown if one.board.mode != "safe"], tree)),
        places=found,
        former=former_places(tree, words, found),
        boards=len(shown),
        areas=len({one.board.area for one in shown}),
        words=words,
        now=desk.now(),
        meta=_home_meta(area, tree),
    )


@pages.get("/manifest.webmanifest")
@needs("public")
@kept
def manifest() -> ResponseReturnValue:
    """The web-app manifest, by which a telephone offers to add the page to its home screen."""
    area = _topmost(desk.tree())
    icon = get_template_attribute("public/parts.html", "mark_address")()
    found = {
        "name": f"Bảng tin {area.name}" if area else "Bảng Tin",
        "short_name": "Bảng tin",
        "lang": "vi",
        "start_url": "/",
        "scope": "/",
        "display": "browser",
        "background_color": "#fbf9f4",
        "theme_color": "#fbf9f4",
        "icons": [
            {
                "src": str(icon),
                "sizes": "any",
                "type": "image/svg+xml",
                "purpose": "any",
            }
        ],
    }
    return jsonify(found), {"Content-Type": "application/manifest+json"}


@pages.get("/robots.txt")
@needs("public")
@kept
def robots() -> Response:
    """The file robots.txt: search engines may read the public pages, but not the desk, the API and other files."""
    lines = ["User-agent: *", "Disallow: /desk/", "Disallow: /api/", "Disallow: /glass/", "Allow: /glass/media/"]
    return Response("\n".join([*lines, f"Sitemap: {head.absolute('/sitemap.xml')}", ""]), content_type="text/plain")


@pages.get("/sitemap.xml")
@needs("public")
@kept
def sitemap() -> Response:
    """The sitemap with the addresses of the front page, the public boards and all items that they show now."""
    shown = on_boards(visible_boards(desk.tree()))
    _changes_of(shown)
    paths = dict.fromkeys(("/", *(f"/board/{one.board.slug}" for one in shown), *_items(shown)))
    addresses = [head.absolute(path) for path in paths][:MOST_ADDRESSES]
    return Response(render_template("public/sitemap.xml", addresses=addresses), content_type="application/xml")


def _items(shown: Iterable[OnBoard]) -> Iterable[str]:
    for one in shown:
        yield from (item_path("announcement", each.id) for each in one.announcements)
        yield from (item_path("story", each.id) for each in one.stories)


def _changes_of(shown: Iterable[OnBoard]) -> None:
    changes_at(at for one in shown for at in one.changes)


def _topmost(tree: AreaTree) -> Area | None:
    """Returns the first area without an area above it; None if there is no area."""
    return next((tree.get(slug) for slug in tree.roots()), None)


def _home_meta(area: Area | None, tree: AreaTree) -> head.Meta:
    what = str(gettext("Bảng tin điện tử công cộng"))
    name = f"{what} · {area.name}" if area else what
    data = {"@type": "WebSite", "name": name, "url": head.absolute("/")}
    return head.Meta("/", name, data=data | ({"publisher": head.office(area, tree)} if area else {}))
