"""Puts an announcement's phase, times and fields into Vietnamese words; called by queue, composer and audit pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import TypedDict

from flask_babel import gettext, lazy_gettext

from server.core.announcements import recurrence
from server.core.model import Announcement
from server.core.workflow import Phase, phase
from server.desk.announcements.access import possible_steps
from server.desk.web.context import desk
from server.store.people import people

PHASE_LABELS: Mapping[Phase, object] = {
    "draft": lazy_gettext("Bản nháp"),
    "submitted": lazy_gettext("Chờ duyệt"),
    "returned": lazy_gettext("Bị trả lại"),
    "scheduled": lazy_gettext("Sắp chiếu"),
    "on air": lazy_gettext("Đang chiếu"),
    "ended": lazy_gettext("Đã xong"),
    "withdrawn": lazy_gettext("Đã gỡ"),
}
_PHASE_COLOURS: Mapping[Phase, str] = {"submitted": "warn", "returned": "bad", "on air": "good"}
_MINUTE = timedelta(minutes=1)


class Summary(TypedDict):
    """An announcement as pages show it: ``colour`` is the CSS class of its phase, ``times`` are words."""

    one: Announcement
    steps: tuple[str, ...]
    times: str
    phase: Phase
    colour: str
    label: object


def summary(one: Announcement) -> Summary:
    """Its phase now, in words and colour, its times, and the steps that the signed-in person may take."""
    now = phase(one, desk.now())
    return {
        "one": one,
        "steps": possible_steps(one),
        "times": times(one),
        "phase": now,
        "colour": _PHASE_COLOURS.get(now, "off"),
        "label": PHASE_LABELS[now],
    }


def names_of_people() -> dict[str, str]:
    """Username -> name. An actor that is no person (the system, a shell) is not in it."""
    return {one.username: one.name for one in people.all(desk.db)}


def times(one: Announcement) -> str:
    """The times at which the announcement is shown, in words; "" if it has none."""
    if one.recurrence is not None:
        return recurrence.words(one.recurrence)
    if not one.windows:
        return ""
    start, end = one.windows[0].start, one.windows[-1].until
    since = _moment(start)
    return f"{since} – {_moment(end)}" if end else gettext("từ %(since)s, đến khi gỡ", since=since)


def field_text(one: Announcement, field: str) -> str:
    """The value of one field in words, for the merge question and the history."""
    if field in ("windows", "recurrence"):
        return times(one)
    if field == "table":
        return "\n".join(" | ".join(row) for row in one.table)
    if field == "attachments":
        return "\n".join(file.alt or gettext("tệp %(hash)s", hash=file.hash[:6]) for file in one.attachments)
    if field == "contact":
        return "\n".join(filter(None, astuple(one.contact))) if one.contact else ""
    if field == "boards":
        return ", ".join(one.boards)
    return _value_text(one, field)


def _value_text(one: Announcement, field: str) -> str:
    if field == "longest_gap":
        if not one.longest_gap:
            return ""
        return str(gettext("chiếu lại sau nhiều nhất %(minutes)s phút", minutes=one.longest_gap // _MINUTE))
    if field == "area":
        return desk.tree().get(one.area).name if one.area in desk.tree() else one.area
    value: object = getattr(one, field)
    if isinstance(value, bool):
        return str(gettext("có") if value else gettext("không"))
    return str(value)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(desk.zone()):%H:%M %d/%m/%Y}"
