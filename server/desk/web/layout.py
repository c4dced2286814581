"""Makes what surrounds the content of every page: navigation, signed-in user, messages, choice of language.

The views of this module are registered by server.desk.app; the template ``web/base.html`` calls its functions.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from server.core import policy
from server.core.policy import Right
from server.core.text_input import whole_numbers
from server.desk.web.context import desk
from server.desk.web.i18n import LANGUAGES
from server.desk.web.names import area_name
from server.desk.web.return_address import referring_page
from server.desk.web.rights import needs
from server.store.people import accounts
from server.store.people import messages as inbox

pages = Blueprint("shell", __name__, url_prefix="/desk")


@dataclass(frozen=True, slots=True)
class Place:
    """An item of the navigation bar: shown if its page exists and the user holds ``right`` in some area."""

    endpoint: str
    label: str
    right: Right


_PLACES = (
    Place("wall.index", lazy_gettext("Toàn cảnh"), "screen.view"),
    Place("alerts.index", lazy_gettext("Cảnh báo"), "notice.propose"),
    Place("queue.index", lazy_gettext("Chờ đăng"), "announcement.write"),
    Place("composer.new", lazy_gettext("Soạn thông báo"), "announcement.write"),
    Place("media.index", lazy_gettext("Kho tệp"), "media.write"),
    Place("timeline.index", lazy_gettext("Lịch phát"), "board.view"),
    Place("sources.index", lazy_gettext("Nguồn tin"), "source.view"),
    Place("screens.index", lazy_gettext("Màn hình"), "screen.view"),
    Place("duty.index", lazy_gettext("Trực"), "screen.view"),
    Place("people.index", lazy_gettext("Người dùng"), "person.manage"),
)
# Blueprint without an item in the navigation bar -> the blueprint whose item is highlighted on its pages.
_WITHIN = {
    "stories": "sources",
    "alert_sources": "sources",
    "mail_sources": "sources",
    "duty_roster": "duty",
    "duty_channels": "duty",
}
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
@needs("own", factor="none")
def seen() -> Response:
    """Marks the user's messages with the posted ids as seen, and redirects to the page that the request came from."""
    inbox.see(desk.db, desk.actor(), whole_numbers(request.form.getlist("id")))
    return desk.go(referring_page().partition("?")[0])


@pages.post("/language/<name>")
@needs("public", factor="none")
def language(name: str) -> Response:
    """Stores the chosen language in a cookie for a year, and in the account of the user if one is signed in."""
    answer = desk.go(referring_page())
    if name in LANGUAGES:
        if (person := desk.maybe_person()) is not None:
            accounts.speak(desk.db, person.id, name)  # mails to the person are in that language, too
        answer.set_cookie("language", name, max_age=31_536_000, samesite="Lax", httponly=True)
    return answer


def role_name(role: policy.Role) -> str:
    """Returns the name of the role in the user's language."""
    return str(_ROLE[role])


def navigation() -> list[dict[str, object]]:
    """Returns the items of the navigation bar for the user, in order; empty before sign-in.

    Each is ``{endpoint, address, label, here}``; ``here`` is true for the item of the current page.
    """
    if desk.maybe_person() is None:
        return []
    here = (request.endpoint or "").partition(".")[0]
    here = _WITHIN.get(here, here)
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
    """Returns the user's highest role with its area, such as "Người vận hành · Xã Minh Tân"; "" before sign-in.

    The role of keeper is named only if the user holds no other. For a user without any role, returns a sentence that
    no area is assigned.
    """
    person = desk.maybe_person()
    if person is None:
        return ""
    tree = desk.tree()
    held = [one for one in person.grants if one.area in tree]
    if not held:
        return str(gettext("Chưa được giao đơn vị nào"))
    highest = max(held, key=lambda one: policy.ROLES.index(one.role) if one.role != "keeper" else -1)
    return f"{role_name(highest.role)} · {area_name(highest.area)}"


def agent_name(agent: str) -> str:
    """Returns the browser and the operating system in a User-Agent header, such as "Chrome, Windows"."""
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    browser = next((one for one in browsers if f"{one}/" in agent), "")
    system = next((one for one in systems if one in agent), "")
    name = ", ".join(one for one in (browser.replace("Edg", "Edge").replace("OPR", "Opera"), system) if one)
    return name or str(gettext("Trình duyệt không rõ"))
