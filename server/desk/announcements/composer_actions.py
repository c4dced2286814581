"""Saves, submits or approves what the composer's form holds and keeps autosaves; called by the composer's views."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext

from server.core.announcements.parts import copied, problems_of
from server.core.model import Announcement
from server.core.workflow import NotPossible
from server.desk.announcements.access import rules
from server.desk.announcements.composer_form import ComposeForm
from server.desk.announcements.composer_merge import merge_question
from server.desk.announcements.composer_page import form_page, open_form
from server.desk.announcements.messages import messages_of_step
from server.desk.announcements.previews import gap_problems
from server.desk.announcements.undo import offer_undo, undo_of
from server.desk.web.context import desk
from server.store.announcements import announcements, autosave
from server.store.announcements.autosave import Autosave
from server.store.database.errors import Conflict, StoreRefusal

Answer = Response | tuple[str, int]
_KEY = re.compile(r"[0-9a-f]{32}")
_DECISIONS = ("submit", "approve")


def send(base: Announcement | None) -> Answer:
    """Saves the posted form as a draft or template, or submits or approves it, by its field ``do``.

    ``base`` is the announcement that it changes. 422 with the form and its errors; 409 with the merge question if
    somebody else has saved the announcement since it was read.
    """
    form, do = open_form(), request.form.get("do", "draft")
    if not form.validate():
        return form_page(form, base), 422
    entered = form.announcement(desk.actor(), base)
    entered = replace(entered, version=request.form.get("version", type=int) or entered.version)
    if not entered.area:
        form.add_error("area", gettext("Chưa chọn đơn vị"))
        return form_page(form, base), 422
    desk.require("announcement.write", entered.area)
    if do in _DECISIONS and not _ready(form, entered):
        return form_page(form, base), 422
    try:
        saved = _save(entered, base, template=do == "template")
    except Conflict as error:
        return merge_question(entered, error.theirs), 409
    except (StoreRefusal, ValueError) as error:
        form.form_errors.append(str(error))
        return form_page(form, base), 422
    autosave.drop(desk.db, request.form.get("key", ""), desk.actor())
    if do in _DECISIONS and not (do == "submit" and saved.state == "submitted"):
        return _decide(saved, do, form)
    return _saved_as_draft(saved, do)


def _ready(form: ComposeForm, entered: Announcement) -> bool:
    """True if the announcement may be submitted; otherwise adds an error to the form for each problem found."""
    for lack in problems_of(entered, desk.now()):
        form.add_error(lack.field, lack.sentence)
    for sentence in gap_problems(entered):
        form.add_error("gap" if entered.longest_gap else "", sentence)
    return not form.errors


def _save(entered: Announcement, base: Announcement | None, *, template: bool) -> Announcement:
    """A new announcement, a new version of a draft, or a new draft in place of one that is approved or withdrawn."""
    now = desk.now()
    decided = base is not None and base.state in ("approved", "withdrawn")
    if base is not None and not template and not decided:
        return announcements.revise(desk.db, entered, actor=desk.actor(), now=now, rules=rules())
    fresh = copied(entered, actor=desk.actor(), now=now, template=template)
    replaces = base.id if base is not None and base.state == "approved" and not template else None
    fresh = replace(fresh, windows=entered.windows, replaces=replaces)
    return announcements.post(desk.db, fresh, actor=desk.actor())


def _saved_as_draft(saved: Announcement, do: str) -> Response:
    if do == "template":
        flash(gettext("Đã lưu làm mẫu."), "good")
        return desk.go(url_for("composer.new"))
    flash(gettext("Đã lưu bản nháp."), "good")
    return desk.go(url_for("queue.one", id=saved.id))


def _decide(saved: Announcement, step: str, form: ComposeForm) -> Answer:
    """Submits or approves what was just saved."""
    if step == "approve":
        desk.require("announcement.approve", saved.area)
    try:
        announcements.take(
            desk.db, saved.id, step, actor=desk.actor(), now=desk.now(), version=saved.version,
            rules=rules(), notify=messages_of_step(saved, step),
        )  # fmt: skip
    except (NotPossible, StoreRefusal) as error:
        form.form_errors.append(str(error))
        return form_page(form, saved), 422
    submitted = step == "submit"
    sentence = gettext("Đã trình duyệt.") if submitted else gettext("Đã duyệt, sẽ chiếu theo giờ đã hẹn.")
    offer_undo(sentence, [undo_of(saved.id, step, saved.state)])
    return desk.go(url_for("queue.index", tab="submitted" if submitted else "on air"))


def keep() -> tuple[str, int]:
    """Autosaves the posted form for its writer alone, without validation; 400 without a key of 32 hex."""
    key = request.form.get("key", "")
    if not _KEY.fullmatch(key):
        abort(400)
    form = {name: request.form.getlist(name) for name in request.form if name not in ("csrf_token", "key", "do")}
    id, version = request.form.get("id", type=int), request.form.get("version", type=int)
    autosave.keep(desk.db, Autosave(key, desk.actor(), id, version, desk.now(), form))
    return "", 204


def forget() -> Response:
    """Drops an autosave of the signed-in person."""
    autosave.drop(desk.db, request.form.get("key", ""), desk.actor())
    return desk.go(url_for("composer.new"))
