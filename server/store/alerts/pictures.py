"""Stores the pictures that alerts name, and the results of fetching them; called by worker.harvest and retention."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from server.core.alerts.pictures import AlertPicture
from server.store.database.chunks import chunks
from server.store.database.engine import Database
from server.store.database.forgetting import delete_where
from server.store.database.locks import insert_new, retry_on_deadlock
from server.store.tables import alert_pictures, columns_of

_TABLE = alert_pictures
_Named = tuple[str, str]
"""Address and digest of a picture."""


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A picture that an alert of ``source`` (a slug) names; ``address`` (a URL) and ``digest`` are from the alert.

    ``hash`` is the hash of the re-encoded file, "" if it was not fetched. ``tries`` counts the tries to fetch it;
    ``reason`` is a Vietnamese sentence on why the last one failed. ``width`` and ``height`` are in pixels.
    """

    source: str
    address: str
    digest: str
    hash: str = ""
    width: int = 0
    height: int = 0
    reason: str = ""
    tries: int = 0


_ALL = select(*columns_of(_TABLE, StoredPicture))


@retry_on_deadlock
def asked(
    db: Database, source: str, wanted: Collection[AlertPicture], now: datetime
) -> Mapping[_Named, StoredPicture]:
    """Returns (address, digest) -> stored picture, for the addresses of the pictures ``wanted`` of a source.

    Pictures that are not stored yet are missing in the result; they are stored as due to be fetched now.
    """
    known: dict[_Named, StoredPicture] = {}
    with db.read() as conn:
        for some in chunks(sorted({one.address for one in wanted})):
            rows = conn.execute(_ALL.where(_TABLE.c.source == source, _TABLE.c.address.in_(some)))
            known.update({(row.address, row.digest): StoredPicture(*row) for row in rows})
    new = [one for one in wanted if (one.address, one.digest) not in known]
    if new:
        with db.write() as conn:
            for one in new:
                row = {"source": source, "address": one.address, "digest": one.digest, "due": now, "asked": now}
                insert_new(conn, _TABLE, row)
    return known


def due(db: Database, now: datetime, most: int) -> tuple[StoredPicture, ...]:
    """Return at most ``most`` pictures that have to be fetched now, those that have waited longest first."""
    wanted = _ALL.where(_TABLE.c.due <= now).order_by(_TABLE.c.due, _TABLE.c.address).limit(most)
    with db.read() as conn:
        return tuple(StoredPicture(*row) for row in conn.execute(wanted))


@retry_on_deadlock
def note(db: Database, tried: StoredPicture, again: datetime | None) -> None:
    """Store ``tried``, a picture with the result of fetching it; ``again`` is when to try again, None: never."""
    mine = (_TABLE.c.source == tried.source, _TABLE.c.address == tried.address, _TABLE.c.digest == tried.digest)
    values = {name: getattr(tried, name) for name in ("hash", "width", "height", "reason", "tries")}
    with db.write() as conn:
        conn.execute(update(_TABLE).where(*mine).values(**values, due=again))


def forget(db: Database, *, before: datetime) -> int:
    """Delete the rows of pictures that an alert first named before ``before``; returns how many. The files stay.

    If an alert still names such a picture, the worker's next call of `asked` stores it again.
    """
    return delete_where(db, _TABLE, _TABLE.c.asked < before)
