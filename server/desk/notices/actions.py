"""Creates and changes urgent notices as their form and buttons ask, and redirects; called by the notices' views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask import Response, abort, flash, request, url_for
from flask_babel import gettext

from server.core.model import Notice
from server.core.policy import Right
from server.core.workflow import NotPossible
from server.desk.notices.access import holds_everywhere, notice_or_404, target_areas
from server.desk.notices.form import AT, NoticeForm
from server.desk.notices.view_model import boards_reached, form_page
from server.desk.web.context import desk
from server.notifications.recipients import Why, notice_messages
from server.store.database.errors import Conflict, StoreRefusal
from server.store.notices import actions, notices
from server.store.people import people
from server.store.people.messages import Message

# A second press, a reload or a phone's retry within this time does not send the notice again.
SAME_WITHIN = timedelta(minutes=2)

Answer = Response | tuple[str, int]


def open_form() -> NoticeForm:
    """The form, filled from the request if there is one."""
    return NoticeForm(desk.tree(), target_areas(), desk.zone(), desk.now())


def post(form: NoticeForm) -> Answer:
    """Stores a valid form as a proposal, a signed draft or a live notice.

    Which one depends on the person's rights and on whether config asks for a second editor. A repeated press leads
    to the notice that the first one made.
    """
    notice = form.notice(desk.actor())
    if not boards_reached(notice):
        form.areas.errors = [gettext("Không có bảng tin nào ở đó: tin không được gửi")]
        return form_page(form), 422
    replaces = request.form.get("replaces", type=int)
    if again := _sent_before(form, notice, replaces):
        return go_to(again)
    if replaces is not None:
        return _correct(notice_or_404(replaces), notice, form)
    return go_to(_posted(notice))


def _posted(notice: Notice) -> Notice:
    now = desk.now()
    if not holds_everywhere("notice.push", notice):
        made = notices.post(desk.db, notice, actor=desk.actor(), now=now, notify=_messages("proposed", notice))
        flash(gettext("Đã gửi đề nghị. Biên tập viên của đơn vị thấy ngay."), "good")
        return made
    if desk.config.notices.four_eyes:
        signed = replace(notice, signed_by=desk.actor(), signed_at=now)
        return notices.post(desk.db, signed, actor=desk.actor(), now=now, notify=_messages("signed", notice))
    return notices.post(desk.db, replace(notice, state="live"), actor=desk.actor(), now=now)


def _correct(old: Notice, new: Notice, form: NoticeForm) -> Answer:
    if not (holds_everywhere("notice.push", old) and holds_everywhere("notice.push", new)):
        abort(403)
    try:
        made = actions.correct(
            desk.db, old.id, new, actor=desk.actor(), now=desk.now(),
            four_eyes=desk.config.notices.four_eyes, notify=_messages("signed", new),
        )  # fmt: skip
    except NotPossible as error:
        flash(str(error), "error")
        return form_page(form), 409
    return go_to(made)


def _sent_before(form: NoticeForm, notice: Notice, replaces: int | None) -> Notice | None:
    """The notice that the same person made from the same form within SAME_WITHIN.

    A correction equals only a correction of the same notice.
    """
    since = desk.now() - SAME_WITHIN
    # "6 hours" count from each press, so a repeated form ends a little later than the first one.
    tolerance = timedelta(0) if form.hours.data == AT else SAME_WITHIN
    for one in notices.all(desk.db, states=("live", "drafted"), most=20):
        recent = one.created_by == notice.created_by and one.issued >= since
        same = _content(one) == _content(notice) and abs(one.until - notice.until) <= tolerance
        if recent and same and replaces in (None, one.replaces):
            return one
    return None


def _content(notice: Notice) -> tuple[object, ...]:
    """Everything the form sets, except the end."""
    words = (notice.headline, notice.acts, notice.areas, notice.level, notice.exercise)
    return (*words, notice.danger, notice.risk, notice.sender)


def revise(draft: Notice, form: NoticeForm) -> Answer:
    """Saves a valid form over a draft, by its writer or by an editor of all its areas.

    409 with the form if somebody else has saved the draft since it was read, or it is no draft any more.
    """
    new = replace(form.notice(draft.created_by), id=draft.id, replaces=draft.replaces)
    may_push = holds_everywhere("notice.push", draft) and holds_everywhere("notice.push", new)
    if draft.created_by != desk.actor() and not may_push:
        abort(403)
    try:
        made = actions.revise(
            desk.db, new, actor=desk.actor(), now=desk.now(), seen=request.form.get("seen")
        )  # fmt: skip
    except Conflict as changed:
        flash(str(changed), "error")
        return form_page(form, changed.theirs, theirs=changed.theirs), 409
    except NotPossible as error:
        flash(str(error), "error")
        return form_page(form, draft), 409
    return go_to(made)


def change(id: int, right: Right, action: Callable[[Notice], object]) -> Response:
    """Runs one button's ``action``; needs ``right`` in each area of the notice (403).

    What the store refuses is flashed on the notice's page.
    """
    notice = notice_or_404(id)
    for area in notice.areas:
        desk.require(right, area)
    try:
        action(notice)
    except Conflict:
        flash(gettext("Tin này vừa được sửa, chưa gửi gì cả. Hãy đọc lại rồi bấm lần nữa."), "error")
    except (StoreRefusal, NotPossible, ValueError) as error:
        flash(str(error), "error")
    return go_to(notice)


def send(notice: Notice, *, alone: bool) -> None:
    """Puts a draft on air; ``alone``: without a second editor, and everyone responsible is notified."""
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
    """Moves the end of a live notice."""
    actions.extend(desk.db, notice.id, notice.until + by, actor=desk.actor(), now=desk.now())


def discard(notice: Notice) -> Response:
    """Discards a draft; 403 unless it is one's own or one may send it."""
    if notice.created_by != desk.actor() and not holds_everywhere("notice.push", notice):
        abort(403)
    try:
        actions.discard(desk.db, notice.id, actor=desk.actor(), now=desk.now())
        flash(gettext("Đã bỏ bản nháp. Không màn hình nào chiếu nó."), "good")
    except (StoreRefusal, NotPossible) as error:
        flash(str(error), "error")
    return desk.go(url_for("urgent.new"))


def go_to(notice: Notice) -> Response:
    """A redirect to the notice's page."""
    return desk.go(url_for("urgent.one", id=notice.id))


def _messages(why: Why, notice: Notice) -> tuple[Message, ...]:
    return notice_messages(why, notice, desk.actor(), people.all(desk.db), desk.tree())


def _mark_read() -> str:
    """The mark of the draft that the person has read, sent by the button's form; "" never matches."""
    return request.form.get("seen", "")
