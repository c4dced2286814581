"""The Web Push messages and their deliveries: queueing, claiming, results; called by worker.deliveries and retention.

A delivery is claimed in a transaction before it is sent. If the worker is killed meanwhile, it is sent again when the
claim is over; the browser then shows it in the place of the first one, because both have the same tag.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    insert,
    literal,
    or_,
    select,
    update,
)

from server.core.notices.push_events import Event, Kind, Told
from server.store.database import forgetting
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import dialect_insert, retry_on_deadlock
from server.store.tables import columns_of, push_browsers, push_choices, push_deliveries, push_messages

CLAIM = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)

Content = dict[str, dict[str, str]]
"""Language -> what the browser is told: title, body and others (server.notifications.push_words)."""
Result = Literal["sent", "dropped", "gone", "later"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery of one message to one browser, with all that is needed to send it."""

    message: int
    browser: int
    host: str
    endpoint: str
    p256dh: str
    auth: str
    language: str
    tag: str
    kind: Kind
    until: datetime
    content: Content
    tries: int


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of a delivery. "later": it is due again at ``due``; "gone": the browser's address is not valid."""

    delivery: Delivery
    result: Result
    due: datetime | None = None


_DELIVERIES = select(
    push_deliveries.c.message,
    push_deliveries.c.browser,
    push_browsers.c.host,
    push_browsers.c.endpoint,
    push_browsers.c.p256dh,
    push_browsers.c.auth,
    push_browsers.c.language,
    push_messages.c.tag,
    push_messages.c.kind,
    push_messages.c.until,
    push_messages.c.content,
    push_deliveries.c.tries,
).select_from(push_deliveries.join(push_browsers).join(push_messages))


def told(db: Database, since: datetime) -> dict[int, Told]:
    """Return id of a notice -> the newest message about it, if a message has named an end after ``since``."""
    recent = select(push_messages.c.notice).where(push_messages.c.until > since)
    wanted = select(*columns_of(push_messages, Told)).where(
        push_messages.c.notice.is_not(None), push_messages.c.notice.in_(recent)
    )
    with db.read() as conn:
        return {one.notice: one for one in as_values(Told, conn.execute(wanted.order_by(push_messages.c.id)))}


@retry_on_deadlock
def queue(db: Database, events: Sequence[tuple[Event, Content]], now: datetime) -> int:
    """Queue messages with a delivery for each browser concerned; returns how many messages were new.

    Deliveries of earlier messages with the same tag that still wait are not sent any more, except those to browsers
    that do not get the new message (`Event.elsewhere`).
    """
    with db.write() as conn:
        return sum(_queue(conn, event, content, now) for event, content in events)


def _queue(conn: Connection, event: Event, content: Content, now: datetime) -> bool:
    notice = event.notice
    id = _message(conn, event.key, event.tag, event.kind, notice.until, content, notice.id)
    if id is None:
        return False
    if not event.elsewhere:
        _settle(conn, event.tag)
    _deliver(conn, id, _of_areas(event.areas) if event.areas else _told_before(event.tag), now)
    return True


@retry_on_deadlock
def remind(db: Database, area: str, key: str, content: Content, *, until: datetime, now: datetime) -> bool:
    """Queue a reminder for the browsers that want one for ``area``; False if one with this key was queued before."""
    with db.write() as conn:
        id = _message(conn, key, f"deadlines-{area}", "reminder", until, content, None)
        if id is None:
            return False
        wanted = select(push_choices.c.browser).where(push_choices.c.area == area, push_choices.c.deadlines.is_(True))
        _deliver(conn, id, wanted, now)
        return True


def is_queued(db: Database, key: str) -> bool:
    """Whether a message with this key was queued."""
    with db.read() as conn:
        return conn.execute(select(push_messages.c.id).where(push_messages.c.key == key)).first() is not None


def _message(
    conn: Connection, key: str, tag: str, kind: Kind, until: datetime, content: Content, notice: int | None
) -> int | None:
    """Insert a message; returns its id, or None if a message with this key exists."""
    row = {"key": key, "tag": tag, "kind": kind, "until": until, "content": content, "notice": notice}
    made = dialect_insert(conn, push_messages).values(row).on_conflict_do_nothing().returning(push_messages.c.id)
    id: int | None = conn.execute(made).scalar_one_or_none()
    return id


def _of_areas(areas: Collection[str]) -> Select[tuple[int]]:
    return select(push_choices.c.browser).where(push_choices.c.area.in_(areas)).distinct()


def _told_before(tag: str) -> Select[tuple[int]]:
    """Return the query for the browsers to which a message with this tag may have been sent, and none waits to be."""
    under = select(push_deliveries.c.browser).join(push_messages).where(push_messages.c.tag == tag)
    waiting = under.where(push_deliveries.c.due.is_not(None))
    return under.where(push_deliveries.c.tries > 0, push_deliveries.c.browser.not_in(waiting)).distinct()


def _settle(conn: Connection, tag: str) -> None:
    """Make the waiting deliveries of messages with this tag not due any more, so that they are never sent."""
    messages = select(push_messages.c.id).where(push_messages.c.tag == tag)
    waiting = push_deliveries.c.message.in_(messages) & push_deliveries.c.due.is_not(None)
    conn.execute(update(push_deliveries).where(waiting).values(due=None))


def _deliver(conn: Connection, message: int, browsers: Select[tuple[int]], now: datetime) -> None:
    """Add a delivery of the message for each of ``browsers``, due now."""
    some = browsers.subquery()
    due = literal(now, push_deliveries.c.due.type)
    rows = select(literal(message), some.c.browser, due, literal(0))
    conn.execute(insert(push_deliveries).from_select(["message", "browser", "due", "tries"], rows))


@retry_on_deadlock
def exchange(
    db: Database, done: Iterable[Done], now: datetime, *, most: int, but: Collection[str] = ()
) -> tuple[Delivery, ...]:
    """Store the outcomes ``done``, and claim up to ``most`` deliveries that are due, the newest message first.

    Deliveries to the hosts ``but`` are not claimed. Deliveries whose message is over are not sent any more. A
    delivery that is due more than the longest pause after ``now`` got that time while the clock was ahead, so it
    counts as due.
    """
    results = tuple(done)
    if not results and not _any_due(db, now):
        return ()
    with db.write() as conn:
        _store(conn, results)
        if not most:
            return ()
        over = select(push_messages.c.id).where(push_messages.c.until <= now)
        ready = _ready(now)
        conn.execute(update(push_deliveries).where(ready, push_deliveries.c.message.in_(over)).values(due=None))
        wanted = _DELIVERIES.where(ready, push_browsers.c.host.not_in(but))
        wanted = wanted.order_by(push_deliveries.c.message.desc(), push_deliveries.c.browser).limit(most)
        claimed = as_values(Delivery, conn.execute(wanted.with_for_update(key_share=True, of=push_deliveries)))
        if claimed:
            taken = {"due": now + CLAIM, "tries": push_deliveries.c.tries + 1}
            conn.execute(update(push_deliveries).where(_THIS).values(taken), [_key(one) for one in claimed])
        return claimed


_THIS = and_(
    push_deliveries.c.message == bindparam("this_message"), push_deliveries.c.browser == bindparam("this_browser")
)


def _key(one: Delivery) -> dict[str, object]:
    return {"this_message": one.message, "this_browser": one.browser}


def _ready(now: datetime) -> ColumnElement[bool]:
    return or_(push_deliveries.c.due <= now, push_deliveries.c.due > now + LONGEST_PAUSE)


def _any_due(db: Database, now: datetime) -> bool:
    with db.read() as conn:
        return conn.execute(select(literal(1)).where(_ready(now)).limit(1)).first() is not None


def _store(conn: Connection, results: Sequence[Done]) -> None:
    """Write how deliveries went. A delivery that was stopped meanwhile (`_settle`) is not due again."""
    over = [_key(one.delivery) for one in results if one.result in ("sent", "dropped")]
    if over:
        conn.execute(update(push_deliveries).where(_THIS).values(due=None), over)
    later = [_key(one.delivery) | {"next": one.due} for one in results if one.result == "later"]
    if later:
        still = and_(_THIS, push_deliveries.c.due.is_not(None))
        conn.execute(update(push_deliveries).where(still).values(due=bindparam("next")), later)
    gone = {one.delivery.browser for one in results if one.result == "gone"}
    if gone:
        conn.execute(delete(push_browsers).where(push_browsers.c.id.in_(sorted(gone))))


def forget(db: Database, *, before: datetime) -> int:
    """Delete messages whose end was before ``before``, with their deliveries; returns how many messages."""
    return forgetting.delete_where(db, push_messages, push_messages.c.until < before, rows=10)
