"""Makes and ends the notices of a source's alerts, and stores the state of each document; called by worker and store.

All alerts of a source are handled in one transaction. So when one alert replaces another, boards never show none or
both of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, insert, or_, select, update

from server.core.alerts.document import Key
from server.core.alerts.reconciling import Given, Over, Plan, Shown, Step, hidden_in, plan
from server.core.alerts.wanted import Wanted
from server.core.model import Notice
from server.store.alerts import decisions
from server.store.alerts.placeless import alert_link, is_placeless
from server.store.database import references, revision
from server.store.database.chunks import chunks
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock, dialect_insert, retry_on_deadlock
from server.store.notices import notices
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import alert_documents, alert_notices, alert_states, columns_of, values_of
from server.store.tables import notices as notices_table

_LINKS = alert_notices
RECENT = timedelta(hours=1)
"""How long notices that ended are looked at: whether their boards were told, and whether an editor ended them."""
MOST_TOLD = 20
"""Of how many new drafts editors are told one by one, each time."""
Notify = Callable[[Notice], Iterable[Message]]
_Values = Mapping[str, object]
Ask = Callable[[int], Iterable[Message]]


@dataclass(frozen=True, slots=True)
class DocumentState:
    """The state of a document: "in_force", "waiting", "draft", "ended", "done", "refused" or "ignored".

    "done" is a document that only ended others. ``why`` (the reasons for the state) and ``notes`` (what was odd in
    the document) are Vietnamese sentences. ``boards`` are the slugs of the boards that it concerns. ``level`` is the
    level of its notices, "" if it is not shown. ``ended_in`` are the slugs of areas in which editors ended the
    document or one that it replaced; boards of these areas are not among ``boards``. ``until`` is when the document
    ends by its own times. For a document that ended, ``until`` is None; but if an editor ended it, it is the time
    until which the document is in force for its issuer.
    """

    document: int
    state: str
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    level: str = ""
    ended_in: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    ended: datetime | None = None


def shown(db: Database, source: str, now: datetime) -> tuple[Shown, ...]:
    """The notices of a source's alerts that are live or drafts, or whose ``until`` passed less than an hour ago."""
    with db.read() as conn:
        return _shown(conn, source, now)


def _shown(conn: Connection, source: str, now: datetime) -> tuple[Shown, ...]:
    open_or_recent = or_(notices_table.c.state.in_(("live", "drafted")), notices_table.c.until > now - RECENT)
    mine = select(_LINKS).where(_LINKS.c.source == source)
    rows = conn.execute(
        mine.join(notices_table, notices_table.c.id == _LINKS.c.notice)
        .where(open_or_recent)
        .order_by(_LINKS.c.notice)
    ).mappings()
    linked = {row["notice"]: row for row in rows if isinstance(row["sent"], datetime)}
    wanted = (
        select(*columns_of(notices_table, Notice))
        .join(_LINKS, and_(_LINKS.c.notice == notices_table.c.id, _LINKS.c.source == source))
        .where(open_or_recent)
        .order_by(notices_table.c.id)
    )
    found = []
    for notice in as_values(Notice, conn.execute(wanted)):
        row = linked.get(notice.id)
        if row is not None:
            key = Key(source, row["sender"], row["identifier"], row["sent"])
            found.append(Shown(notice, key, row["info"], _given(row["shown"]), bool(row["told"])))
    return tuple(found)


def _given(stored: str) -> Given:
    return "live" if stored == "live" else "drafted" if stored == "drafted" else "ended"


@retry_on_deadlock
def apply(
    db: Database,
    source: str,
    wanted: Sequence[Wanted],
    over: Mapping[Key, Over],
    states: Collection[DocumentState],
    now: datetime,
    *,
    told_for: timedelta,
    notify: Notify = lambda _: (),
    ask: Ask = lambda _: (),
    there: Sequence[Shown] | None = None,
    mark: tuple[object, ...] | None = None,
) -> Plan:
    """Create, change and end the notices of ``source`` so that they match ``wanted``, and store ``states``.

    Returns the changes to the notices. ``over`` are the documents that have ended; ``told_for`` is how long boards
    say that an alert is over. ``notify`` makes the messages about a new draft, ``ask`` the messages about a document
    (by its number) for which an editor has to choose areas; one call reports at most MOST_TOLD drafts and documents.
    ``there`` is the result of `shown`, if the caller has just called it. If nothing has to change, nothing is written
    and no lock is taken. Raises ValueError if an area does not exist any more.

    ``mark`` is the value of `decisions.mark` before the decisions for ``wanted`` were read. If an editor has decided
    something since then, or has ended one of the notices ``there``, nothing is written and the returned plan is
    ``outdated``: an alert that this editor ended must not come back, not even for a second.
    """
    with db.read() as conn:
        known = _shown(conn, source, now) if there is None else there
        nothing = not _touches(plan(known, wanted, over, now, told_for))
        changed = _changed(states, _stored_states(conn, states))
    if nothing and not changed:
        return Plan()
    with db.write() as conn:
        advisory_lock(conn, f"alerts/{source}")
        fresh = _shown(conn, source, now)
        if (mark is not None and decisions.mark_of(conn) != mark) or hidden_in(fresh) != hidden_in(known):
            return Plan(outdated=True)
        made = plan(fresh, wanted, over, now, told_for)
        actor = f"source:{source}"
        areas = {area for step in made.steps if step.before is None for area in step.after.areas}
        if areas:
            references.check_areas(conn, areas)
        _note_approvals(conn, made, now)
        told = 0
        for step in made.steps:
            notice = _do(conn, source, step, actor, now)
            if step.act == "notice.draft" and told < MOST_TOLD:
                told += 1
                messages.queue(conn, messages.numbered(notify(notice), notice.id), now)
        for id in made.told:
            conn.execute(update(_LINKS).where(_LINKS.c.notice == id).values(told=True))
        before = _stored_states(conn, changed)
        changed = _save_states(conn, _changed(changed, before))
        _ask_for_places(conn, changed, before, ask, MOST_TOLD - told, now)
        if any("live" in (step.after.state, step.before.state if step.before else "") for step in made.steps):
            revision.bump(conn, revision.NOTICES)
        return made


def _ask_for_places(
    conn: Connection,
    changed: Iterable[DocumentState],
    before: Mapping[int, _Values],
    ask: Ask,
    most: int,
    now: datetime,
) -> None:
    """Queue messages about at most ``most`` documents for which an editor now has to choose areas.

    Marks the messages about documents that no longer need areas as seen. ``before`` are the former states by number.
    """
    for one in changed:
        asked, asks = _asks(before.get(one.document)), is_placeless(one.state, one.why)
        if asked and not asks:
            messages.settle(conn, alert_link(one.document))
        elif asks and not asked and most > 0:
            most -= 1
            messages.queue(conn, ask(one.document), now)


def _touches(made: Plan) -> bool:
    return bool(made.steps or made.approved or made.told)


def _note_approvals(conn: Connection, made: Plan, now: datetime) -> None:
    """Store an approval as the decision on each alert whose draft an editor has sent from the page of notices."""
    for key, at in made.approved.items():
        decision = decisions.one(conn, key)
        if decision is None or (decision.approved is None and decision.ended is None):
            decisions.put(conn, key, {"approved": at}, now)


def _do(conn: Connection, source: str, step: Step, actor: str, now: datetime) -> Notice:
    if step.before is not None:
        if step.after != step.before:
            notices.change(conn, step.act, step.before, step.after, actor, now)
        conn.execute(update(_LINKS).where(_LINKS.c.notice == step.before.id).values(shown=step.given))
        return step.after
    made = notices.add(conn, step.after)
    notices.record(conn, step.act, None, made, actor, now)
    if step.wanted is not None:
        key = step.wanted.key
        row = {
            "notice": made.id, "source": source, "sender": key.sender, "identifier": key.identifier, "sent": key.sent,
            "info": step.wanted.info, "shown": step.given,
        }  # fmt: skip
        conn.execute(insert(_LINKS), row)
    return made


def _asks(stored: _Values | None) -> bool:
    return stored is not None and is_placeless(stored["state"], stored["why"])


def _stored_states(conn: Connection, states: Iterable[DocumentState]) -> dict[int, _Values]:
    stored: dict[int, _Values] = {}
    for some in chunks(sorted({one.document for one in states})):
        rows = conn.execute(select(alert_states).where(alert_states.c.document.in_(some))).mappings()
        stored.update({row["document"]: dict(row) for row in rows})
    return stored


def _changed(states: Iterable[DocumentState], stored: Mapping[int, _Values]) -> list[DocumentState]:
    wanted = {one.document: one for one in states}
    return [one for number, one in wanted.items() if stored.get(number) != values_of(one)]


def _save_states(conn: Connection, states: Sequence[DocumentState]) -> list[DocumentState]:
    """Store those of ``states`` whose document still exists; returns the stored ones."""
    there: set[int] = set()
    for some in chunks(sorted(one.document for one in states)):
        there.update(conn.execute(select(alert_documents.c.id).where(alert_documents.c.id.in_(some))).scalars())
    saved = [one for one in states if one.document in there]
    if saved:
        inserting = dialect_insert(conn, alert_states)
        fresh = {name: inserting.excluded[name] for name in alert_states.c.keys() if name != "document"}  # noqa: SIM118
        saving = inserting.on_conflict_do_update(index_elements=["document"], set_=fresh)
        conn.execute(saving, [values_of(one) for one in saved])
    return saved


def clear_on(
    conn: Connection, key: Key, gone: Collection[str], areas: Mapping[str, str], actor: str, now: datetime
) -> int:
    """Remove the boards ``gone`` from the live and drafted notices of a document; returns how many notices changed.

    ``areas`` maps the slug of each board to that of its area. A notice that has no other board ends. The caller
    increases the store's revision.
    """
    changed = 0
    for one in _open_of(conn, key, now):
        before = one.notice
        left = tuple(slug for slug in before.boards if slug not in gone)
        if left == before.boards:
            continue
        changed += 1
        if not left:
            _clear(conn, before, actor, now)
            continue
        rest = tuple(sorted({areas[slug] for slug in left if slug in areas})) or before.areas
        notices.change(conn, "notice.end_here", before, replace(before, boards=left, areas=rest), actor, now)
    return changed


def clear_all(conn: Connection, key: Key, actor: str, now: datetime) -> int:
    """End all live and drafted notices of a document; returns how many. The caller increases the store's revision."""
    there = _open_of(conn, key, now)
    for one in there:
        _clear(conn, one.notice, actor, now)
    return len(there)


def _open_of(conn: Connection, key: Key, now: datetime) -> list[Shown]:
    return [
        one for one in _shown(conn, key.source, now) if one.key == key and one.notice.state in ("live", "drafted")
    ]


def _clear(conn: Connection, before: Notice, actor: str, now: datetime) -> None:
    live = before.state == "live"
    after = replace(before, state="cleared", ended=now if live else before.issued)
    notices.change(conn, "notice.clear" if live else "notice.discard", before, after, actor, now)
    conn.execute(update(_LINKS).where(_LINKS.c.notice == before.id).values(shown="ended"))
