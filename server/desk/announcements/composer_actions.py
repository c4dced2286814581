"""Saves, submits or approves the announcement in the composer's form, and autosaves it; called by composer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from hashlib import sha256

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext

from server.core.announcements.parts import copied
from server.core.model import Announcement
from server.core.text_input import whole_number
from server.core.workflow import NotPossible
from server.desk.announcements import seen
from server.desk.announcements.access import announcement_or_404, rules
from server.desk.announcements.composer_form import ComposeForm
from server.desk.announcements.composer_merge import merge_question
from server.desk.announcements.composer_page import entered_in, form_page, new_key, open_form
from server.desk.announcements.messages import messages_of_step
from server.desk.announcements.previews import gap_problems
from server.desk.announcements.undo import offer_undo, undo_of
from server.desk.web.context import desk
from server.desk.web.i18n import moment
from server.desk.web.refusals import said
from server.store.announcements import announcements, autosave, sent_forms
from server.store.announcements.autosave import Autosave
from server.store.announcements.replacing import AnotherVersion
from server.store.announcements.sent_forms import AlreadySent, FormToken, SentForm
from server.store.database.errors import Conflict, StoreRefusal

Answer = Response | tuple[str, int]
_KEY = re.compile(r"[0-9a-f]{32}")
_DECISIONS = ("submit", "approve")
_NOT_CONTENT = ("csrf_token", "key", "version", "id", "do")


def send(base: Announcement | None) -> Answer:
    """Saves the posted form; its field ``do`` says "draft", "template", "submit" or "approve".

    ``base`` is the announcement that the form changes; None for a new one. Redirects to the saved announcement, or to
    a list. Answers 422 with the form and its errors if something is wrong, and 409 with the merge question if
    somebody else has saved the announcement meanwhile. A form that was sent before makes no second announcement (see
    `_sent_before`).
    """
    form, do, token = open_form(), request.form.get("do", "draft"), _token()
    if token and (sent := sent_forms.of(desk.db, token.key, token.person)):
        return _sent_before(form, sent, token)
    if not form.validate():
        return form_page(form, base), 422
    entered = entered_in(form, base)
    entered = replace(entered, version=request.form.get("version", type=whole_number) or entered.version)
    if not entered.area:
        form.add_error("area", gettext("Chưa chọn đơn vị"))
        return form_page(form, base), 422
    desk.require("announcement.write", entered.area)
    if do in _DECISIONS and not _ready(form, entered):
        return form_page(form, base), 422
    try:
        saved = _save(entered, base, token, template=do == "template")
    except AlreadySent as error:
        return _sent_before(form, error.sent, token)
    except Conflict as error:
        return merge_question(entered, error.theirs), 409
    except (StoreRefusal, ValueError) as error:
        form.form_errors.append(said(error))
        return form_page(form, base), 422
    autosave.drop(desk.db, request.form.get("key", ""), desk.actor())
    if do in _DECISIONS and not (do == "submit" and saved.state == "submitted"):
        return _decide(saved, do, form)
    return _saved_as_draft(saved, do)


def _token() -> FormToken | None:
    """Returns the key of the posted form with a digest of its content, by which a repeated submit is recognized.

    None for a form without a valid key.
    """
    key = request.form.get("key", "")
    if not _KEY.fullmatch(key):
        return None
    held = sorted((name, value) for name, value in request.form.items(multi=True) if name not in _NOT_CONTENT)
    return FormToken(key, desk.actor(), sha256(json.dumps(held).encode()).hexdigest())


def _sent_before(form: ComposeForm, sent: SentForm, token: FormToken | None) -> Answer:
    """Answers a form that was sent before and has already made the announcement ``sent.announcement``.

    If its content is unchanged since, takes the step of the pressed button unless it was taken, and redirects to the
    announcement. If the content differs, shows the form again (409); the next submit saves it as a change of that
    announcement, with the merge question if somebody else has changed it.
    """
    at, do = moment(sent.sent), request.form.get("do", "draft")
    one = announcement_or_404(sent.announcement)
    is_change = request.form.get("id", type=whole_number) == one.id
    made = (request.form.get("version", type=whole_number) or 0) + 1 if is_change else 1
    if token is None or token.digest == sent.digest:
        if do in _DECISIONS and one.template:
            form.form_errors.append(gettext("Lúc %(at)s mới lưu làm mẫu. Bấm lần nữa để tạo thông báo.", at=at))
            return form_page(form, None, key=new_key()), 409
        if do in _DECISIONS and one.state in ("draft", "returned") and one.version == made and form.validate():
            desk.require("announcement.write", one.area)
            return _decide(one, do, form) if _ready(form, one) else (form_page(form, one, key=new_key()), 422)
        flash(gettext("Đã gửi lúc %(at)s: không tạo thêm thông báo nào.", at=at), "good")
        return desk.go(url_for("queue.one", id=one.id))
    told = gettext(
        "Đã gửi lúc %(at)s. Những gì bạn sửa từ lúc ấy vẫn ở dưới, chưa lưu: gửi tiếp thì thành bản sửa của chính "
        "thông báo ấy.",
        at=at,
    )
    form.form_errors.append(told)
    return form_page(form, one, key=new_key(), version=made), 409


def _ready(form: ComposeForm, entered: Announcement) -> bool:
    """True if the announcement may be submitted; otherwise adds an error to the form for each problem found."""
    for lack in seen.obstacles_of(entered):
        form.add_error(lack.field, lack.sentence)
    for sentence in gap_problems(entered):
        form.add_error("gap" if entered.longest_gap else "", sentence)
    return not form.errors


def _save(
    entered: Announcement, base: Announcement | None, token: FormToken | None, *, template: bool
) -> Announcement:
    """Saves the entered announcement and returns it as stored.

    A template or an announcement without ``base`` is stored as new. A ``base`` that is neither approved nor
    withdrawn gets a new version. For an approved or withdrawn ``base``, a new draft is stored that will replace it
    when it is approved.

    Raises AlreadySent if ``token`` was used before; Conflict if somebody else has saved ``base`` meanwhile; another
    StoreRefusal, such as Incomplete or NotLive; ValueError for an unknown area or board.
    """
    now = desk.now()
    decided = base is not None and base.state in ("approved", "withdrawn")
    if base is not None and not template and not decided:
        return announcements.revise(desk.db, entered, actor=desk.actor(), now=now, rules=rules(), form=token)
    fresh = copied(entered, actor=desk.actor(), now=now, template=template)
    replaces = base.id if base is not None and decided and not template else None
    fresh = replace(fresh, windows=entered.windows, replaces=replaces)
    return announcements.post(desk.db, fresh, actor=desk.actor(), form=token)


def _saved_as_draft(saved: Announcement, do: str) -> Response:
    if do == "template":
        flash(gettext("Đã lưu làm mẫu."), "good")
        return desk.go(url_for("composer.new"))
    flash(gettext("Đã lưu bản nháp."), "good")
    return desk.go(url_for("queue.one", id=saved.id))


def _decide(saved: Announcement, step: str, form: ComposeForm) -> Answer:
    """Submits or approves the announcement that was just saved; ``step`` is "submit" or "approve".

    Redirects to the queue, with an undo button. If boards show another version of the announcement, nothing is done,
    and it redirects to the announcement's page. Answers 403 without the right to approve, 422 with the form if the
    store refuses the step.
    """
    if step == "approve":
        desk.require("announcement.approve", saved.area)
    try:
        after = announcements.take(
            desk.db, saved.id, step, actor=desk.actor(), now=desk.now(), version=saved.version,
            rules=rules(), notify=messages_of_step(saved, step),
        )  # fmt: skip
    except AnotherVersion as error:
        flash(f"{said(error)}.", "error")
        return desk.go(url_for("queue.one", id=saved.id))
    except (NotPossible, StoreRefusal) as error:
        form.form_errors.append(said(error))
        # A new key, because the old one is recorded for the draft that was just saved.
        return form_page(form, saved, key=new_key()), 422
    submitted = step == "submit"
    when = seen.sentence(after)
    sentence = gettext("Đã trình duyệt.") if submitted else gettext("Đã duyệt. %(when)s", when=when)
    offer_undo(sentence, [undo_of(saved.id, step, saved.state)])
    return desk.go(url_for("queue.index", tab="submitted" if submitted else "on air"))


def keep() -> tuple[str, int]:
    """Autosaves the posted form without validation; only its writer can read it.

    Answers 204, or 400 if the form has no key of 32 hex digits.
    """
    key = request.form.get("key", "")
    if not _KEY.fullmatch(key):
        abort(400)
    form = {name: request.form.getlist(name) for name in request.form if name not in ("csrf_token", "key", "do")}
    id, version = request.form.get("id", type=whole_number), request.form.get("version", type=whole_number)
    autosave.keep(desk.db, Autosave(key, desk.actor(), id, version, desk.now(), form))
    return "", 204


def forget() -> Response:
    """Deletes the signed-in person's autosave with the posted key and redirects to the form of a new announcement."""
    autosave.drop(desk.db, request.form.get("key", ""), desk.actor())
    return desk.go(url_for("composer.new"))
