"""Views of the design gallery at /glass/gallery: every kind of slide in every size and theme.

Registered by server.desk.app. The data is fixed and includes very long titles. The query selects what is shown, for
example ``?view=1920x1080&theme=contrast&kind=table``; each slide also has a page of its own, which shows it on a
board. Addresses below /glass otherwise belong to the server process; the desk answers these because they require a
sign-in (docs/decisions/0008).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import lazy_gettext

from server.desk.boards.form import THEMES as BOARD_THEMES
from server.desk.gallery.fixture_pictures import TYPE, picture
from server.desk.gallery.page import page
from server.desk.web.rights import needs
from server.slides.specimens import KINDS, THEMES, VIEWS, Specimen, View, slides, specimens

pages = Blueprint("gallery", __name__, url_prefix="/glass/gallery")

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
    "serving": lazy_gettext("Số thứ tự của Bộ phận Một cửa"),
    "calm": lazy_gettext("Trang tĩnh"),
}
THEME_NAMES = {**BOARD_THEMES, "led": lazy_gettext("Đèn LED")}
# LED panels look the same in every theme. ``?theme=led`` is not a theme: it selects a view of the size class "LED".
LED = "led"
LED_VIEW = "192x96"
SCREEN = "1920x1080"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the query selects: the name of a view (a screen size), a theme, and a kind of slide ("" for all)."""

    view_name: str
    theme: str
    kind: str = ""

    @property
    def view(self) -> View:
        """The view with the name ``view_name``. Raises KeyError if there is none."""
        return VIEWS[self.view_name]

    @property
    def specimens(self) -> list[Specimen]:
        """The example slides of the chosen kind, in the format of the view."""
        return [one for one in specimens(self.view.format) if self.kind in ("", one.kind)]


@pages.get("/", strict_slashes=False)
@needs("gallery.view")
def index() -> str:
    """The page with the example slides (specimens) that the query selects, each in a small iframe."""
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
    """One example slide on the page of a board; 404 if there is none with this name."""
    choice = _asked()
    found = next((made for made in choice.specimens if made.name == name), None)
    if found is None:
        abort(404)
    asset = cast(Callable[[str], str], current_app.jinja_env.globals["asset"])
    root = asset("css/board.css").removesuffix("/css/board.css")
    return page(found, root=root, viewer=choice.view.viewer, theme=choice.theme)


@pages.get("/media/<name>")
@needs("gallery.view")
def media(name: str) -> Response:
    """The JPEG file of a picture in the example slides; 404 if they contain none with this name."""
    if name not in _picture_names():
        abort(404)
    answer = Response(picture(name), content_type=TYPE)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _asked() -> Choice:
    """Returns what the query selects; answers 404 for an unknown view, theme or kind."""
    theme = request.args.get("theme") or THEMES[0]
    view = request.args.get("view") or SCREEN
    if theme == LED:
        theme, view = THEMES[0], view if view in VIEWS and VIEWS[view].format.size == "LED" else LED_VIEW
    kind = request.args.get("kind", "")
    if view not in VIEWS or theme not in THEMES or kind not in ("", *KINDS):
        abort(404)
    return Choice(view, theme, kind)


def _picture_names() -> set[str]:
    """Returns the names of the pictures in the example slides.

    No others are drawn, so nobody can request huge pictures.
    """
    return {name for pages in slides(VIEWS[SCREEN].format).values() for made in pages for name in made.media}
