"""Which announcements the signed-in person may see and which steps he may take; called by queue, composer and app."""

from __future__ import annotations

from flask import abort

from server.core.model import Announcement
from server.core.workflow import ANNOUNCEMENT
from server.desk.web.context import DeskContext, desk
from server.store.announcements import announcements, listings
from server.store.announcements.announcements import Rules
from server.store.database.errors import NotFound


def rules() -> Rules:
    """The configured rules for announcements: whether a second editor must approve, and the days off."""
    configured = desk.config.announcements
    return Rules(configured.four_eyes, configured.days_off)


def announcement_or_404(id: int) -> Announcement:
    """404 if it does not exist or the signed-in person may not write announcements for its area."""
    try:
        found = announcements.get(desk.db, id)
    except NotFound:
        abort(404)
    if not desk.may("announcement.write", found.area):
        abort(404)
    return found


def possible_steps(one: Announcement) -> tuple[str, ...]:
    """The workflow steps that the signed-in person may take from the announcement's present state."""
    return tuple(name for name in ANNOUNCEMENT.possible(one.state) if may_take(one, name))


def may_take(one: Announcement, step: str) -> bool:
    """True if the signed-in person has the right that ``step`` needs, for the announcement's area."""
    right = ANNOUNCEMENT.steps[step].right
    return right is not None and desk.may(right, one.area)


def count_waiting(context: DeskContext) -> int:
    """The number beside "Chờ đăng": submissions the user may approve, and the user's own that were returned.

    ``context`` is a parameter because desk_app passes this function to the constructor of DeskContext.
    """
    person = context.maybe_person()
    if person is None or not context.may("announcement.write"):
        return 0
    approves = set(context.areas("announcement.approve"))
    found = listings.in_states(context.db, context.areas("announcement.write"), ("submitted", "returned"))
    return sum(
        (one.state == "submitted" and one.area in approves)
        or (one.state == "returned" and person.username in (one.created_by, one.edited_by))
        for one in found
    )
