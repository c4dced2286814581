"""Serves the page on which citizens ask for Web Push and stop it, and its service worker; registered by desk.app."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, get_template_attribute, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.core.areas import in_a_sentence
from server.core.model import Area
from server.desk.public import head, push_requests
from server.desk.public.holding import kept
from server.desk.public.public_boards import live_notices, with_mode
from server.desk.public.urgent_strip import strips
from server.desk.web.context import desk
from server.desk.web.names import area_name
from server.desk.web.problems import problem
from server.desk.web.rights import needs
from server.notifications.push_keys import application_key
from server.slides.templating import qr_code
from server.store.database.errors import NotFound
from server.store.notifications import push_browsers
from server.store.notifications.push_browsers import Choice, TooMany, TooOften

pages = Blueprint("push", __name__, url_prefix="/push")
_WORKER = (Path(__file__).parent / "static/push-worker.js").read_bytes()


def offered() -> bool:
    """Whether this server offers Web Push: push services require the contact that the configuration names."""
    return bool(desk.config.push.contact)


@pages.get("/worker.js")
@needs("public")
def worker() -> Response:
    """The script of the service worker, for the scope /push/; it has no fetch handler, so it changes no page."""
    answer = Response(_WORKER, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@pages.get("/<slug>")
@needs("public")
@kept
def ask(slug: str) -> str:
    """The page on which a browser asks for the notices of an area; answers 404 for an area without a public board."""
    area, tree = _area_or_404(slug), desk.tree()
    boards = [one for one in with_mode(tree) if one.area == slug]
    name = str(gettext("Nhận tin khẩn của %(area)s", area=in_a_sentence(area.name)))
    return render_template(
        "public/push.html",
        area=area,
        board=boards[0],
        key=application_key(desk.data),
        telephone=head.telephone(slug, tree),
        strips=strips(live_notices([one for one in boards if one.mode != "safe"], tree)),
        address=head.absolute(f"/push/{slug}"),
        code=qr_code(head.absolute(f"/push/{slug}")),
        meta=head.Meta(f"/push/{slug}", name),
    )


@pages.get("/<slug>/app.webmanifest")
@needs("public")
@kept
def manifest(slug: str) -> ResponseReturnValue:
    """The manifest that makes the page an app: on an iPhone only an app on the home screen gets push messages."""
    area = _area_or_404(slug)
    icon = get_template_attribute("public/parts.html", "mark_address")()
    found = {
        "name": str(gettext("Tin khẩn %(area)s", area=area.name)),
        "short_name": str(gettext("Tin khẩn")),
        "start_url": f"/push/{slug}",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbf9f4",
        "theme_color": "#fbf9f4",
        "icons": [{"src": str(icon), "sizes": "any", "type": "image/svg+xml"}],
    }
    return jsonify(found), {"Content-Type": "application/manifest+json"}


@pages.post("/choose")
@needs("public", factor="none")
def choose() -> ResponseReturnValue:
    """Stores that a browser wants the urgent notices of an area, with or without reminders of its deadlines.

    Answers 204, 409 if there are too many browsers or areas, 429 after too many requests.
    """
    wish, browser = push_requests.wish()
    _area_or_404(wish.area)
    try:
        push_browsers.choose(desk.db, browser, Choice(wish.area, wish.deadlines), push_requests.sender())
    except TooOften as error:
        return _too_often(error)
    except TooMany:
        return problem(
            409, gettext("Đã đủ số máy hoặc số xã có thể nhận tin. Hãy thôi nhận tin của một xã khác trước.")
        )
    return "", 204


@pages.post("/mine")
@needs("public", factor="none")
def mine() -> ResponseReturnValue:
    """Answers which areas a browser has chosen, as [{area, name, deadlines}].

    Only the browser and its push service know the address that the request must name.
    """
    asked = push_requests.address()
    try:
        found = push_browsers.choices(desk.db, asked.endpoint, push_requests.sender())
    except TooOften as error:
        return _too_often(error)
    return jsonify([{"area": one.area, "name": area_name(one.area), "deadlines": one.deadlines} for one in found])


@pages.post("/renew")
@needs("public", factor="none")
def renew() -> ResponseReturnValue:
    """Gives a browser's choices to the new address that its push service has given it.

    Answers 204, 404 if the former address has no choices, 429 after too many requests.
    """
    former, browser = push_requests.renewal()
    try:
        push_browsers.renew(desk.db, former, browser, push_requests.sender())
    except TooOften as error:
        return _too_often(error)
    except NotFound:
        return problem(404, gettext("Máy chủ không biết địa chỉ nhận tin cũ. Hãy mở trang này và đăng ký lại."))
    return "", 204


@pages.post("/stop")
@needs("public", factor="none")
def stop() -> ResponseReturnValue:
    """Deletes a browser's choice of one area or of all. Answers 204, also for an unknown browser."""
    asked = push_requests.address()
    try:
        push_browsers.end(desk.db, asked.endpoint, asked.area, push_requests.sender())
    except TooOften as error:
        return _too_often(error)
    return "", 204


def _too_often(error: TooOften) -> Response:
    answer = problem(429, gettext("Mạng này vừa gửi quá nhiều yêu cầu. Hãy thử lại sau ít phút."))
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _area_or_404(slug: str) -> Area:
    """Returns the area with this slug; answers 404 if it has no public board of its own or Web Push is off."""
    tree = desk.tree()
    if not offered() or slug not in tree or not any(one.area == slug for one in with_mode(tree)):
        abort(404)
    return tree.get(slug)
