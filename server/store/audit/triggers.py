"""The triggers that make the audit append-only; called by migrations.

On SQLite, Alembic's batch operations rebuild a table and silently lose its triggers. So a migration with a batch
operation on ``audit`` must call ``guard_audit`` at its end; a test fails if the triggers are missing.
"""

from __future__ import annotations

from sqlalchemy import Connection

_SQLITE = (
    *(
        f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb} BEFORE {verb} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    # INSERT OR REPLACE does not run DELETE triggers if recursive_triggers is off, as it is in SQLite's own shell.
    "CREATE TRIGGER IF NOT EXISTS audit_no_REPLACE BEFORE INSERT ON audit "
    "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
)

_POSTGRES = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
    "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)


def guard_audit(conn: Connection) -> None:
    """Create the triggers by which the database refuses to change or delete a record of the table ``audit``.

    They make UPDATE, DELETE, on SQLite INSERT OR REPLACE, and on PostgreSQL TRUNCATE fail. On SQLite a trigger that
    exists is kept; PostgreSQL recreates the triggers and their function.
    """
    for statement in _SQLITE if conn.dialect.name == "sqlite" else _POSTGRES:
        conn.exec_driver_sql(statement)
