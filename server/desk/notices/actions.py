"""Creates and changes urgent notices, as the form and the buttons request; called by the notices' views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext

from server.core.model import Notice
from server.core.policy import Right
from server.core.text_input import whole_number
from server.core.workflow import NotPossible
from server.desk.notices.access import holds_everywhere, notice_or_404, own_notice_or_404, target_areas
from server.desk.notices.alerts.taking_over import origin_of_document
from server.desk.notices.form import NoticeForm
from server.desk.notices.view_model import boards_reached, form_page
from server.desk.web import bell
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.notifications.recipients import Why, notice_messages
from server.store.database.errors import Conflict, StoreRefusal
from server.store.notices import actions, notices
from server.store.people import people
from server.store.people.messages import Message

# How much the durations of two notices that are made from the same form may differ.
_SAME_DURATION = timedelta(seconds=1)

Answer = Response | tuple[str, int]


def open_form() -> NoticeForm:
    """Returns the notice form for the signed-in person, filled with the posted values if the request is a POST."""
    return NoticeForm(desk.tree(), target_areas(), desk.zone(), desk.now())


def post(form: NoticeForm) -> Answer:
    """Stores the notice of a validated form, and redirects to its page.

    It becomes a proposal if the user may not send notices, a signed draft if the configuration requires a second
    editor, otherwise a live notice. If the form has the field ``replaces`` (an id), it corrects that notice. If the
    same notice is on air or drafted already, because the form was posted before or somebody else was faster, it is
    not stored again. Answers 422 with the form if no board would show the notice.
    """
    notice = form.notice(desk.actor())
    if (document := asked_alert()) is not None:
        notice = replace(notice, origin=origin_of_document(document))
    if not boards_reached(notice):
        form.areas.errors = [gettext("Không có bảng tin nào ở đó: tin không được gửi")]
        return form_page(form), 422
    replaces = request.form.get("replaces", type=whole_number)
    standing = notices.all(desk.db, states=("live", "drafted"), most=200)
    if again := next((one for one in standing if _repeats(one, notice, replaces)), None):
        if again.state == "live":
            flash(gettext("Tin này đang phát: không phát thêm lần nữa. Muốn chiếu lâu hơn, hãy gia hạn."), "good")
        return go_to(again)
    if replaces is not None:
        old = own_notice_or_404(replaces)
        return _correct(old, replace(notice, origin=old.origin), form)
    return go_to(_posted(notice))


def _posted(notice: Notice) -> Notice:
    now = desk.now()
    repeats = partial(_repeats, notice=notice, replaces=None)
    if not holds_everywhere("notice.push", notice):
        made = notices.post(
            desk.db, notice, actor=desk.actor(), now=now, notify=_messages("proposed", notice), repeats=repeats
        )
        flash(gettext("Đã gửi đề nghị. Biên tập viên của đơn vị thấy ngay."), "good")
        return made
    if desk.config.notices.four_eyes:
        signed = replace(notice, signed_by=desk.actor(), signed_at=now)
        return notices.post(
            desk.db, signed, actor=desk.actor(), now=now, notify=_messages("signed", notice), repeats=repeats
        )
    return notices.post(desk.db, replace(notice, state="live"), actor=desk.actor(), now=now, repeats=repeats)


def _correct(old: Notice, new: Notice, form: NoticeForm) -> Answer:
    if not (holds_everywhere("notice.push", old) and holds_everywhere("notice.push", new)):
        abort(403)
    try:
        made = actions.correct(
            desk.db, old.id, new, actor=desk.actor(), now=desk.now(),
            four_eyes=desk.config.notices.four_eyes, notify=_messages("signed", new),
        )  # fmt: skip
    except NotPossible as error:
        flash(said(error), "error")
        return form_page(form), 409
    return go_to(made)


def _repeats(earlier: Notice, notice: Notice, replaces: int | None) -> bool:
    """True if ``notice`` repeats ``earlier``: same content, and either an end that is not later or the same duration.

    ``earlier`` must be on air, or a draft of the same person, and must not have ended. ``replaces`` is the id of the
    notice that the form corrects; then ``earlier`` must be a correction of the same notice. The duration is compared
    because a choice such as "6 hours" begins at each press, so the end of a repeated form is later.
    """
    if earlier.state != "live" and earlier.created_by != notice.created_by:
        return False
    longer = (notice.until - notice.issued) - (earlier.until - earlier.issued)
    ends = earlier.until >= notice.until or abs(longer) <= _SAME_DURATION
    return (
        earlier.until > desk.now()
        and _content(earlier) == _content(notice)
        and ends
        and replaces in (None, earlier.replaces)
    )


def _content(notice: Notice) -> tuple[object, ...]:
    """Returns the values of a notice that the form sets, except the end."""
    words = (notice.headline, notice.acts, notice.areas, notice.level, notice.exercise)
    return (*words, notice.danger, notice.risk, notice.sender, notice.threat)


def revise(draft: Notice, form: NoticeForm) -> Answer:
    """Saves a validated form as the new content of a draft, and redirects to its page.

    Answers 403 unless the user wrote the draft or may send notices in all its areas; 409 with the form if somebody
    else has changed the draft meanwhile or it is not a draft any more.
    """
    new = replace(
        form.notice(draft.created_by), id=draft.id, replaces=draft.replaces, origin=draft.origin,
        description=draft.description,
    )  # fmt: skip
    may_push = holds_everywhere("notice.push", draft) and holds_everywhere("notice.push", new)
    if draft.created_by != desk.actor() and not may_push:
        abort(403)
    try:
        made = actions.revise(
            desk.db, new, actor=desk.actor(), now=desk.now(), seen=request.form.get("seen")
        )  # fmt: skip
    except Conflict as changed:
        flash(said(changed), "error")
        return form_page(form, changed.theirs, theirs=changed.theirs), 409
    except NotPossible as error:
        flash(said(error), "error")
        return form_page(form, draft), 409
    return go_to(made)


def asked_alert() -> int | None:
    """Returns the number of the received alert in ``?alert=``, of which the notice is a copy; None without it."""
    return request.args.get("alert", type=whole_number)


def change(id: int, right: Right, action: Callable[[Notice], object]) -> Response:
    """Runs the ``action`` of a button on a notice and redirects to its page, which shows a refusal of the store.

    Answers 404 for an unknown notice, 403 unless the user holds ``right`` in each area of the notice. A notice that
    shows a received alert may only be cleared; for any other right it answers 404.
    """
    notice = notice_or_404(id) if right == "notice.clear" else own_notice_or_404(id)
    for area in notice.areas:
        desk.require(right, area)
    try:
        action(notice)
    except Conflict:
        flash(gettext("Tin này vừa được sửa, chưa gửi gì cả. Hãy đọc lại rồi bấm lần nữa."), "error")
    except (StoreRefusal, NotPossible, ValueError) as error:
        flash(said(error), "error")
    return go_to(notice)


def send(notice: Notice, *, alone: bool) -> None:
    """Puts a draft on air.

    ``alone``: without the confirmation of a second editor; the people responsible are then notified.
    """
    actions.send(
        desk.db, notice.id, actor=desk.actor(), now=desk.now(),
        four_eyes=desk.config.notices.four_eyes, break_glass=alone, seen=_mark_read(),
        notify_if_alone=_messages("broken", notice),
    )  # fmt: skip


def sign(notice: Notice) -> None:
    """Signs a draft and asks the other editors to confirm it."""
    actions.sign(
        desk.db, notice.id, actor=desk.actor(), now=desk.now(), seen=_mark_read(), notify=_messages("signed", notice)
    )


def clear(notice: Notice) -> None:
    """Removes a live notice from every screen."""
    notices.clear(desk.db, notice.id, actor=desk.actor(), now=desk.now())


def extend(notice: Notice, by: timedelta) -> None:
    """Lengthens a live notice: moves its end by ``by``."""
    actions.extend(desk.db, notice.id, notice.until + by, actor=desk.actor(), now=desk.now())


def discard(notice: Notice) -> Response:
    """Discards a draft and redirects to an empty form.

    Answers 403 unless the user wrote the draft or may send notices in all its areas.
    """
    if notice.created_by != desk.actor() and not holds_everywhere("notice.push", notice):
        abort(403)
    try:
        actions.discard(desk.db, notice.id, actor=desk.actor(), now=desk.now())
        flash(gettext("Đã bỏ bản nháp. Không màn hình nào chiếu nó."), "good")
    except (StoreRefusal, NotPossible) as error:
        flash(said(error), "error")
    return desk.go(url_for("urgent.new"))


def go_to(notice: Notice) -> Response:
    """Returns a redirect to the notice's page."""
    return desk.go(url_for("urgent.one", id=notice.id))


def _messages(why: Why, notice: Notice) -> tuple[Message, ...]:
    every = people.all(desk.db)
    by_name = {person.username: person for person in every}
    made = notice_messages(why, notice, desk.actor(), every, desk.tree())
    return tuple(bell.in_language_of(by_name[one.person], one) for one in made)


def _mark_read() -> str:
    """Returns the posted digest of the draft that the user has read (made by `mark` of the store's actions).

    Returns "", which matches no draft, if none was posted.
    """
    return request.form.get("seen", "")
