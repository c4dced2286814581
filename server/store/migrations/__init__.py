"""Alembic migrations of the store, run by server.store.database.migrate; existing ones must not be changed."""
