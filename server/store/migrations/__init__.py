"""Alembic migrations of the store, append-only; run by server.store.database.migrate."""
