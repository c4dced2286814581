"""Makes the messages to editors and writers about a workflow step of an announcement.

Called by queue_actions, composer_actions and the API.
"""

from __future__ import annotations

from server.core import policy
from server.core.model import Announcement
from server.desk.web import bell
from server.desk.web.context import desk
from server.store.announcements.announcements import desk_link
from server.store.people import people
from server.store.people.messages import Message

_TOLD_TO_WRITERS = ("approve", "return", "withdraw")


def messages_of_step(one: Announcement, step: str, reason: str = "") -> list[Message]:
    """Returns the messages to send when the signed-in person takes the workflow step ``step`` on an announcement.

    For "submit", they go to the editors of the announcement's area (if it has no editor, of the nearest area above
    that has one); for a decision, to the announcement's writers. The signed-in person gets none.
    """
    if step == "submit":
        return _ask_editors(one, desk.person().name, desk_link(one.id))
    return _inform_writers(one, step, reason)


def messages_of_new_submission(one: Announcement, writer: str) -> list[Message]:
    """Returns the messages to editors about an announcement that a program has submitted through the API.

    ``writer`` is the program's name. The link of the messages contains "{id}", which the store replaces by the id of
    the new announcement.
    """
    return _ask_editors(one, writer, "/desk/queue/{id}")


def _ask_editors(one: Announcement, writer: str, link: str) -> list[Message]:
    tree, actor = desk.tree(), desk.maybe_person()
    words = {"title": one.title, "name": writer, "area": tree.get(one.area).name}
    return [
        bell.message("announcement.submit", words, editor, link)
        for editor in policy.nearest_editors(people.all(desk.db), one.area, tree)
        if actor is None or editor.username != actor.username
    ]


def _inform_writers(one: Announcement, step: str, reason: str) -> list[Message]:
    writers = {one.created_by, one.edited_by} - {"", desk.actor()}
    if step not in _TOLD_TO_WRITERS or not writers:
        return []
    words = {"title": one.title, "name": desk.person().name, "reason": reason.strip()}
    found = [person for person in people.all(desk.db) if person.username in writers and person.active]
    return [bell.message(f"announcement.{step}", words, person, desk_link(one.id)) for person in found]
