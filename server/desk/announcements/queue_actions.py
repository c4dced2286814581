"""Takes workflow steps on announcements, reports the results, and reorders announcements; called by queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, flash
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug.exceptions import Forbidden
from werkzeug.exceptions import NotFound as PageNotFound

from server.core.model import Announcement
from server.core.text_input import number_or_none, whole_numbers
from server.core.workflow import NotPossible
from server.desk.announcements import seen
from server.desk.announcements.access import announcement_or_404, id_or_400, may_take, rules
from server.desk.announcements.documents import was_recalled
from server.desk.announcements.messages import messages_of_step
from server.desk.announcements.previews import gap_problems
from server.desk.announcements.undo import may_undo, offer_undo, undo_of
from server.desk.announcements.wording import names_of_people
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.store.announcements import announcements
from server.store.announcements.replacing import AnotherVersion
from server.store.database.errors import Conflict, StoreError, StoreRefusal

_DONE: Mapping[str, object] = {
    "approve": lazy_gettext("Đã duyệt"),
    "return": lazy_gettext("Đã trả lại"),
    "withdraw": lazy_gettext("Đã gỡ"),
    "submit": lazy_gettext("Đã trình duyệt"),
    "recall": lazy_gettext("Đã rút về sửa"),
    "restore": lazy_gettext("Đã lấy lại làm bản nháp"),
    "requeue": lazy_gettext("Đã đưa về chờ duyệt"),
    "reinstate": lazy_gettext("Đã chiếu lại"),
}


_TOWARDS_BOARDS = ("restore", "submit", "requeue", "approve", "reinstate")


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a workflow step: the ``undo`` that reverses it (see undo.py), or a sentence with the ``refusal``.

    ``when`` is a sentence that says when an approved announcement will be shown. ``compare`` is the announcement's id
    if the step was refused because boards show another version of it; its page lets the user compare the two.
    """

    undo: str = ""
    refusal: str = ""
    when: str = ""
    compare: int | None = None


def take_steps(named: Sequence[str], step: str, reason: str, instead_of: int | None = None) -> list[Result]:
    """Takes a step on each announcement in ``named`` and returns the results; for the arguments see `take_step`.

    If there are several, an announcement on which the step is refused, or that is gone or in another area, does not
    stop the others. If the store fails, the remaining ones are not tried, and the last result says so; the error is
    raised only if no step was taken before it.
    """
    if len(named) == 1:
        return [take_step(named[0], step, reason, instead_of)]
    ids = [id_or_400(each.partition(":")[0]) for each in named]
    results: list[Result] = []
    for at, (id, each) in enumerate(zip(ids, named, strict=True)):
        try:
            results.append(take_step(each, step, reason, instead_of))
        except (PageNotFound, Forbidden):
            results.append(
                Result(
                    refusal=gettext("Để lại thông báo số %(id)s: không còn, hoặc đã chuyển sang đơn vị khác.", id=id)
                )
            )
        except StoreRefusal as error:
            results.append(Result(refusal=said(error)))
        except StoreError:
            if all(result.refusal for result in results):
                raise
            left = ", ".join(str(number) for number in ids[at:])
            sentence = gettext(
                "Chưa làm, vì cơ sở dữ liệu không nhận nữa: thông báo số %(ids)s. Hãy chọn lại.", ids=left
            )
            return [*results, Result(refusal=sentence)]
    return results


def take_step(named: str, step: str, reason: str, instead_of: int | None = None) -> Result:
    """Takes a workflow step on an announcement.

    ``named`` is "ID:VERSION" with the version that the user has read. If another version is stored, the step is
    refused, so that nobody approves an unread text. ``instead_of`` is the id of another version on the boards, which
    the user has seen and agrees to replace. Answers 400 for a malformed id, 404 for an unknown announcement, 403
    without the right.
    """
    id, _, version = named.partition(":")
    one = announcement_or_404(id_or_400(id))
    if not may_take(one, step):
        abort(403)
    if step in _TOWARDS_BOARDS and was_recalled(one.id):
        return Result(
            refusal=gettext(
                "«%(title)s»: nơi ban hành đã thu hồi văn bản này. Nếu vẫn cần đăng, hãy soạn thông báo mới.",
                title=one.title,
            )
        )
    if step in ("approve", "reinstate") and (problems := gap_problems(one)):
        return Result(refusal=f"«{one.title}»: {' '.join(problems)}")
    try:
        after = announcements.take(
            desk.db, one.id, step, actor=desk.actor(), now=desk.now(), reason=reason,
            notify=messages_of_step(one, step, reason),
            version=number_or_none(version), rules=rules(), instead_of=instead_of,
        )  # fmt: skip
    except Conflict as error:
        theirs: Announcement = error.theirs
        editor = theirs.edited_by or theirs.created_by
        name = names_of_people().get(editor, editor)
        sentence = gettext("%(name)s vừa sửa «%(title)s»: hãy xem lại rồi quyết định.", name=name, title=theirs.title)
        return Result(refusal=sentence)
    except AnotherVersion as error:
        return Result(refusal=f"«{one.title}»: {said(error)}.", compare=one.id)
    except (NotPossible, StoreRefusal) as error:
        return Result(refusal=f"«{one.title}»: {said(error)}")
    when = seen.sentence(after) if step == "approve" else ""
    return Result(undo=undo_of(one.id, step, one.state), when=when)


def report(step: str, results: Sequence[Result]) -> None:
    """Reports the results of a step on the next page: each refusal once, and how many steps were taken.

    The page has a button that undoes the steps taken.
    """
    for sentence in dict.fromkeys(result.refusal for result in results if result.refusal):
        flash(sentence, "error")
    taken = [result for result in results if not result.refusal]
    undos = [result.undo for result in taken]
    if not undos:
        return
    many = ngettext("%(num)s thông báo", "%(num)s thông báo", len(undos))
    sentence = f"{_DONE[step]}: {many}" if len(undos) > 1 else f"{_DONE[step]}. {taken[0].when}".strip()
    offer_undo(sentence, [undo for undo in undos if may_undo(undo)])


def reorder(ids: Sequence[str], move: str) -> None:
    """Saves the order in which announcements are shown; ``ids`` are their ids in the new order.

    ``move`` is "7:up" or "7:down" if a button asks to move announcement 7 by one place; "" after dragging. Answers
    403 if the user may not approve one of the announcements.
    """
    found = [announcement_or_404(id) for id in _moved(whole_numbers(ids), move)]
    for one in found:
        desk.require("announcement.approve", one.area)
    announcements.reorder(desk.db, [one.id for one in found], actor=desk.actor(), now=desk.now())


def _moved(ids: list[int], move: str) -> list[int]:
    id, _, direction = move.partition(":")
    if (number := number_or_none(id)) in ids:
        at = ids.index(number)
        to = min(max(0, at + (-1 if direction == "up" else 1)), len(ids) - 1)
        ids.insert(to, ids.pop(at))
    return ids
