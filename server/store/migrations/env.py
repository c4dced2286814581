"""Alembic's entry: runs the migrations on the connection it was handed; loaded by server.store.database.migrate."""

from __future__ import annotations

from alembic import context

from server.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can undo its DDL: a migration that fails half way leaves the tables as they were.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
