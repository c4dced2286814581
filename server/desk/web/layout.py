"""The frame of every page: navigation, who is signed in, messages, choice of language.

Its views are registered by server.desk.app; its functions are called by the template ``web/base.html``.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from server.core import policy
from server.core.policy import Right
from server.desk.web.context import desk
from server.desk.web.i18n import LANGUAGES
from server.desk.web.return_address import referring_page
from server.desk.web.rights import needs
from server.store.people import messages as inbox

pages = Blueprint("shell", __name__, url_prefix="/desk")

MOST_MESSAGES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """An item of the navigation bar: shown if its page exists and the user holds ``right`` in some area."""

    endpoint: str
    label: str
    right: Right


_PLACES = (
    Place("wall.index", lazy_gettext("Toàn cảnh"), "screen.view"),
    Place("queue.index", lazy_gettext("Chờ đăng"), "announcement.write"),
    Place("composer.new", lazy_gettext("Soạn thông báo"), "announcement.write"),
    Place("media.index", lazy_gettext("Kho tệp"), "media.write"),
    Place("timeline.index", lazy_gettext("Lịch phát"), "board.view"),
    Place("sources.index", lazy_gettext("Nguồn tin"), "source.view"),
    Place("screens.index", lazy_gettext("Màn hình"), "screen.view"),
    Place("people.index", lazy_gettext("Người dùng"), "person.manage"),
    Place("audit.index", lazy_gettext("Nhật ký"), "audit.read"),
)
_ROLE = {
    "viewer": lazy_gettext("Người xem"),
    "operator": lazy_gettext("Người vận hành"),
    "editor": lazy_gettext("Biên tập viên"),
    "keeper": lazy_gettext("Quản trị"),
}


@pages.get("/")
@needs("own")
def home() -> Response | str:
    places = navigation()
    return desk.go(str(places[0]["address"])) if places else render_template("web/nothing.html")


@pages.post("/seen")
@needs("own")
def seen() -> Response:
    """Marks messages of the user as seen."""
    inbox.see(desk.db, desk.actor(), [int(id) for id in request.form.getlist("id") if id.isdecimal()])
    return desk.go(referring_page().partition("?")[0])


@pages.post("/language/<name>")
@needs("public")
def language(name: str) -> Response:
    """Stores the chosen language in a cookie for a year."""
    answer = desk.go(referring_page())
    if name in LANGUAGES:
        answer.set_cookie("language", name, max_age=31_536_000, samesite="Lax", httponly=True)
    return answer


def role_name(role: policy.Role) -> str:
    """The name of the role in the user's language."""
    return str(_ROLE[role])


def navigation() -> list[dict[str, object]]:
    """The items of the bar for the user, in order: ``{endpoint, address, label, here}``; none before sign-in."""
    if desk.maybe_person() is None:
        return []
    here = (request.endpoint or "").partition(".")[0]
    return [
        {
            "endpoint": one.endpoint,
            "address": url_for(one.endpoint),
            "label": one.label,
            "here": one.endpoint.partition(".")[0] == here,
        }
        for one in _PLACES
        if one.endpoint in current_app.view_functions and desk.may(one.right)
    ]


def who() -> str:
    """The user's highest role and its area: "Người vận hành · Xã Minh Tân"; "" before sign-in."""
    person = desk.maybe_person()
    if person is None:
        return ""
    tree = desk.tree()
    held = [one for one in person.grants if one.area in tree]
    if not held:
        return str(gettext("Chưa được giao đơn vị nào"))
    highest = max(held, key=lambda one: policy.ROLES.index(one.role) if one.role != "keeper" else -1)
    return f"{role_name(highest.role)} · {tree.get(highest.area).name}"


def agent_name(agent: str) -> str:
    """Browser and system of a User-Agent header: "Chrome, Windows"."""
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    browser = next((one for one in browsers if f"{one}/" in agent), "")
    system = next((one for one in systems if one in agent), "")
    name = ", ".join(one for one in (browser.replace("Edg", "Edge").replace("OPR", "Opera"), system) if one)
    return name or str(gettext("Trình duyệt không rõ"))


def messages() -> tuple[inbox.Message, ...]:
    """The user's newest unseen messages, at most `MOST_MESSAGES`."""
    return inbox.unseen(desk.db, desk.actor(), most=MOST_MESSAGES) if desk.maybe_person() else ()
