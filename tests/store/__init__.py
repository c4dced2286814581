"""The rules of the store, each held against SQLite and PostgreSQL."""
