"""Views in which keepers see the mails that could not be sent, with the reason, and can send them again.

Registered by server.desk.app.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from flask import Blueprint, Response, abort, flash, render_template, url_for
from flask_babel import gettext, lazy_gettext

from server.core.policy import Person
from server.desk.people.access import is_mine
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.notifications.mailer import Failure
from server.store.people import messages, people
from server.store.people.messages import Mail

pages = Blueprint("mails", __name__, url_prefix="/desk/mails")

_WHY: Mapping[str, object] = {
    "recipient": lazy_gettext("Máy chủ thư không nhận thư cho địa chỉ này."),
    "smtputf8": lazy_gettext("Máy chủ thư không hỗ trợ địa chỉ có dấu."),
    "address": lazy_gettext("Địa chỉ này không đúng dạng, không gửi thư tới được."),
    "login": lazy_gettext(
        "Máy chủ thư từ chối đăng nhập: sai tên, mật khẩu hoặc địa chỉ người gửi ở mục [mail] của config.toml."
    ),
    "server": lazy_gettext("Không nối được với máy chủ thư."),
    "other": lazy_gettext("Máy chủ thư báo lỗi."),
}


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail as a row of a list.

    ``why`` is a sentence why it failed, "" if it did not; ``detail`` is the mail server's message. ``person`` is its
    recipient, None on a page about one person.
    """

    mail: Mail
    why: str
    detail: str
    person: Person | None = None

    @classmethod
    def of(cls, mail: Mail, person: Person | None = None) -> MailRow:
        kind, _, detail = mail.error.partition(": ")
        known = kind in get_args(Failure)
        why = str(_WHY[kind if known else "other"]) if mail.error else ""
        return cls(mail, why, detail if known else mail.error, person)


@pages.get("/")
@needs("person.manage")
def index() -> str:
    """The list of the mails to people of the user's areas that could not be sent at the last attempt."""
    return render_template("people/mails.html", rows=_failed())


@pages.post("/<int:id>/resend")
@needs("person.manage", factor="none")
def resend(id: int) -> Response:
    """Makes the worker send a failed mail again; answers 404 if ``id`` is not in the list of failed mails."""
    if not any(row.mail.id == id for row in _failed()) or not messages.resend(desk.db, id, now=desk.now()):
        abort(404)
    flash(gettext("Đang gửi lại."), "info")
    return desk.go(url_for("mails.index"))


def count_failed() -> int:
    """Returns how many mails to people of the user's areas could not be sent at the last attempt."""
    return len(_failed())


def _failed() -> list[MailRow]:
    mine = {one.email: one for one in people.all(desk.db) if is_mine(one)}
    return [MailRow.of(one, mine[one.address]) for one in messages.undelivered(desk.db) if one.address in mine]
