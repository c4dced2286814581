"""What queue, composer and media library share: the rules of config, who is told, what people are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any

from flask import abort, session, url_for
from flask_babel import gettext, lazy_gettext

from server.core import policy
from server.core.announcements import recurrence
from server.core.model import Announcement
from server.core.policy import Person
from server.core.workflow import ANNOUNCEMENT, phase
from server.desk.web.context import DeskContext
from server.store.announcements import announcements, listings
from server.store.announcements.announcements import Rules
from server.store.database.errors import NotFound
from server.store.people import people
from server.store.people.messages import Message

MINUTE = timedelta(minutes=1)
PHASE_WORDS = {
    "draft": lazy_gettext("Bản nháp"),
    "submitted": lazy_gettext("Chờ duyệt"),
    "returned": lazy_gettext("Bị trả lại"),
    "scheduled": lazy_gettext("Sắp chiếu"),
    "on air": lazy_gettext("Đang chiếu"),
    "ended": lazy_gettext("Đã xong"),
    "withdrawn": lazy_gettext("Đã gỡ"),
}
PHASE_LOOKS = {
    "draft": "off",
    "submitted": "warn",
    "returned": "bad",
    "scheduled": "off",
    "on air": "good",
    "ended": "off",
    "withdrawn": "off",
}


def rules(desk: DeskContext) -> Rules:
    said = desk.config.announcements
    return Rules(said.four_eyes, said.days_off)


def mine(desk: DeskContext, id: int) -> Announcement:
    """404 where there is none, or it is of an area in which the reader may not write."""
    try:
        found = announcements.get(desk.db, id)
    except NotFound:
        abort(404)
    if not desk.may("announcement.write", found.area):
        abort(404)
    return found


def waiting(desk: DeskContext) -> int:
    """What waits for who asks: submissions for an editor, what came back for an operator."""
    person = desk.maybe_person()
    if person is None or not desk.may("announcement.write"):
        return 0
    approves = set(desk.areas("announcement.approve"))
    found = listings.in_states(desk.db, desk.areas("announcement.write"), ("submitted", "returned"))
    return sum(
        (one.state == "submitted" and one.area in approves)
        or (one.state == "returned" and person.username in (one.created_by, one.edited_by))
        for one in found
    )


def steps(desk: DeskContext, one: Announcement) -> tuple[str, ...]:
    """The steps of the workflow that who asks may take now."""
    return tuple(name for name in ANNOUNCEMENT.possible(one.state) if may_step(desk, one, name))


def may_step(desk: DeskContext, one: Announcement, step: str) -> bool:
    right = ANNOUNCEMENT.steps[step].right
    return right is not None and desk.may(right, one.area)


def editors_of(desk: DeskContext, area: str) -> tuple[Person, ...]:
    """Those who approve for the area: the nearest ones, so that a commune's posting does not wake the province."""
    tree = desk.tree()
    able = [
        one
        for one in people.all(desk.db)
        if one.active and policy.may(one.grants, "announcement.approve", area, tree)
    ]
    for level in tree.chain(area):
        near = [one for one in able if any(grant.area == level and grant.role == "editor" for grant in one.grants)]
        if near:
            return tuple(near)
    return ()


def ask_editors(desk: DeskContext, one: Announcement) -> list[Message]:
    """Messages to those who have to approve; the writer is not among them."""
    name = desk.person().name
    return [
        Message(
            each.username,
            gettext("Chờ duyệt: %(title)s", title=one.title),
            gettext("%(name)s đã trình duyệt một thông báo của %(area)s.", name=name, area=_area(desk, one)),
            "/desk/queue/{id}" if one.id == 0 else url_for("queue.one", id=one.id),
            each.email,
        )
        for each in editors_of(desk, one.area)
        if each.username != desk.actor()
    ]


def tell_writer(desk: DeskContext, one: Announcement, step: str, reason: str) -> list[Message]:
    """A message to whoever wrote it, that it was approved or returned; nobody is told of his own acts."""
    words = {
        "approve": gettext("Đã duyệt: %(title)s", title=one.title),
        "return": gettext("Trả lại: %(title)s", title=one.title),
        "withdraw": gettext("Đã gỡ: %(title)s", title=one.title),
    }
    writers = {one.created_by, one.edited_by} - {"", desk.actor()}
    if step not in words or not writers:
        return []
    text = gettext("Người quyết định: %(name)s.", name=desk.person().name)
    if reason:
        text += "\n" + gettext("Lý do: %(reason)s", reason=reason)
    found = [each for each in people.all(desk.db) if each.username in writers and each.active]
    return [Message(each.username, words[step], text, url_for("queue.one", id=one.id), each.email) for each in found]


def names(desk: DeskContext) -> dict[str, str]:
    """Actor -> what people call him; what is not a person (the system, a shell) stays as it is."""
    return {one.username: one.name for one in people.all(desk.db)}


def shown(desk: DeskContext, one: Announcement) -> dict[str, Any]:
    """What lists say of an announcement beside its own words."""
    stands = phase(one, desk.now())
    about = {"stands": stands, "look": PHASE_LOOKS[stands], "words": PHASE_WORDS[stands]}
    return {"one": one, "steps": steps(desk, one), "when": when(desk, one), **about}


def when(desk: DeskContext, one: Announcement) -> str:
    """When it is shown, in words."""
    if one.recurrence is not None:
        return recurrence.words(one.recurrence)
    if not one.windows:
        return ""
    begin, end = one.windows[0].start, one.windows[-1].until
    since = _moment(desk, begin)
    return f"{since} – {_moment(desk, end)}" if end else gettext("từ %(since)s, đến khi gỡ", since=since)


def said(desk: DeskContext, one: Announcement, field: str) -> str:
    """A field's value in words, for the merge question and the history."""
    value = getattr(one, field)
    if field in ("windows", "recurrence"):
        return when(desk, one)
    if field == "table":
        return "\n".join(" | ".join(row) for row in value)
    if field == "attachments":
        return "\n".join(file.alt or gettext("tệp %(hash)s", hash=file.hash[:6]) for file in value)
    if field == "longest_gap":
        return gettext("chiếu lại sau nhiều nhất %(minutes)s phút", minutes=value // MINUTE) if value else ""
    if field == "contact":
        return "\n".join(filter(None, astuple(value))) if value else ""
    if field == "area":
        return desk.tree().get(value).name if value in desk.tree() else str(value)
    if field == "boards":
        return ", ".join(value)
    if isinstance(value, bool):
        yes_or_no: str = gettext("có") if value else gettext("không")
        return yes_or_no
    return str(value)


def _moment(desk: DeskContext, at: datetime) -> str:
    return f"{at.astimezone(desk.zone()):%H:%M %d/%m/%Y}"


def offer_undo(sentence: str, ways: Iterable[str]) -> None:
    """The next page says ``sentence`` with a button that goes back: each way is "ID:step"."""
    session["undo"] = {"sentence": sentence, "ways": list(ways)}


def _area(desk: DeskContext, one: Announcement) -> str:
    return desk.tree().get(one.area).name
