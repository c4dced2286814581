"""Reads received alerts, and stores what editors decide on them; called by desk, alert_list and local_ends.

The worker puts a decision into effect within a second or two; an alert that an editor ends leaves the boards at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select, update

from server.core.alerts.document import Alert, Info
from server.core.workflow import NotPossible
from server.store.alerts import decisions, documents, showing
from server.store.alerts.decisions import Decision
from server.store.alerts.made_notices import notices_of
from server.store.alerts.placeless import alert_link, is_placeless
from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.database.locks import advisory_lock, insert_new, retry_on_deadlock
from server.store.people import messages
from server.store.tables import alert_documents, alert_polls, alert_states, sources

ROWS = (
    select(
        *alert_states.c,
        sources.c.name.label("source_name"),
        alert_documents.c.source,
        alert_documents.c.document.label("alert"),
        alert_documents.c.address,
    )
    .join(alert_documents, alert_documents.c.id == alert_states.c.document)
    .join(sources, sources.c.slug == alert_documents.c.source)
)
"""The query for all that `rows_of` needs."""
NOT_ANY_MORE = "Cảnh báo này không còn ở bước ấy nữa: hãy tải lại trang."
_CHOICE = "Tài liệu này không có khu vực đọc được: hãy chọn đơn vị nhận."


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A received document as the desk lists it; ``state`` is "in_force", "waiting", "draft", "ended" or "refused".

    ``why`` (the reasons for the state) and ``notes`` (what was odd in the document) are Vietnamese sentences.
    ``boards`` are the slugs of the boards that it concerns, ``notices`` the ids of the notices made of it.
    ``ended_in`` are the slugs of the areas whose boards do not show it, because an editor ended it there.
    """

    document: int
    source: str
    source_name: str
    alert: Alert
    state: str
    why: tuple[str, ...]
    notes: tuple[str, ...]
    boards: tuple[str, ...]
    level: str
    since: datetime | None
    until: datetime | None
    ended: datetime | None
    notices: tuple[int, ...] = ()
    decision: Decision | None = None
    address: str = ""
    ended_in: tuple[str, ...] = ()

    @property
    def placeless(self) -> bool:
        """True if no board can show it until an editor chooses areas."""
        return is_placeless(self.state, self.why)

    @property
    def info(self) -> Info:
        """The first CAP ``info`` block of the alert; an empty one if it has none."""
        return self.alert.infos[0] if self.alert.infos else Info()

    @property
    def title(self) -> str:
        """The headline of the alert, else its event, else its identifier."""
        return self.info.headline or self.info.event or self.alert.identifier


@dataclass(frozen=True, slots=True)
class _AuditedDecision:
    """What the audit records of an editor's decision on an alert."""

    title: str
    source: str
    approved: datetime | None
    approved_by: str
    ended: datetime | None
    ended_by: str
    rejected: bool
    areas: tuple[str, ...]
    ended_in: tuple[str, ...]
    shown_in: tuple[str, ...]


def get(db: Database, document: int) -> AlertRow:
    """The row of the document with this number, in any state. Raises NotFound, also if it cannot be read."""
    with db.read() as conn:
        return _one(conn, document)


def _one(conn: Connection, document: int) -> AlertRow:
    found = rows_of(conn, conn.execute(ROWS.where(alert_states.c.document == document)).mappings().all())
    if not found:
        raise NotFound(f"Không có cảnh báo số {document}")
    return found[0]


def rows_of(conn: Connection, rows: Sequence[RowMapping]) -> tuple[AlertRow, ...]:
    """Convert ``rows``, results of the query `ROWS`, in the same order; without rows whose document is damaged."""
    found = [(row, alert) for row in rows if isinstance(alert := row["alert"], Alert)]
    alerts = [alert for _, alert in found]
    made = notices_of(conn, alerts)
    decided = decisions.of_documents(conn, {alert.key for alert in alerts})
    return tuple(
        AlertRow(
            document=row["document"],
            source=row["source"],
            source_name=row["source_name"],
            alert=alert,
            state=row["state"],
            why=_words(row["why"]),
            notes=_words(row["notes"]),
            boards=_words(row["boards"]),
            level=row["level"],
            since=_time(row["since"]),
            until=_time(row["until"]),
            ended=_time(row["ended"]),
            notices=tuple(made.get(alert.key, ())),
            decision=decided.get(alert.key),
            address=row["address"],
            ended_in=_ended_in(_words(row["ended_in"]), decided.get(alert.key)),
        )
        for row, alert in found
    )


def _ended_in(found: tuple[str, ...], decision: Decision | None) -> tuple[str, ...]:
    """The slugs of the areas in which an alert is ended: those that the worker ``found``, changed by ``decision``."""
    if decision is None:
        return found
    return tuple(slug for slug in dict.fromkeys((*found, *decision.ended_in)) if slug not in decision.shown_in)


def _words(stored: object) -> tuple[str, ...]:
    return stored if isinstance(stored, tuple) else ()


def _time(stored: object) -> datetime | None:
    return stored if isinstance(stored, datetime) else None


@retry_on_deadlock
def approve(db: Database, document: int, *, actor: str, now: datetime) -> None:
    """Store that an editor approved a draft; the worker then shows it on the boards.

    One editor is enough, even if the setting ``four_eyes`` is on, because the source wrote the alert. Raises
    NotFound; NotPossible if it is no draft any more, if somebody has approved or ended it already, or if it has no
    readable place and nobody has chosen areas for it.
    """
    with db.write() as conn:
        row = _locked(conn, document)
        _need(row, "draft")
        if row.placeless and not (row.decision and row.decision.areas):
            raise NotPossible(_CHOICE)
        _decide(conn, row, "alert.approve", {"approved": now, "approved_by": actor}, actor, now)


@retry_on_deadlock
def choose_areas(db: Database, document: int, areas: Sequence[str], *, actor: str, now: datetime) -> None:
    """Store that an editor approved a draft for the boards of ``areas`` (slugs) and of the areas below them only.

    The worker then shows the alert on these boards. Raises NotFound; NotPossible if it is no draft any more, or if
    somebody has approved or ended it already; ValueError if ``areas`` is empty or names an unknown area.
    """
    with db.write() as conn:
        row = _locked(conn, document)
        _need(row, "draft")
        references.check_areas(conn, areas)
        values = {"areas": tuple(dict.fromkeys(areas)), "approved": now, "approved_by": actor}
        _decide(conn, row, "alert.areas", values, actor, now)


@retry_on_deadlock
def reject(db: Database, document: int, *, actor: str, now: datetime) -> None:
    """Discard a draft for good; the alert can come back only in another document of its source.

    Raises NotFound; NotPossible if it is no draft any more, or if somebody has approved or ended it already.
    """
    with db.write() as conn:
        row = _locked(conn, document)
        _need(row, "draft")
        _end(conn, row, "alert.reject", actor, now, rejected=True)


@retry_on_deadlock
def end(db: Database, document: int, *, actor: str, now: datetime) -> None:
    """End an alert that is in force or has not begun yet (state "waiting"), on all its boards at once.

    The same document cannot bring the alert back, but a later one (a CAP Update) can. Raises NotFound; NotPossible
    in any other state, or if an editor has ended it already.
    """
    with db.write() as conn:
        row = _locked(conn, document)
        _need(row, "in_force", "waiting")
        _end(conn, row, "alert.end", actor, now, rejected=False)


def decide(
    conn: Connection,
    document: int,
    act: str,
    change: Callable[[AlertRow], dict[str, object]],
    actor: str,
    now: datetime,
) -> AlertRow:
    """Store a decision on an alert that is in force or has not begun yet ("waiting"); returns the alert as it was.

    ``change`` gets the alert and returns the fields of `decisions.Decision` to set, by name. ``act`` names the
    change in the audit. Runs in the caller's transaction. Raises NotFound; NotPossible if the alert is in neither
    state or an editor has ended it; any exception that ``change`` raises.
    """
    row = _locked(conn, document)
    _need(row, "in_force", "waiting")
    _decide(conn, row, act, change(row), actor, now)
    return row


def _end(conn: Connection, row: AlertRow, act: str, actor: str, now: datetime, *, rejected: bool) -> None:
    values = {"ended": now, "ended_by": actor, "rejected": rejected}
    _decide(conn, row, act, values, actor, now)
    if showing.clear_all(conn, row.alert.key, actor, now):
        revision.bump(conn, revision.NOTICES)


def _locked(conn: Connection, document: int) -> AlertRow:
    stored = documents.one_of(conn, document)
    advisory_lock(conn, f"alerts/{stored.alert.source}")
    return _one(conn, document)


def _need(row: AlertRow, *states: str) -> None:
    """Raises NotPossible if the alert is in none of ``states``, was ended by an editor, or is an approved draft."""
    ended = row.decision is not None and row.decision.ended is not None
    approved = row.decision is not None and row.decision.approved is not None
    if row.state not in states or ended or (row.state == "draft" and approved):
        raise NotPossible(NOT_ANY_MORE)


def _decide(conn: Connection, row: AlertRow, act: str, values: dict[str, object], actor: str, now: datetime) -> None:
    key = row.alert.key
    before = row.decision
    decisions.put(conn, key, values, now)
    messages.settle(conn, alert_link(row.document))
    audit.record(
        conn,
        actor=actor,
        act=act,
        subject=f"alert/{row.document}",
        before=_audited(row, before),
        after=_audited(row, decisions.one(conn, key)),
        now=now,
    )


def _audited(row: AlertRow, decision: Decision | None) -> _AuditedDecision | None:
    if decision is None:
        return None
    return _AuditedDecision(
        row.title,
        row.source,
        decision.approved,
        decision.approved_by,
        decision.ended,
        decision.ended_by,
        decision.rejected,
        decision.areas,
        decision.ended_in,
        decision.shown_in,
    )


@dataclass(frozen=True, slots=True)
class _AuditedHold:
    """What the audit records of a held source: since when and by whom; ``held_since`` is None if it is not held."""

    held_since: datetime | None
    held_by: str = ""


@retry_on_deadlock
def hold_source(db: Database, source: str, *, held: bool, actor: str, now: datetime) -> None:
    """Hold the source with the slug ``source``, or with ``held`` False stop holding it.

    While a source is held, its new documents wait for an editor's approval, except those that end an alarm. The audit
    gets no record if nothing changes. Raises NotFound for an unknown source.
    """
    with db.write() as conn:
        if conn.execute(select(sources.c.slug).where(sources.c.slug == source)).one_or_none() is None:
            raise NotFound(f"Không có nguồn tin {source!r}")
        advisory_lock(conn, f"alert polls/{source}")
        insert_new(conn, alert_polls, {"source": source, "first_try": now, "last_try": now})
        mine = alert_polls.c.source == source
        row = conn.execute(select(alert_polls.c.held_since, alert_polls.c.held_by).where(mine)).one()
        before = _AuditedHold(_time(row.held_since), row.held_by)
        if (before.held_since is not None) == held:
            return
        after = _AuditedHold(now, actor) if held else _AuditedHold(None)
        conn.execute(update(alert_polls).where(mine).values(held_since=after.held_since, held_by=after.held_by))
        act = "alert.hold" if held else "alert.release"
        audit.record(conn, actor=actor, act=act, subject=f"source/{source}", before=before, after=after, now=now)
