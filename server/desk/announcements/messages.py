"""Messages to editors and writers about a step of an announcement; called by the queue's and composer's actions."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext

from server.core import policy
from server.core.model import Announcement
from server.core.policy import Person
from server.desk.web.context import desk
from server.store.people import people
from server.store.people.messages import Message


def messages_of_step(one: Announcement, step: str, reason: str = "") -> list[Message]:
    """The messages to send when the signed-in person takes ``step``; that person gets none."""
    return _ask_editors(one) if step == "submit" else _inform_writers(one, step, reason)


def _ask_editors(one: Announcement) -> list[Message]:
    writer, area = desk.person().name, desk.tree().get(one.area).name
    return [
        Message(
            editor.username,
            gettext("Chờ duyệt: %(title)s", title=one.title),
            gettext("%(name)s đã trình duyệt một thông báo của %(area)s.", name=writer, area=area),
            url_for("queue.one", id=one.id),
            editor.email,
        )
        for editor in _nearest_editors(one.area)
        if editor.username != desk.actor()
    ]


def _nearest_editors(area: str) -> tuple[Person, ...]:
    """The editors of ``area`` or, if it has none, of the nearest area above it that has some.

    So a commune's announcement does not disturb the province's editors.
    """
    tree = desk.tree()
    able = [
        person
        for person in people.all(desk.db)
        if person.active and policy.may(person.grants, "announcement.approve", area, tree)
    ]
    for level in tree.chain(area):
        near = [
            person
            for person in able
            if any(grant.area == level and grant.role == "editor" for grant in person.grants)
        ]
        if near:
            return tuple(near)
    return ()


def _inform_writers(one: Announcement, step: str, reason: str) -> list[Message]:
    subjects = {
        "approve": gettext("Đã duyệt: %(title)s", title=one.title),
        "return": gettext("Trả lại: %(title)s", title=one.title),
        "withdraw": gettext("Đã gỡ: %(title)s", title=one.title),
    }
    writers = {one.created_by, one.edited_by} - {"", desk.actor()}
    if step not in subjects or not writers:
        return []
    text = gettext("Người quyết định: %(name)s.", name=desk.person().name)
    if reason:
        text += "\n" + gettext("Lý do: %(reason)s", reason=reason)
    link = url_for("queue.one", id=one.id)
    found = [person for person in people.all(desk.db) if person.username in writers and person.active]
    return [Message(person.username, subjects[step], text, link, person.email) for person in found]
