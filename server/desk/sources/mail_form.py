"""The forms of a mailbox: its settings, and whose letters it accepts; called by mail_views."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional, Regexp

from server.core.model import AllowedSender, MailSettings, Source
from server.core.sources.mail import address
from server.core.sources.mail.address import MailboxAddress
from server.core.sources.mail.allowed_senders import allowed_address
from server.core.sources.naming import new_source
from server.desk.sources.access import area_of
from server.desk.web.context import desk
from server.desk.web.fields import Form, required
from server.desk.web.names import area_name, board_name
from server.desk.web.refusals import said
from server.setup import mailbox_passwords
from server.setup.mailbox_passwords import LONGEST
from server.store.boards import boards
from server.store.sources import sources

MINUTES = 2


class MailboxForm(Form):
    """The settings of a mailbox. A password is never shown; an empty one keeps that which is stored."""

    name = StringField(lazy_gettext("Tên nguồn"), [required(), Length(max=120)],
                       description=lazy_gettext("Ví dụ: Thư của các xã"))  # fmt: skip
    url = StringField(
        lazy_gettext("Địa chỉ hộp thư"),
        [required(), Length(max=500)],
        description=lazy_gettext("Như imaps://thu.xa.vn/INBOX: máy chủ IMAP rồi thư mục."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    user = StringField(
        lazy_gettext("Tên đăng nhập"),
        [required(), Length(max=254)],
        description=lazy_gettext("Thường là cả địa chỉ thư, như bangtin@xa.vn."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("Mật khẩu"), [Length(max=LONGEST)], render_kw={"autocomplete": "new-password"}
    )
    area = SelectField(lazy_gettext("Đơn vị phụ trách hộp thư"))
    authserv = StringField(
        lazy_gettext("Máy chủ xác thực người gửi"),
        [Optional(), Length(max=253), Regexp(r"^[A-Za-z0-9._-]+$", message=lazy_gettext("Tên này không dùng được"))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    shown_days = IntegerField(lazy_gettext("Thông báo chiếu mấy ngày"), [required(), NumberRange(1, 366)], default=7,
                              description=lazy_gettext("Biên tập viên đổi được khi duyệt."))  # fmt: skip
    oldest_days = IntegerField(lazy_gettext("Không nhận thư cũ hơn mấy ngày"), [required(), NumberRange(1, 30)],
                               default=3)  # fmt: skip

    @classmethod
    def of(cls, source: Source | None) -> MailboxForm:
        """Returns the form with the posted values; if none were posted, with those of ``source``."""
        name = gettext("Tên đứng đầu dòng Authentication-Results trong một thư đã nhận, như mx.xa.vn.")
        unknown = gettext("Chưa khai thì không nhận thư của ai.")
        if source is None:
            form = cls()
            form.password.flags.required = True
            find = gettext("Chưa biết thì để trống: thêm hộp thư xong, bấm «Đọc thử» để xem.")
        else:
            kept = source.mail or MailSettings("")
            form = cls(
                name=source.name, url=source.url, user=kept.user, area=area_of(source), authserv=kept.authserv,
                shown_days=kept.shown_days, oldest_days=kept.oldest_days,
            )  # fmt: skip
            form.password.description = _about_password(source.slug)
            find = gettext("Bấm «Đọc thử» để xem tên ấy.")
        form.authserv.description = f"{name} {find} {unknown}"
        form.area.choices = [(slug, area_name(slug)) for slug in desk.areas("source.manage")]
        return form

    def wanted(self, before: Source | None) -> Source | None:
        """Returns the posted mailbox; None if something is missing or wrong, and then the fields have errors.

        If the server or the login name changes, the password must be typed again: otherwise somebody could have the
        stored one, or that in the worker's environment, sent to a server of his own.
        """
        complete = bool(self.validate_on_submit())
        where = None
        try:
            where = address.parsed(self.url.data or "")
        except ValueError as error:
            self.url.errors = list(self.url.errors) or [said(error)]
        settings = before.mail if before is not None and before.mail is not None else MailSettings("")
        if not self.password.data and (before is None or not _same_login(before, self.user.data, where)):
            self.password.errors = [
                gettext("Mục này chưa có gì")
                if before is None
                else gettext("Hãy gõ lại mật khẩu, vì máy chủ hoặc tên đăng nhập đã đổi.")
            ]
            complete = False
        if where is None or not complete:
            return None
        name = " ".join((self.name.data or "").split())
        made = before or new_source(name, where.url, sources.slugs(desk.db), desk.config.timezone)
        mail = replace(
            settings, user=self.user.data or "", authserv=self.authserv.data or "",
            shown_days=self.shown_days.data or 7, oldest_days=self.oldest_days.data or 3,
        )  # fmt: skip
        return replace(
            made, name=name, kind="mail", url=where.url, area=self.area.data, mail=mail, adaptive=False,
            every=timedelta(minutes=MINUTES) if before is None else made.every,
        )  # fmt: skip


class SenderForm(Form):
    """Somebody whose letters a mailbox accepts, and where they are shown."""

    sender = StringField(
        lazy_gettext("Địa chỉ thư của người gửi"),
        [required(), Length(max=254)],
        description=lazy_gettext("Như vanphong@xa.vn; hoặc @xa.vn cho mọi người ở tên miền ấy."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    place = SelectField(lazy_gettext("Được gửi cho"))

    @classmethod
    def made(cls) -> SenderForm:
        """Returns the form, with the areas that the user manages and each of their boards to choose from."""
        form = cls()
        every = boards.all(desk.db)
        choices: dict[str, list[tuple[str, str]]] = {}
        for slug in desk.areas("source.manage"):
            whole = (f"{slug}/", gettext("%(area)s: mọi bảng tin", area=area_name(slug)))
            single = [(f"{slug}/{board.slug}", gettext("chỉ «%(board)s»", board=board_name(board.slug)))
                      for board in every if board.area == slug]  # fmt: skip
            choices[area_name(slug)] = [whole, *single]
        form.place.choices = choices
        return form

    def wanted(self, settings: MailSettings) -> MailSettings | None:
        """Returns the settings with the posted sender; None if something is wrong, and then the fields have errors.

        A sender who is on the list already for single boards of the same area gets one more board.
        """
        complete = bool(self.validate_on_submit())
        try:
            found = allowed_address(self.sender.data or "")
        except ValueError as error:
            self.sender.errors = self.sender.errors or [said(error)]
            return None
        if not complete:
            return None
        area, _, board = (self.place.data or "").partition("/")
        known = next((one for one in settings.senders if one.address == found), None)
        kept = known.boards if known is not None and known.area == area and known.boards else ()
        added = AllowedSender(found, area, tuple(dict.fromkeys((*kept, board))) if board else ())
        others = tuple(one for one in settings.senders if one.address != found)
        return replace(settings, senders=tuple(sorted((*others, added), key=lambda one: one.address)))


def _about_password(slug: str) -> str:
    """What is known of the password of a mailbox; one in the environment of the worker is not known here."""
    if mailbox_passwords.path_of(desk.data, slug).is_file():
        return str(
            gettext(
                "Để trống: giữ mật khẩu đang có. Mật khẩu nằm trong một tệp riêng của máy chủ, không bao giờ "
                "hiện lại."
            )
        )
    return str(gettext("Chưa có mật khẩu nào được gõ ở đây."))


def _same_login(before: Source, user: str | None, where: MailboxAddress | None) -> bool:
    """True if server and login name stay; also if the new address ``where`` is unreadable: that has its own error."""
    known = before.mail.user if before.mail is not None else ""
    return where is None or (known == user and _host(before.url) == _host(where.url))


def _host(url: str) -> tuple[str, int, str]:
    try:
        found = address.parsed(url)
    except ValueError:
        return ("", 0, "")
    return (found.host, found.port, found.security)
