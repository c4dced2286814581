"""Tests of server/store; most of them run once on SQLite and once on PostgreSQL."""
