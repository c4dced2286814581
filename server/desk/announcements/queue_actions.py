"""Takes workflow steps on announcements, reports them and changes their order; called by the queue's views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, flash
from flask_babel import gettext, lazy_gettext, ngettext

from server.core.workflow import NotPossible
from server.desk.announcements.access import announcement_or_404, may_take, rules
from server.desk.announcements.messages import messages_of_step
from server.desk.announcements.previews import gap_problems
from server.desk.announcements.undo import may_undo, offer_undo, undo_of
from server.desk.web.context import desk
from server.store.announcements import announcements
from server.store.database.errors import Conflict, StoreRefusal

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


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a workflow step: the ``undo`` that reverses it (see undo.py), or why it was refused."""

    undo: str = ""
    refusal: str = ""


def take_step(named: str, step: str, reason: str) -> Result:
    """Takes ``step`` on the announcement ``named`` "ID:VERSION", the version that the person has read.

    A version that is not the stored one is refused, so that nobody approves text that he has not seen. 400, 403 or
    404 for a wrong request.
    """
    id, _, version = named.partition(":")
    if not id.isdecimal():
        abort(400)
    one = announcement_or_404(int(id))
    if not may_take(one, step):
        abort(403)
    if step in ("approve", "reinstate") and (problems := gap_problems(one)):
        return Result(refusal=f"«{one.title}»: {' '.join(problems)}")
    try:
        announcements.take(
            desk.db, one.id, step, actor=desk.actor(), now=desk.now(), reason=reason,
            notify=messages_of_step(one, step, reason),
            version=int(version) if version.isdecimal() else None, rules=rules(),
        )  # fmt: skip
    except Conflict as error:
        return Result(refusal=gettext("%(error)s: hãy xem lại rồi quyết định.", error=str(error)))
    except (NotPossible, StoreRefusal) as error:
        return Result(refusal=f"«{one.title}»: {error}")
    return Result(undo=undo_of(one.id, step, one.state))


def report(step: str, results: Sequence[Result]) -> None:
    """Flashes each refusal once; the next page says how many steps were taken and offers to undo them."""
    for sentence in dict.fromkeys(result.refusal for result in results if result.refusal):
        flash(sentence, "error")
    undos = [result.undo for result in results if not result.refusal]
    if not undos:
        return
    many = ngettext("%(num)s thông báo", "%(num)s thông báo", len(undos))
    sentence = f"{_DONE[step]}: {many}" if len(undos) > 1 else f"{_DONE[step]}."
    offer_undo(sentence, [undo for undo in undos if may_undo(undo)])


def reorder(ids: Sequence[str], move: str) -> None:
    """Saves the order of the rows; needs the right to approve each (403).

    ``move`` is "7:up" or "7:down" from a button, "" after a drag.
    """
    found = [announcement_or_404(id) for id in _moved([int(id) for id in ids if id.isdecimal()], move)]
    for one in found:
        desk.require("announcement.approve", one.area)
    announcements.reorder(desk.db, [one.id for one in found], actor=desk.actor(), now=desk.now())


def _moved(ids: list[int], move: str) -> list[int]:
    id, _, direction = move.partition(":")
    if id.isdecimal() and int(id) in ids:
        at = ids.index(int(id))
        to = min(max(0, at + (-1 if direction == "up" else 1)), len(ids) - 1)
        ids.insert(to, ids.pop(at))
    return ids
