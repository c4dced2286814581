"""Alembic's environment: runs the migrations on a given connection; loaded by server.store.database.migrate."""

from __future__ import annotations

from alembic import context

from server.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can roll back CREATE and ALTER TABLE, so a migration that fails half way leaves the tables unchanged.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
