"""Stores webhooks: adds, changes and switches them off, renews secrets; called by desk.webhooks, worker.deliveries.

Each change is one transaction with its audit record. The audit names only the host of an address and a digest of the
whole, because the path often is a password, and nothing is ever deleted from the audit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update

from server.core.webhook_events import EVENTS, EventKind
from server.store.audit import audit
from server.store.database import references
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.database.locks import advisory_lock
from server.store.notifications import webhooks_observed
from server.store.tables import columns_of, webhook_deliveries, webhooks

MOST = 200
"""How many webhooks may be in use: the worker has a thread for each, so that none delays another."""
OLD_SECRET_LASTS = timedelta(days=1)
_C = webhooks.c


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook without its secrets: the events ``events`` of ``areas`` (slugs) and areas below are sent to ``url``.

    ``off`` is when it was switched off; ``gone`` is when the receiver caused that by the status 410. Until
    ``old_until``, requests are also signed with the former secret. Until ``not_before``, the receiver wants no
    request. ``told`` is when its keepers were told that it fails, None while it does not fail.
    """

    id: int
    name: str
    url: str
    areas: tuple[str, ...]
    events: tuple[EventKind, ...]
    made: datetime
    made_by: str
    off: datetime | None = None
    gone: datetime | None = None
    old_until: datetime | None = None
    not_before: datetime | None = None
    told: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a webhook that a keeper enters."""

    name: str
    url: str
    areas: tuple[str, ...]
    events: tuple[EventKind, ...]


@dataclass(frozen=True, slots=True)
class _AuditedWebhook:
    """The fields of a webhook that the audit records."""

    name: str
    url: str
    areas: tuple[str, ...]
    events: tuple[EventKind, ...]
    off: bool


_ALL = select(*columns_of(webhooks, Webhook))


def make(db: Database, wanted: Settings, secret: str, *, actor: str, now: datetime) -> Webhook:
    """Add a webhook that signs with ``secret``; it reports events from now on.

    Raises ValueError for an unknown area, or if name, areas or events are missing; StoreRefusal if there are `MOST`.
    """
    with db.write() as conn:
        advisory_lock(conn, "webhooks")
        _check(conn, wanted)
        _check_room(conn)
        values = {"secret": secret, "made": now, "made_by": actor}
        made = insert(webhooks).values(**_columns(wanted), **values).returning(_C.id)
        id: int = conn.execute(made).scalar_one()
        after = Webhook(id, wanted.name, wanted.url, wanted.areas, wanted.events, now, actor)
        _record(conn, id, "webhook.make", None, after, actor, now)
        webhooks_observed.begin(conn, now)
        return after


def change(db: Database, id: int, wanted: Settings, *, actor: str, now: datetime) -> Webhook:
    """Change the settings of a webhook; writes nothing if they are the same.

    Raises NotFound, or ValueError as `make`.
    """
    with db.write() as conn:
        before = locked(conn, id)
        _check(conn, wanted)
        after = replace(before, name=wanted.name, url=wanted.url, areas=wanted.areas, events=wanted.events)
        if after != before:
            conn.execute(update(webhooks).where(_C.id == id).values(_columns(wanted)))
            _record(conn, id, "webhook.change", before, after, actor, now)
        return after


def renew(db: Database, id: int, secret: str, *, actor: str, now: datetime) -> datetime:
    """Give a webhook a new secret; returns until when the old one is used as well.

    A still older one is not used any more. Raises NotFound.
    """
    until = now + OLD_SECRET_LASTS
    with db.write() as conn:
        before = locked(conn, id)
        values = {"secret": secret, "old_secret": _C.secret, "old_until": until}
        conn.execute(update(webhooks).where(_C.id == id).values(values))
        _record(conn, id, "webhook.renew", before, before, actor, now)
    return until


def switch_off(db: Database, id: int, *, actor: str, now: datetime, gone: bool = False) -> None:
    """Switch a webhook off; deliveries that wait are not sent. ``gone``: because of the status 410.

    No effect if it is off already. Raises NotFound.
    """
    with db.write() as conn:
        before = locked(conn, id)
        if before.off is not None:
            return
        conn.execute(update(webhooks).where(_C.id == id).values(off=now, gone=now if gone else None))
        waiting = (webhook_deliveries.c.webhook == id, webhook_deliveries.c.state == "waiting")
        conn.execute(update(webhook_deliveries).where(*waiting).values(state="failed", due=None, error="off"))
        act = "webhook.gone" if gone else "webhook.off"
        _record(conn, id, act, before, replace(before, off=now), actor, now)


def switch_on(db: Database, id: int, *, actor: str, now: datetime) -> None:
    """Switch a webhook on; it reports events from now on. No effect if it is on.

    Raises NotFound, or StoreRefusal as `make`.
    """
    with db.write() as conn:
        advisory_lock(conn, "webhooks")
        before = locked(conn, id)
        if before.off is None:
            return
        _check_room(conn)
        on = {"off": None, "gone": None, "not_before": None, "told": None}
        conn.execute(update(webhooks).where(_C.id == id).values(on))
        _record(conn, id, "webhook.on", before, replace(before, off=None), actor, now)
        webhooks_observed.begin(conn, now)


def remove(db: Database, id: int, *, actor: str, now: datetime) -> None:
    """Delete a webhook with its secrets and the log of its deliveries. Raises NotFound."""
    with db.write() as conn:
        before = locked(conn, id)
        conn.execute(delete(webhook_deliveries).where(webhook_deliveries.c.webhook == id))
        conn.execute(delete(webhooks).where(_C.id == id))
        _record(conn, id, "webhook.remove", before, None, actor, now)


def get(db: Database, id: int) -> Webhook:
    """Return the webhook with this id. Raises NotFound."""
    with db.read() as conn:
        return _found(conn, _ALL.where(_C.id == id), id)


def listed(db: Database) -> tuple[Webhook, ...]:
    """Return every webhook, sorted by name."""
    with db.read() as conn:
        return as_values(Webhook, conn.execute(_ALL.order_by(func.lower(_C.name), _C.id)))


def tell(db: Database, id: int, told: datetime | None) -> None:
    """Store when the keepers of a webhook were told that it fails; None if it does not fail any more."""
    with db.write() as conn:
        conn.execute(update(webhooks).where(_C.id == id).values(told=told))


def record_resend(conn: Connection, id: int, actor: str, now: datetime) -> None:
    """Add an audit record: ``actor`` has had a delivery of the webhook sent again. Raises NotFound."""
    one = locked(conn, id)
    _record(conn, id, "webhook.resend", one, one, actor, now)


def in_use() -> ColumnElement[bool]:
    """Return the SQL condition of webhooks that are not switched off."""
    return _C.off.is_(None)


def locked(conn: Connection, id: int) -> Webhook:
    """Return the webhook with this id, and lock its row until the transaction ends. Raises NotFound."""
    return _found(conn, _ALL.where(_C.id == id).with_for_update(key_share=True), id)


def _found(conn: Connection, wanted: Select[*tuple[object, ...]], id: int) -> Webhook:
    row = conn.execute(wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có nơi nhận số {id}")
    return as_value(Webhook, row)


def _columns(wanted: Settings) -> dict[str, object]:
    return {
        "name": wanted.name,
        "url": wanted.url,
        "areas": list(wanted.areas),
        "events": _in_order(wanted.events),
    }


def _in_order(events: Collection[EventKind]) -> Sequence[EventKind]:
    return [kind for kind in EVENTS if kind in events]


def _check(conn: Connection, wanted: Settings) -> None:
    references.check_areas(conn, wanted.areas)
    if not wanted.name.strip() or not wanted.events:
        raise ValueError("Nơi nhận cần tên và ít nhất một việc cần báo")


def _check_room(conn: Connection) -> None:
    count: int = conn.execute(select(func.count()).where(in_use())).scalar_one()
    if count >= MOST:
        raise StoreRefusal(
            f"Máy chủ này báo tin cho nhiều nhất {MOST} nơi nhận: hãy dừng một nơi không dùng nữa trước"
        )


def _record(
    conn: Connection, id: int, act: str, before: Webhook | None, after: Webhook | None, actor: str, now: datetime
) -> None:
    audit.record(
        conn, actor=actor, act=act, subject=f"webhook/{id}", before=_audited(before), after=_audited(after), now=now
    )


def _audited(one: Webhook | None) -> _AuditedWebhook | None:
    if one is None:
        return None
    return _AuditedWebhook(one.name, _named(one.url), one.areas, one.events, one.off is not None)


def _named(url: str) -> str:
    """Return the host of an address with a digest of the whole: "https://nhan.example.vn/… (5f2b1c)"."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/… ({hashlib.sha256(url.encode()).hexdigest()[:6]})"
