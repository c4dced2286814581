"""Checks the database's pages, indexes and references; called by server.cli.doctor."""

from __future__ import annotations

from sqlalchemy import text

from server.store.database.engine import Database


def problems(db: Database) -> tuple[str, ...]:
    """Returns a Vietnamese sentence for each damage (at most 20) and each broken reference (at most 20), () if none.

    On PostgreSQL, which checks its pages itself, this only tries to read. Raises StoreError if reading fails.
    """
    with db.read() as conn:
        if db.dialect != "sqlite":
            conn.execute(text("SELECT count(*) FROM audit"))
            return ()
        reported = [str(row[0]) for row in conn.execute(text("PRAGMA integrity_check(20)"))]
        lost = conn.execute(text("PRAGMA foreign_key_check")).fetchmany(20)
    faults = [f"Cơ sở dữ liệu hỏng: {one}" for one in reported if one != "ok"]
    return (*faults, *(f"Bảng {row[0]}, dòng {row[1]}: {row[2]} không còn" for row in lost))
