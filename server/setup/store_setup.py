"""Opens the store of a configuration; called by server.processes and by the commands that use the store.

It is apart from server.processes, so that a command does not import the whole server first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from server.setup.config import Config
from server.store.database.engine import Database
from server.store.people import one_time_links, people
from server.store.sources import sources

Clock = Callable[[], datetime]


class SetupError(Exception):
    """Something needed to run is missing; the message is one Vietnamese sentence that says what to do."""


def open_store(config: Config, data: Path, clock: Clock, *, seed: bool) -> Database:
    """The store, migrated. Raises StoreError with a sentence that says what to do.

    ``seed``: server and worker bring areas, sources and boards into line with the configuration. A command must not:
    run with another config.toml it would retire every board of the province. It seeds only an empty store, so that it
    may run before the first start.
    """
    db = Database.open(config.store.url, data)
    db.migrate()
    if seed or not sources.areas(db):
        sources.seed(
            db,
            areas=config.area_values(),
            sources=config.source_values(),
            boards=config.board_values(),
            now=clock(),
        )
    return db


def first_link(config: Config, data: Path, clock: Clock) -> str:
    """The path of a one-time link that creates the first keeper; "" where somebody has an account already."""
    db = Database.open(config.store.url, data)
    try:
        if people.anybody(db):
            return ""
        token = one_time_links.make(
            db, "first", person=None, by="console", now=clock(), lasts=one_time_links.FIRST_LASTS
        )
        return f"/desk/welcome/{token}"
    finally:
        db.close()
