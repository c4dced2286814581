"""Stores the CAP documents that are published about this server's own notices; called by content, desk and worker.

server.core.alerts.publication decides which documents are due. A document is added once and never changed. A chain is
the documents about one notice and its corrections, each of which updates or cancels the one before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, func, or_, select

from server.core.alerts.publication import Chain, Published, in_force
from server.core.model import Notice
from server.store.database import forgetting
from server.store.database.chunks import chunks
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock, insert_new, retry_on_deadlock
from server.store.tables import columns_of, notices, published_alerts, store, values_of

_NOTICES = select(*columns_of(notices, Notice))
_PUBLISHED = select(*columns_of(published_alerts, Published))
_LEVELS = ("urgent", "priority")


@dataclass(frozen=True, slots=True)
class Issued:
    """The published documents and the notices with which `server.core.alerts.publication.plan` compares them.

    ``chains`` are the chains whose newest document is in force. ``notices`` are the live notices, those of the
    chains, and all notices that correct the latter, by id. ``versions`` maps the id of each notice with documents to
    the highest version of these. ``epoch`` is the epoch of the store.
    """

    chains: tuple[Chain, ...]
    notices: Mapping[int, Notice]
    versions: Mapping[int, int]
    epoch: str


def issued(db: Database, now: datetime) -> Issued:
    """Read the published documents in force and the notices to compare them with, in one transaction."""
    with db.read() as conn:
        chains = _chains_in_force(conn, now)
        found = _live(conn, now) | _with_corrections(conn, {chain[-1].content.notice for chain in chains})
        return Issued(
            chains,
            found,
            _versions(conn, found),
            conn.execute(select(store.c.epoch)).scalar_one(),
        )


def _chains_in_force(conn: Connection, now: datetime) -> tuple[Chain, ...]:
    """The chains whose newest document is in force; the chain whose first document was sent earliest comes first."""
    return tuple(chain for chain in _chains(conn, published_alerts.c.ends > now) if in_force(chain[-1], now))


def _chains(conn: Connection, condition: ColumnElement[bool]) -> tuple[Chain, ...]:
    """The chains that contain a document that meets ``condition``, ordered by the time of their first document.

    Each chain is complete, with its documents in the order of sending: only its newest document counts, even if an
    earlier one has a later end.
    """
    names = conn.execute(select(published_alerts.c.chain).where(condition).distinct()).scalars()
    found: list[Chain] = []
    for some in chunks(sorted(names)):
        rows = _PUBLISHED.where(published_alerts.c.chain.in_(some))
        ordered = as_values(Published, conn.execute(rows.order_by(published_alerts.c.chain, published_alerts.c.sent)))
        found += [tuple(chain) for _, chain in groupby(ordered, key=lambda one: one.chain)]
    return tuple(sorted(found, key=lambda chain: chain[0].sent))


def _live(conn: Connection, now: datetime) -> dict[int, Notice]:
    live = _NOTICES.where(
        notices.c.state == "live", notices.c.until > now, notices.c.origin == "", notices.c.level.in_(_LEVELS)
    )
    return {one.id: one for one in as_values(Notice, conn.execute(live))}


def _with_corrections(conn: Connection, ids: Collection[int]) -> dict[int, Notice]:
    """Return id -> notice, for the notices ``ids``, their corrections, the corrections of these, and so on."""
    found: dict[int, Notice] = {}
    wanted = set(ids)
    while wanted:
        rows = (
            conn.execute(_NOTICES.where(or_(notices.c.id.in_(some), notices.c.replaces.in_(some))))
            for some in chunks(sorted(wanted))
        )
        new = {one.id: one for some in rows for one in as_values(Notice, some) if one.id not in found}
        found |= new
        wanted = set(new) - wanted
    return found


def _versions(conn: Connection, ids: Iterable[int]) -> dict[int, int]:
    highest = select(published_alerts.c.notice, func.max(published_alerts.c.version)).group_by(
        published_alerts.c.notice
    )
    found: dict[int, int] = {}
    for some in chunks(sorted(ids)):
        found |= {row[0]: row[1] for row in conn.execute(highest.where(published_alerts.c.notice.in_(some)))}
    return found


@retry_on_deadlock
def add(db: Database, made: Sequence[tuple[Published, bytes]]) -> int:
    """Store pairs of a published document and its bytes; returns how many were new.

    If two workers have made documents with the same identifier at the same time, the first one stays.
    """
    with db.write() as conn:
        advisory_lock(conn, "published alerts")
        return sum(insert_new(conn, published_alerts, _row(one, document)) for one, document in made)


def _row(one: Published, document: bytes) -> dict[str, object]:
    return values_of(one) | {"notice": one.content.notice, "document": document}


def newest(db: Database, *, since: datetime) -> tuple[Published, ...]:
    """The newest document of each chain that has a document that was sent, or ends, after ``since``."""
    recent = or_(published_alerts.c.ends > since, published_alerts.c.sent > since)
    with db.read() as conn:
        return tuple(chain[-1] for chain in _chains(conn, recent))


def document(db: Database, identifier: str) -> bytes | None:
    """The bytes of the document with this ``identifier``, a UUID; None if there is none."""
    with db.read() as conn:
        wanted = select(published_alerts.c.document).where(published_alerts.c.identifier == identifier)
        found: bytes | None = conn.execute(wanted).scalar_one_or_none()
        return None if found is None else bytes(found)


def forget_old(db: Database, *, before: datetime) -> int:
    """Delete documents that ended before ``before``; returns how many."""
    return forgetting.delete_where(db, published_alerts, published_alerts.c.ends < before)
