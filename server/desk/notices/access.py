"""Decides which urgent notices the signed-in person may see and send; called by views, view_model and actions.

Rights are checked for every area of a notice: an editor of one commune cannot send a notice to three.
"""

from __future__ import annotations

from flask import abort

from server.core.model import Notice
from server.core.policy import Right
from server.desk.web.context import desk
from server.store.database.errors import NotFound
from server.store.notices import notices

"""Who creates the notices of received alerts."""


def target_areas() -> tuple[str, ...]:
    """Returns the slugs of the areas that the form offers: those in which the user may send notices.

    If there are none, those in which the user may propose notices.
    """
    return desk.areas("notice.push") or desk.areas("notice.propose")


def holds_everywhere(right: Right, notice: Notice) -> bool:
    """True if the signed-in person holds ``right`` in each area of the notice."""
    return all(desk.may(right, area) for area in notice.areas)


def concerns(notice: Notice, right: Right) -> bool:
    """True if the signed-in person holds ``right`` in an area of the notice, or in one above or below it."""
    tree = desk.tree()
    below = {slug for slug in tree.slugs() if set(tree.chain(slug)).intersection(notice.areas)}
    return any(desk.may(right, area) for area in below | set(notice.areas))


def may_see(notice: Notice) -> bool:
    """True if the signed-in person may propose notices in an area of the notice, or in one above or below it."""
    return concerns(notice, "notice.propose")


def notice_or_404(id: int) -> Notice:
    """Returns the notice with this id; answers 404 if it does not exist or the signed-in person may not see it."""
    try:
        found = notices.get(desk.db, id)
    except NotFound:
        abort(404)
    if not may_see(found):
        abort(404)
    return found


def own_notice_or_404(id: int) -> Notice:
    """Returns the notice with this id as `notice_or_404` does; answers 404, too, if it shows a received alert."""
    notice = notice_or_404(id)
    if notice.is_received:
        abort(404)
    return notice
