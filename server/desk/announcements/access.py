"""Decides which announcements the signed-in person may see and which workflow steps the person may take on them.

Called by the modules of this package, the API and server.desk.app. A workflow step, such as "submit" or "approve",
moves an announcement from one state to another (server.core.workflow).
"""

from __future__ import annotations

from flask import abort

from server.core.model import Announcement
from server.core.text_input import number_or_none
from server.core.workflow import ANNOUNCEMENT
from server.desk.web.context import DeskContext, desk
from server.store.announcements import announcements, listings
from server.store.announcements.announcements import Rules
from server.store.database.errors import NotFound


def rules() -> Rules:
    """Returns the rules for announcements from the configuration.

    They say whether a second editor must approve, and which days are days off in addition to public holidays.
    """
    configured = desk.config.announcements
    return Rules(configured.four_eyes, configured.days_off)


def announcement_or_404(id: int) -> Announcement:
    """Returns the announcement with this id; answers 404 if there is none or the user may not write for its area."""
    try:
        found = announcements.get(desk.db, id)
    except NotFound:
        abort(404)
    if not desk.may("announcement.write", found.area):
        abort(404)
    return found


def id_or_400(text: str) -> int:
    """Returns the id in a form field's text; answers 400 if it is not a number."""
    found = number_or_none(text)
    return abort(400) if found is None else found


def possible_steps(one: Announcement) -> tuple[str, ...]:
    """Returns the names of the workflow steps that the signed-in person may now take on the announcement."""
    return tuple(name for name in ANNOUNCEMENT.possible(one.state) if may_take(one, name))


def may_take(one: Announcement, step: str) -> bool:
    """True if the signed-in person holds the right that the workflow step needs, in the announcement's area."""
    right = ANNOUNCEMENT.steps[step].right
    return right is not None and desk.may(right, one.area)


def count_waiting(context: DeskContext) -> int:
    """Returns how many announcements wait for the user; the navigation bar shows the number beside "Chờ đăng".

    An announcement waits for the user if it is submitted and the user may approve it, or if it was returned and the
    user wrote it. ``context`` is a parameter because server.desk.app passes this function to the constructor of
    DeskContext.
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
