"""Lets users undo their last workflow step by a button on the next page; called by the queue and the composer.

An undo is a string "ID:STEP": the id of the announcement and the workflow step that reverses the last one.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, session
from flask_babel import gettext

from server.core.model import AnnouncementState
from server.core.workflow import ANNOUNCEMENT, NotPossible
from server.desk.announcements.access import announcement_or_404, id_or_400, may_take, rules
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.store.announcements import announcements
from server.store.database.errors import StoreRefusal

_BACK = {"approve": "requeue", "return": "requeue", "submit": "recall", "recall": "submit", "restore": "withdraw"}
_BACK_FROM_WITHDRAWN: dict[AnnouncementState, str] = {
    "approved": "reinstate",
    "submitted": "requeue",
    "draft": "restore",
    "returned": "restore",
}


def undo_of(id: int, step: str, before: AnnouncementState) -> str:
    """Returns the undo "ID:STEP" of a workflow step; "ID:" if no step reverses it.

    ``before`` is the state before the step.
    """
    back = _BACK_FROM_WITHDRAWN[before] if step == "withdraw" else _BACK.get(step, "")
    return f"{id}:{back}"


def offer_undo(sentence: str, undos: Iterable[str]) -> None:
    """Stores in the session that the next page shows ``sentence``, with an undo button if there are ``undos``."""
    session["undo"] = {"sentence": sentence, "ways": list(undos)}


def take_offer() -> object:
    """Removes the last offer from the session and returns it; None if there is none.

    An offer is ``{"sentence": …, "ways": …}``; ``ways`` is the list of undos that `offer_undo` got.
    """
    return session.pop("undo", None)


def may_undo(undo: str) -> bool:
    """True if ``undo`` ("ID:STEP") names a step and the signed-in person holds the right for it.

    Raises NotFound if the announcement does not exist.
    """
    id, _, step = undo.partition(":")
    return bool(step) and may_take(announcements.get(desk.db, int(id)), step)


def undo_step(undo: str) -> str:
    """Takes the step that ``undo`` ("ID:STEP") names; returns "", or a sentence why it is not possible any more.

    Answers 400 for a malformed ``undo``, 403 without the right, 404 for an unknown announcement.
    """
    id, _, step = undo.partition(":")
    if step not in ANNOUNCEMENT.steps:
        abort(400)
    one = announcement_or_404(id_or_400(id))
    if not may_take(one, step):
        abort(403)
    try:
        announcements.take(
            desk.db, one.id, step, actor=desk.actor(), now=desk.now(), rules=rules(), reason=gettext("hoàn tác")
        )
    except (NotPossible, StoreRefusal) as error:
        return said(error)
    return ""
