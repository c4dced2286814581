"""Describes audit records in words: the action, its object and what it changed; called by audit and proof_rows.

The descriptions use names and labels instead of slugs, ids and field names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import NamedTuple, cast, get_args
from zoneinfo import ZoneInfo

from flask_babel import format_decimal, gettext

from server.core.announcements import recurrence
from server.core.geography.points import point_text
from server.core.model import Point, Recurrence
from server.core.notices.hazards import BY_SLUG
from server.core.policy import Role
from server.core.screens.screens import CommandName
from server.desk.records.audit_labels import ACTS, FIELDS, INTERNAL_FIELDS, KINDS, NAMED_ONE
from server.desk.records.audit_names import Names
from server.desk.records.audit_values import VALUES
from server.desk.web.layout import role_name
from server.desk.web.repetition import repetition
from server.store.audit.audit import AuditRecord

LONGEST = 300  # characters of one value
MOMENT = "%d/%m/%Y %H:%M"
_COMMANDS = {f"screen.{name}" for name in get_args(CommandName)}
# Kind of object -> the field of its audit record that contains its name. The names of other kinds come from the
# store.
_NAME_FIELDS = {"announcement": "title", "story": "title", "notice": "headline", "board": "name", "source": "name",
                "media": "name", "token": "name", "webhook": "name", "alert": "title",
                "duty_channel": "name"}  # fmt: skip
# Field -> the kind of object whose slug or id is its value.
_NAMED: Mapping[str, str] = {
    "area": "area", "areas": "area", "parent": "area", "default_area": "area", "ended_in": "area", "shown_in": "area",
    "merged": "area", "merged_into": "area",
    "board": "board", "boards": "board", "source": "source", "also": "source", "replaced_by": "screen",
    "person": "person", "substitute": "person",
}  # fmt: skip
_DURATIONS = frozenset({"every", "longest_gap"})  # stored in seconds
_SHARES = frozenset({"upper_share", "agreed_share"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HOUR = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")


class FieldChange(NamedTuple):
    """The label of a changed field, with its values before and after in words ("" if there was none)."""

    label: str
    before: str
    after: str


def act_name(act: str) -> str:
    """Returns the label of an audit action such as "notice.post".

    An action without a label, recorded by another version of the program, is described as unknown.
    """
    return str(ACTS.get(act) or gettext("Việc của một bản khác (%(act)s)", act=act))


class AuditWords:
    """Describes audit records in the current user's language, with times in ``zone``; for one request."""

    def __init__(self, zone: ZoneInfo, names: Names) -> None:
        self._zone, self.names = zone, names

    def subject(self, act: AuditRecord) -> str:
        """Returns the kind and name of the object of an audit record, such as "Tin khẩn «Bão số 3»"."""
        kind, _, key = act.subject.partition("/")
        if kind == "screens":
            return str(gettext("Mọi màn hình"))
        label = str(KINDS.get(kind, kind))
        name = self.names.with_place(kind, key, self._recorded_name(kind, act) or self.names.of(kind, key))
        if name and kind in NAMED_ONE:
            return str(NAMED_ONE[kind]) % {"name": _cut(name, 120)}
        return f"{label} «{_cut(name, 120)}»" if name else label

    @staticmethod
    def _recorded_name(kind: str, act: AuditRecord) -> str:
        """Returns the name that the object had at that time, from the record itself; "" if it is not recorded."""
        field = _NAME_FIELDS.get(kind, "")
        found = (record.get(field) for record in (act.after, act.before) if record)
        return next((one for one in found if isinstance(one, str) and one), "")

    def changes(self, act: AuditRecord) -> list[FieldChange]:
        """Returns the fields that the action changed; if it created or removed the object, all its non-empty fields.

        ``INTERNAL_FIELDS`` are left out, and so is the name of a command, which is in the label of the action
        already.
        """
        before, after = act.before or {}, act.after or {}
        kind = act.subject.partition("/")[0]
        unsaid = INTERNAL_FIELDS | ({"name"} if act.act in _COMMANDS and "board" not in after else set())
        names = [name for name in (*after, *(one for one in before if one not in after)) if name not in unsaid]
        return [
            FieldChange(
                _label(name), self.value(before.get(name), name, kind), self.value(after.get(name), name, kind)
            )
            for name in names
            if before.get(name) != after.get(name) and not (_empty(before.get(name)) and _empty(after.get(name)))
        ]

    def value(self, value: object, field: str = "", kind: str = "") -> str:
        """Returns a JSON value of an audit record in words, cut if it is too long; "" for an empty value.

        ``field`` is the field that has this value, ``kind`` the kind of object that has the field.
        """
        if value is None or value in ("", [], {}):
            return ""
        if isinstance(value, bool):
            return str(gettext("có") if value else gettext("không"))
        if field == "point":
            return _point(value)
        if isinstance(value, list):
            return _cut(", ".join(self.value(one, field, kind) for one in value))
        if isinstance(value, dict):
            return self._record(value)
        if isinstance(value, int | float):
            return self._number(value, field, kind)
        return self._text(str(value), field, kind)

    def _number(self, value: float, field: str, kind: str) -> str:
        if field in ("replaces", "successor"):
            name = self.names.of(kind, str(value))
            return f"«{_cut(name, 120)}»" if name else str(gettext("bản đã bỏ"))
        if field in _NAMED:
            return self.names.of(_NAMED[field], str(value)) or str(gettext("không còn"))
        if field in _DURATIONS:
            return str(gettext("%(count)s phút", count=format_decimal(round(value / 60, 1))))
        if field in _SHARES:
            return f"{format_decimal(round(value * 100, 1))} %"
        if field == "size":
            return f"{format_decimal(max(1, round(value / 1024)))} KB"
        return str(format_decimal(value))

    def _text(self, value: str, field: str, kind: str) -> str:
        if len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
            return self._moment(value)
        if _DAY.fullmatch(value):
            return f"{date.fromisoformat(value):%d/%m/%Y}" if _is_day(value) else value
        if _HOUR.fullmatch(value):
            return value[:5]
        if field in _NAMED:
            return self.names.of(_NAMED[field], value) or str(gettext("không còn"))
        if field.endswith("_by"):
            return self.names.actor(value)
        if field == "danger" and value in BY_SLUG:
            return BY_SLUG[value].name
        words = VALUES.get(f"{kind}.{field}") or VALUES.get(field, {})
        return _cut(str(words.get(value, value)))

    def _record(self, value: Mapping[str, object]) -> str:
        if set(value) == {"role", "area"}:
            return f"{role_name(cast(Role, value['role']))} · {self.value(value['area'], 'area')}"
        if set(value) == {"rings", "points", "digest"}:
            return _outline(value)
        if "rule" in value and (words := _recurrence(value)):
            return words
        if set(value) == {"start", "until"}:
            return " – ".join(filter(None, (self.value(value["start"]), self.value(value["until"]))))
        if set(value) == {"source", "most", "newest_days"}:
            return str(
                gettext(
                    "%(source)s (nhiều nhất %(most)s tin, không cũ hơn %(days)s ngày)",
                    source=self.value(value["source"], "source"),
                    most=value["most"],
                    days=value["newest_days"],
                )
            )
        if "territory" in value:  # how the alerts of a source are received
            settings = (f"{_label(name)}: {self.value(one, name)}" for name, one in value.items() if not _empty(one))
            return _cut("; ".join(settings))
        parts = ((name, one) for name, one in value.items() if name not in INTERNAL_FIELDS and not _empty(one))
        return _cut(" · ".join(_label(name) if one is True else self.value(one, name) for name, one in parts))

    def _moment(self, text: str) -> str:
        try:
            return datetime.fromisoformat(text).astimezone(self._zone).strftime(MOMENT)
        except (ValueError, OverflowError):
            return text


def _label(field: str) -> str:
    return str(FIELDS.get(field) or gettext("Mục khác"))


def _empty(value: object) -> bool:
    return value in (None, "", [], {}, False, 0)


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[:longest] + "…"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _point(value: object) -> str:
    """Returns a stored point as users type it: "20,6464 106,0511"."""
    if isinstance(value, list) and len(value) == 2 and all(isinstance(one, int | float) for one in value):
        return point_text(Point(*value))
    return str(value)


def _outline(value: Mapping[str, object]) -> str:
    """Returns the size of an outline as the audit stores it: "2 vùng khép kín, 812 điểm"."""
    rings, points = value["rings"], value["points"]
    return str(gettext("%(rings)s vùng khép kín, %(points)s điểm", rings=rings, points=points))


def _recurrence(value: Mapping[str, object]) -> str:
    """Returns a recurrence from an audit record in words; "" if it cannot be parsed."""
    try:
        start, end = (time.fromisoformat(str(value[name])) for name in ("start", "end"))
        first = date.fromisoformat(str(value["first"]))
        rule = recurrence.checked(str(value["rule"]))
        last = date.fromisoformat(str(value["last"])) if value.get("last") else None
        after, before = (_instant(value.get(name)) for name in ("not_before", "not_after"))
        repeat = Recurrence(
            rule, start, end, first, last, bool(value.get("but_holidays")), not_before=after, not_after=before
        )
        return repetition(repeat)
    except (KeyError, ValueError):
        return ""


def _instant(stored: object) -> datetime | None:
    return datetime.fromisoformat(str(stored)) if stored else None
