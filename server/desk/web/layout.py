"""What stands around every page: the way through the desk, who I am, which language; called by desk_app."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from flask_babel import gettext, lazy_gettext

from server.core import policy
from server.core.policy import Right
from server.desk.web.context import DeskContext
from server.desk.web.i18n import LANGUAGES
from server.desk.web.rights import needs
from server.store.people import messages as mail

MOST_MESSAGES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A page in the navigation: shown where the page is there and the right is held somewhere."""

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


def role_name(role: policy.Role) -> str:
    """The role as people read it."""
    named: str = str(_ROLE[role])
    return named


def navigation(app: Flask, desk: DeskContext) -> list[dict[str, object]]:
    """The places of who asks: ``{endpoint, address, label, here}``, in the order of the bar."""
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
        if one.endpoint in app.view_functions and desk.may(one.right)
    ]


def who(desk: DeskContext) -> str:
    """Who I am and for which area: "Người vận hành · Xã Minh Tân"."""
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
    """A browser's own words as people call it: "Chrome, Windows"."""
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    browser = next((one for one in browsers if f"{one}/" in agent), "")
    system = next((one for one in systems if one in agent), "")
    named = ", ".join(one for one in (browser.replace("Edg", "Edge").replace("OPR", "Opera"), system) if one)
    return named or str(gettext("Trình duyệt không rõ"))


def messages(desk: DeskContext) -> tuple[mail.Message, ...]:
    """What I have been told and have not looked at, the newest first."""
    return mail.unseen(desk.db, desk.actor(), most=MOST_MESSAGES) if desk.maybe_person() else ()


def _our_page(address: str | None) -> str:
    """The page one came from, where it is one of the desk's; never somebody else's."""
    path = urlsplit(address or "").path
    return path if path.startswith("/desk/") else url_for("shell.home")


def shell_pages(desk: DeskContext) -> Blueprint:
    """The desk's own address and the choice of language."""
    pages = Blueprint("shell", __name__, url_prefix="/desk")

    @pages.get("/")
    @needs("own")
    def home() -> Response | str:
        places = navigation(current_app, desk)
        return desk.go(str(places[0]["address"])) if places else render_template("web/nothing.html")

    @pages.post("/seen")
    @needs("own")
    def seen() -> Response:
        mail.see(desk.db, desk.actor(), [int(id) for id in request.form.getlist("id") if id.isdecimal()])
        return desk.go(_our_page(request.referrer))

    @pages.post("/language/<name>")
    @needs("public")
    def language(name: str) -> Response:
        answer = desk.go(request.referrer or url_for("shell.home"))
        if name in LANGUAGES:
            answer.set_cookie("language", name, max_age=31_536_000, samesite="Lax", httponly=True)
        return answer

    return pages
