"""The audit, sealed each minute into a chain of SHA-256 that `run.py doctor` verifies; called by the worker.

A chain in every transaction would make all writers stand in one queue, so a job seals what has gathered. Each digest
is over the one before and the rows since: whoever changes, removes or slips in a row behind the triggers breaks it.
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

# On PostgreSQL a row with a smaller id may be committed after one with a larger: what is so old has been.
SETTLED = timedelta(seconds=10)


def seal(db: Database, now: datetime) -> int:
    """Seal what has gathered; how many rows that were."""
    with db.write() as conn:
        advisory_lock(conn, "seal")
        before = _last(conn)
        upto, digest = (0, "") if before is None else (before.upto, before.digest)
        rows = conn.execute(select(audit).where(audit.c.id > upto).order_by(audit.c.id))
        # Up to the first unsettled one: a later id with an earlier time (a clock put right) must not leap over it.
        found = list(takewhile(lambda row: row.at <= now - SETTLED, rows))
        if not found:
            return 0
        number = 1 if before is None else before.number + 1
        values = {"number": number, "upto": found[-1].id, "rows": len(found), "at": now}
        conn.execute(insert(audit_seals).values(**values, digest=_digest(digest, found)))
        return len(found)


def broken(db: Database) -> tuple[str, ...]:
    """A Vietnamese sentence for each seal that does not fit its rows; empty where the chain is whole."""
    found = []
    with db.read() as conn:
        upto, digest = 0, ""
        for one in conn.execute(select(audit_seals).order_by(audit_seals.c.number)):
            rows = conn.execute(select(audit).where(audit.c.id > upto, audit.c.id <= one.upto).order_by(audit.c.id))
            held = rows.all()
            if len(held) != one.rows or _digest(digest, held) != one.digest:
                when = f"{one.at:%d/%m/%Y %H:%M}"
                found.append(f"Nhật ký từ dòng {upto + 1} đến {one.upto} không khớp dấu niêm {one.number} ({when})")
            upto, digest = one.upto, one.digest
    return tuple(found)


def counted(db: Database) -> tuple[int, int]:
    """How many seals there are, and the last row that they cover."""
    with db.read() as conn:
        last = _last(conn)
        return (0, 0) if last is None else (last.number, last.upto)


def _last(conn: Connection) -> Row[tuple[object, ...]] | None:
    return conn.execute(select(audit_seals).order_by(audit_seals.c.number.desc()).limit(1)).one_or_none()


def _digest(before: str, rows: Iterable[Row[tuple[object, ...]]]) -> str:
    made = hashlib.sha256(before.encode())
    for row in rows:
        said = {**row._asdict(), "at": row.at.isoformat()}
        made.update(json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return made.hexdigest()
