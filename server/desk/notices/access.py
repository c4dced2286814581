"""Which urgent notices the signed-in person may see and send; called by the notices' views, view model and actions.

Rights are checked for every area of a notice: an editor of one commune cannot send a notice to three.
"""

from __future__ import annotations

from flask import abort

from server.core.model import Notice
from server.core.policy import Right
from server.desk.web.context import desk
from server.store.database.errors import NotFound
from server.store.notices import notices


def target_areas() -> tuple[str, ...]:
    """Slugs of the areas to choose from: those one may send to or, without that right, those one may propose for."""
    return desk.areas("notice.push") or desk.areas("notice.propose")


def holds_everywhere(right: Right, notice: Notice) -> bool:
    """True if the signed-in person holds ``right`` in each area of the notice."""
    return all(desk.may(right, area) for area in notice.areas)


def may_see(notice: Notice) -> bool:
    """True if the signed-in person may propose notices in an area of the notice, or in one above or below it."""
    tree = desk.tree()
    below = {slug for slug in tree.slugs() if set(tree.chain(slug)).intersection(notice.areas)}
    return any(desk.may("notice.propose", area) for area in below | set(notice.areas))


def notice_or_404(id: int) -> Notice:
    """The notice of an address; 404 if it does not exist or the signed-in person may not see it."""
    try:
        found = notices.get(desk.db, id)
    except NotFound:
        abort(404)
    if not may_see(found):
        abort(404)
    return found
