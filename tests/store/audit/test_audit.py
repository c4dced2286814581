"""Audit rows are written in the transaction of the change, and the database refuses to change or delete them."""

from __future__ import annotations

import sqlite3
from datetime import time, timedelta
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, text

from server.core.model import Hours
from server.store.audit import audit
from server.store.audit.triggers import guard_audit
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from tests import cast
from tests.cast import HOI_TRUONG, KEEPER, NOW
from tests.store.conftest import Opens


def record(db: Database, subject: str = "board/hoi-truong") -> None:
    with db.write() as conn:
        audit.record(conn, actor=KEEPER.slug, act="test", subject=subject, before=None, after=HOI_TRUONG, now=NOW)


def test_a_record_has_actor_time_and_both_versions(db: Database) -> None:
    after = cast.board(hours=(Hours(time(5), time(22)),))
    gap = cast.announcement(longest_gap=timedelta(hours=1))
    with db.write() as conn:
        audit.record(conn, actor="tuan", act="a", subject="board/x", before=HOI_TRUONG, after=after, now=NOW)
        audit.record(conn, actor="tuan", act="b", subject="announcement/1", before=gap, after=None, now=NOW)
    first, second = audit.all(db)
    assert (first.id, first.at, first.actor, first.act, first.subject) == (1, NOW, "tuan", "a", "board/x")
    assert first.before is not None
    assert first.before["name"] == "Hội trường tỉnh"
    assert first.before["lanes"] == [{"source": "tin-tinh", "most": 20, "newest_days": 30}]
    assert first.after is not None
    assert first.after["hours"] == [{"start": "05:00:00", "end": "22:00:00"}]
    assert second.before is not None
    assert second.before["longest_gap"] == 3600
    windows = second.before["windows"]
    assert isinstance(windows, list)
    assert windows[0]["start"] == "2026-03-09T00:30:00+00:00"
    assert second.after is None


def test_a_change_that_is_rolled_back_is_not_recorded(db: Database) -> None:
    with pytest.raises(KeyError):
        _record_and_fail(db)
    assert audit.all(db) == ()


def _record_and_fail(db: Database) -> None:
    with db.write() as conn:
        audit.record(conn, actor="tuan", act="a", subject="x", before=None, after=None, now=NOW)
        raise KeyError


REWRITES = ["UPDATE audit SET actor = 'ai do'", "DELETE FROM audit"]


def _refuses(db: Database, statement: str) -> None:
    with pytest.raises(StoreError, match="append-only"):
        _execute(db, statement)
    assert [act.actor for act in audit.all(db)] == ["tuan"]


def _execute(db: Database, statement: str) -> None:
    with db.write() as conn:
        conn.execute(text(statement))


@pytest.mark.parametrize("statement", REWRITES)
def test_rows_cannot_be_updated_or_deleted(db: Database, statement: str) -> None:
    record(db)
    _refuses(db, statement)


def test_rows_cannot_be_truncated_or_replaced(db: Database) -> None:
    record(db)
    replacing = "INSERT OR REPLACE INTO audit (id, at, actor, act, subject) VALUES (1, '', 'ai do', '', '')"
    _refuses(db, replacing if db.dialect == "sqlite" else "TRUNCATE audit")


def test_rows_cannot_be_replaced_by_a_foreign_connection(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(sqlite_template.read_bytes())
    db = Database.open("sqlite:///x.db", tmp_path)
    record(db)
    db.close()
    raw = sqlite3.connect(tmp_path / "x.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute("INSERT OR REPLACE INTO audit (id, at, actor, act, subject) VALUES (1, '', '', '', '')")
    raw.close()


@pytest.mark.parametrize("statement", REWRITES)
def test_guard_audit_restores_the_triggers_after_a_batch_migration(db: Database, statement: str) -> None:
    record(db)
    with db.write() as conn:
        operations = Operations(MigrationContext.configure(conn))
        with operations.batch_alter_table("audit", recreate="always") as batch:
            batch.add_column(Column("place", Integer))
        guard_audit(conn)
    _refuses(db, statement)


def test_migrations_keep_the_triggers(opens: Opens, empty_url: str) -> None:
    db = opens(empty_url)
    db.migrate()
    record(db)
    for statement in REWRITES:
        _refuses(db, statement)
