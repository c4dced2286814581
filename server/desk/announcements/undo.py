"""Offers to undo the last step on the next page and undoes it; called by the queue and the composer.

An undo is a string "ID:STEP": the id of the announcement and the workflow step that reverses the last one.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, session
from flask_babel import gettext

from server.core.model import AnnouncementState
from server.core.workflow import ANNOUNCEMENT, NotPossible
from server.desk.announcements.access import announcement_or_404, may_take, rules
from server.desk.web.context import desk
from server.store.announcements import announcements
from server.store.database.errors import NotFound, StoreRefusal

_BACK = {"approve": "requeue", "return": "requeue", "submit": "recall", "recall": "submit", "restore": "withdraw"}
_BACK_FROM_WITHDRAWN: dict[AnnouncementState, str] = {
    "approved": "reinstate",
    "submitted": "requeue",
    "draft": "restore",
    "returned": "restore",
}


def undo_of(id: int, step: str, before: AnnouncementState) -> str:
    """The undo of ``step``; ``before`` is the state before that step. Returns "ID:" if no step reverses it."""
    back = _BACK_FROM_WITHDRAWN[before] if step == "withdraw" else _BACK.get(step, "")
    return f"{id}:{back}"


def offer_undo(sentence: str, undos: Iterable[str]) -> None:
    """Stores in the session what the next page shows: ``sentence`` and a button for ``undos``, if there are any."""
    session["undo"] = {"sentence": sentence, "ways": list(undos)}


def take_offer() -> object:
    """Removes the last offer from the session and returns its ``{sentence, ways}``; None if there is none."""
    return session.pop("undo", None)


def may_undo(undo: str) -> bool:
    """True if ``undo`` has a step and the signed-in person may take it."""
    id, _, step = undo.partition(":")
    return bool(step) and may_take(announcements.get(desk.db, int(id)), step)


def undo_step(undo: str) -> bool:
    """Takes the step of ``undo``; False if the announcement's state no longer allows it.

    400 for a malformed ``undo``, 403 without the right, 404 for an unknown announcement.
    """
    id, _, step = undo.partition(":")
    if not id.isdecimal() or step not in ANNOUNCEMENT.steps:
        abort(400)
    one = announcement_or_404(int(id))
    if not may_take(one, step):
        abort(403)
    try:
        announcements.take(
            desk.db, one.id, step, actor=desk.actor(), now=desk.now(), rules=rules(), reason=gettext("hoàn tác")
        )
    except (NotPossible, NotFound, StoreRefusal):
        return False
    return True
