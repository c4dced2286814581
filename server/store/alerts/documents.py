"""Stores the documents that sources of alerts sent, once for each content; called by the worker and store.alerts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, or_, select

from server.core.alerts.document import Alert
from server.core.model import Source
from server.store.database.chunks import chunks
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.database.forgetting import delete_where
from server.store.database.locks import advisory_lock, dialect_insert
from server.store.tables import alert_bodies, alert_documents, alert_links, alert_states, columns_of, sources

_TABLE = alert_documents
_IS_OPEN = alert_states.c.state.in_(("in_force", "waiting", "draft"))
_STORED = select(_TABLE.c.id, _TABLE.c.document, _TABLE.c.address, _TABLE.c.digest).order_by(_TABLE.c.id)


@dataclass(frozen=True, slots=True)
class Received:
    """A document as a source sent it, not stored yet.

    ``digest`` is a hash of its content. ``address`` is the URL that it came from, ``body`` the whole response, which
    may contain other documents too.
    """

    alert: Alert
    digest: str
    address: str
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """A stored document; ``id`` is its number, the other fields are those of `Received`."""

    id: int
    alert: Alert
    address: str
    digest: str


def save(db: Database, source: str, received: Sequence[Received]) -> tuple[int, ...]:
    """Store the new ones of the ``received`` documents of a source; returns the numbers of all, in the same order.

    A document that was stored before keeps its number and the time of its first arrival. The store's revision is not
    increased, because a document alone changes nothing on the boards.
    """
    if not received:
        return ()
    digests = {one.digest for one in received}
    with db.read() as conn:
        known = _numbers(conn, source, digests)
    new = {one.digest: one for one in received if one.digest not in known}
    if new:
        bodies = _packed(new.values())
        with db.write() as conn:
            advisory_lock(conn, f"alerts/{source}")
            known = _numbers(conn, source, digests)
            missing = [one for one in new.values() if one.digest not in known]
            if missing:
                known |= _insert(conn, source, missing, bodies)
    return tuple(known[one.digest] for one in received)


def _numbers(conn: Connection, source: str, digests: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(sorted(digests)):
        wanted = select(_TABLE.c.digest, _TABLE.c.id).where(_TABLE.c.source == source, _TABLE.c.digest.in_(some))
        found.update(dict(conn.execute(wanted).all()))
    return found


_Bodies = Mapping[bytes, Mapping[str, object]]


def _packed(new: Iterable[Received]) -> _Bodies:
    """Return body -> the values of the body's row, compressed.

    Compressing takes time, so the caller calls this before it takes the lock.
    """
    return {
        body: {"digest": hashlib.sha256(body).hexdigest(), "body": zlib.compress(body, 6)}
        for body in dict.fromkeys(one.body for one in new)
    }


def _insert(conn: Connection, source: str, new: Sequence[Received], bodies: _Bodies) -> dict[str, int]:
    """Insert the documents ``new`` and their bodies; returns digest -> number of each document."""
    used = dict.fromkeys(one.body for one in new)
    conn.execute(dialect_insert(conn, alert_bodies).on_conflict_do_nothing(), [bodies[body] for body in used])
    rows = [
        {
            "source": source,
            "sender": one.alert.sender,
            "identifier": one.alert.identifier,
            "sent": one.alert.sent,
            "digest": one.digest,
            "document": one.alert,
            "address": one.address,
            "body": bodies[one.body]["digest"],
            "received": one.alert.received,
        }
        for one in new
    ]
    return dict(conn.execute(insert(_TABLE).returning(_TABLE.c.digest, _TABLE.c.id), rows).all())


def after(db: Database, source: str, number: int) -> tuple[StoredAlert, ...]:
    """The documents of ``source`` with a higher number than ``number``, ordered by number; no unreadable ones."""
    with db.read() as conn:
        rows = conn.execute(_STORED.where(_TABLE.c.source == source, _TABLE.c.id > number)).mappings()
        return tuple(one for one in map(_readable, rows) if one is not None)


def sources_of_alerts(db: Database) -> tuple[Source, ...]:
    """The sources of the kind "cap" in use, and any other source that has an alert in force, waiting or drafted.

    The others were retired or changed to another kind. Their alerts must still end when their time is over or an
    editor ends them.
    """
    with_open = select(_TABLE.c.source).join(alert_states, alert_states.c.document == _TABLE.c.id).where(_IS_OPEN)
    in_use = (sources.c.kind == "cap") & sources.c.retired.is_(False)
    wanted = select(*columns_of(sources, Source)).where(or_(in_use, sources.c.slug.in_(with_open)))
    with db.read() as conn:
        return as_values(Source, conn.execute(wanted.order_by(sources.c.retired, sources.c.position)))


def one_of(conn: Connection, number: int) -> StoredAlert:
    """The document with this number. Raises NotFound, also if it cannot be read."""
    row = conn.execute(_STORED.where(_TABLE.c.id == number)).mappings().one_or_none()
    found = _readable(row) if row is not None else None
    if found is None:
        raise NotFound(f"Không có tài liệu cảnh báo số {number}")
    return found


def _readable(row: RowMapping) -> StoredAlert | None:
    """The document in a row; None if it is damaged, because it must not keep the others from being read."""
    document: object = row["document"]
    if not isinstance(document, Alert):
        return None
    return StoredAlert(row["id"], document, row["address"], row["digest"])


def forget(db: Database, *, before: datetime) -> int:
    """Delete old documents with their states and bodies; returns how many documents.

    A document is old if it arrived before ``before``, is neither in force nor waiting, and has no end after
    ``before``. So a document that only ended others, and has no end itself, is kept until it arrived before
    ``before``: a document that it ended may arrive late. Also kept are documents from which an open one inherits that
    an editor ended it in an area. Also deletes links last seen before ``before`` that are not listed any more or
    belong to a retired source.
    """
    over = select(alert_states.c.document).where(
        alert_states.c.state.in_(("ended", "done", "ignored", "refused", "draft")),
        or_(alert_states.c.until.is_(None), alert_states.c.until < before),
        or_(alert_states.c.ended.is_(None), alert_states.c.ended < before),
    )
    old = select(_TABLE.c.id).where(_TABLE.c.received < before, _TABLE.c.id.in_(over))
    with db.read() as conn:
        kept = _inherited_from(conn)
        found = [number for number in conn.execute(old).scalars() if number not in kept]
    deleted = 0
    for some in chunks(found):
        with db.write() as conn:
            gone = conn.execute(old.where(_TABLE.c.id.in_(some))).scalars().all()
            conn.execute(alert_states.delete().where(alert_states.c.document.in_(gone)))
            conn.execute(_TABLE.delete().where(_TABLE.c.id.in_(gone)))
        deleted += len(gone)
    delete_where(db, alert_bodies, alert_bodies.c.digest.not_in(select(_TABLE.c.body)))
    retired = alert_links.c.source.in_(select(sources.c.slug).where(sources.c.retired.is_(True)))
    delete_where(db, alert_links, (alert_links.c.listed.is_(False) | retired) & (alert_links.c.seen < before))
    return deleted


def _inherited_from(conn: Connection) -> frozenset[int]:
    """The numbers of open documents (in force, waiting or drafts) that are ended in an area, and of their references.

    References are followed to the earliest document. An editor's decision on any of these may be the reason why the
    newest is ended in that area (core.alerts.local_ends).
    """
    found = set[int]()
    rows = conn.execute(select(alert_states.c.document, alert_states.c.ended_in).where(_IS_OPEN))
    waiting = [number for number, ended_in in rows if ended_in]
    while waiting:
        found.update(waiting)
        names: dict[str, set[str]] = {}
        for some in chunks(waiting):
            for one in map(_readable, conn.execute(_STORED.where(_TABLE.c.id.in_(some))).mappings()):
                if one is not None:
                    named = (reference.identifier for reference in one.alert.references)
                    names.setdefault(one.alert.source, set()).update((one.alert.identifier, *named))
        waiting = [
            number
            for source, identifiers in names.items()
            for some in chunks(sorted(identifiers))
            for number in conn.execute(
                select(_TABLE.c.id).where(_TABLE.c.source == source, _TABLE.c.identifier.in_(some))
            ).scalars()
            if number not in found
        ]
    return frozenset(found)
