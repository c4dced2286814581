"""Views of the audit log: who did what, when and from where, with each change; used by server.desk.app."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypedDict

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from server.desk.records.audit_access import AuditAccess
from server.desk.records.audit_labels import KINDS
from server.desk.records.audit_text import FieldChange, act_name, changes, subject_name
from server.desk.web.context import desk
from server.desk.web.csv_export import csv_response
from server.desk.web.rights import needs
from server.store.audit import chain
from server.store.audit.audit import AuditFilter, AuditRecord
from server.store.people import people

pages = Blueprint("audit", __name__, url_prefix="/desk/audit")

SHOWN_AT_ONCE = 50
_MOST_IN_CSV = 100_000
_CSV_HEAD = ("Số", "Lúc", "Ai", "Việc", "Về", "Từ địa chỉ", "Thay đổi")


class AuditRow(TypedDict):
    """An act in words, as a row of the page."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    address: str
    changes: list[FieldChange]


@pages.get("/")
@needs("audit.read")
def index() -> str:
    """The acts that match the filter, newest first."""
    acts = list(AuditAccess.of_current_person().acts(_asked(), SHOWN_AT_ONCE + 1))
    shown = acts[:SHOWN_AT_ONCE]
    seals, last_sealed = chain.extent(desk.db)
    return render_template(
        "records/audit/index.html",
        acts=[_row(act) for act in shown],
        kinds=KINDS,
        people=_people_to_choose(),
        older=shown[-1].id if len(acts) > SHOWN_AT_ONCE else None,
        seals=seals,
        last_sealed=last_sealed,
    )


@pages.get("/audit.csv")
@needs("audit.read")
def as_csv() -> Response:
    """The same acts as a CSV file, at most _MOST_IN_CSV."""
    return csv_response(_CSV_HEAD, _csv_rows(_asked()), "nhat-ky.csv")


@pages.post("/check")
@needs("audit.read")
def check() -> str:
    """Recomputes the chain of seals and names the seals that do not fit."""
    seals, last_sealed = chain.extent(desk.db)
    return render_template(
        "records/audit/chain.html", broken=chain.broken(desk.db), seals=seals, last_sealed=last_sealed
    )


def _people_to_choose() -> list[tuple[str, str]]:
    """Username and name of the people with a role in one of the areas whose audit one may read."""
    mine = desk.areas("audit.read")
    return [(p.username, p.name) for p in people.all(desk.db) if any(one.area in mine for one in p.grants)]


def _asked() -> AuditFilter:
    query = request.args
    start, end = (_day(query.get(name, "")) for name in ("from", "until"))
    return AuditFilter(
        actor=query.get("actor", "").strip(),
        act=query.get("act", "").strip(),
        subject=query.get("subject", "").strip(),
        start=start,
        end=end + timedelta(days=1) if end else None,
        below=query.get("below", type=int),
    )


def _day(text: str) -> datetime | None:
    """Local midnight of a day written dd/MM/yyyy; None if it is not one."""
    try:
        day, month, year = (int(part) for part in text.strip().split("/"))
        return datetime(year, month, day, tzinfo=desk.zone())
    except ValueError:
        return None


def _row(act: AuditRecord) -> AuditRow:
    return {
        "id": act.id,
        "at": act.at,
        "actor": gettext("Hệ thống") if act.actor == "system" else act.actor,
        "act": act_name(act.act),
        "subject": subject_name(act.subject),
        "address": act.address,
        "changes": changes(act, desk.zone()),
    }


def _csv_rows(asked: AuditFilter) -> Iterator[list[str]]:
    for act in AuditAccess.of_current_person().acts(asked, _MOST_IN_CSV):
        changed = "; ".join(f"{name}: {before} → {after}" for name, before, after in changes(act, desk.zone()))
        when = act.at.astimezone(desk.zone()).strftime("%d/%m/%Y %H:%M:%S")
        yield [str(act.id), when, act.actor, act_name(act.act), act.subject, act.address, changed]
