"""A chain of SHA-256 digests over the audit: extended by the worker each minute, verified by `run.py doctor`.

The desk shows it too. A chain written in every transaction would make all writers wait for each other, so a job adds
a link for the rows since the last one. Each digest covers the previous digest and these rows: changing, deleting or
inserting a row in spite of the triggers breaks the chain.
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

# On PostgreSQL a row with a smaller id may be committed after one with a larger id; after this time it has been.
SETTLED = timedelta(seconds=10)


def extend(db: Database, now: datetime) -> int:
    """Add a link for the rows since the last one; returns how many rows it covers, 0 without a new link."""
    with db.write() as conn:
        advisory_lock(conn, "seal")
        before = _last(conn)
        upto, digest = (0, "") if before is None else (before.upto, before.digest)
        rows = conn.execute(select(audit).where(audit.c.id > upto).order_by(audit.c.id))
        # Up to the first recent row: after a clock correction a later id may have an earlier time, and has to wait.
        found = list(takewhile(lambda row: row.at <= now - SETTLED, rows))
        if not found:
            return 0
        number = 1 if before is None else before.number + 1
        values = {"number": number, "upto": found[-1].id, "rows": len(found), "at": now}
        conn.execute(insert(audit_seals).values(**values, digest=_digest(digest, found)))
        return len(found)


def broken(db: Database) -> tuple[str, ...]:
    """A Vietnamese sentence for each link whose digest does not match its rows; empty if the chain is intact."""
    found = []
    with db.read() as conn:
        upto, digest = 0, ""
        for one in conn.execute(select(audit_seals).order_by(audit_seals.c.number)):
            rows = conn.execute(select(audit).where(audit.c.id > upto, audit.c.id <= one.upto).order_by(audit.c.id))
            covered = rows.all()
            if len(covered) != one.rows or _digest(digest, covered) != one.digest:
                when = f"{one.at:%d/%m/%Y %H:%M}"
                found.append(f"Nhật ký từ dòng {upto + 1} đến {one.upto} không khớp dấu niêm {one.number} ({when})")
            upto, digest = one.upto, one.digest
    return tuple(found)


def extent(db: Database) -> tuple[int, int]:
    """The number of links, and the id of the last row that they cover."""
    with db.read() as conn:
        last = _last(conn)
        return (0, 0) if last is None else (last.number, last.upto)


def _last(conn: Connection) -> Row[tuple[object, ...]] | None:
    return conn.execute(select(audit_seals).order_by(audit_seals.c.number.desc()).limit(1)).one_or_none()


def _digest(before: str, rows: Iterable[Row[tuple[object, ...]]]) -> str:
    made = hashlib.sha256(before.encode())
    for row in rows:
        content = {**row._asdict(), "at": row.at.isoformat()}
        made.update(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return made.hexdigest()
