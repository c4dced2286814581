"""The design gallery at /glass/gallery: every template in every size and theme, from fixed data with worst titles.

``?view=1920x1080&theme=contrast&kind=table`` chooses; an address for each slide is the very page of the glass. Called
by desk_app: the address is the glass's, the sign-in that it asks for is the desk's (docs/decisions/0008).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import lazy_gettext

from server.desk.boards.form import THEMES as COLOURS
from server.desk.gallery.fixture_pictures import TYPE, picture
from server.desk.gallery.page import page
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.slides.specimens import KINDS, THEMES, VIEWS, Specimen, View, slides, specimens

KIND_NAMES = {
    "story": lazy_gettext("Tin"),
    "announcement": lazy_gettext("Thông báo"),
    "table": lazy_gettext("Bảng"),
    "pictures": lazy_gettext("Ảnh"),
    "pdf": lazy_gettext("Văn bản PDF"),
    "video": lazy_gettext("Phim"),
    "link": lazy_gettext("Địa chỉ"),
    "contact": lazy_gettext("Liên hệ"),
    "notice": lazy_gettext("Tin khẩn, tin ưu tiên"),
    "calm": lazy_gettext("Trang tĩnh"),
}
THEME_NAMES = {**COLOURS, "led": lazy_gettext("Đèn LED")}
# Modules of light-emitting diodes have a look of their own, whatever the theme: asked for as one, it is their view.
LED = "led"
LED_VIEW = "192x96"
SCREEN = "1920x1080"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for: the name of a view, a theme, a kind ("" is all)."""

    view_name: str
    theme: str
    kind: str = ""

    @property
    def view(self) -> View:
        return VIEWS[self.view_name]

    @property
    def specimens(self) -> list[Specimen]:
        return [one for one in specimens(self.view.format) if self.kind in ("", one.kind)]


def gallery_pages(_: DeskContext) -> Blueprint:
    """The pages; what they show is nobody's, so the right is asked for anywhere."""
    pages = Blueprint("gallery", __name__, url_prefix="/glass/gallery")

    @pages.get("/", strict_slashes=False)
    @needs("gallery.view")
    def index() -> str:
        choice = _asked()
        shown = {kind: [one for one in choice.specimens if one.kind == kind] for kind in KINDS}
        return render_template(
            "gallery/index.html",
            choice=choice,
            shown={kind: found for kind, found in shown.items() if found},
            views=VIEWS,
            themes=THEME_NAMES,
            kinds=KIND_NAMES,
        )

    @pages.get("/<name>")
    @needs("gallery.view")
    def one(name: str) -> str:
        choice = _asked()
        found = next((made for made in choice.specimens if made.name == name), None)
        if found is None:
            abort(404)
        asset = current_app.jinja_env.globals["asset"]
        root = asset("css/board.css").removesuffix("/css/board.css")  # type: ignore[operator] # a function
        return page(found, root=root, viewer=choice.view.viewer, theme=choice.theme)

    @pages.get("/media/<name>")
    @needs("gallery.view")
    def media(name: str) -> Response:
        if name not in _named():
            abort(404)
        answer = Response(picture(name), content_type=TYPE)
        answer.headers["Cache-Control"] = "private, max-age=3600"
        return answer

    return pages


def _asked() -> Choice:
    """404 for a view, a theme or a kind that there is not."""
    theme = request.args.get("theme") or THEMES[0]
    view = request.args.get("view") or SCREEN
    if theme == LED:
        theme, view = THEMES[0], view if view in VIEWS and VIEWS[view].format.size == "LED" else LED_VIEW
    kind = request.args.get("kind", "")
    if view not in VIEWS or theme not in THEMES or kind not in ("", *KINDS):
        abort(404)
    return Choice(view, theme, kind)


def _named() -> set[str]:
    """The pictures that specimens show: nothing else is drawn, of no other size."""
    return {name for pages in slides(VIEWS[SCREEN].format).values() for made in pages for name in made.media}
