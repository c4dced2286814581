"""Tests of server/store, each on SQLite and PostgreSQL."""
