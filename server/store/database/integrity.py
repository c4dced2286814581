"""Is the database whole: pages, indexes, references; asked by run.py doctor."""

from __future__ import annotations

from sqlalchemy import text

from server.store.database.engine import Database


def problems(db: Database) -> tuple[str, ...]:
    """A Vietnamese sentence for each fault; PostgreSQL checks its pages itself, so there only reading is tried."""
    with db.read() as conn:
        if db.dialect != "sqlite":
            conn.execute(text("SELECT count(*) FROM audit"))
            return ()
        said = [str(row[0]) for row in conn.execute(text("PRAGMA integrity_check(20)"))]
        lost = conn.execute(text("PRAGMA foreign_key_check")).fetchmany(20)
    faults = [f"Cơ sở dữ liệu hỏng: {one}" for one in said if one != "ok"]
    return (*faults, *(f"Bảng {row[0]}, dòng {row[1]}: {row[2]} không còn" for row in lost))
