"""Views of mailboxes: adding one, settings, whose letters are accepted, and what became of the last letters.

Registered by server.desk.app. The page of a mailbox is called by `server.desk.sources.views`, which has the list of
all sources, and trials. The password goes into a file of the data folder, never into the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext, lazy_gettext

from server.core.model import MailSettings, Source
from server.core.sources.health import moment
from server.core.sources.mail.judgement import Reason
from server.desk.sources.access import area_of, source_or_404
from server.desk.sources.form import known_text, same_source
from server.desk.sources.mail_form import MailboxForm, SenderForm
from server.desk.sources.navigation import to_source
from server.desk.sources.view_model import source_row
from server.desk.web.context import desk
from server.desk.web.names import area_name, board_name
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.setup import mailbox_passwords
from server.store.announcements import letters
from server.store.database.errors import StoreRefusal
from server.store.sources import sources

pages = Blueprint("mail_sources", __name__, url_prefix="/desk/sources")
MOST_LETTERS = 50
REASONS: Mapping[Reason, tuple[str, object]] = {
    "taken": ("good", lazy_gettext("Đã thành thông báo")),
    "document": ("good", lazy_gettext("Đã nhận văn bản điện tử")),
    "document-refused": ("warn", lazy_gettext("Không nhận văn bản điện tử")),
    "duplicate": ("off", lazy_gettext("Đã nhận từ trước")),
    "loop": ("off", lazy_gettext("Bỏ qua: thư tự động")),
    "from": ("bad", lazy_gettext("Không nhận: không rõ ai gửi")),
    "no-authserv": ("bad", lazy_gettext("Không nhận: chưa khai máy chủ xác thực")),
    "no-results": ("bad", lazy_gettext("Không nhận: thư không có kết quả xác thực của máy chủ đã khai")),
    "bad-results": ("bad", lazy_gettext("Không nhận: kết quả xác thực sai quy cách")),
    "failed": ("bad", lazy_gettext("Không nhận: không chứng minh được người gửi là thật")),
    "not-listed": ("bad", lazy_gettext("Không nhận: người gửi không có trong danh sách")),
    "stale": ("bad", lazy_gettext("Không nhận: thư quá cũ hoặc sai ngày")),
    "too-large": ("warn", lazy_gettext("Không nhận: thư quá lớn")),
    "empty": ("warn", lazy_gettext("Không nhận: không có nội dung")),
    "unreadable": ("warn", lazy_gettext("Không nhận: không mở được")),
    "winmail": ("warn", lazy_gettext("Không nhận: chỉ có winmail.dat")),
    "not-shown": ("warn", lazy_gettext("Không nhận: chưa thành thông báo được")),
}
"""Reason -> the class of its colour and its words."""


def mail_source_page(source: Source, form: MailboxForm | None = None, added: SenderForm | None = None) -> str:
    """Returns the page of a mailbox; the forms are given if they were posted and have errors."""
    area = area_of(source)
    manages = desk.may("source.manage", area)
    reads = manages or desk.may("announcement.write", area)
    found = letters.of_source(desk.db, source.slug, most=MOST_LETTERS) if reads else ()
    return render_template(
        "sources/mail.html",
        row=source_row(source),
        settings=source.mail or MailSettings(""),
        letters=found,
        reads=reads,
        place_words=place_words,
        area_of=area_of,
        reasons=REASONS,
        readable=_readable([one.announcement for one in found]),
        manages=manages,
        form=(form or MailboxForm.of(source)) if manages else None,
        sender_form=(added or SenderForm.made()) if manages else None,
        has_host=bool(desk.config.mail.host),
        moment=moment,
        now=desk.now(),
    )


def _readable(ids: list[int | None]) -> set[int]:
    """The ids of the announcements that the user may open."""
    known = letters.areas_of(desk.db, [id for id in ids if id is not None])
    return {id for id, area in known.items() if desk.may("announcement.write", area)}


@pages.get("/new-mailbox")
@needs("source.manage")
def new() -> str:
    """The page with the form of a new mailbox."""
    return render_template("sources/mail_new.html", form=MailboxForm.of(None))


@pages.post("/new-mailbox")
@needs("source.manage", factor="none")
def add() -> Response | tuple[str, int]:
    """Adds a mailbox, which accepts nobody's letters yet; answers 422 with the form if something is wrong."""
    form = MailboxForm.of(None)
    made = form.wanted(None)
    if made is not None and (known := same_source(made)) is not None:
        form.url.errors = [known_text(known)]
        made = None
    if made is None:
        return render_template("sources/mail_new.html", form=form), 422
    desk.require("source.manage", made.area)
    mailbox_passwords.keep(desk.data, made.slug, form.password.data or "")
    try:
        sources.save(desk.db, made, actor=desk.actor(), now=desk.now())
    except (StoreRefusal, ValueError) as error:
        mailbox_passwords.forget(desk.data, made.slug)
        form.name.errors = [said(error)]
        return render_template("sources/mail_new.html", form=form), 422
    return to_source(made.slug, gettext("Đã thêm hộp thư. Hãy bấm «Đọc thử», rồi ghi ai được gửi."))


@pages.post("/<slug>/mailbox")
@needs("source.manage", factor="none")
def settings(slug: str) -> Response | tuple[str, int]:
    """Saves the settings of a mailbox; answers 422 with the page if something is wrong."""
    source = source_or_404(slug, "source.manage", kind="mail")
    form = MailboxForm.of(source)
    after = form.wanted(source)
    if after is None:
        return mail_source_page(source, form), 422
    desk.require("source.manage", after.area)
    if form.password.data:
        mailbox_passwords.keep(desk.data, slug, form.password.data)
    sources.save(desk.db, after, actor=desk.actor(), now=desk.now())
    sources.due_now(desk.db, slug, now=desk.now())
    return to_source(slug, gettext("Đã lưu."))


@pages.post("/<slug>/senders")
@needs("source.manage", factor="none")
def allow(slug: str) -> Response | tuple[str, int]:
    """Adds somebody to the list of those whose letters are accepted; answers 422 with the page if it is wrong."""
    source = source_or_404(slug, "source.manage", kind="mail")
    form = SenderForm.made()
    after = form.wanted(source.mail or MailSettings(""))
    if after is None:
        return mail_source_page(source, added=form), 422
    sources.save(desk.db, replace(source, mail=after), actor=desk.actor(), now=desk.now())
    return to_source(slug, gettext("Đã lưu."), anchor="senders")


@pages.post("/<slug>/senders/remove")
@needs("source.manage", factor="none")
def disallow(slug: str) -> Response:
    """Removes the sender in the form field ``address`` from the list."""
    source = source_or_404(slug, "source.manage", kind="mail")
    kept = source.mail or MailSettings("")
    left = tuple(one for one in kept.senders if one.address != request.form.get("address", ""))
    sources.save(desk.db, replace(source, mail=replace(kept, senders=left)), actor=desk.actor(), now=desk.now())
    return to_source(slug, gettext("Đã lưu."), anchor="senders")


def place_words(area: str, chosen: tuple[str, ...]) -> str:
    """Returns where a sender's announcements are shown, in words."""
    if not chosen:
        return str(gettext("%(area)s: mọi bảng tin", area=area_name(area)))
    return f"{area_name(area)}: {', '.join(board_name(slug) for slug in chosen)}"
