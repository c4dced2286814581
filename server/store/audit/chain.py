"""Makes and verifies a chain of SHA-256 digests over the audit, which shows whether its rows were tampered with.

The desk and ``run.py doctor`` verify it. Each link (a row of ``audit_seals``) holds a digest of the previous digest
and of the audit rows added since. Changing, deleting or inserting an audit row in spite of the triggers makes a
digest wrong. A job of the worker adds a link each minute, because extending the chain in every transaction would make
all writers wait for each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection, Row, insert, select

from server.store.database.engine import Database
from server.store.database.locks import advisory_lock
from server.store.tables import audit, audit_seals
from server.store.tables.columns import UNREADABLE

# Rows younger than this are not covered yet: on PostgreSQL a row with a lower id may be committed after one with a
# higher id, but not later than this.
SETTLED = timedelta(seconds=10)


def extend(db: Database, now: datetime) -> int:
    """Add a link for the audit rows since the last link, up to the first that is younger than SETTLED.

    Returns how many rows it covers, 0 if none was added. The next call covers the younger ones.
    """
    with db.write() as conn:
        advisory_lock(conn, "seal")
        before = _last(conn)
        upto, digest = (0, "") if before is None else (before.upto, before.digest)
        rows = conn.execute(select(audit).where(audit.c.id > upto).order_by(audit.c.id))
        # Stop at the first recent row: after the clock was set back, a row with a higher id may have an earlier time,
        # and must wait for the rows before it.
        found = list(takewhile(lambda row: row.at is UNREADABLE or row.at <= now - SETTLED, rows))
        if not found:
            return 0
        number = 1 if before is None else before.number + 1
        values = {"number": number, "upto": found[-1].id, "rows": len(found), "at": now}
        conn.execute(insert(audit_seals).values(**values, digest=_digest(digest, found)))
        return len(found)


def broken(db: Database) -> tuple[str, ...]:
    """A Vietnamese sentence for each link whose digest does not match its rows; () if the chain is intact."""
    found = []
    with db.read() as conn:
        upto, digest = 0, ""
        for one in conn.execute(select(audit_seals).order_by(audit_seals.c.number)):
            rows = conn.execute(select(audit).where(audit.c.id > upto, audit.c.id <= one.upto).order_by(audit.c.id))
            covered = rows.all()
            if len(covered) != one.rows or _digest(digest, covered) != one.digest:
                when = "?" if one.at is UNREADABLE else f"{one.at:%d/%m/%Y %H:%M}"
                found.append(f"Nhật ký từ dòng {upto + 1} đến {one.upto} không khớp dấu niêm {one.number} ({when})")
            upto, digest = one.upto, one.digest
    return tuple(found)


def extent(db: Database) -> tuple[int, int]:
    """The number of links, and the id of the last audit row that they cover; (0, 0) before the first link."""
    with db.read() as conn:
        last = _last(conn)
        return (0, 0) if last is None else (last.number, last.upto)


def _last(conn: Connection) -> Row[tuple[object, ...]] | None:
    return conn.execute(select(audit_seals).order_by(audit_seals.c.number.desc()).limit(1)).one_or_none()


def _digest(before: str, rows: Iterable[Row[tuple[object, ...]]]) -> str:
    made = hashlib.sha256(before.encode())
    for row in rows:
        made.update(
            json.dumps(
                row._asdict(), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_as_text
            ).encode()
            + b"\n"
        )
    return made.hexdigest()


def _as_text(value: object) -> str:
    """Return a time as ISO 8601, any other value as ``str(value)``.

    Because of the latter, an unreadable value makes the digest wrong but does not stop the verification.
    """
    return value.isoformat() if isinstance(value, datetime) else str(value)
