"""Prepares a store as a running server leaves it, so that tests of commands need not start a server."""

from __future__ import annotations

from pathlib import Path

from server.main import now
from server.setup.config_file import load
from server.setup.store_setup import open_store
from server.store.database import server_seen


def seen_by_server(config: Path, data: Path) -> None:
    """Creates and seeds the store and records that a server was seen just now.

    Commands that act require this record: without it they say that no server reads the store.
    """
    db = open_store(load(config, {}), data, now, seed=True)
    server_seen.note(db, now())
    db.close()
