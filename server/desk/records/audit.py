"""Views of the audit log: who did what, when and from which address, with each change.

Registered by server.desk.app.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from typing import TypedDict

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from server.core.text_input import whole_number
from server.desk.records.audit_access import AuditAccess
from server.desk.records.audit_labels import KINDS
from server.desk.records.audit_names import Names
from server.desk.records.audit_text import MOMENT, AuditWords, FieldChange, act_name
from server.desk.web.context import desk
from server.desk.web.csv_export import csv_response
from server.desk.web.dates import day_from
from server.desk.web.rights import needs
from server.store.audit import chain
from server.store.audit.audit import AuditFilter, AuditRecord
from server.store.people import people

pages = Blueprint("audit", __name__, url_prefix="/desk/audit")

SHOWN_AT_ONCE = 50
_MOST_IN_CSV = 100_000
_ROWS_NAMED_AT_ONCE = 500


class AuditRow(TypedDict):
    """A record of the audit log in words, as a row of the page."""

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
    """The page with the audit records that match the filter in the query, newest first."""
    acts = list(AuditAccess.of_current_person().acts(_asked(), SHOWN_AT_ONCE + 1))
    shown = acts[:SHOWN_AT_ONCE]
    words = _words(shown)
    seals, last_sealed = chain.extent(desk.db)
    return render_template(
        "records/audit/index.html",
        acts=[_row(act, words) for act in shown],
        kinds=KINDS,
        people=_people_to_choose(),
        older=shown[-1].id if len(acts) > SHOWN_AT_ONCE else None,
        seals=seals,
        last_sealed=last_sealed,
    )


@pages.get("/audit.csv")
@needs("audit.read")
def as_csv() -> Response:
    """The audit records that match the filter in the query as a CSV file, at most _MOST_IN_CSV."""
    head = [gettext("Số"), gettext("Lúc"), gettext("Ai"), gettext("Việc"), gettext("Về"), gettext("Từ địa chỉ"),
            gettext("Thay đổi")]  # fmt: skip
    return csv_response(head, _csv_rows(_asked()), gettext("nhat-ky") + ".csv")


@pages.post("/check")
@needs("audit.read", factor="none")
def check() -> str:
    """An HTML fragment with the result of checking the hash chain of the audit log.

    Recomputes the hashes ("seals") and names those that do not match the stored records.
    """
    seals, last_sealed = chain.extent(desk.db)
    return render_template(
        "records/audit/chain.html", broken=chain.broken(desk.db), seals=seals, last_sealed=last_sealed
    )


def _people_to_choose() -> list[str]:
    """Returns the names of the people with a role in one of the areas whose audit log the user may read."""
    mine = desk.areas("audit.read")
    found = (p.name for p in people.all(desk.db) if any(one.area in mine for one in p.grants))
    return list(dict.fromkeys(found))


def _asked() -> AuditFilter:
    query = request.args
    start, end = (_day(query.get(name, "")) for name in ("from", "until"))
    actor = query.get("actor", "").strip()
    return AuditFilter(
        actors=Names().actors_like(actor) if actor else None,
        act=query.get("act", "").strip(),
        subject=query.get("subject", "").strip(),
        start=start,
        end=end + timedelta(days=1) if end else None,
        below=query.get("below", type=whole_number),
    )


def _day(text: str) -> datetime | None:
    """Returns local midnight at the beginning of the typed day; None if the text is not a day."""
    try:
        return datetime.combine(day_from(text), time(), desk.zone())
    except ValueError:
        return None


def _words(acts: Iterable[AuditRecord]) -> AuditWords:
    """Returns the object that describes these records in words; it reads the names of all their objects at once."""
    names, keys = Names(), defaultdict[str, set[str]](set)
    for act in acts:
        kind, _, key = act.subject.partition("/")
        keys[kind].add(key)
    for kind, found in keys.items():
        names.prepare(kind, found)
    return AuditWords(desk.zone(), names)


def _row(act: AuditRecord, words: AuditWords) -> AuditRow:
    return {
        "id": act.id,
        "at": act.at,
        "actor": words.names.actor(act.actor),
        "act": act_name(act.act),
        "subject": words.subject(act),
        "address": act.address,
        "changes": words.changes(act),
    }


def _csv_rows(asked: AuditFilter) -> Iterator[list[str]]:
    acts = AuditAccess.of_current_person().acts(asked, _MOST_IN_CSV)
    while some := list(islice(acts, _ROWS_NAMED_AT_ONCE)):
        words = _words(some)
        for act in some:
            row = _row(act, words)
            changed = "; ".join(f"{name}: {before} → {after}" for name, before, after in row["changes"])
            when = act.at.astimezone(desk.zone()).strftime(MOMENT)
            yield [str(act.id), when, row["actor"], row["act"], row["subject"], act.address, changed]
