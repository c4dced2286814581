"""Puts acts, their subjects and their changes into Vietnamese words; called by the audit's views."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from flask_babel import gettext

from server.core.policy import Role
from server.desk.records.audit_labels import ACTS, FIELDS, INTERNAL_FIELDS, KINDS
from server.desk.records.audit_values import VALUES
from server.desk.web.layout import role_name
from server.store.audit.audit import AuditRecord

_LONGEST = 300  # characters of one value


class FieldChange(NamedTuple):
    """The label of a field, and its value before and after in words ("" for none)."""

    label: str
    before: str
    after: str


def act_name(act: str) -> str:
    """The label of an act ("notice.post"); an unknown act as it is."""
    return str(ACTS.get(act, act))


def subject_name(subject: str) -> str:
    """What an act was about, "Tin khẩn 7" for "notice/7"."""
    kind, _, name = subject.partition("/")
    return f"{KINDS.get(kind, kind)} {name}".strip()


def changes(act: AuditRecord, zone: ZoneInfo) -> list[FieldChange]:
    """The fields that the act changed; of a new or removed record all that are not empty."""
    before, after = act.before or {}, act.after or {}
    names = [name for name in (*after, *(one for one in before if one not in after)) if name not in INTERNAL_FIELDS]
    return [
        FieldChange(
            str(FIELDS.get(name, name)),
            value_text(before.get(name), zone, name),
            value_text(after.get(name), zone, name),
        )
        for name in names
        if before.get(name) != after.get(name) and not (_empty(before.get(name)) and _empty(after.get(name)))
    ]


def _empty(value: object) -> bool:
    return value in (None, "", [], {}, False, 0)


def value_text(value: object, zone: ZoneInfo, field: str = "") -> str:
    """A JSON value of the audit in words; values of ``field`` that are names in the code get their label."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return str(gettext("có") if value else gettext("không"))
    if isinstance(value, list):
        return ", ".join(value_text(one, zone, field) for one in value)[:_LONGEST]
    if isinstance(value, dict):
        return _record_text(value, zone)
    if not isinstance(value, str):
        return str(value)
    if len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        return _moment(value, zone)
    text = str(VALUES.get(field, {}).get(value, value))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _record_text(value: dict[str, object], zone: ZoneInfo) -> str:
    if set(value) == {"role", "area"}:
        return f"{role_name(cast(Role, value['role']))} · {value['area']}"
    return " · ".join(_part_text(name, one, zone) for name, one in value.items() if not _empty(one))[:_LONGEST]


def _part_text(name: str, value: object, zone: ZoneInfo) -> str:
    """One field of a record as text: its value, or for True the field's label, because "có" names no field."""
    return str(FIELDS.get(name, name)) if value is True else value_text(value, zone, name)


def _moment(text: str, zone: ZoneInfo) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(zone).strftime("%H:%M %d/%m/%Y")
    except ValueError:
        return text
