"""The audit as people read it: who did what, when and from where, before and after; for editors and keepers.

An act is shown to whoever reads the audit in one of the areas that it is about; what is about no area, to whoever
reads it everywhere.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask_babel import gettext

from server.desk.records.audit_text import KINDS, act_name, differences, subject_name
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.audit import audit, chain
from server.store.audit.audit import AuditFilter, AuditRecord
from server.store.boards import boards
from server.store.people import people
from server.store.sources import sources

PAGE = 50
_LOOKED_AT = 500  # rows read at once where most of them may be somebody else's
_MOST = 20_000  # and at most in all, for one page
_CSV = 100_000


@dataclass(frozen=True, slots=True)
class Reader:
    """What of the audit somebody may read."""

    desk: DeskContext
    areas: frozenset[str]
    everywhere: bool
    board_area: dict[str, str]
    source_area: dict[str, str | None]
    person_areas: dict[str, set[str]]

    @classmethod
    def of(cls, desk: DeskContext) -> Reader:
        mine = frozenset(desk.areas("audit.read"))
        return cls(
            desk,
            mine,
            mine >= set(desk.tree().roots()),
            {one.slug: one.area for one in boards.all(desk.db)},
            {one.slug: one.area for one in sources.all(desk.db)},
            {one.username: {held.area for held in one.grants} for one in people.all(desk.db)},
        )

    def may_read(self, act: AuditRecord) -> bool:
        return self.everywhere or bool(self.areas & self._areas(act))

    def _areas(self, act: AuditRecord) -> set[str]:
        kind, _, name = act.subject.partition("/")
        found: set[str] = set()
        for said in (act.before, act.after):
            found |= self._said(said or {})
        if kind == "person":
            found |= self.person_areas.get(name, set())
        if kind == "area":
            found.add(name)
        if kind == "board" and name in self.board_area:
            found.add(self.board_area[name])
        if kind == "source" and self.source_area.get(name):
            found.add(str(self.source_area[name]))
        return found

    def _said(self, said: Any) -> set[str]:
        found = {said["area"]} if isinstance(said.get("area"), str) else set()
        found |= {one for one in said.get("areas") or () if isinstance(one, str)}
        found |= {one["area"] for one in said.get("grants") or () if isinstance(one, dict)}
        if said.get("board") in self.board_area:
            found.add(self.board_area[said["board"]])
        if self.source_area.get(said.get("source", "")):
            found.add(str(self.source_area[said["source"]]))
        return found

    def acts(self, asked: AuditFilter, most: int) -> Iterator[AuditRecord]:
        """Up to ``most`` acts that may be read, newest first."""
        given, looked = 0, 0
        while looked < max(_MOST, most):
            found = audit.search(self.desk.db, asked, most=_LOOKED_AT)
            looked += len(found)
            for act in found:
                if self.may_read(act):
                    yield act
                    given += 1
                    if given >= most:
                        return
            if len(found) < _LOOKED_AT:
                return
            asked = replace(asked, below=found[-1].id)


def audit_pages(desk: DeskContext) -> Blueprint:
    pages = Blueprint("audit", __name__, url_prefix="/desk/audit")

    @pages.get("/")
    @needs("audit.read")
    def index() -> str:
        acts = list(Reader.of(desk).acts(_asked(desk), PAGE + 1))
        shown = acts[:PAGE]
        number, upto = chain.extent(desk.db)
        return render_template(
            "records/audit/index.html",
            acts=[_row(desk, act) for act in shown],
            kinds=KINDS,
            people=_known(desk),
            older=shown[-1].id if len(acts) > PAGE else None,
            sealed=number,
            upto=upto,
        )

    @pages.get("/audit.csv")
    @needs("audit.read")
    def as_csv() -> Response:
        answer = Response(stream_with_context(_lines(desk, _asked(desk))), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="nhat-ky.csv"'
        return answer

    @pages.post("/check")
    @needs("audit.read")
    def check() -> str:
        return render_template("records/audit/chain.html", broken=chain.broken(desk.db), sealed=chain.extent(desk.db))

    return pages


def _known(desk: DeskContext) -> list[tuple[str, str]]:
    """Usernames and names to choose from: of those whom one may know of."""
    mine = desk.areas("audit.read")
    return [(p.username, p.name) for p in people.all(desk.db) if any(one.area in mine for one in p.grants)]


def _asked(desk: DeskContext) -> AuditFilter:
    given = request.args
    begin, end = (_day(desk, given.get(name, "")) for name in ("from", "until"))
    return AuditFilter(
        actor=given.get("actor", "").strip(),
        act=given.get("act", "").strip(),
        subject=given.get("subject", "").strip(),
        start=begin,
        end=end + timedelta(days=1) if end else None,
        below=given.get("below", type=int),
    )


def _day(desk: DeskContext, said: str) -> datetime | None:
    """Midnight of a day written dd/MM/yyyy; None where it says nothing of use."""
    try:
        day, month, year = (int(part) for part in said.strip().split("/"))
        return datetime(year, month, day, tzinfo=desk.zone())
    except ValueError:
        return None


def _row(desk: DeskContext, act: AuditRecord) -> dict[str, Any]:
    return {
        "id": act.id,
        "at": act.at,
        "actor": gettext("Hệ thống") if act.actor == "system" else act.actor,
        "act": act_name(act.act),
        "subject": subject_name(act.subject),
        "address": act.address,
        "differences": differences(act, desk.zone()),
    }


def _lines(desk: DeskContext, asked: AuditFilter) -> Iterator[str]:
    """A CSV with a mark that makes spreadsheets read it as UTF-8, row by row."""
    yield "\ufeff" + _line(["Số", "Lúc", "Ai", "Việc", "Về", "Từ địa chỉ", "Thay đổi"])
    for act in Reader.of(desk).acts(asked, _CSV):
        changed = "; ".join(f"{name}: {before} → {after}" for name, before, after in differences(act, desk.zone()))
        when = act.at.astimezone(desk.zone()).strftime("%d/%m/%Y %H:%M:%S")
        yield _line([str(act.id), when, act.actor, act_name(act.act), act.subject, act.address, changed])


def _line(cells: list[str]) -> str:
    # A cell that begins like a formula would be run by a spreadsheet.
    safe = [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in cells]
    made = io.StringIO()
    csv.writer(made).writerow(safe)
    return made.getvalue()
