"""Posts, clears, expires and lists priority and urgent notices; called by most packages of server.

The steps of a draft, corrections and changes of the end are in server.store.notices.actions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from server.core import webhook_events
from server.core.model import SYSTEM, Notice, NoticeState
from server.core.times import need_plausible
from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.database.locks import advisory_lock, retry_on_deadlock
from server.store.notifications import webhooks_outbox
from server.store.people import messages
from server.store.people.messages import Message
from server.store.tables import columns_of, notices, values_of

_ALL = select(*columns_of(notices, Notice))


# After these acts people still have to act on the notice, so messages about it stay unread: a changed draft still
# waits to be sent, also one that follows its alert or lost some boards, and an extended notice is still on air.
_STILL_TO_DO = frozenset({"notice.revise", "notice.extend", "notice.follow", "notice.end_here"})


def desk_link(id: int) -> str:
    """The path of a notice's page at the desk, by which messages about the notice are stored and settled."""
    return f"/desk/urgent/{id}"


@retry_on_deadlock
def post(
    db: Database,
    notice: Notice,
    *,
    actor: str,
    now: datetime,
    notify: Iterable[Message] = (),
    repeats: Callable[[Notice], bool] = lambda _earlier: False,
) -> Notice:
    """Insert a notice: in the state "live" it goes on air, in the state "drafted" it waits for a second editor.

    Returns the notice with its new id. If ``repeats`` returns True for an earlier live or drafted notice, nothing is
    written and the earlier one is returned. ``notify`` are messages about the notice; "{id}" in their links is
    replaced by its id. Raises ValueError if the notice has no area or an unknown one, if its end has passed or lies
    after 2100, or if it is in another state.
    """
    if notice.state not in ("live", "drafted"):
        raise ValueError(f"a notice begins live or drafted, not {notice.state}")
    if notice.until <= now:
        raise ValueError("Thời hạn của tin đã qua")
    need_plausible(notice.until, "Thời hạn của tin")
    with db.write() as conn:
        advisory_lock(conn, "notices.post")  # if two calls come at once, the second finds the notice of the first
        standing = _ALL.where(notices.c.state.in_(("live", "drafted")), notices.c.until > now)
        for earlier in as_values(Notice, conn.execute(standing.order_by(notices.c.id.desc()))):
            if repeats(earlier):
                return earlier
        references.check_areas(conn, notice.areas)
        posted = add(conn, notice)
        act = "notice.post" if notice.state == "live" else "notice.draft"
        record(conn, act, None, posted, actor, now)
        messages.queue(conn, messages.numbered(notify, posted.id), now)
        if posted.state == "live":
            revision.bump(conn, revision.NOTICES)
        return posted


@retry_on_deadlock
def clear(db: Database, id: int, *, actor: str, now: datetime) -> Notice:
    """End a live notice before its time; returns it in its new state.

    Raises NotFound; NotLive if it is a draft or has ended.
    """
    with db.write() as conn:
        before = one(conn, id, lock=True)
        if before.state != "live" or before.until <= now:
            raise NotLive(f"Tin khẩn số {id} không còn hiệu lực hoặc chưa phát")
        after = replace(before, state="cleared", ended=now)
        change(conn, "notice.clear", before, after, actor, now)
        revision.bump(conn, revision.NOTICES)
        return after


def get(db: Database, id: int) -> Notice:
    """The notice with this id. Raises NotFound."""
    with db.read() as conn:
        return one(conn, id)


def live(db: Database, now: datetime) -> tuple[Notice, ...]:
    """Return notices on air at ``now``, oldest first."""
    on_air = _ALL.where(notices.c.state == "live", notices.c.until > now).order_by(notices.c.id)
    with db.read() as conn:
        return as_values(Notice, conn.execute(on_air))


@retry_on_deadlock
def expire_due(db: Database, now: datetime) -> tuple[Notice, ...]:
    """Mark live notices whose end has passed as expired; returns the changed notices, oldest first.

    Expired notices whose end is still to come become live again: they expired while the clock was ahead.
    """
    over = and_(notices.c.state == "live", notices.c.until <= now)
    too_early = and_(notices.c.state == "expired", notices.c.until > now)
    wrong = _ALL.where(or_(over, too_early)).order_by(notices.c.id)
    with db.read() as conn:
        if conn.execute(wrong.limit(1)).one_or_none() is None:
            return ()  # the usual case: no need to take the write lock
    with db.write() as conn:
        changed = [
            _with_state_of(notice, now)
            for notice in as_values(Notice, conn.execute(wrong.with_for_update(key_share=True)))
        ]
        for before, after in changed:
            act = "notice.expire" if after.state == "expired" else "notice.resume"
            change(conn, act, before, after, SYSTEM, now)
        if changed:
            revision.bump(conn, revision.NOTICES)
        return tuple(after for _, after in changed)


def _with_state_of(notice: Notice, now: datetime) -> tuple[Notice, Notice]:
    """Returns (the stored notice, the notice with the state that it should have at ``now``: "expired" or "live")."""
    if notice.until <= now:
        return notice, replace(notice, state="expired", ended=notice.until)
    return notice, replace(notice, state="live", ended=None)


def all(db: Database, *, states: Collection[NoticeState], most: int = 200) -> tuple[Notice, ...]:
    """The newest ``most`` notices in one of ``states``, newest first."""
    wanted = _ALL.where(notices.c.state.in_(states)).order_by(notices.c.id.desc()).limit(most)
    with db.read() as conn:
        return as_values(Notice, conn.execute(wanted))


def drafted_alerts(db: Database, now: datetime) -> tuple[Notice, ...]:
    """Return drafts of received alerts (`Notice.is_received`) whose end has not passed at ``now``."""
    received = (notices.c.origin != "", notices.c.created_by == SYSTEM)
    waiting = (notices.c.state == "drafted", *received, notices.c.until > now)
    with db.read() as conn:
        return as_values(Notice, conn.execute(_ALL.where(*waiting).order_by(notices.c.id)))


def between(db: Database, since: datetime, until: datetime) -> tuple[Notice, ...]:
    """Return notices that were on air at some time in [since, until), in the order they were issued."""
    end = func.coalesce(notices.c.ended, notices.c.until)
    shown = notices.c.state.in_(("live", "corrected", "cleared", "expired"))
    wanted = _ALL.where(shown, notices.c.issued < until, end > since, end > notices.c.issued)
    with db.read() as conn:
        rows = conn.execute(wanted.order_by(notices.c.issued, notices.c.id))
        return as_values(Notice, rows)


# The functions below run in a transaction of the caller; server.store.notices.actions calls them too.


def add(conn: Connection, notice: Notice) -> Notice:
    """Insert a notice in the caller's transaction, ignoring its ``id``; returns it with its new id."""
    row = values_of(notice)
    del row["id"]
    made = conn.execute(insert(notices).returning(notices.c.id), row)
    return replace(notice, id=made.scalar_one())


def change(conn: Connection, act: str, before: Notice, after: Notice, actor: str, now: datetime) -> Notice:
    """Update the row of a notice to ``after`` and add an audit record of ``act``, in the caller's transaction.

    Marks messages about the notice as seen if ``act`` leaves nothing to do for their readers. Returns ``after``.
    """
    row = values_of(after)
    del row["id"]
    conn.execute(update(notices).where(notices.c.id == before.id).values(row))
    if act not in _STILL_TO_DO:
        messages.settle(conn, desk_link(before.id))
    elif act == "notice.revise":
        messages.settle(conn, desk_link(before.id), ("notice.signed",))  # the change made the signature void
    record(conn, act, before, after, actor, now)
    return after


def one(conn: Connection, id: int, *, lock: bool = False) -> Notice:
    """The notice with this id; ``lock`` keeps other transactions from changing its row. Raises NotFound."""
    wanted = _ALL.where(notices.c.id == id)
    row = conn.execute(wanted.with_for_update(key_share=True) if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có tin khẩn số {id}")
    return as_value(Notice, row)


def record(conn: Connection, act: str, before: Notice | None, after: Notice, actor: str, now: datetime) -> None:
    """Add an audit record of ``act`` on a notice, and tell the webhooks if it goes on air or ends."""
    subject = f"notice/{after.id}"
    audit.record(conn, actor=actor, act=act, subject=subject, before=before, after=after, now=now)
    webhooks_outbox.add(conn, webhook_events.of_notice(before, after, now))
