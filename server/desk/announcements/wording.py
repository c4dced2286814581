"""Describes an announcement's phase, times and fields in the user's language; used by the modules of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple
from datetime import timedelta
from typing import TypedDict

from flask_babel import gettext, lazy_gettext

from server.core.announcements.parts import FIELD_WORDS
from server.core.model import FOLDER_ACTOR, SOURCE_SYSTEM, Announcement, Attachment, Window
from server.core.sources.mail.composition import ACTOR
from server.core.workflow import Phase, phase
from server.desk.announcements.access import possible_steps
from server.desk.announcements.composer_fields import KINDS
from server.desk.web.context import desk
from server.desk.web.i18n import moment
from server.desk.web.names import area_name, board_name
from server.desk.web.refusals import said
from server.desk.web.repetition import repetition
from server.store.audit import names
from server.store.people import people
from server.store.sources import sources

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
    """What pages show of an announcement.

    ``steps`` are the workflow steps that the user may take. ``times`` says in words when it is shown, ``reason`` why
    it was returned or withdrawn. ``by_mail`` says who sent it by mail, "" if it did not come by mail. ``colour`` is
    the CSS class of its phase, ``label`` the phase's name.
    """

    one: Announcement
    steps: tuple[str, ...]
    times: str
    reason: str
    by_mail: str
    phase: Phase
    colour: str
    label: object


def summary(one: Announcement) -> Summary:
    """Returns what pages show of an announcement, with the workflow steps that the signed-in person may take."""
    now = phase(one, desk.now())
    return {
        "one": one,
        "steps": possible_steps(one),
        "times": times(one),
        "reason": reason_text(one),
        "by_mail": by_mail(one),
        "phase": now,
        "colour": _PHASE_COLOURS.get(now, "off"),
        "label": PHASE_LABELS[now],
    }


def by_mail(one: Announcement) -> str:
    """Says who sent the announcement by mail; "" if it did not come by mail."""
    if not one.created_by.startswith(ACTOR):
        return ""
    return str(gettext("Thư của %(address)s", address=one.created_by.removeprefix(ACTOR)))


def names_of_people() -> dict[str, str]:
    """Returns actor -> name of every person, every source, every API key and the folders of programs; no others."""
    tokens = names.all_of(desk.db, "token")
    keys = {f"token:{id}": str(gettext("Khóa máy «%(name)s»", name=name)) for id, name in tokens.items()}
    folders = {
        FOLDER_ACTOR: str(gettext("Thư mục nhận văn bản điện tử")),
        SOURCE_SYSTEM: str(gettext("Hệ thống thông tin nguồn")),
    }
    read = {f"source:{one.slug}": one.name for one in sources.all(desk.db, retired=True)}
    return {**keys, **read, **folders, **{one.username: one.name for one in people.all(desk.db)}}


def times(one: Announcement) -> str:
    """Says in words when the announcement is shown: its recurrence, or each of its windows; "" if it has neither."""
    if one.recurrence is not None:
        return repetition(one.recurrence)
    return "; ".join(_window_text(window) for window in one.windows)


def reason_text(one: Announcement) -> str:
    """Returns why the announcement was returned or withdrawn; reasons that the store wrote are translated."""
    return said(one.reason) if one.state == "withdrawn" else one.reason


def field_label(field: str) -> str:
    """Returns the name of a field of Announcement in the user's language."""
    return said(FIELD_WORDS[field])


def field_text(one: Announcement, field: str) -> str:
    """Returns the value of an announcement's field in words, for the merge question, the comparison and the history.

    Different values have different words, except that the windows of a recurring announcement are "": they are
    computed from its recurrence.
    """
    words = _WORDS.get(field)
    if words is not None:
        return words(one)
    value: object = getattr(one, field)
    if isinstance(value, bool):
        return str(gettext("có") if value else gettext("không"))
    return str(value)


def _file_text(file: Attachment) -> str:
    short = file.hash[:6]
    if not file.alt:
        return str(gettext("tệp %(hash)s", hash=short))
    return str(gettext("%(alt)s (tệp %(hash)s)", alt=file.alt, hash=short))


def _gap_text(one: Announcement) -> str:
    if not one.longest_gap:
        return ""
    return str(gettext("chiếu lại sau nhiều nhất %(minutes)s phút", minutes=one.longest_gap // _MINUTE))


def _window_text(window: Window) -> str:
    since = moment(window.start)
    if window.until is None:
        return str(gettext("từ %(since)s, đến khi gỡ", since=since))
    return f"{since} – {moment(window.until)}"


_WORDS: Mapping[str, Callable[[Announcement], str]] = {
    "kind": lambda one: str(KINDS[one.kind]),
    "table": lambda one: "\n".join(" | ".join(row) for row in one.table),
    "attachments": lambda one: "\n".join(map(_file_text, one.attachments)),
    "originals": lambda one: "\n".join(f"{file.name} ({file.hash[:6]})" for file in one.originals),
    "contact": lambda one: "\n".join(filter(None, astuple(one.contact))) if one.contact else "",
    "area": lambda one: area_name(one.area),
    "boards": lambda one: ", ".join(map(board_name, one.boards)),
    "windows": lambda one: "" if one.recurrence else times(one),
    "recurrence": lambda one: times(one) if one.recurrence else "",
    "longest_gap": _gap_text,
}
